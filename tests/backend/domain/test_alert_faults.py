"""Sensors that cannot be right, told from those that are only steady."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from aioplantops.metrics import Metric
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.alert_faults import PAST_HOURS, Hour, Past, Sensor, fault, mute, still
from plantops.domain.resolution import Line
from plantops.domain.tongue import IN_ENGLISH

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIVELY, STEADY = Past(300, 296), Past(300, 120)


def hours(values: Sequence[tuple[float, float]], count: int = 6) -> list[Hour]:
    """Give hours up to noon with these lows and highs."""
    first = NOON - len(values) * HOUR
    return [Hour(first + n * HOUR, count, low, high, (low + high) / 2) for n, (low, high) in enumerate(values)]


def sensor(values: Sequence[tuple[float, float]], metric: Metric = Metric.SOIL_MOISTURE, **more: object) -> Sensor:
    """Make a sensor."""
    fields: dict[str, object] = {"unit": {"soil_moisture": "%", "humidity": "%"}.get(metric, "°C"), **more}
    return Sensor(7, "Soil", metric, hours=hours(values), **fields)  # type: ignore[arg-type]


def test_what_stands_still_for_the_first_time_is_stuck() -> None:
    stuck = sensor([(41.2, 41.2)] * 24)
    assert still(stuck, NOON)
    words = fault(stuck, LIVELY, NOON, IN_ENGLISH, is_open=False)
    assert words == "Soil has said exactly 41 % for a day, which it never did before: it seems to be stuck."


def test_a_probe_in_steady_soil_is_not_stuck() -> None:
    assert fault(sensor([(41.0, 41.0)] * 24), STEADY, NOON, IN_ENGLISH, is_open=False) is None
    assert (
        fault(sensor([(41.0, 41.0)] * 24), Past(PAST_HOURS - 1, PAST_HOURS - 1), NOON, IN_ENGLISH, is_open=False)
        is None
    )


@pytest.mark.parametrize("rail", [0.0, 100.0])
def test_the_end_of_a_scale_is_not_stuck(rail: float) -> None:
    assert not still(sensor([(rail, rail)] * 24), NOON)


@given(seed=st.integers(0, 1_000), wobble=st.floats(0.01, 5))
def test_whatever_wavers_is_not_stuck(seed: int, wobble: float) -> None:
    random = Random(seed)
    said = [(41.0, 41.0)] * 23 + [(41.0 - wobble * random.random(), 41.0 + 0.01)]
    assert not still(sensor(said), NOON)


def test_a_node_that_reports_rarely_cannot_be_told_stuck() -> None:
    rare = Sensor(7, "Soil", Metric.SOIL_MOISTURE, "%", hours([(41.0, 41.0)] * 24, count=1))
    assert not still(rare, NOON)


def test_one_watering_is_no_jump_and_a_loose_wire_is() -> None:
    calm, wild = (40.0, 41.0), (5.0, 70.0)
    assert fault(sensor([calm] * 20 + [wild] + [calm] * 3), None, NOON, IN_ENGLISH, is_open=False) is None
    jumping = sensor([calm] * 12 + [wild, calm] * 6)
    assert fault(jumping, None, NOON, IN_ENGLISH, is_open=False) == (
        "Soil jumps by 25 % and more within an hour, again and again: look at its wires."
    )
    calming = sensor([calm] * 12 + [wild] * 3 + [calm] * 9)
    assert fault(calming, None, NOON, IN_ENGLISH, is_open=False) is None
    assert fault(calming, None, NOON, IN_ENGLISH, is_open=True) is not None, "an alert does not flap"
    assert fault(sensor([calm] * 12 + [wild] * 2 + [calm] * 10), None, NOON, IN_ENGLISH, is_open=True) is None


def test_volts_are_judged_by_their_calibration_only() -> None:
    said = [(1.2, 2.6)] * 24
    raw = sensor(said, unit="V")
    assert fault(raw, None, NOON, IN_ENGLISH, is_open=False) is None
    calibrated = sensor(said, unit="V", line=Line(-76.9, 209.0))
    assert fault(calibrated, None, NOON, IN_ENGLISH, is_open=False) is not None


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        (Metric.SOIL_MOISTURE, 131.0, "Soil says 131 %, which cannot be: it is broken, or unplugged."),
        (Metric.SOIL_TEMPERATURE, 85.0, "Soil says 85.0 °C, which cannot be: it is broken, or unplugged."),
        (Metric.HUMIDITY, 0.0, "Soil says 0 %, which cannot be: it is broken, or unplugged."),
        (Metric.TEMPERATURE, 25.0, None),
    ],
)
def test_what_cannot_be_is_a_fault(metric: Metric, value: float, words: str | None) -> None:
    said = [(20.0, 21.0)] * 21 + [(value, value)] * 3
    assert fault(sensor(said, metric), None, NOON, IN_ENGLISH, is_open=False) == words
    assert fault(sensor(said[:-1], metric), None, NOON, IN_ENGLISH, is_open=False) is None, "one hour may be a slip"


def test_a_calibration_that_makes_nonsense_is_named() -> None:
    said = sensor([(0.5, 0.51)] * 24, unit="V", line=Line(-100.0, 200.0))
    assert fault(said, None, NOON, IN_ENGLISH, is_open=False) == (
        "Soil says 150 %, which cannot be: its calibration is wrong, or it is broken."
    )


def test_a_sensor_that_only_tells_changes_may_be_quiet() -> None:
    assert not mute(30 * HOUR, Past(100, 90, 20 * HOUR), is_open=False)
    assert mute(61 * HOUR, Past(100, 90, 20 * HOUR), is_open=False)
    assert mute(25 * HOUR, Past(300, 296, HOUR), is_open=False)
    assert not mute(25 * HOUR, Past(3, 3), is_open=False), "too little is known of it"
    assert mute(40 * 24 * HOUR, Past(0, 0), is_open=True), "its past is forgotten, its silence not"
