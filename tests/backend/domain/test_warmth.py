"""What is warmth in a probe's rise, and what is the water of days on which somebody watered."""

from itertools import pairwise
from math import cos, pi, sin

import pytest
from plantops.domain.moisture import Moisture
from plantops.domain.warmth import daily_warmth

HOUR, DAY = 3600.0, 86_400.0


def hourly(swing: float, water: float = 0.0, every: float = 2.0) -> Moisture:
    """Make forty days under a swing, of a pot that is given so much in the evening and loses it until the next time."""
    times = [hour * HOUR for hour in range(40 * 24)]
    levels = [
        50 - water * ((time / DAY - 0.8) % every) / every + swing * cos(2 * pi * (time / DAY - 0.6)) for time in times
    ]
    return Moisture(times, levels, 0.15)


def test_warmth_is_what_a_usual_day_rises_by_within_three_hours() -> None:
    assert daily_warmth(hourly(0.0)) == 0.0
    assert daily_warmth(hourly(2.0)) == pytest.approx(2 * 2.0 * sin(pi / 8), rel=0.01), "the steepest eighth of a day"


@pytest.mark.parametrize("every", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("water", [4.5, 6.0, 9.0])
def test_days_that_were_watered_tell_nothing_of_warmth(water: float, every: float) -> None:
    assert daily_warmth(hourly(1.0, water, every)) <= daily_warmth(hourly(1.0))


def test_what_a_pot_drinks_up_each_day_is_not_taken_for_warmth() -> None:
    assert daily_warmth(hourly(0.0, 12.0, every=1.0)) == 0.0


def test_there_is_no_rise_at_which_warmth_leaps() -> None:
    """A pot whose usual day lies there would be judged otherwise each time it is looked at."""
    told = [daily_warmth(hourly(0.0, part / 10, every=1.0)) for part in range(20, 100)]
    assert max(told) > 3
    assert max(abs(after - before) for before, after in pairwise(told)) < 0.5
