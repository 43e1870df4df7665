"""Reads what plants' probes said, for many plants at once, and thinks about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from aioplantops.care import CareSource

from plantops.domain.drift import Plateau, drifted, words
from plantops.domain.moisture import PER_CENT, VOLTS, Moisture, Scale, moisture_of
from plantops.domain.outlook import Outlook, prospect
from plantops.domain.resolution import Line
from plantops.domain.soil_memory import SoilMemory, Source, glance, remember
from plantops.domain.tongue import Tongue
from plantops.domain.watering import Watering, waterings
from plantops.storage import calibration, hints
from plantops.storage import soil as store
from plantops.storage.care import Kept, Noted
from plantops.storage.hints import Hint
from plantops.storage.pool import Connection
from plantops.storage.soil import Hours, SoilChannel, Span

from .garden import Garden

LOOK_BACK = timedelta(days=60)
LOOK_BACK_LOG = timedelta(days=400)
"""People who water a cactus write it down rarely."""
SAME = timedelta(hours=3)
"""A watering that is found again may be dated a little differently."""
SAME_SECONDS = SAME.total_seconds()
PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Soil:
    """What a plant's probe says of it."""

    series: Moisture
    found: Sequence[Watering]
    """Its waterings, of which the last may still be soaking in."""
    outlook: Outlook | None
    memory: SoilMemory | None


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a plant's soil is judged from."""

    known: Sequence[Kept]
    """Its waterings as they are stored."""
    source: Source | None = None
    """None: it has no probe."""
    hours: Hours = field(default_factory=Hours)
    threshold: float | None = None
    since: datetime | None = None
    """Since when the probe is where it is, and speaks as it does."""
    calibrated: bool = False


async def read(
    connection: Connection, garden: Garden, plant_ids: Collection[UUID], now: datetime
) -> dict[UUID, Ground]:
    """Read what is needed to judge some plants as a whole; plants that are gone are left out."""
    since = now - LOOK_BACK
    thresholds = await garden.thresholds(connection, plant_ids)
    newest: dict[UUID, list[SoilChannel]] = {}
    for channel in await store.channels(connection, plant_ids, since):
        # Another probe shows another level, and makes no line with it: only when the newest one served the plant.
        served = newest.get(channel.plant_id, [])
        newest[channel.plant_id] = [one for one in served if one.channel_id == channel.channel_id] + [channel]
    lines = await calibration.of_channels(connection, {served[-1].channel_id for served in newest.values()})
    made = await hints.calibrated(connection, lines)
    hours = await store.hours(connection, [_span(one, now) for served in newest.values() for one in served])
    known = await store.waterings(connection, thresholds, now - LOOK_BACK_LOG)
    grounds = {}
    for plant_id, spans in thresholds.items():
        if plant_id not in newest:
            grounds[plant_id] = Ground(known[plant_id])
            continue
        channel = newest[plant_id][-1]
        line = lines.get(channel.channel_id)
        scale = _scale(channel, None if line is None else line.line_at(now))
        low = None if scale is VOLTS else (spans["soil_moisture"] or {}).get("low")
        source = Source(channel.channel_id, scale)
        began = made.get(channel.channel_id)
        grounds[plant_id] = Ground(
            known=known[plant_id],
            source=source,
            hours=hours.get(plant_id, Hours()),
            threshold=low,
            since=channel.from_ if began is None else max(channel.from_, began),
            calibrated=began is not None,
        )
    return grounds


def _span(channel: SoilChannel, now: datetime) -> Span:
    begin, end = max(channel.from_, now - LOOK_BACK), min(channel.until or now, now)
    return Span(channel.plant_id, channel.channel_id, begin, end)


def _scale(channel: SoilChannel, line: Line | None) -> Scale:
    """Tell how a channel's values become %: the line of now, for the whole time: the curve gets no step."""
    if line is not None:
        return Scale(line.factor, line.shift)
    return PER_CENT if channel.unit == PERCENT else VOLTS


def think(ground: Ground, now: float) -> Soil | None:
    """Find a plant's waterings and tell its next one; None: its probe has said nothing, or there is none."""
    if ground.source is None or not ground.hours.begins:
        return None
    series = moisture_of(ground.hours.begins, ground.hours.values, ground.source.scale)
    none = [one.at.timestamp() for one in ground.known if one.dismissed]
    before = [one.at.timestamp() for one in ground.known if one.source is CareSource.DETECTED and not one.dismissed]
    found = [one for one in waterings(series, known=before) if all(abs(one.at - at) > SAME_SECONDS for at in none)]
    learnt = prospect(series, found, threshold=ground.threshold)
    if learnt is None:
        return Soil(series, found, None, None)
    outlook = learnt.at(now)
    memory = None if outlook is None else remember(series, found, learnt, ground.source, now)
    return Soil(series, found, outlook, memory)


def hint(plant_id: UUID, ground: Ground, left: Sequence[Kept], tongue: Tongue) -> Hint | None:
    """Tell whether a plant's probe should be calibrated anew, by its waterings since it began or was calibrated."""
    if ground.source is None or ground.since is None:
        return None
    seen = [
        Plateau(one.at.timestamp(), one.before, one.after, soaked_through=bool(one.soaked_through))
        for one in sorted(left, key=lambda one: one.at)
        if one.at >= ground.since
    ]
    drift = drifted(seen, calibrated=ground.calibrated)
    if drift is None:
        return None
    since = datetime.fromtimestamp(drift.since, ground.since.tzinfo)
    return Hint(ground.source.channel_id, plant_id, words(drift, tongue), since, drift.shift)


@dataclass(frozen=True, slots=True)
class Glanced:
    """A plant that has only dried."""

    noted: Noted
    outlook: Outlook
    last_watered_at: datetime | None


async def glances(connection: Connection, noted: Sequence[Noted], now: datetime) -> list[Glanced]:
    """Judge those plants of which a glance at the last hours is enough."""
    asked = {one.plant_id: one for one in noted if one.since is not None}
    kept = await store.memories(connection, asked)
    spans = [
        Span(plant_id, one.memory.channel_id, datetime.fromtimestamp(one.memory.through, now.tzinfo), now)
        for plant_id, one in kept.items()
        if (since := asked[plant_id].since) is not None and since.timestamp() >= one.memory.through
    ]
    hours = await store.hours(connection, spans)
    return [
        Glanced(asked[plant_id], outlook, kept[plant_id].last_watered_at)
        for plant_id, read in hours.items()
        if (outlook := glance(kept[plant_id].memory, read.begins, read.values, now.timestamp())) is not None
    ]
