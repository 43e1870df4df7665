"""Whether a probe has settled, so that what it sends may become a point of its calibration. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, median_low

from .tongue import Tongue

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


def judge(readings: Readings, tongue: Tongue, *, noise: float, unit: str, now: datetime) -> Judgement:
    """Judge the readings since a step began, given in the order of time; `noise` is what they waver by anyway."""
    if not readings:
        return Judgement(missing=tongue.probe.none)
    times = [time for time, _ in readings]
    first = max(0, min(len(times) - FEWEST, sum(time < times[-1] - WINDOW for time in times)))
    values = [value for _, value in readings[first:]]
    sent, spread = median(values), _plain(max(values) - min(values))
    tolerance = _plain(max(2 * noise, RELATIVE * abs(sent)))
    missing = _silent(times, now, tongue) or _few(times[first:], tongue)
    if missing is None and spread > tolerance:
        missing = tongue.probe.apart.format(
            count=len(values), spread=tongue.short(spread), tolerance=tongue.short(tolerance), unit=unit
        )
    return Judgement(sent, len(values), spread, tolerance, times[-1], missing)


def _plain(value: float) -> float:
    """Leave out the last digits, which no probe can mean: 0.006 V, not 0.005999999999999783 V."""
    return float(f"{value:.9g}")


def _silent(times: Sequence[datetime], now: datetime, tongue: Tongue) -> str | None:
    silence = now - times[-1]
    steps = [later - earlier for earlier, later in pairwise(times)]
    if silence <= max(LONGEST_SILENCE, MISSED_STEPS * median_low(steps) if steps else LONGEST_SILENCE):
        return None
    return tongue.probe.silent.format(minutes=silence // timedelta(minutes=1))


def _few(times: Sequence[datetime], tongue: Tongue) -> str | None:
    if (lack := FEWEST - len(times)) > 0:
        return tongue.probe.few.format(count=len(times), fewest=FEWEST, lack=lack)
    covered = times[-1] - times[0]
    if covered < SHORTEST:
        left = (SHORTEST - covered).total_seconds()
        return tongue.probe.short.format(covered=tongue.fixed(covered.total_seconds()), left=tongue.fixed(left))
    return None
