"""What is stored of a plant's waterings, and what its soil says of them now: which are the same."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid7

import pytest
from aioplantops.care import CareSource
from plantops.domain.moisture import Moisture
from plantops.domain.watering import Watering
from plantops.services.soil import Soil
from plantops.services.waterings import compare
from plantops.storage.care import Kept

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def seen(hours: float) -> Watering:
    """Make a watering that was found so many hours after noon."""
    at = (NOON + timedelta(hours=hours)).timestamp()
    return Watering(at, at, 30.0, 62.0, at, 60.0, None, pending=False)


def stored(hours: float, *, dismissed: bool = False) -> Kept:
    """Make a watering that was found there earlier."""
    at = NOON + timedelta(hours=hours)
    return Kept(uuid7(), CareSource.DETECTED, at, 30.0, 60.0, None, dismissed=dismissed)


def soil(found: Sequence[Watering]) -> Soil:
    days = [(NOON + timedelta(days=day)).timestamp() for day in range(-20, 3)]
    return Soil(Moisture(days, [40.0] * len(days), 0.2), found, None, None)


@pytest.mark.parametrize("hours", [1.0, 6.0, -7.0])
def test_water_whose_hour_late_readings_have_shown_is_the_same_event(hours: float) -> None:
    """It was placed in the middle of the silence before; whoever heard of it need not hear that it was another one."""
    known = stored(0)
    difference = compare([known], soil([seen(hours)]))
    assert (difference.new, difference.wrong) == ([], [])
    assert [(one.id, one.at) for one in difference.better] == [(known.id, NOON + timedelta(hours=hours))]


def test_a_second_watering_of_the_day_is_another_one() -> None:
    known = stored(0)
    difference = compare([known], soil([seen(0.5), seen(7)]))
    assert [one.at for one in difference.new] == [NOON + timedelta(hours=7)]
    assert difference.wrong == []
    assert [one.id for one in difference.better] == [known.id]


def test_one_that_a_person_dismissed_or_that_lies_further_away_does_not_move() -> None:
    far, dismissed = stored(-9), stored(1, dismissed=True)
    difference = compare([far, dismissed], soil([seen(6)]))
    assert [one.at for one in difference.new] == [NOON + timedelta(hours=6)]
    assert difference.wrong == [far.id]
