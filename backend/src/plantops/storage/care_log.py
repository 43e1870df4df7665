"""The care log: what was done to plants, and what it changed of them. What the soil tells of it is in `care`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.care import CareEvent, CareKind

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the log is wanted."""

    plant_id: UUID | None = None
    """None: of the whole house."""
    kind: CareKind | None = None
    since: datetime | None = None


async def page(
    connection: Connection, wanted: Wanted, after: tuple[datetime, UUID] | None, most: int
) -> list[CareEvent]:
    """List what was done, the newest first, after one."""
    time, number = after or (None, None)
    rows = queries.page(
        connection,
        plant_id=wanted.plant_id,
        kind=wanted.kind,
        since=wanted.since,
        after_time=time,
        after_id=number,
        most=most,
    )
    return [CareEvent.model_validate(dict(row)) async for row in rows]


async def some(connection: Connection, ids: Collection[UUID]) -> dict[UUID, CareEvent]:
    """Give some care events by id; those that are missing were taken back."""
    rows = queries.some(connection, ids=list(ids))
    return {row["id"]: CareEvent.model_validate(dict(row)) async for row in rows}


async def change(connection: Connection, event: CareEvent) -> None:
    """Correct what a person wrote down."""
    fields = ("id", "at", "litres", "note", "pot_litres", "substrate", "area")
    await queries.change(connection, **{name: getattr(event, name) for name in fields})


async def remove(connection: Connection, event_id: UUID) -> None:
    """Take back what was written down."""
    await queries.remove(connection, id=event_id)


async def dismiss(connection: Connection, event_id: UUID, now: datetime) -> None:
    """Remember that a watering which was seen was none."""
    await queries.dismiss(connection, id=event_id, now=now)


async def follow(connection: Connection, event: CareEvent, now: datetime) -> None:
    """Let the plant be as its newest repotting or move says, if this is it."""
    if event.kind not in {CareKind.REPOTTED, CareKind.MOVED}:
        return
    newest = await queries.is_newest(connection, plant_id=event.plant_id, kind=event.kind, at=event.at, id=event.id)
    if not newest:
        return
    if event.kind is CareKind.MOVED:
        await queries.move(connection, plant_id=event.plant_id, area=event.area, now=now)
    else:
        await queries.repot(
            connection, plant_id=event.plant_id, pot_litres=event.pot_litres, substrate=event.substrate, now=now
        )
