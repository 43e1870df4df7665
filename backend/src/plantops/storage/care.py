"""What was done to plants, their outlooks, and which of them have news that nobody has looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aioplantops.care import CareEvent, CareKind, CareSource, NextWatering

from . import alert_notes
from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class Noted:
    """A plant that is to be judged; `at` tells whether there was more news meanwhile."""

    plant_id: UUID
    at: datetime
    since: datetime | None = None
    """The oldest reading that is news; None: something else than readings changed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A watering as it is stored; levels in %."""

    id: UUID
    source: CareSource
    at: datetime
    before: float | None
    after: float | None
    soaked_through: bool | None
    dismissed: bool = False
    """A person says that it was none."""


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """What is known of a plant's next watering."""

    plant_id: UUID
    name: str
    area: str | None
    judged_at: datetime | None
    next: NextWatering | None
    lasts_days: float | None


async def take_marks(connection: Connection, now: datetime, after: int, most: int) -> list[int]:
    """Take the dirty marks of at most so many channels after one, and note their plants and devices; tell which."""
    return [row[0] async for row in queries.take_marks(connection, now=now, after=after, most=most)]


async def note(connection: Connection, plant_id: UUID, now: datetime) -> None:
    """Note that a plant is to be judged, and its alerts."""
    await queries.note(connection, plant_id=plant_id, now=now)
    await alert_notes.note_plant(connection, plant_id, now)


async def note_channel(connection: Connection, channel_id: int, now: datetime) -> None:
    """Note that the plants of a channel are to be judged, their alerts, and those of its device."""
    await queries.note_channel(connection, channel_id=channel_id, now=now)
    await alert_notes.note_channel(connection, channel_id, now)


async def hold(connection: Connection, plant_id: UUID) -> bool:
    """Let nobody else judge a plant until this transaction ends; tell whether it is there."""
    return bool(await queries.hold(connection, plant_id=plant_id))


async def add(connection: Connection, event: CareEvent, now: datetime) -> None:
    """Keep something that was done to a plant."""
    await queries.add(connection, now=now, **event.model_dump())


async def add_detected(connection: Connection, plant_id: UUID, seen: Kept, now: datetime) -> None:
    """Keep a watering that the soil told of."""
    event = CareEvent(
        id=seen.id,
        plant_id=plant_id,
        kind=CareKind.WATERED,
        source=CareSource.DETECTED,
        at=seen.at,
        level_before=seen.before,
        level_after=seen.after,
        soaked_through=seen.soaked_through,
    )
    await add(connection, event, now)


async def amend(connection: Connection, seen: Kept) -> None:
    """Say better what the soil said of a watering."""
    await queries.amend(
        connection,
        id=seen.id,
        at=seen.at,
        level_before=seen.before,
        level_after=seen.after,
        soaked_through=seen.soaked_through,
    )


async def forget(connection: Connection, ids: Collection[UUID]) -> None:
    """Take back waterings that later readings have shown to be none."""
    await queries.forget(connection, ids=list(ids))


async def outlooks(connection: Connection) -> list[OutlookRow]:
    """Give every plant with its outlook, by name."""
    return [
        OutlookRow(row["id"], row["name"], row["area"], row["judged_at"], read_next(row), row["lasts_days"])
        async for row in queries.outlooks(connection)
    ]


def read_next(row: Mapping[str, Any]) -> NextWatering | None:
    """Read the next watering from a row that has its columns; None: nothing is known."""
    if row["at"] is None:
        return None
    return NextWatering.model_validate({name: row[name] for name in NextWatering.model_fields})
