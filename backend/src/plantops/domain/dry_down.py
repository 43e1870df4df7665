"""The stretches between two waterings, in which a pot only dries."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from plantops.domain.moisture import Moisture
from plantops.domain.watering import Watering

HOUR = 3600.0
DAY = 86_400.0
POINTS = 16
"""Points that describe one dry-down."""
LEAST_HOURS = 6.0
AROUND = 1.5 * HOUR
FULL_HOURS = 4.0
HELD = 1.0
HELD_SHARE = 0.05
"""A level holds while it is within this, %, or this part of the later fall, of where it began."""
STEP = 1.2
"""A level that jumps by more than this, %, beyond what noise does was pushed, not dried; the rest is shifted back."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A plant's own clock, which goes faster when the plant drinks faster: by day rather than by night."""

    hourly: Sequence[float] = (1.0,) * 24
    """Speed in each hour of the UTC day; 1 on average."""

    def days(self, time: float) -> float:
        """Tell the plant's time, days, at a Unix time."""
        whole, rest = divmod(time, DAY)
        hour, part = divmod(rest / HOUR, 1.0)
        return whole + (sum(self.hourly[: int(hour)]) + part * self.hourly[int(hour) % 24]) / 24.0

    def time(self, days: float) -> float:
        """Tell the Unix time at which the plant's clock shows so many days."""
        whole, left = divmod(days, 1.0)
        left *= 24.0
        for hour, speed in enumerate(self.hourly):
            if left <= speed:
                return whole * DAY + (hour + (left / speed if speed else 0.0)) * HOUR
            left -= speed
        return (whole + 1) * DAY


@dataclass(frozen=True, slots=True)
class DryDown:
    """One stretch of drying: times and levels of the series, from when the soil has settled until water comes."""

    times: Sequence[float]
    levels: Sequence[float]
    ended: bool
    """Somebody watered; False: it still goes on."""
    line: float
    """The level, %, below which it counts as fallen."""
    falls: int
    """The step with which the level begins to fall: until then a saucer, or the pot's wet bottom, keeps it full."""

    @property
    def days(self) -> float:
        """Its length, with the time in which it held."""
        return (self.times[-1] - self.times[0]) / DAY

    @property
    def holds(self) -> bool:
        """Whether the level has not begun to fall."""
        return self.falls >= len(self.times) - 1

    @property
    def falling_days(self) -> float:
        """How long it fell."""
        return (self.times[-1] - self.times[self.falls]) / DAY

    def held(self, clock: Clock) -> float:
        """Tell for how long, in days of the plant's clock, the level held."""
        return clock.days(self.times[self.falls]) - clock.days(self.times[0])

    def level_at(self, time: float) -> float:
        """Tell the level around a time: the median of the hours around it, or the nearest."""
        begin, end = bisect_left(self.times, time - AROUND), bisect_right(self.times, time + AROUND)
        if end <= begin:
            index = min(len(self.times) - 1, begin)
            return self.levels[index]
        return median(self.levels[begin:end])

    def points(self, clock: Clock) -> list[tuple[float, float]]:
        """Give the fall as some points: days of the plant's clock, and the median levels around them."""
        size = max(1, (len(self.times) - self.falls) // POINTS)
        return [
            (clock.days(sum(times) / len(times)), median(self.levels[begin : begin + size]))
            for begin in range(self.falls, len(self.times) - size + 1, size)
            if (times := self.times[begin : begin + size])
        ]


def dry_downs(series: Moisture, found: Sequence[Watering]) -> list[DryDown]:
    """Cut a series into its dry-downs, oldest first; what is too short to say anything is left out."""
    cuts = [(series.times[0], found[0].not_before if found else None)] if len(series) else []
    ends = [*(one.not_before for one in found[1:]), None]
    cuts += zip((one.settled_at for one in found), ends, strict=False)
    ordered = sorted(series.levels)
    slack = max(HELD, 3 * series.noise, HELD_SHARE * (ordered[-1 - len(ordered) // 20] - ordered[len(ordered) // 20]))
    return [
        _dry_down(series, (begin, end), slack, ended=until is not None)
        for start, until in cuts
        for begin, end in [series.span(start, until if until is not None else series.times[-1])]
        if end > begin and (until is None or series.times[end - 1] - series.times[begin] >= LEAST_HOURS * HOUR)
    ]


def _dry_down(series: Moisture, span: tuple[int, int], slack: float, *, ended: bool) -> DryDown:
    times, levels = series.times[slice(*span)], _unpushed(series, *span)
    line = median(levels[: max(1, bisect_right(times, times[0] + FULL_HOURS * HOUR))]) - slack
    falls = len(levels) - 1
    while falls > 0 and levels[falls] < line:
        falls -= 1
    return DryDown(times, levels, ended, line, falls)


def _unpushed(series: Moisture, begin: int, end: int) -> list[float]:
    """Take back sudden steps, so that the last levels hold and earlier ones move to them."""
    levels = list(series.levels[begin:end])
    limit = STEP + 4 * series.noise
    shift = 0.0
    for index in range(len(levels) - 4, 3, -1):
        jump = series.levels[begin + index] - series.levels[begin + index - 1]
        if abs(jump) > limit:
            shift += _push(series, begin + index, limit)
        levels[index - 1] += shift
    for index in range(min(3, max(0, len(levels) - 4))):
        levels[index] += shift
    return levels


def _push(series: Moisture, index: int, limit: float) -> float:
    """Tell by how much a step was more than the drying before and after it; 0 where that is not enough, or in a gap."""
    levels, times = series.levels, series.times
    if times[index] - times[index - 1] > 2 * HOUR:
        return 0.0
    dried = (levels[index - 1] - levels[index - 2] + levels[index + 1] - levels[index]) / 2
    push = levels[index] - levels[index - 1] - dried
    step = median(levels[index : index + 3]) - median(levels[index - 3 : index]) - 3 * dried
    return push if abs(push) > limit and abs(step) > limit else 0.0
