"""What plants' soil says, read and kept for many plants at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.care import CareSource, NextWatering
from pydantic import TypeAdapter, ValidationError

from plantops.domain.soil_memory import SoilMemory

from .care import Kept, Noted
from .pool import Connection
from .queries import load

queries = load(__file__)

_MEMORY = TypeAdapter(SoilMemory)


@dataclass(frozen=True, slots=True)
class SoilChannel:
    """A channel that told a plant's soil moisture in a span of time."""

    plant_id: UUID
    channel_id: int
    unit: str
    from_: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a channel's hours that is to be read for a plant."""

    plant_id: UUID
    channel_id: int
    from_: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a channel: Unix times at which they begin, and their levels in the stored unit."""

    begins: Sequence[float] = ()
    values: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of a plant's soil, and when it was watered last."""

    memory: SoilMemory
    last_watered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """One plant's outlook as it is to be kept."""

    plant_id: UUID
    next: NextWatering | None
    last_watered_at: datetime | None
    lasts_days: float | None


async def due(
    connection: Connection, judged_before: datetime, except_ids: Collection[UUID], most: int
) -> Sequence[Noted]:
    """Give the plants that wait longest among those that were not judged since a time."""
    rows = queries.due(connection, judged_before=judged_before, except_ids=list(except_ids), most=most)
    return [Noted(row["plant_id"], row["noted_at"], row["since"]) async for row in rows]


async def hold(connection: Connection, plant_ids: Collection[UUID]) -> set[UUID]:
    """Let nobody else judge some plants until this transaction ends; tell which of them are there."""
    return {row["id"] async for row in queries.hold(connection, plant_ids=list(plant_ids))}


async def judged(connection: Connection, noted: Sequence[Noted]) -> None:
    """Give back plants that were judged, unless there is more news."""
    await queries.judged(connection, plant_ids=[one.plant_id for one in noted], noted=[one.at for one in noted])


async def channels(connection: Connection, plant_ids: Collection[UUID], since: datetime) -> list[SoilChannel]:
    """Give the channels that told some plants' soil moisture since a time, each plant's oldest first."""
    rows = queries.assignments(connection, plant_ids=list(plant_ids), from_time=since)
    return [SoilChannel(*row) async for row in rows]


async def hours(connection: Connection, spans: Sequence[Span]) -> dict[UUID, Hours]:
    """Give the hours of some spans by plant, in the order of time."""
    rows = queries.hours(
        connection,
        plant_ids=[span.plant_id for span in spans],
        channel_ids=[span.channel_id for span in spans],
        froms=[span.from_ for span in spans],
        untils=[span.until for span in spans],
    )
    return {plant_id: Hours(begins, values) async for plant_id, begins, values in rows}


async def waterings(connection: Connection, plant_ids: Collection[UUID], since: datetime) -> dict[UUID, list[Kept]]:
    """Give the waterings of some plants since a time, the oldest first, also those that a person says were none."""
    found: dict[UUID, list[Kept]] = {plant_id: [] for plant_id in plant_ids}
    async for plant_id, number, source, *rest in queries.waterings(
        connection, plant_ids=list(plant_ids), from_time=since
    ):
        found[plant_id].append(Kept(number, CareSource(source), *rest))
    return found


async def keep_outlooks(connection: Connection, now: datetime, told: Sequence[Told]) -> set[UUID]:
    """Keep some plants' outlooks; tell of which this says anything new."""
    nexts = [one.next for one in told]
    rows = queries.keep_outlooks(
        connection,
        now=now,
        plant_ids=[one.plant_id for one in told],
        watered=[one.last_watered_at for one in told],
        ats=[None if one is None else one.at for one in nexts],
        earliests=[None if one is None else one.earliest for one in nexts],
        latests=[None if one is None else one.latest for one in nexts],
        bases=[None if one is None else one.basis for one in nexts],
        confidences=[None if one is None else one.confidence for one in nexts],
        reasons=[None if one is None else one.reason for one in nexts],
        lasts=[one.lasts_days for one in told],
    )
    return {row["plant_id"] async for row in rows}


async def memories(connection: Connection, plant_ids: Collection[UUID]) -> dict[UUID, Remembered]:
    """Give what is kept of some plants' soil; what another version has written in other words is left out."""
    found: dict[UUID, Remembered] = {}
    async for plant_id, memory, watered in queries.memories(connection, plant_ids=list(plant_ids)):
        try:
            found[plant_id] = Remembered(_MEMORY.validate_json(memory), watered)
        except ValidationError:
            continue
    return found


async def keep_memories(connection: Connection, memories: Mapping[UUID, SoilMemory | None]) -> None:
    """Keep what was learnt of some plants' soil; None: nothing any more."""
    await queries.keep_memories(
        connection,
        plant_ids=list(memories),
        memories=[None if one is None else _MEMORY.dump_json(one).decode() for one in memories.values()],
    )
