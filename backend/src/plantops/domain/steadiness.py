"""Whether a probe has settled, so that what it sends may become a point of its calibration. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, median_low

FEWEST = 5
"""Readings that must agree; of a node that reports more often, all of the last `WINDOW`."""

WINDOW = timedelta(minutes=2)
SHORTEST = timedelta(minutes=1)
"""They must cover so much: a drifting value is the same for a second, too."""

MOST_READINGS = 200
"""Newest readings that are looked at: those of `WINDOW` from a node that reports more than once a second."""

MISSED_STEPS = 3
LONGEST_SILENCE = timedelta(minutes=10)
"""A probe that sent nothing for so long, and for `MISSED_STEPS` of its usual steps, is not live."""

RELATIVE = 0.01
"""Or they must lie within so much of their middle, where that is more: bright light wavers by many lux."""

type Readings = Sequence[tuple[datetime, float]]
"""Times and values as sent."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the newest readings say."""

    sent: float | None = None
    """Their median; None: there are none."""
    readings: int = 0
    spread: float | None = None
    tolerance: float | None = None
    newest_at: datetime | None = None
    missing: str | None = None
    """What is still missing, in words; None: they are steady."""


def judge(readings: Readings, *, noise: float, unit: str, now: datetime) -> Judgement:
    """Judge the readings since a step began, given in the order of time; `noise` is what they waver by anyway."""
    if not readings:
        return Judgement(missing="No reading came yet: wait until the device reports.")
    times = [time for time, _ in readings]
    first = max(0, min(len(times) - FEWEST, sum(time < times[-1] - WINDOW for time in times)))
    values = [value for _, value in readings[first:]]
    sent, spread = median(values), _plain(max(values) - min(values))
    tolerance = _plain(max(2 * noise, RELATIVE * abs(sent)))
    missing = _silent(times, now) or _few(times[first:])
    if missing is None and spread > tolerance:
        missing = (
            f"The last {len(values)} readings lie {spread:.3g} {unit} apart, and should within {tolerance:.3g} {unit}: "
            "wait until the soil has settled."
        )
    return Judgement(sent, len(values), spread, tolerance, times[-1], missing)


def _plain(value: float) -> float:
    """Leave out the last digits, which no probe can mean: 0.006 V, not 0.005999999999999783 V."""
    return float(f"{value:.9g}")


def _silent(times: Sequence[datetime], now: datetime) -> str | None:
    silence = now - times[-1]
    steps = [later - earlier for earlier, later in pairwise(times)]
    if silence <= max(LONGEST_SILENCE, MISSED_STEPS * median_low(steps) if steps else LONGEST_SILENCE):
        return None
    return f"The last reading came {silence // timedelta(minutes=1)} minutes ago: is the device still awake?"


def _few(times: Sequence[datetime]) -> str | None:
    if (lack := FEWEST - len(times)) > 0:
        return f"{len(times)} of {FEWEST} readings came: wait for {lack} more."
    covered = times[-1] - times[0]
    if covered < SHORTEST:
        left = (SHORTEST - covered).total_seconds()
        return f"The readings cover {covered.total_seconds():.0f} s only: wait for another {left:.0f} s."
    return None
