"""Whether a reading can be true."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from aioplantops.metrics import METRICS, Metric, scale
from aioplantops.telemetry import Sample
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.intake import Reason
from plantops.domain.reading import Slot, Unfit, Window, judge, microseconds, moment

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEEP = timedelta(days=400)
WINDOW = Window.at(NOON, KEEP)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - Hypothesis wants plain ones
units = st.sampled_from(
    [
        (metric, unit)
        for metric, quantity in METRICS.items()
        for unit in (None, *quantity.conversions, *quantity.uncalibrated)
    ]
)


def slot(metric: Metric, unit: str | None = None) -> Slot:
    measure = scale(metric, unit)
    assert measure is not None
    return Slot(7, measure)


def sample(value: float, at: datetime | float | None = None) -> Sample:
    seconds = at.timestamp() if isinstance(at, datetime) else at
    return Sample.model_construct(c="temperature", t=seconds, v=value)


@given(at=moments)
def test_a_moment_survives_as_microseconds(at: datetime) -> None:
    assert moment(microseconds(at)) == at


@given(at=moments)
def test_a_time_survives_as_unix_seconds(at: datetime) -> None:
    fit = judge(sample(20.0, at), slot(Metric.TEMPERATURE), Window.at(at, KEEP))
    assert fit == ((7, microseconds(at)), 20.0)


@given(value=st.floats(), unit=units)
def test_what_is_taken_can_be_real(value: float, unit: tuple[Metric, str | None]) -> None:
    measure = slot(*unit)
    fit = judge(sample(value), measure, WINDOW)
    if isinstance(fit, Unfit):
        assert fit.reason is (Reason.RANGE if math.isfinite(value) else Reason.NOT_FINITE)
    else:
        assert measure.scale.span.holds(fit[1])


@given(seconds=st.floats())
def test_what_is_taken_lies_in_the_window(seconds: float) -> None:
    fit = judge(sample(20.0, seconds), slot(Metric.TEMPERATURE), WINDOW)
    inside = (NOON - KEEP).timestamp() <= seconds <= (NOON + timedelta(minutes=10)).timestamp()
    assert isinstance(fit, Unfit) != inside


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), Reason.CLOCK),
        (datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC), Reason.CLOCK),
        (datetime(2020, 1, 1, tzinfo=UTC), Reason.TOO_OLD),
        (NOON - KEEP - timedelta(seconds=1), Reason.TOO_OLD),
        (NOON + timedelta(minutes=10, seconds=1), Reason.CLOCK),
        (NOON + timedelta(days=30), Reason.CLOCK),
        (datetime(2106, 2, 7, tzinfo=UTC), Reason.CLOCK),
        (1e300, Reason.CLOCK),
        (-1e300, Reason.CLOCK),
        (math.nan, Reason.CLOCK),
    ],
)
def test_an_insane_time_is_refused_and_never_restamped(at: datetime | float, reason: Reason) -> None:
    fit = judge(sample(20.0, at), slot(Metric.TEMPERATURE), WINDOW)
    assert isinstance(fit, Unfit)
    assert fit.reason is reason


@pytest.mark.parametrize("at", [NOON, NOON + timedelta(minutes=10), NOON - KEEP])
def test_the_limits_are_still_good(at: datetime) -> None:
    assert judge(sample(20.0, at), slot(Metric.TEMPERATURE), WINDOW) == ((7, microseconds(at)), 20.0)


def test_a_reading_without_a_time_is_of_now() -> None:
    assert judge(sample(20.0), slot(Metric.TEMPERATURE), WINDOW) == ((7, microseconds(NOON)), 20.0)


def test_units_are_converted_at_the_door() -> None:
    fit = judge(sample(212.0), slot(Metric.TEMPERATURE, "°F"), WINDOW)
    assert not isinstance(fit, Unfit)
    assert fit[1] == pytest.approx(100.0)
    assert judge(sample(3900.0), slot(Metric.BATTERY_VOLTAGE, "mV"), WINDOW) == ((7, microseconds(NOON)), 3.9)
    assert judge(sample(1.7), slot(Metric.SOIL_MOISTURE, "V"), WINDOW) == ((7, microseconds(NOON)), 1.7)


def test_a_refusal_tells_what_is_wrong() -> None:
    cold = judge(sample(-500.0), slot(Metric.TEMPERATURE, "°F"), WINDOW)
    assert isinstance(cold, Unfit)
    assert cold.detail == "-295.556 °C (sent as -500) cannot be: temperature lies between -55 and 125 °C."
    early = judge(sample(20.0, 0.0), slot(Metric.TEMPERATURE), WINDOW)
    assert isinstance(early, Unfit)
    assert early.detail == "1970-01-01 00:00:00 UTC is before 2020: the device's clock is not set."
    old = judge(sample(20.0, datetime(2024, 1, 1, tzinfo=UTC)), slot(Metric.TEMPERATURE), WINDOW)
    assert isinstance(old, Unfit)
    assert old.detail == "2024-01-01 00:00:00 UTC is older than what raw readings are kept for (since 2025-10-16)."
