"""Waterings, and what only looks like one: a hand on the probe, a warm afternoon, a spray, a loose wire."""

from collections.abc import Callable
from math import cos, exp, pi
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.moisture import VOLTS, Hour, Moisture, moisture
from plantops.domain.watering import Watering, waterings

HOUR, DAY = 3600.0, 86_400.0


def hours(level: Callable[[float], float], days: float = 12.0, noise: float = 0.2, seed: int = 1) -> list[Hour]:
    """Make the roll-ups of six readings an hour; `level` tells % by day."""
    random = Random(seed)
    made = []
    for hour in range(int(days * 24)):
        values = [level((hour + part / 6) / 24) + random.gauss(0, noise) for part in range(6)]
        made.append(Hour(hour * HOUR, 6, sum(values), min(values), max(values)))
    return made


def found(level: Callable[[float], float], **more: float) -> list[Watering]:
    return waterings(moisture(hours(level, **more)))  # type: ignore[arg-type]


def drying(day: float) -> float:
    """Fall from 60 % by four tenths in ten days."""
    return 10 + 50 * exp(-day / 12)


def watered(day: float) -> float:
    """Water on day six at noon."""
    return drying(day) if day < 6.5 else drying(day - 6.5)


def test_a_watering_is_found_where_it_was() -> None:
    (one,) = found(watered)
    assert one.at == pytest.approx(6.5 * DAY, abs=2 * HOUR)
    assert one.before == pytest.approx(drying(6.5), abs=1.5)
    assert one.after == pytest.approx(60, abs=1.5)
    assert not one.pending


def test_water_from_below_that_takes_hours_is_found_too() -> None:
    (one,) = found(lambda day: drying(day) + (0 if day < 6 else 25 * (1 - exp(-(day - 6) * 24 / 3))))
    assert one.at == pytest.approx(6 * DAY, abs=4 * HOUR)


@pytest.mark.parametrize(
    "slip",
    [
        lambda _: 0.0,
        lambda day: 2.5 if day > 5 else 0.0,
        lambda day: -6.0 if day > 5 else 0.0,
        lambda day: 3.0 * cos(2 * pi * (day - 0.6)),
        lambda day: 6.0 * exp(-(day - 5) * 24 / 1.2) if day > 5 else 0.0,
        lambda day: -40.0 if 5.0 < day < 5.1 else 0.0,
        lambda day: -100.0 if 5.0 <= day < 5.0 + 3.3 / 24 else 0.0,
        lambda day: -100.0 if 5.0 < day < 5.01 else 0.0,
    ],
    ids=[
        "nothing",
        "pushed in",
        "pulled up",
        "warm days",
        "a spray",
        "out of the soil",
        "back within an hour",
        "a loose wire",
    ],
)
def test_what_is_no_water_is_not_taken_for_it(slip: Callable[[float], float]) -> None:
    assert found(lambda day: max(0.0, drying(day) + slip(day))) == []


def test_water_that_came_while_nothing_was_heard_is_found_when_it_is() -> None:
    heard = [hour for hour in hours(watered) if not 5.5 * DAY < hour.begin < 7.5 * DAY]
    (one,) = waterings(moisture(heard))
    assert 5.4 * DAY < one.not_before <= one.at < 7.6 * DAY


def test_a_watering_that_was_found_does_not_come_and_go() -> None:
    """With every look the plant's usual is a little different, and with it what could be water."""
    small = moisture(hours(lambda day: drying(day) + (2.9 if day > 6.5 else 0.0), noise=0.1))
    assert waterings(small) == []
    (one,) = waterings(small, known=[6.5 * DAY])
    assert one.at == pytest.approx(6.5 * DAY, abs=2 * HOUR)
    assert waterings(moisture(hours(drying)), known=[6.5 * DAY]) == []


@pytest.mark.parametrize("seed", [3, 5])
def test_what_was_told_of_a_thirsty_pot_is_not_taken_back(seed: int) -> None:
    """Its waterings come ever more often; they are no warm afternoons, however many days of the sixty have one."""
    random, day, water = Random(seed), 0.8, [(0.0, 8.0)]
    while day < 77:
        water.append((day, random.uniform(6, 12)))
        day += random.choice([1, 2, 2, 3] if day < 40 else [1, 1, 1, 2])

    def drunk(day: float) -> float:
        last = max(number for number, (at, _) in enumerate(water) if at <= day)
        (at, amount), (following, _) = water[last : last + 2]
        return 45 + amount * (following - day) / (following - at) + cos(2 * pi * (day - 0.6))

    read = hours(drunk, days=75)
    known: list[float] = []
    for end in range(10, 75):
        series = moisture(read[max(0, end - 60) * 24 : end * 24])
        told = [one.at for one in waterings(series, known=known)]
        before = [at for at in known if at > series.times[0] + 2 * DAY]
        assert [at for at in before if all(abs(at - one) > 3 * HOUR for one in told)] == []
        known = told


@pytest.mark.parametrize("every", [2, 3])
def test_soil_that_dries_in_an_afternoon_is_not_taken_for_a_pulled_probe(every: int) -> None:
    def balcony(day: float) -> float:  # an even night, a hot day, and water in the evening at seven
        return 60 - 32 * max(0.0, min(1.0, ((day - 19 / 24) % 1 * 24 - 15) / 8))

    heard = [hour for hour in hours(balcony, noise=0.3) if hour.begin // HOUR % every == 0]
    told = waterings(moisture(heard))
    assert len(told) == 12
    for one in told[1:]:
        assert one.at / DAY % 1 == pytest.approx(19 / 24, abs=3 / 24)
        assert one.before < 45


def test_a_thirsty_pot_is_told_from_few_readings() -> None:
    """Read every twelve hours: what it is given by night it has drunk by the next one."""
    daily = [31.0 + 8.0 * (half % 2) for half in range(60)]
    assert len(waterings(Moisture([half * 12 * HOUR for half in range(60)], daily, 1.0))) >= 28


def test_water_from_below_is_told_from_few_readings() -> None:
    """Its rise shows in two steps, neither of which is large enough alone."""
    levels = [50.0 - half for half in range(10)] + [44.5, 48.0] + [47.0 - half for half in range(10)]
    (one,) = waterings(Moisture([half * 12 * HOUR for half in range(22)], levels, 1.0))
    assert one.not_before == 9 * 12 * HOUR


@pytest.mark.parametrize("shown", [0.0, 3.0])
def test_a_reading_in_the_air_is_not_taken_for_soil_by_a_node_that_sleeps_for_hours(shown: float) -> None:
    heard = [Hour(half * 12 * HOUR, 1, 60.0 - half / 2, 0.0, 0.0) for half in range(60)]
    heard[40] = Hour(40 * 12 * HOUR, 1, shown, 0.0, 0.0)
    assert waterings(moisture(heard)) == []


def test_a_hot_afternoon_that_goes_on_is_no_pulled_probe() -> None:
    """Read every three hours: it loses ever more until evening, and every other day it is given less than it lost."""
    much, less = [72.0, 68.0, 66.0, 66.5, 66.0, 62.0, 54.5, 45.0], [63.0, 60.0, 59.5, 58.5, 58.0, 54.0, 47.0, 40.0]
    levels = [*much, *less] * 6
    told = waterings(Moisture([step * 3 * HOUR for step in range(len(levels))], levels, 1.0))
    assert len(told) == 11


@pytest.mark.parametrize("away", [0.0, 0.5], ids=["at once", "after half an hour in the air"])
def test_water_is_found_after_a_probe_was_put_elsewhere(away: float) -> None:
    def shown(day: float) -> float:
        if 0 <= (day - 4.5) * 24 < away:
            return 0.0
        return watered(day) - (25 if day >= 4.5 else 0)

    (one,) = found(shown)
    assert one.at == pytest.approx(6.5 * DAY, abs=2 * HOUR)


def test_a_surplus_that_runs_out_has_soaked_the_soil() -> None:
    (one,) = found(lambda day: watered(day) + (12 * exp(-(day - 6.5) * 24) if day > 6.5 else 0.0))
    assert one.soaked_through is True


def test_bare_volts_fall_when_soil_gets_wet() -> None:
    volts = [
        Hour(hour.begin, hour.count, hour.count * (2.72 - 0.013 * hour.level), 0.0, 0.0) for hour in hours(watered)
    ]
    thin = [Hour(one.begin, 1, one.total / one.count, 0.0, 0.0) for one in volts]
    (one,) = waterings(moisture(thin, VOLTS))
    assert one.rise > 20


@given(order=st.randoms(use_true_random=False))
def test_the_order_in_which_readings_came_means_nothing(order: Random) -> None:
    told = hours(watered, days=9)
    mixed = list(told)
    order.shuffle(mixed)
    assert waterings(moisture(mixed)) == waterings(moisture(told))


@given(levels=st.lists(st.floats(-20, 120), max_size=80), gaps=st.lists(st.integers(1, 30), min_size=80, max_size=80))
def test_any_series_is_borne(levels: list[float], gaps: list[int]) -> None:
    at = 0.0
    made = []
    for level, gap in zip(levels, gaps, strict=False):
        at += gap * HOUR
        made.append(Hour(at, 1, level, level, level))
    for one in waterings(moisture(made)):
        assert one.rise > 0
        assert one.not_before <= one.settled_at
