"""When a plant will want water: from its soil, from its log, and while its people are away."""

from math import exp, log

import pytest
from aioplantops.care import Basis, Confidence, Verdict
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.dry_down import Clock
from plantops.domain.moisture import Hour, Moisture, moisture
from plantops.domain.outlook import Outlook, away, look_ahead, look_at_log, reason
from plantops.domain.soil_curve import SoilCurve
from plantops.domain.tongue import IN_ENGLISH
from plantops.domain.watering import waterings

HOUR, DAY = 3600.0, 86_400.0
FLOOR, FULL, LIFE = 5.0, 65.0, 8.0


def pot(days: float, every: float = 6.0) -> Moisture:
    """Tell of a pot that falls towards 5 % with a life of eight days, and is filled every six days."""
    told = []
    for hour in range(int(days * 24)):
        level = FLOOR + (FULL - FLOOR) * exp(-(hour / 24 % every) / LIFE)
        told.append(Hour(hour * HOUR, 1, level, level, level))
    return moisture(told)


def ahead(days: float, threshold: float | None = None) -> Outlook | None:
    series = pot(days)
    return look_ahead(series, waterings(series), days * DAY, threshold=threshold)


def test_a_pot_without_chance_is_foretold_to_the_hour() -> None:
    told = ahead(32.0, threshold=35.0)
    assert told is not None
    dry = 30.0 - LIFE * log((35.0 - FLOOR) / (FULL - FLOOR))
    assert told.at == pytest.approx(dry * DAY, abs=0.35 * DAY)
    assert told.earliest < told.at < told.latest
    assert (told.basis, told.confidence) != (Basis.BEGINNING, Confidence.LOW)


def test_without_a_threshold_the_habit_counts() -> None:
    told = ahead(33.0)
    assert told is not None
    assert told.basis is Basis.HABIT
    assert told.at == pytest.approx(36 * DAY, abs=0.4 * DAY)
    assert "usually watered" in reason(told, IN_ENGLISH)
    assert told.lasts_days == pytest.approx(6.0, abs=0.6)


def test_dry_soil_wants_water_now() -> None:
    told = ahead(35.9, threshold=50.0)
    assert told is not None
    assert told.at == 35.9 * DAY
    assert "has reached" in reason(told, IN_ENGLISH)


def test_of_a_new_plant_little_is_said_and_with_doubt() -> None:
    assert ahead(0.3) is None
    told = ahead(4.0)
    assert told is not None
    assert (told.basis, told.confidence) == (Basis.BEGINNING, Confidence.LOW)
    assert "not known yet" in reason(told, IN_ENGLISH)
    assert reason(told, IN_ENGLISH).endswith("; learnt from what other pots do."), "it has no dry-down of its own"


def test_silence_makes_unsure() -> None:
    series = pot(33.0)
    told = look_ahead(series, waterings(series), 35.5 * DAY)
    assert told is not None
    assert told.confidence is Confidence.LOW


def test_the_care_log_alone_tells_a_rhythm() -> None:
    assert look_at_log([0.0], DAY) is None
    told = look_at_log([0.0, 9 * DAY, 20 * DAY, 30 * DAY], 33 * DAY)
    assert told is not None
    assert told.at == 40 * DAY
    assert told.earliest < told.at < told.latest
    assert "about every 10 days" in reason(told, IN_ENGLISH)


@given(floor=st.floats(-20, 20), knee=st.floats(25, 90), levels=st.lists(st.floats(21, 100), min_size=2, max_size=2))
def test_drought_only_grows_as_soil_dries_and_leads_back(floor: float, knee: float, levels: list[float]) -> None:
    curve = SoilCurve(floor, knee)
    low, high = sorted(levels)
    assert curve.drought(low) >= curve.drought(high)
    assert curve.level(curve.drought(high)) == pytest.approx(high, abs=0.5)


@given(
    speeds=st.lists(st.floats(0.1, 3), min_size=24, max_size=24), time=st.floats(0, 2e9), more=st.floats(0, 30 * DAY)
)
def test_a_plants_clock_never_goes_back_and_can_be_read_both_ways(
    speeds: list[float], time: float, more: float
) -> None:
    clock = Clock([24 * speed / sum(speeds) for speed in speeds])
    assert clock.days(time + more) >= clock.days(time) - 1e-6
    assert clock.time(clock.days(time)) == pytest.approx(time, abs=60)


@pytest.mark.parametrize(
    ("earliest", "lasts", "verdict"),
    [
        (30.0, 9.0, Verdict.FINE),
        (5.0, 40.0, Verdict.WATER_BEFORE),
        (5.0, None, Verdict.WATER_BEFORE),
        (5.0, 9.0, Verdict.NEEDS_VISIT),
    ],
)
def test_who_must_be_watered_before_people_leave(earliest: float, lasts: float | None, verdict: Verdict) -> None:
    fate = away((35 * DAY, earliest * DAY), lasts, judged=0.0, span=(1 * DAY, 15 * DAY))
    assert fate.verdict is verdict
    assert (fate.visit_by is not None) == (verdict is Verdict.NEEDS_VISIT)
