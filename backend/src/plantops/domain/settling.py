"""What becomes of a rise in the hours after it: what runs out of the soil, and what the plant drinks. Pure."""

from plantops.domain.moisture import Moisture
from plantops.domain.warmth import level_near

HOUR = 3600.0
DRAIN_HOURS = 2.0
SLEEPS_HOURS = 3.0
"""Readings further apart than this are those of a node that sleeps for hours."""


def surplus(series: Moisture, peak: int) -> float:
    """Tell what ran out after the peak, %: the fall of the first two hours beyond that of the two hours after them."""
    soon = level_near(series, series.times[peak] + DRAIN_HOURS * HOUR, HOUR / 2)
    later = level_near(series, series.times[peak] + 2 * DRAIN_HOURS * HOUR, HOUR / 2)
    if soon is None or later is None:
        return 0.0
    return series.levels[peak] - soon - max(0.0, soon - later)


def drunk(series: Moisture, index: int, peak: int) -> float:
    """Tell what a plant has drunk until the reading after a peak, %, if it drinks as it did before the rise at `index`.

    Only readings that are hours apart before the rise too can tell: what noise does in one hour says nothing of ten.
    """
    times, levels = series.times, series.levels
    passed = times[index - 1] - times[index - 2] if index > 1 else 0.0
    if passed <= SLEEPS_HOURS * HOUR:
        return 0.0
    before = (levels[index - 2] - levels[index - 1]) / passed
    return max(0.0, min(levels[peak] - levels[peak + 1], before * (times[peak + 1] - times[peak])))
