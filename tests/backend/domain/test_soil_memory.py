"""A glance at the last hours says what a whole look would, and is refused where it could not."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random
from statistics import median

import pytest
from plantops.domain.moisture import PER_CENT, Hour, moisture
from plantops.domain.outlook import Outlook, prospect
from plantops.domain.soil_memory import SoilMemory, Source, glance, remember
from plantops.domain.watering import Watering, waterings

from tests.quality.decays import tell
from tests.quality.story import DAY, Story, Wire, hours

SOURCE = Source(1, PER_CENT)
LEAST_GLANCES = 0.6


@cache
def stories() -> Sequence[Story]:
    return tell("glances", Wire(every=900.0, noise=0.3), 5, begin=0.0, days=40.0)


def whole(
    past: Sequence[Hour], now: float, threshold: float
) -> tuple[Sequence[Watering], Outlook | None, SoilMemory | None]:
    series = moisture(past)
    found = waterings(series)
    learnt = prospect(series, found, threshold=threshold)
    if learnt is None:
        return found, None, None
    return found, learnt.at(now), remember(series, found, learnt, SOURCE, now)


def glanced(memory: SoilMemory, new: Sequence[Hour], now: float) -> Outlook | None:
    return glance(memory, [hour.begin for hour in new], [hour.level for hour in new], now)


def test_a_glance_says_what_a_whole_look_says() -> None:
    random, asked, off = Random(1), 0, []
    for story in stories():
        past = hours(story.readings)
        for _ in range(25):
            cut, ahead = random.randrange(400, len(past) - 6), random.randrange(6)
            before, _, memory = whole(past[:cut], past[cut - 1].begin + 600.0, story.threshold)
            if memory is None:
                continue
            asked += 1
            now = past[cut + ahead - 1].begin + 2400.0
            outlook = glanced(memory, past[cut - 1 : cut + ahead], now)
            if outlook is None:
                continue
            after, truth, _ = whole(past[: cut + ahead], now, story.threshold)
            assert list(before) == list(after), "no watering is overlooked, and none would look different"
            assert truth is not None
            assert outlook.basis is truth.basis
            assert outlook.level == pytest.approx(truth.level, abs=0.5)
            assert truth.earliest - 1.0 <= outlook.at <= truth.latest + 1.0, (
                "the last hours taught it nothing that changes all"
            )
            off.append(abs(outlook.at - truth.at) / max(DAY, truth.at - now))
    assert asked > 200
    assert len(off) > LEAST_GLANCES * asked, "most hours bring nothing but drying"
    assert median(off) < 0.01


@cache
def calm() -> tuple[SoilMemory, Sequence[Hour], float]:
    """Give a memory, the hours after it that are all drying, and when it is then."""
    for story in stories():
        past = hours(story.readings)
        for cut in range(500, len(past) - 4):
            _, _, memory = whole(past[:cut], past[cut - 1].begin + 600.0, story.threshold)
            new, now = past[cut - 1 : cut + 3], past[cut + 2].begin + 2400.0
            if memory is not None and glanced(memory, new, now) is not None:
                return memory, new, now
    raise AssertionError("There is always a calm hour.")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((2, 4.0), id="a rise"),
        pytest.param((2, -6.0), id="a pushed probe"),
        pytest.param((3, -40.0), id="a loose wire"),
    ],
)
def test_what_is_more_than_drying_is_looked_at_as_a_whole(change: tuple[int, float]) -> None:
    memory, new, now = calm()
    at, by = change
    other = list(new)
    other[at] = Hour(new[at].begin, 1, new[at].level + by, new[at].level + by, new[at].level + by)
    assert glanced(memory, other, now) is None


def test_a_memory_is_fresh_for_some_hours_only() -> None:
    memory, new, now = calm()
    assert glanced(memory, new, now + 6 * 3600.0) is None
    assert glanced(replace(memory, restless_until=now + 60.0), new, now) is None
    assert glanced(memory, [], now) is None
    assert glanced(memory, [replace(hour, begin=hour.begin + 4 * 3600.0) for hour in new[1:]], now) is None, "a gap"
