"""A moisture series made fit to be read: by the hour, without slips of the wire, and with its own noise known."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

HALF_AN_HOUR = 1800.0
TRIMMED = 4
"""Readings of an hour from which the outermost two can be spared."""
SLIP = 6.0
"""A single value that stands out from both its neighbours by more than this, %, was never in the soil."""
SLIP_SECONDS = 7200.0
"""Neighbours that lie further apart know nothing of the value between them."""
FALL = 7.0
"""Soil never dries by this, %, from one reading to the next, but a probe that is pulled out falls by more."""
RETURNS = 0.6
AWAY_SECONDS = 6 * 3600.0
"""A probe that is put back within this is a pulled probe; what it said meanwhile is about air."""
DRY_PART = 10
"""The driest part of a pot's time, one in so many: clearly below that is air, not soil."""
LEAST_NOISE = 0.15
"""A probe that always says the same number is still not better than this, %."""
GAUSS = 1.4826
"""The median distance from the median times this is a normal distribution's standard deviation."""
CLOSE_SECONDS = 7 * 3600.0
"""Three readings within this tell of noise."""
FEW = 8
"""With fewer differences nothing can be said about noise."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a channel's values become %: `factor * value + shift`."""

    factor: float
    shift: float

    def percent(self, value: float) -> float:
        """Tell the level, %."""
        return self.factor * value + self.shift


PER_CENT = Scale(1.0, 0.0)
VOLTS = Scale(-100.0 / 1.3, 100.0 * 2.72 / 1.3)
"""A bare capacitive probe: 2.72 V in air, 1.42 V in water. Good for times, not for thresholds."""


@dataclass(frozen=True, slots=True)
class Moisture:
    """Moisture, %, at Unix times, in order, one for each hour in which something was read."""

    times: Sequence[float]
    levels: Sequence[float]
    noise: float
    """Standard deviation of one level, %."""

    def __len__(self) -> int:
        return len(self.times)

    def span(self, begin: float, end: float) -> tuple[int, int]:
        """Tell the half-open span of indices whose times lie in [begin, end]."""
        return bisect_left(self.times, begin), bisect_right(self.times, end)


@dataclass(frozen=True, slots=True)
class Hour:
    """What a probe said within one hour: the roll-up of a channel."""

    begin: float
    """Unix time."""
    count: int
    total: float
    lowest: float
    highest: float

    @property
    def level(self) -> float:
        """The hour's level: the mean without the lowest and the highest reading where there are enough of them."""
        if self.count < TRIMMED:
            return self.total / self.count
        return (self.total - self.lowest - self.highest) / (self.count - 2)


def moisture(hours: Iterable[Hour], scale: Scale = PER_CENT) -> Moisture:
    """Make a series of the hours of one channel in any order, in % by its scale."""
    ordered = sorted(hours, key=lambda hour: hour.begin)
    return moisture_of([hour.begin for hour in ordered], [hour.level for hour in ordered], scale)


def moisture_of(begins: Sequence[float], values: Sequence[float], scale: Scale = PER_CENT) -> Moisture:
    """Make a series of hours in order: when each begins (Unix time), and its level in the channel's unit."""
    factor, shift = scale.factor, scale.shift
    read = [(begin + HALF_AN_HOUR, factor * value + shift) for begin, value in zip(begins, values, strict=True)]
    levels = _without_slips(_in_the_soil(read))
    return Moisture([time for time, _ in levels], [level for _, level in levels], _noise(levels))


def _in_the_soil(readings: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out what a probe says out of the soil, or on a loose wire: a sudden fall and a sudden return."""
    kept: list[tuple[float, float]] = []
    air = _air([level for _, level in readings])
    index = 0
    while index < len(readings):
        if kept and _sudden(kept, readings[index]) and (back := _return(readings, index, kept[-1], air)):
            index = back
        kept.append(readings[index])
        index += 1
    return kept


def _sudden(kept: list[tuple[float, float]], reading: tuple[float, float]) -> bool:
    """Tell whether a reading lies further below the last one than drying, as it went on before, brings it."""
    (time, level), dried = kept[-1], 0.0
    if len(kept) > 1 and (passed := time - kept[-2][0]) <= AWAY_SECONDS:
        dried = max(0.0, min(FALL, kept[-2][1] - level)) * (reading[0] - time) / passed
    return level - reading[1] > FALL + dried


def _air(levels: list[float]) -> float:
    """Tell the level, %, below which a single reading, of a node that sleeps for hours, was in the air."""
    return sorted(levels)[len(levels) // DRY_PART] - FALL if levels else 0.0


def _return(readings: list[tuple[float, float]], index: int, last: tuple[float, float], air: float) -> int | None:
    """Find the reading in which a probe is back in the soil; None: it doesn't come back soon, or was never away."""
    low = readings[index][1]
    for later in range(index + 1, len(readings)):
        time, level = readings[later]
        if time - readings[index][0] > AWAY_SECONDS and (later > index + 1 or low >= air):
            return None
        if level > low + RETURNS * (last[1] - low):
            return _wholly(readings, later) if level - readings[later - 1][1] > FALL / 2 else None
        low = min(low, level)
    return None


def _wholly(readings: list[tuple[float, float]], back: int) -> int:
    """Tell the first hour that a probe was in the soil for all of: one that goes on to rise was partly in the air."""
    if back + 1 == len(readings):
        return back
    (time, level), (later, higher) = readings[back : back + 2]
    return back + 1 if higher - level > FALL / 2 and later - time <= SLIP_SECONDS else back


def _without_slips(readings: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Take the neighbours' word for a single value that stands out from both."""
    calm = list(readings)
    for index in range(1, len(readings) - 1):
        time, value = readings[index]
        if abs(value - readings[index - 1][1]) <= SLIP:
            continue
        (begin, before), (end, after) = readings[index - 1], readings[index + 1]
        middle = sorted((before, value, after))[1]
        if abs(value - middle) > SLIP and end - begin <= SLIP_SECONDS:
            calm[index] = (time, middle)
    return calm


def _noise(readings: list[tuple[float, float]]) -> float:
    """Tell the noise from second differences, in which drying and warmth cancel out; waterings are too rare to count.

    The spread of second differences of white noise is sqrt(6) times its own (Gasser, Sroka & Jennen-Steinmetz 1986,
    Biometrika 73, 625). Readings further apart know nothing of noise: between them a plant drinks by day and rests by
    night.
    """
    bends = [
        abs(a - 2 * b + c)
        for (begin, a), (_, b), (end, c) in zip(readings, readings[1:], readings[2:], strict=False)
        if end - begin <= CLOSE_SECONDS
    ]
    if len(bends) < FEW:
        return 1.0
    return max(LEAST_NOISE, GAUSS * median(bends) / sqrt(6.0))
