"""What a generator tells: the readings that the house gets, and the truth that it does not."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random

from plantops.domain.moisture import Hour

HOUR = 3600.0
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Story:
    """One plant's months: readings as they were taken, and what really happened."""

    name: str
    scenario: str
    readings: Sequence[tuple[float, float]]
    """Unix time and %, as the probe showed it."""
    waterings: Sequence[float]
    """Unix times at which water came that changed the soil."""
    soaked: Sequence[bool | None]
    """Whether each one filled the soil; None: nearly, so that neither answer is wrong."""
    dry_at: Callable[[float], float | None] = field(repr=False)
    """When the soil gets as dry as `threshold` if nobody waters after the given time; None: not within the story."""
    sips: Sequence[float] = ()
    """Unix times at which water came of which it is no matter whether it is called a watering, e.g. rain."""
    threshold: float = 0.0
    """The level, % as an ideal probe shows it, below which this plant wants water."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How the readings come: their interval, what is lost, what is bent."""

    every: float = 600.0
    decimals: int = 1
    quantum: float = 0.0
    """The smallest difference that the probe's converter can show, %."""
    noise: float = 0.0
    gaps_per_month: float = 0.0
    gap_hours: float = 24.0
    zeros_per_month: float = 0.0
    """Readings of nought, as a loose wire gives them, for one to three times in a row."""
    pulls_per_month: float = 0.0
    """The probe is taken out for an hour or two and put back somewhere else."""
    bend: float = 1.0
    """How much warmth and hands move what the probe shows, compared with a usual one; where the generator can tell."""


def spoil(readings: Sequence[tuple[float, float]], wire: Wire, random: Random) -> list[tuple[float, float]]:
    """Let the wire have its way with what a probe showed."""
    out: list[tuple[float, float]] = []
    lost_until = zero_until = -1.0
    last = -1e18
    for time, value in readings:
        if time - last < wire.every * 0.999:
            continue
        step, last = min(wire.every, time - last), time
        chance = step / (30 * DAY)
        if random.random() < wire.gaps_per_month * chance:
            lost_until = time + random.uniform(0.2, 1.0) * wire.gap_hours * HOUR
        if random.random() < wire.zeros_per_month * chance:
            zero_until = time + random.uniform(0.0, 2.5) * wire.every
        if random.random() < wire.pulls_per_month * chance:
            zero_until = time + random.uniform(0.5, 2.5) * HOUR
        if time < lost_until:
            continue
        shown = 0.0 if time < zero_until else value + (random.gauss(0.0, wire.noise) if wire.noise else 0.0)
        if wire.quantum:
            shown = round(shown / wire.quantum) * wire.quantum
        out.append((time, round(max(0.0, min(100.0, shown)), wire.decimals)))
    return out


def crossing(times: Sequence[float], levels: Sequence[float], threshold: float, after: float) -> float | None:
    """Tell when a falling curve first gets below a level."""
    for index in range(bisect_left(times, after), len(times)):
        if levels[index] < threshold:
            return times[index]
    return None


def soaked(part: float) -> bool | None:
    """Tell whether a watering filled the soil that got this part of what was missing."""
    return True if part >= 0.95 else (None if part >= 0.75 else False)


def hours(readings: Sequence[tuple[float, float]]) -> list[Hour]:
    """Roll readings up by the hour, as the store does."""
    return [
        Hour(begin * HOUR, len(values), sum(values), min(values), max(values))
        for begin, group in groupby(readings, lambda reading: reading[0] // HOUR)
        for values in [[value for _, value in group]]
    ]
