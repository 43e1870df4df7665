"""The shape in which one pot dries: at a steady rate while water is easy to take, ever more slowly below that.

FAO-56 (Allen et al. 1998, chapter 8, equation 84): above a threshold the soil loses what the air asks for, below it the
loss falls in proportion to what is left above the wilting point. The shape is a property of pot, substrate, plant
and probe, and stays; the speed is the air's and the season's. "Drought" is the time, in days of unit speed,
that a pot needs to fall to a level: in it every dry-down of a pot is a straight line, as in hydrology's master
recession curve (Posavec, Bačani & Nakić 2006, Ground Water 44, 764).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sumprod

TOP = 100.0
LEAST_LEFT = 0.02
"""Below this part of the hard water a level says nothing any more about time."""
FLOORS = (0.06, 0.15, 0.3, 0.6, 1.2)
"""Floors that are tried: so far below the lowest level seen, as parts of the span seen."""
KNEES = (0.25, 0.5, 0.75, 1.0, 1.4)
"""Knees that are tried: so far between the floor and the highest level seen."""
USUAL = (0.3, 0.5)
"""What is taken while nothing better is known: FAO-56's p of 0.5."""
PARTS = 6
DOUBTS = 1.0
"""Dry-downs that must speak against the shape to be half believed."""
DOUBT = 0.02
"""How much worse, as a part of the error, the usual shape may fit before another one is believed."""


@dataclass(frozen=True, slots=True)
class SoilCurve:
    """How fast a pot dries at each level, up to a factor: FAO-56's shape, and where the pot's own dry-downs differ."""

    floor: float
    """The level, %, below which nothing is lost."""
    knee: float
    """The level, %, above which the rate is steady."""
    marks: Sequence[float] = ()
    """Levels, %, falling, between which this pot differs from the shape."""
    factors: Sequence[float] = ()
    """How much longer it needs from each mark to the next."""

    def drought(self, level: float) -> float:
        """Tell how long the pot needs from 100 % to a level, in days at one percent a day above the knee."""
        total = self._plain(level)
        for high, low, factor in zip(self.marks, self.marks[1:], self.factors, strict=False):
            if level >= high:
                break
            total += (factor - 1.0) * (self._plain(max(level, low)) - self._plain(high))
        return total

    def _plain(self, level: float) -> float:
        if level >= self.knee:
            return TOP - level
        hard = self.knee - self.floor
        left = max(LEAST_LEFT, (level - self.floor) / hard)
        return TOP - self.knee - hard * log(left)

    def level(self, drought: float) -> float:
        """Tell the level, %, after so many days."""
        low, high = self.floor, TOP
        for _ in range(24):
            middle = (low + high) / 2
            if self.drought(middle) > drought:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def slowness(self, level: float) -> float:
        """Tell how many times slower the pot dries at a level than above the knee."""
        if level >= self.knee:
            return 1.0
        return 1.0 / max(LEAST_LEFT, (level - self.floor) / (self.knee - self.floor))


type Line = Sequence[tuple[float, float]]
"""One dry-down: days, and levels in %."""


def usual_curve(lowest: float, highest: float) -> SoilCurve:
    """Give the shape to begin with for a pot that was seen between two levels."""
    return _curve(lowest, highest, *USUAL)


def fitted(lines: Sequence[tuple[Line, float]]) -> SoilCurve:
    """Find the shape that makes each dry-down a straight line of its own slope; each comes with its weight."""
    levels = [level for line, _ in lines for _, level in line]
    lowest, highest = min(levels), max(levels)
    bows = [bow for line, weight in lines if (bow := _bow(line, weight)) is not None]
    best = usual_curve(lowest, highest)
    least = (1.0 - DOUBT) * _bent(best, bows)
    for floor in FLOORS:
        for knee in KNEES:
            curve = _curve(lowest, highest, floor, knee)
            bent = _bent(curve, bows)
            if bent < least:
                best, least = curve, bent
    return best


def _curve(lowest: float, highest: float, floor: float, knee: float) -> SoilCurve:
    bottom = lowest - floor * max(4.0, highest - lowest)
    return SoilCurve(bottom, bottom + knee * max(8.0, highest - bottom))


@dataclass(frozen=True, slots=True)
class _Bow:
    """One dry-down, made ready to be held against many shapes."""

    days: Sequence[float]
    """Days from its middle."""
    spread: float
    levels: Sequence[float]
    weight: float
    """Of one point."""


def _bow(line: Line, weight: float) -> _Bow | None:
    middle = sum(day for day, _ in line) / len(line)
    days = [day - middle for day, _ in line]
    spread = sumprod(days, days)
    return _Bow(days, spread, [level for _, level in line], weight / len(line)) if spread > 0.0 else None


def _bent(curve: SoilCurve, bows: Sequence[_Bow]) -> float:
    """Tell how far the dry-downs are from straight, in squares of %. It is asked for 25 shapes: no call for a level."""
    knee, floor, hard = curve.knee, curve.floor, curve.knee - curve.floor
    easy, least = TOP - knee, floor + LEAST_LEFT * hard
    total = 0.0
    for bow in bows:
        ease = [1.0 if level >= knee else (max(level, least) - floor) / hard for level in bow.levels]
        droughts = [
            TOP - level if level >= knee else easy - hard * log(left)
            for level, left in zip(bow.levels, ease, strict=True)
        ]
        slope, mean = sumprod(bow.days, droughts) / bow.spread, sum(droughts) / len(droughts)
        off = [
            (drought - mean - slope * day) * easily
            for drought, day, easily in zip(droughts, bow.days, ease, strict=True)
        ]
        total += bow.weight * sumprod(off, off)
    return total


def refined(curve: SoilCurve, lines: Sequence[tuple[Line, float]]) -> SoilCurve:
    """Let each part of the span take as long as it really took, as far as dry-downs have shown it."""
    levels = [level for line, _ in lines for _, level in line]
    lowest, highest = min(levels), max(levels)
    marks = [highest - part * (highest - lowest) / PARTS for part in range(PARTS + 1)]
    real, expected = [0.0] * PARTS, [0.0] * PARTS
    for line, weight in lines:
        falling = list(zip([day for day, _ in line], _falling([level for _, level in line]), strict=True))
        (first, high), (last, low) = falling[0], falling[-1]
        drought = curve.drought(low) - curve.drought(high)
        if drought <= 0.0 or last <= first:
            continue
        speed = drought / (last - first)
        for part, (upper, lower) in enumerate(pairwise(marks)):
            begin, end = _crossing(falling, upper), _crossing(falling, lower)
            if begin is not None and end is not None:
                real[part] += weight * speed * (end - begin)
                expected[part] += weight * (curve.drought(lower) - curve.drought(upper))
    factors = [
        max(0.4, min(2.5, (took + DOUBTS * usual) / (should + DOUBTS * usual)))
        for took, should, (upper, lower) in zip(real, expected, pairwise(marks), strict=True)
        for usual in [curve.drought(lower) - curve.drought(upper)]
    ]
    return SoilCurve(curve.floor, curve.knee, marks, factors)


def _falling(levels: Sequence[float]) -> list[float]:
    """Make levels never rise, as close to what they were as can be (pool adjacent violators, Ayer et al. 1955)."""
    pools: list[list[float]] = []
    for level in levels:
        pools.append([level, 1.0])
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            mean, count = pools.pop()
            total = pools[-1][1] + count
            pools[-1] = [(pools[-1][0] * pools[-1][1] + mean * count) / total, total]
    return [mean for mean, count in pools for _ in range(int(count))]


def _crossing(falling: Line, level: float) -> float | None:
    """Tell the day on which a falling line passes a level; None: it begins below it or ends above it."""
    for (day, high), (following, low) in pairwise(falling):
        if high >= level > low:
            return day + (following - day) * (high - level) / (high - low)
    return None
