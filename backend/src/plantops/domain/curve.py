"""A series of readings as a line through them, and the area below it. Pure.

Between two readings the line is straight (trapezoid rule); where they lie further apart than `MOST_GAP` there is none:
a gap stays a gap, and whoever asks for an area is told how much of the time it covers.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

MOST_GAP = 90 * 60.0
"""Seconds between two readings that a line is still drawn across: a node that reports once an hour may be half an hour
late, and light says nothing of what it did meanwhile when one report is missing."""

type Point = tuple[float, float]
"""Unix seconds, value."""


@dataclass(frozen=True, slots=True)
class Area:
    """The area below a line in some time, and how many seconds of it are covered."""

    total: float = 0.0
    """Value times seconds."""
    covered: float = 0.0

    def __add__(self, other: Area) -> Area:
        """Put two together."""
        return Area(self.total + other.total, self.covered + other.covered)

    @property
    def mean(self) -> float | None:
        """The mean over the covered time; None where none is."""
        return self.total / self.covered if self.covered else None


@dataclass(slots=True)
class Curve:
    """A line through the readings of one channel, in the order of time, each time once."""

    points: Sequence[Point]
    _times: list[float] = field(init=False, repr=False)
    _areas: list[Area] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Add up once what is asked for several times."""
        self._times = [time for time, _ in self.points]
        total = covered = 0.0
        self._areas = [Area()] if self.points else []
        for (before, low), (after, high) in pairwise(self.points):
            seconds = after - before
            if seconds <= MOST_GAP:
                total += (low + high) / 2 * seconds
                covered += seconds
            self._areas.append(Area(total, covered))

    def area(self, from_: float, until: float) -> Area:
        """Give the area between two moments (Unix seconds)."""
        first, last = self._until(from_), self._until(until)
        return Area(last.total - first.total, last.covered - first.covered)

    def at(self, moment: float) -> float | None:
        """Give the value of the line at a moment; None in a gap and beyond the ends."""
        index = bisect_right(self._times, moment) - 1
        if index < 0:
            return None
        time, value = self.points[index]
        if time == moment:
            return value
        if index + 1 == len(self.points) or self._times[index + 1] - time > MOST_GAP:
            return None
        after, other = self.points[index + 1]
        return value + (other - value) * (moment - time) / (after - time)

    def _until(self, moment: float) -> Area:
        """Give the area from the beginning until a moment."""
        index = bisect_right(self._times, moment) - 1
        if index < 0:
            return Area()
        done = self._areas[index]
        here = self.at(moment)
        time, value = self.points[index]
        if here is None or moment == time:
            return done
        return done + Area((value + here) / 2 * (moment - time), moment - time)
