"""How one plant's pot dries, learnt from its own dry-downs, and when it will have fallen to a level."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, hypot, log, sqrt
from statistics import median

from plantops.domain.dry_down import DAY, Clock, DryDown
from plantops.domain.soil_curve import Line, SoilCurve, fitted, refined, usual_curve

MOST_DRY_DOWNS = 10
"""Older ones are forgotten: pots are changed, plants grow."""
CHUNK_DAYS = 1.0
MEMORY = (7.0, 30.0)
MEMORY_CYCLES = 2.0
"""A speed counts for a third (1/e) after so many usual intervals, but within so many days."""
FAST_DAYS = 12.0
"""Plants that want water this often show whether they drink by night; the others' clock is even."""
SPEEDS = (0.15, 3.0)
PRIOR_DOUBT = 0.22
PRIOR_WEIGHT = 2.0
"""How far a speed strays from what was expected (standard deviation of its logarithm), before anything is known."""
KNOWN_HOLDS = 5
HORIZON_DAYS = 90.0
NOW_DAYS = 1.0
"""The level of now is that of the last day: warmth by day and cold by night cancel out."""
LEAST_SPEED = 0.02
LEVEL_DOUBT = 1.8
"""A probe that is pushed, drifts or is cold shows the same soil so much, %, higher or lower."""
MOST_DOUBT = 0.9
LEAST_DAYS = 0.15
RANGE = 1.8
"""Standard deviations that the range goes to both sides: wide, as the deviation is known from few cycles, and weather
changes more than it did before."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """How fast the soil dried in one stretch of about a day."""

    middle: float
    """Unix time."""
    days: float
    drought: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """When something will be so, Unix times; four times of five it is so between `earliest` and `latest`."""

    at: float
    earliest: float
    latest: float


@dataclass(frozen=True, slots=True)
class Drying:
    """One plant's way of drying."""

    curve: SoilCurve
    clock: Clock
    chunks: Sequence[Chunk]
    holds: float
    """Days of the plant's clock for which the soil stays full after a watering."""
    hold_doubt: float
    """How far that time strays, days."""
    memory_days: float
    full: float
    """The level, %, below which the soil counts as falling after a usual watering."""
    doubt: float
    """Standard deviation of the logarithm of the speed around what was expected."""
    cycles: int
    """Complete dry-downs it was learnt from."""

    def speed(self, now: float) -> float:
        """Tell the speed, %/day above the knee, that is expected from now on: the last days' count most.

        Slow times last longer and so weigh more in a mean over time; the factor (a lognormal's mean to its median)
        takes that back.
        """
        days = drought = 0.0
        for chunk in self.chunks:
            if chunk.middle > now:
                continue
            weight = exp((chunk.middle - now) / (self.memory_days * DAY))
            days += weight * chunk.days
            drought += weight * chunk.drought
        return max(LEAST_SPEED, drought / days * exp(self.doubt**2 / 2)) if days > 0.0 else LEAST_SPEED

    def level_now(self, current: DryDown, now: float) -> float:
        """Tell the level of now, %: the last day's levels, each brought forward by the speed."""
        if current.holds:
            return current.line
        speed, here = self.speed(now), self.clock.days(now)
        begin = max(current.falls, bisect_left(current.times, current.times[-1] - NOW_DAYS * DAY))
        late = [
            self.curve.drought(level) + speed * max(0.0, here - self.clock.days(time))
            for time, level in zip(current.times[begin:], current.levels[begin:], strict=True)
        ]
        return self.curve.level(median(late))

    def falls_to(
        self, level: float, current: DryDown, now: float, *, level_doubt: float = LEVEL_DOUBT
    ) -> Forecast | None:
        """Tell when the soil will be at `level` %; None: not in sight."""
        speed = self.speed(now)
        wanted = self.curve.drought(level) - self.curve.drought(self.level_now(current, now))
        wait = max(0.0, self.holds - current.held(self.clock)) if current.holds else 0.0
        days = max(0.0, wanted) / speed + wait
        if days > HORIZON_DAYS:
            return None
        off = level_doubt * self.curve.slowness(level) / speed
        share = min(MOST_DOUBT, hypot(self.doubt, hypot(off, self.hold_doubt if wait else 0.0) / max(days, LEAST_DAYS)))
        here = self.clock.days(now)
        early, late = days * exp(-RANGE * share), max(days, LEAST_DAYS) * exp(RANGE * share)
        return Forecast(self.clock.time(here + days), self.clock.time(here + early), self.clock.time(here + late))

    def lasts(self, level: float, now: float) -> float | None:
        """Tell how many days a thorough watering lasts until the soil is at `level` %; None: not in sight."""
        wanted = self.curve.drought(level) - self.curve.drought(self.full)
        days = max(0.0, wanted) / self.speed(now) + self.holds
        return days if days <= HORIZON_DAYS else None


def learn(seen: Sequence[DryDown]) -> Drying | None:
    """Learn from a plant's dry-downs, oldest first; None: there is nothing yet to learn from."""
    recent = seen[-MOST_DRY_DOWNS:]
    falling = [one for one in recent if one.falling_days >= CHUNK_DAYS / 4]
    if not falling or all(one.days < CHUNK_DAYS / 2 for one in falling):
        return None
    cycles = sum(one.ended for one in recent)
    typical = median([one.days for one in recent if one.ended] or [recent[-1].days])
    clock = Clock()
    curve, lines = _shape(falling, clock), _lines(falling, clock)
    if typical <= FAST_DAYS and cycles > 1:
        clock = _clock(falling, curve)
        lines = _lines(falling, clock)
    if lines:
        curve = refined(curve, lines)
    chunks = [chunk for one in falling for chunk in _chunks(one, curve, clock)]
    held = [one.held(clock) for one in recent if not one.holds]
    memory = min(MEMORY[1], max(MEMORY[0], MEMORY_CYCLES * typical))
    drying = Drying(
        curve,
        clock,
        chunks,
        *_middle(held[-KNOWN_HOLDS:]),
        memory,
        median(one.line for one in falling[-KNOWN_HOLDS:]),
        PRIOR_DOUBT,
        cycles,
    )
    return replace(drying, doubt=_doubt(drying, falling))


def _lines(seen: Sequence[DryDown], clock: Clock) -> list[tuple[Line, float]]:
    """Give those dry-downs that have a shape, the newest with the greatest weight."""
    return [(points, 1.0 + 0.1 * index) for index, one in enumerate(seen) if len(points := one.points(clock)) > 3]  # noqa: PLR2004


def _shape(seen: Sequence[DryDown], clock: Clock) -> SoilCurve:
    if lines := _lines(seen, clock):
        return fitted(lines)
    levels = [level for one in seen for level in one.levels]
    return usual_curve(min(levels), max(levels))


def _clock(seen: Sequence[DryDown], curve: SoilCurve) -> Clock:
    """Learn at which hours of the day the plant drinks."""
    loss = [0.0] * 24
    time_spent = [1e-9] * 24
    for one in seen:
        for index in range(one.falls + 2, len(one.times) - 2):
            before, after = one.times[index - 2], one.times[index + 2]
            if after - before > 4 * 3600:
                continue
            hour = int((before + after) / 2 % DAY // 3600)
            loss[hour] += curve.drought(one.levels[index + 2]) - curve.drought(one.levels[index - 2])
            time_spent[hour] += (after - before) / DAY
    rates = [part / spent for part, spent in zip(loss, time_spent, strict=True)]
    mean = sum(rates) / 24
    if mean <= 0.0:
        return Clock()
    smooth = [sum(rates[(hour + shift) % 24] for shift in range(-2, 3)) / 5 / mean for hour in range(24)]
    bounded = [max(SPEEDS[0], min(SPEEDS[1], speed)) for speed in smooth]
    return Clock([24 * speed / sum(bounded) for speed in bounded])


def _chunks(one: DryDown, curve: SoilCurve, clock: Clock) -> list[Chunk]:
    """Part a dry-down into days, so that warmth by day and cold by night cancel out."""
    count = max(1, int(one.falling_days / CHUNK_DAYS))
    begin, length = one.times[one.falls], one.falling_days * DAY
    edges = [begin + part * length / count for part in range(count + 1)]
    droughts = [curve.drought(one.level_at(edge)) for edge in edges]
    days = [clock.days(edge) for edge in edges]
    return [
        Chunk((edges[i] + edges[i + 1]) / 2, days[i + 1] - days[i], droughts[i + 1] - droughts[i])
        for i in range(count)
        if days[i + 1] > days[i]
    ]


def _doubt(drying: Drying, seen: Sequence[DryDown]) -> float:
    """Measure how far each dry-down's speed was from what one would have expected at its beginning."""
    squares, count = PRIOR_WEIGHT * PRIOR_DOUBT**2, PRIOR_WEIGHT
    for one in seen[1:]:
        if not one.ended:
            continue
        parts = [chunk for chunk in drying.chunks if one.times[0] <= chunk.middle <= one.times[-1]]
        real = sum(chunk.drought for chunk in parts) / max(1e-9, sum(chunk.days for chunk in parts))
        expected = drying.speed(one.times[0])
        if real > LEAST_SPEED:
            squares += min(1.0, log(expected / real) ** 2)
            count += 1
    return sqrt(squares / count)


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """Give the median and the usual distance from it."""
    if not values:
        return 0.0, 0.0
    middle = median(values)
    return middle, 1.5 * median(abs(value - middle) for value in values)
