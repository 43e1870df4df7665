"""What is kept of a whole look at a plant's soil, so that news of an hour in which it only dried needs no other.

A glance says exactly what a whole look would, but for what the last hours would add to what was learnt: it is refused
when anything in them could be more than drying, when a watering has not settled yet, and after a few hours anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from statistics import median
from typing import Literal

from plantops.domain.dry_down import DAY, HOUR, STEP, DryDown
from plantops.domain.drying import NOW_DAYS, Chunk, Drying
from plantops.domain.moisture import HALF_AN_HOUR, Moisture, Scale
from plantops.domain.outlook import Outlook, Prospect
from plantops.domain.warmth import daily_warmth
from plantops.domain.watering import BASE, ONSET, RISE_HOURS, SURE_RISE, Watering, least_rise

HOLDS_SECONDS = 6 * HOUR
"""For so long what was learnt is fresh: a quarter of the day that a speed is measured over."""
RECENT_SECONDS = 8 * HOUR
"""Readings before the last hour that a rise may have begun in."""
SMALL_RISE_SECONDS = 27 * HOUR
"""A small rise may turn out to have been a warm day."""
SETTLES_SECONDS = 4 * HOUR
"""After a watering has settled, readings may still change its level for so long."""
JUMP_NOISE = 4.0
LEAST_STEPS = 3
VERSION: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class SoilMemory:
    """What was learnt from a series up to an hour; times are Unix times, levels %."""

    version: Literal[1]
    """Of this shape: a memory of another one is worth nothing."""
    channel_id: int
    scale: Scale
    through: float
    """When the last hour began, which may have gone on: it is read again."""
    learnt_at: float
    restless_until: float
    """Until then the past may still be seen in another light."""
    noise: float
    wanted: float
    """The rise, %, that could be water."""
    recent: Sequence[tuple[float, float]]
    """The last hours before the last one."""
    learnt: Prospect
    """With one chunk for all of the past, and of the dry-down only what counts now."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a series comes from."""

    channel_id: int
    scale: Scale


def remember(
    series: Moisture, found: Sequence[Watering], learnt: Prospect, source: Source, now: float
) -> SoilMemory | None:
    """Keep what a whole look has learnt; None: the dry-down is too young for a glance."""
    current = learnt.current
    if len(current.times) < LEAST_STEPS + 1:
        return None
    last = len(series) - 1
    first, _ = series.span(series.times[last] - RECENT_SECONDS, series.times[last])
    return SoilMemory(
        version=VERSION,
        channel_id=source.channel_id,
        scale=source.scale,
        through=series.times[last] - HALF_AN_HOUR,
        learnt_at=now,
        restless_until=_restless(found),
        noise=series.noise,
        wanted=least_rise(series.noise, daily_warmth(series)),
        recent=list(zip(series.times[first:last], series.levels[first:last], strict=True)),
        learnt=replace(learnt, drying=_condensed(learnt.drying), current=_shortened(current)),
    )


def _restless(found: Sequence[Watering]) -> float:
    if not found:
        return 0.0
    one = found[-1]
    return one.not_before + SMALL_RISE_SECONDS if one.rise < SURE_RISE else one.settled_at + SETTLES_SECONDS


def _condensed(drying: Drying) -> Drying:
    """Put all chunks into one that says the same of the speed: their weights keep their proportion as time goes on."""
    if not drying.chunks:
        return drying
    last = drying.chunks[-1].middle
    weights = [exp((chunk.middle - last) / (drying.memory_days * DAY)) for chunk in drying.chunks]
    days = sum(weight * chunk.days for weight, chunk in zip(weights, drying.chunks, strict=True))
    drought = sum(weight * chunk.drought for weight, chunk in zip(weights, drying.chunks, strict=True))
    return replace(drying, chunks=[Chunk(last, days, drought)])


def _shortened(current: DryDown) -> DryDown:
    """Keep of a dry-down, up to the hour before the last: its beginning, where it began to fall, and its last day."""
    times, levels = list(current.times[:-1]), list(current.levels[:-1])
    falls = max((at for at, level in enumerate(levels) if level >= current.line), default=0)
    late = times[-1] - NOW_DAYS * DAY - HOUR
    kept = [at for at, time in enumerate(times) if at in {0, falls} or time >= late]
    return replace(
        current, times=[times[at] for at in kept], levels=[levels[at] for at in kept], falls=kept.index(falls)
    )


def glance(memory: SoilMemory, begins: Sequence[float], values: Sequence[float], now: float) -> Outlook | None:
    """Tell the outlook with the hours since, each with its beginning and what the probe sent; None: look as a whole."""
    if not begins or not memory.restless_until <= now < memory.learnt_at + HOLDS_SECONDS:
        return None
    times = [begin + HALF_AN_HOUR for begin in begins]
    levels = [memory.scale.percent(value) for value in values]
    if not _calm(memory, times, levels):
        return None
    current = memory.learnt.current
    dried = replace(current, times=[*current.times, *times], levels=[*current.levels, *levels])
    high = [at for at in range(len(current.times), len(dried.times)) if dried.levels[at] >= current.line]
    if high:
        dried = replace(dried, falls=high[-1])
    return replace(memory.learnt, current=dried).at(now)


def _calm(memory: SoilMemory, times: Sequence[float], levels: Sequence[float]) -> bool:
    """Tell whether no step could be the beginning of a rise, a push of the probe, or a slip."""
    all_times = [time for time, _ in memory.recent] + list(times)
    all_levels = [level for _, level in memory.recent] + list(levels)
    limit = STEP + JUMP_NOISE * memory.noise
    for at in range(1, len(all_times)):
        if all_times[at] < times[0] - RISE_HOURS * HOUR:
            continue
        if all_times[at] - all_times[at - 1] > RISE_HOURS * HOUR or abs(all_levels[at] - all_levels[at - 1]) > limit:
            return False
        begin = at - 1
        while begin > 0 and at - begin < BASE and all_times[at - 1] - all_times[begin - 1] <= 2 * HOUR:
            begin -= 1
        if all_levels[at] - median(all_levels[begin:at]) >= ONSET * memory.wanted:
            return False
    return len(all_times) > LEAST_STEPS
