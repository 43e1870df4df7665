"""Whether a soil probe has wandered since it was calibrated, told from what it shows after thorough waterings. Pure.

Soil that was soaked through and has drained holds the same amount of water each time (container capacity, de Boodt &
Verdonck 1972). A probe that shows another level there than it did has drifted, or its soil is another one by now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .tongue import Tongue

KNOWN = 3
"""Thorough waterings that tell where the plateau was to begin with."""
RECENT = 4
AGREEING = 3
"""So many of the most recent ones must agree: one odd watering says nothing."""
LEAST_SHIFT = 6.0
"""A plateau wanders by less than this, %, by itself: pushes, warmth, roots."""
SPREADS = 3.0
GAUSS = 1.4826
BELOW_NOUGHT = -5.0
"""Calibrated soil that is watered at less than this, %, was never so dry: dry is 0 %."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """One watering, by the calibration that holds; levels in %."""

    at: float
    """Unix time."""
    before: float | None
    after: float | None
    soaked_through: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a probe has wandered."""

    since: float
    """The first of the waterings, Unix time, after which it showed another level for good."""
    shift: float
    """How much more it shows than it did, %."""
    was: float
    now: float
    """The plateau as it was and as it is; at the dry end 0 and the lowest level."""
    dry_end: bool = False


def drifted(seen: Sequence[Plateau], *, calibrated: bool) -> Drift | None:
    """Tell how far a probe has wandered over its waterings, oldest first, since it began or was calibrated last."""
    return _wet_end(seen) or (_dry_end(seen) if calibrated else None)


def _wet_end(seen: Sequence[Plateau]) -> Drift | None:
    full = [(one.at, one.after) for one in seen if one.soaked_through and one.after is not None]
    if len(full) < KNOWN + RECENT:
        return None
    levels = [level for _, level in full]
    was, now = median(levels[:KNOWN]), median(levels[-RECENT:])
    steps = [abs(later - earlier) for earlier, later in pairwise(levels)]
    limit = max(LEAST_SHIFT, SPREADS * GAUSS * median(steps) / 2**0.5)
    side = 1.0 if now > was else -1.0
    away = [side * (level - was) > limit for level in levels]
    if abs(now - was) <= limit or sum(away[-RECENT:]) < AGREEING:
        return None
    since = len(levels) - RECENT
    while since > KNOWN and away[since - 1]:
        since -= 1
    return Drift(full[since][0], now - was, was, now)


def _dry_end(seen: Sequence[Plateau]) -> Drift | None:
    low = [(one.at, one.before) for one in seen if one.before is not None][-RECENT:]
    below = [level for _, level in low if level < BELOW_NOUGHT]
    if len(low) < RECENT or len(below) < AGREEING:
        return None
    now = median(level for _, level in low)
    return Drift(low[0][0], now, 0.0, now, dry_end=True)


def words(drift: Drift, tongue: Tongue) -> str:
    """Say in a sentence why the probe should be calibrated anew."""
    now = tongue.fixed(drift.now)
    if drift.dry_end:
        return tongue.outlook.drift_dry.format(now=now)
    return tongue.outlook.drift.format(now=now, was=tongue.fixed(drift.was))
