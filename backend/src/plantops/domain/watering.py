"""Finding waterings in a moisture series: soil that got wetter, stays wetter, and did so faster than warmth does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import median

from plantops.domain.in_the_air import was_in_the_air
from plantops.domain.moisture import Moisture
from plantops.domain.settling import drunk, surplus
from plantops.domain.warmth import WARMTH_TIMES, daily_warmth, is_gone, is_sudden

HOUR = 3600.0
DAY = 24 * HOUR
LEAST_RISE = 3.5
"""A rise below this, %, may be a probe that was pushed, the sun on the pot, or a spray."""
SURE_RISE = 10.0
"""From here on a rise, %, counts whatever is usual for the plant."""
NOISE_TIMES = 4.5
"""A rise must stand this many times above the noise."""
NOISE_ALONE = 2.5
"""The largest rise within three hours that a day of nothing but noise shows, in its standard deviations."""
USUAL_SHARE = 0.3
"""A rise below this part of the plant's usual one is a pushed probe rather than water."""
KEEPS = 0.5
"""A watering that was found remains while its rise is at least this part of what it needed to be found."""
SAME = 3 * HOUR
"""A watering that is found again may be dated a little differently."""
RISE_HOURS = 3.0
"""Water comes to the probe within this; a day's warming takes six hours and more."""
QUIET_HOURS = 2.5
"""The soil has taken up its water when nothing rose for this long; a saucer gives its water over hours."""
TWO_STEPS_HOURS = 26.0
LONGEST_RISE_HOURS = 14.0
SETTLED_HOURS = (2.0, 5.0)
"""When after the highest level the water above container capacity has run out."""
STAYS = 0.3
"""Part of the rise that must stay: of water on the surface nothing does."""
BASE = 4
"""Steps that tell the level before a rise."""
ONSET = 0.2
"""The first step that took this part of the rise is its beginning."""
AGAIN_SHARE, AGAIN_TIMES = 0.25, 2.5
"""More water within a rise is a leap of this part of it, and so many times what the steps before it rose."""
KNOWN_RISES = 3
KNOWN_ENDS = 5
PLATEAU = 0.12
"""The higher half of the ends lies this close together, as a part of the rise, where the soil sets the end."""
DRAINED_HOURS = 12.0
"""By then the surplus of a watering has run out, also in a slow pot."""
DRAINS = 2.5
"""A level that falls by this, %, right after the rise was more than the soil can hold."""
FULL_SHARE = 0.85
"""A rise that ends this high between the usual dry and the usual full level has filled the soil."""


@dataclass(frozen=True, slots=True)
class Watering:
    """Water that came to a plant, as its probe saw it; times are Unix times, levels %."""

    at: float
    not_before: float
    """The last reading without the water: it came between then and `at`'s next reading."""
    before: float
    peak: float
    settled_at: float
    after: float
    """The level once the surplus has run out."""
    soaked_through: bool | None
    """Whether the whole soil got as wet as it can; None: nothing to compare with yet."""
    pending: bool
    """The series ends before the soil has settled: to be looked at again."""

    @property
    def rise(self) -> float:
        """How much wetter the soil stays, %."""
        return self.after - self.before


def waterings(
    series: Moisture, *, usual_rise: float | None = None, usual_full: float | None = None, known: Sequence[float] = ()
) -> list[Watering]:
    """Find the waterings of a series, oldest first.

    `usual_rise` and `usual_full` (%) are what is known of the plant from before the series. `known` are the times at
    which waterings were found earlier: they remain for less than what a new one needs, so that a rise of just that
    size does not come and go with every look.
    """
    warmth = daily_warmth(series)
    wanted = least_rise(series.noise, warmth)
    found = list(_rises(series, wanted, warmth))
    sure = [one.rise for one in found if one.rise >= SURE_RISE]
    if len(sure) >= KNOWN_RISES:
        usual_rise = median(sure)
    least = 0.0 if usual_rise is None else min(SURE_RISE, USUAL_SHARE * usual_rise)
    found = [one for one in found if one.rise >= least]
    if missing := [at for at in known if len(series) and at >= series.times[0] and not _near_one(found, at)]:
        weak = _rises(series, KEEPS * wanted, KEEPS * warmth)
        kept = [one for one in weak if one.rise >= KEEPS * least and any(abs(one.at - at) <= SAME for at in missing)]
        found = sorted([*found, *(one for one in kept if not _near_one(found, one.at))], key=lambda one: one.at)
    return _told_soaked(found, usual_full)


def _near_one(found: Sequence[Watering], at: float) -> bool:
    """Tell whether a watering was found around a time."""
    return any(abs(one.at - at) <= SAME for one in found)


def _rises(series: Moisture, wanted: float, warmth: float) -> Iterator[Watering]:
    levels = series.levels
    index, floor, drained = 1, 0, 0.0
    while index < len(series):
        if levels[index] - min(levels[max(min(floor, index - 1), index - BASE) : index]) < ONSET * wanted:
            index += 1
            continue
        base = _before(series, index, floor)
        if levels[index] - base < ONSET * wanted:
            index += 1
            continue
        top = _top(series, index, _until(series.times, index))
        if levels[top] - base < wanted:
            index += 1
            continue
        peak = _peak(series, index)
        index = _onset(series, index, peak, base)
        base = _before(series, index, floor)
        if (again := _again(series, index, peak, wanted)) is not None:
            yield _cut_short(series, index, again, base)
            floor = index = again
            continue
        one = _settled(series, index, peak, base)
        if one.rise >= max(wanted, STAYS * min(SURE_RISE, one.peak - base)) and not (
            was_in_the_air(series, index, (one.before, one.after), drained) or _was_a_warm_day(series, one, warmth)
        ):
            drained = series.times[peak] + DRAINED_HOURS * HOUR
            yield one
        floor = index = peak + 1


def _until(times: Sequence[float], index: int) -> float:
    """Tell until when a rise must be complete: of nodes that sleep for hours two steps count, within a day or so."""
    until = times[index - 1] + RISE_HOURS * HOUR
    if until >= times[index] + HOUR or index + 1 == len(times):
        return until
    return min(times[index + 1], times[index - 1] + TWO_STEPS_HOURS * HOUR)


def least_rise(noise: float, warmth: float) -> float:
    """Tell the rise, %, that can be water rather than noise, or a usual day's warmth."""
    alone = sqrt(max(0.0, warmth**2 - (NOISE_ALONE * noise) ** 2))
    return max(LEAST_RISE, NOISE_TIMES * noise, WARMTH_TIMES * alone)


def _onset(series: Moisture, index: int, peak: int, base: float) -> int:
    """Find the step with which a rise really begins: the last one that comes from below a small part of it."""
    line = base + max(3 * series.noise, ONSET * (series.levels[peak] - base))
    for step in range(peak, index, -1):
        if series.levels[step - 1] < line:
            return step
    return index


def _again(series: Moisture, index: int, peak: int, wanted: float) -> int | None:
    """Find the step within a rise with which more water came: a leap after hours in which it had nearly ended.

    A saucer's water comes ever more slowly, and readings that are hours apart can't tell.
    """
    levels, times = series.levels, series.times
    least = max(wanted, AGAIN_SHARE * (levels[peak] - levels[index - 1]))
    if levels[peak] - levels[index - 1] < 2 * wanted:
        return None
    for step in range(index + 2, peak + 1):
        leap = levels[step] - levels[step - 1]
        if (
            leap < least
            or times[step] - times[index] < QUIET_HOURS * HOUR
            or times[step] - times[step - 2] > RISE_HOURS * HOUR
        ):
            continue
        first = max(index + 1, step - BASE + 1)
        calm = max(levels[at] - levels[at - 1] for at in range(first, step))
        if leap >= AGAIN_TIMES * calm and levels[step - 1] - levels[index - 1] >= wanted:
            return step
    return None


def _cut_short(series: Moisture, index: int, again: int, base: float) -> Watering:
    """Tell of a watering that another one followed before it had settled."""
    last = again - 1
    return Watering(
        at=series.times[index - 1],
        not_before=series.times[index - 1],
        before=base,
        peak=series.levels[last],
        settled_at=series.times[last],
        after=series.levels[last],
        soaked_through=None,
        pending=False,
    )


def _before(series: Moisture, index: int, floor: int) -> float:
    """Tell the level before a step: the median of the two hours up to the step before it."""
    begin = index - 1
    while begin > floor and index - begin < BASE and series.times[index - 1] - series.times[begin - 1] <= 2 * HOUR:
        begin -= 1
    return median(series.levels[begin:index])


def _top(series: Moisture, index: int, until: float) -> int:
    """Find the highest step from `index` on until a time."""
    best = index
    while index < len(series) and series.times[index] <= until:
        if series.levels[index] > series.levels[best]:
            best = index
        index += 1
    return best


def _peak(series: Moisture, index: int) -> int:
    """Find the end of a rise: the highest step after which nothing rises for a while."""
    best, limit = index, series.times[index] + LONGEST_RISE_HOURS * HOUR
    while True:
        following = series.times[min(best + 1, len(series) - 1)]  # however far the readings lie apart
        higher = _top(series, best, min(limit, max(following, series.times[best] + QUIET_HOURS * HOUR)))
        if series.levels[higher] <= series.levels[best] + series.noise:
            return best if higher == best else higher
        best = higher


def _settled(series: Moisture, index: int, peak: int, base: float) -> Watering:
    times, levels = series.times, series.levels
    begin, end = series.span(times[peak] + SETTLED_HOURS[0] * HOUR, times[peak] + SETTLED_HOURS[1] * HOUR)
    stayed = levels[begin:end]
    if begin == end:  # readings that are hours apart, or none yet
        begin = peak
        stayed = [levels[peak], *(level + drunk(series, index, peak) for level in levels[peak + 1 : peak + 2])]
    onset = times[index - 1] if times[index] - times[index - 1] <= RISE_HOURS * HOUR else _middle(times, index)
    after = median(stayed)
    return Watering(
        at=onset,
        not_before=times[index - 1],
        before=base,
        peak=levels[peak],
        settled_at=times[begin],
        after=after,
        soaked_through=True if surplus(series, peak) >= max(DRAINS, 4 * series.noise) else None,
        pending=times[-1] < times[peak] + SETTLED_HOURS[0] * HOUR,
    )


def _was_a_warm_day(series: Moisture, one: Watering, warmth: float) -> bool:
    """Tell whether a small rise that came slowly is gone at the same time of the next day."""
    if one.rise >= SURE_RISE or is_sudden(series, (one.not_before, one.settled_at), one.rise, warmth):
        return False
    return is_gone(series, one.not_before, one.rise, 2 * HOUR) or False


def _middle(times: Sequence[float], index: int) -> float:
    """Tell the best guess for water that came while nothing was read."""
    return (times[index - 1] + times[index]) / 2


def _told_soaked(found: list[Watering], usual_full: float | None) -> list[Watering]:
    """Say of each watering whether it filled the soil, by its own surplus or by what is usual for the plant."""
    top = usual_full if usual_full is not None else full_level(found)
    if top is None:
        return found
    dry = median(one.before for one in found) if found else 0.0
    line = dry + FULL_SHARE * (top - dry)
    return [one if one.soaked_through else replace(one, soaked_through=one.after >= line) for one in found]


def full_level(found: Sequence[Watering]) -> float | None:
    """Tell the level, %, of soil that holds all it can; None: it was never seen.

    It is what stays after a surplus ran out, or the plateau at which waterings of different strength end.
    """
    full = [one.after for one in found if one.soaked_through]
    if full:
        return median(full)
    ends = sorted(one.after for one in found)[len(found) // 2 :]
    if len(found) < KNOWN_ENDS or ends[-1] - ends[0] > PLATEAU * (ends[-1] - median(one.before for one in found)):
        return None
    return median(ends)
