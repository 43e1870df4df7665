"""Batteries: low ones, and when they will be empty."""

from datetime import date, timedelta
from random import Random

import pytest
from aioplantops.metrics import Metric
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.alert_battery import PERCENT, SOON, Battery, end, judge
from plantops.domain.alerts import Finding, Over
from plantops.domain.tongue import IN_ENGLISH

FIRST = date(2026, 9, 1)


def battery(levels: list[float], metric: Metric = Metric.BATTERY) -> Battery:
    """Make a battery with a level for each day."""
    return Battery("node", "Sill", 7, metric, [(FIRST + timedelta(days=n), level) for n, level in enumerate(levels)])


@given(per_day=st.floats(0.3, 3), noise=st.floats(0, 2), seed=st.integers(0, 1_000))
def test_the_end_of_a_falling_battery_is_foretold(per_day: float, noise: float, seed: int) -> None:
    random = Random(seed)
    days = int(60 / per_day)
    levels = [100 - per_day * n + random.uniform(-noise, noise) for n in range(min(days, 85))]
    found = end(battery(levels), PERCENT)
    if len(levels) < 10:
        assert found is None
        return
    truth = FIRST + timedelta(days=100 / per_day)
    assert found is not None
    assert found.earliest <= found.likely
    assert found.latest is None or found.likely <= found.latest
    left = (truth - FIRST).days - len(levels)
    assert abs((found.likely - truth).days) <= 0.25 * left + 2 * noise / per_day + 2


@pytest.mark.parametrize(("metric", "level"), [(Metric.BATTERY, 100.0), (Metric.BATTERY_VOLTAGE, 5.02)])
def test_what_hangs_on_the_mains_is_well(metric: Metric, level: float) -> None:
    steady = battery([level + 0.001 * (n % 2) for n in range(60)], metric)
    assert not isinstance(judge(steady, IN_ENGLISH, is_open=False), Finding)


def test_a_low_battery_opens_and_a_fresh_one_ends() -> None:
    low = judge(battery([15.2] * 5 + [14.190909090909091]), IN_ENGLISH, is_open=False)
    assert isinstance(low, Finding)
    assert low.value == 14.19
    assert low.words == "The battery of Sill is at 14 %."
    assert isinstance(judge(battery([14.0, 20.0]), IN_ENGLISH, is_open=True), Finding), "a warm day is no fresh battery"
    assert judge(battery([14.0, 98.0]), IN_ENGLISH, is_open=True) == Over(low.subject, "Its battery is at 98 % again.")


def test_it_is_told_in_time_with_a_range_of_days() -> None:
    levels = [60 - 2.0 * n + (1.0 if n % 3 else 0.0) for n in range(22)]
    told = judge(battery(levels), IN_ENGLISH, is_open=False)
    assert isinstance(told, Finding)
    assert told.words.startswith(
        "The battery of Sill is at 18 %; as it falls, it will be empty between 1 October and 3 October."
    )
    found = end(battery(levels), PERCENT)
    assert found is not None
    assert found.likely - (FIRST + timedelta(days=20)) <= SOON + timedelta(days=2)


def test_days_before_a_fresh_battery_don_t_count() -> None:
    levels = [90 - 4.0 * n for n in range(20)] + [100.0 - 0.1 * n for n in range(20)]
    assert not isinstance(judge(battery(levels), IN_ENGLISH, is_open=False), Finding)


@pytest.mark.parametrize(
    ("levels", "low"),
    [([4.1, 3.9, 3.45], True), ([4.1, 3.9, 3.6], False), ([3.1, 2.9, 2.35], True), ([3.1, 2.9, 2.7], False)],
)
def test_volts_are_read_by_the_kind_of_battery(levels: list[float], *, low: bool) -> None:
    assert isinstance(judge(battery(levels, Metric.BATTERY_VOLTAGE), IN_ENGLISH, is_open=False), Finding) == low


def test_volts_of_an_unknown_kind_are_left_alone() -> None:
    assert judge(battery([12.6, 11.0, 9.0], Metric.BATTERY_VOLTAGE), IN_ENGLISH, is_open=False) is None
