"""What was done to plants, their outlooks, and which of them have news that nobody has looked at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aioplantops.care import CareEvent, CareKind, CareSource, NextWatering

from plantops.domain.moisture import Hour

from . import alert_notes
from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class Noted:
    """A plant that is to be judged; `at` tells whether there was more news meanwhile."""

    plant_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class SoilChannel:
    """A channel that told a plant's soil moisture in a span of time."""

    channel_id: int
    unit: str
    from_: datetime
    until: datetime | None


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


async def next_to_judge(connection: Connection, judged_before: datetime, except_ids: Collection[UUID]) -> Noted | None:
    """Give the plant that waits longest among those that were not judged since a time."""
    row = await queries.next_to_judge(connection, judged_before=judged_before, except_ids=list(except_ids))
    return None if row is None else Noted(row["plant_id"], row["noted_at"])


async def hold(connection: Connection, plant_id: UUID) -> bool:
    """Let nobody else judge a plant until this transaction ends; tell whether it is there."""
    return bool(await queries.hold(connection, plant_id=plant_id))


async def judged(connection: Connection, noted: Noted) -> None:
    """Give back a plant that was judged, unless there is more news."""
    await queries.judged(connection, plant_id=noted.plant_id, noted_at=noted.at)


async def soil_channels(connection: Connection, plant_id: UUID, since: datetime) -> list[SoilChannel]:
    """Give the channels that told a plant's soil moisture since a time, the oldest first."""
    rows = queries.soil_assignments(connection, plant_id=plant_id, from_time=since)
    return [SoilChannel(row["channel_id"], row["unit"], row["from_time"], row["until_time"]) async for row in rows]


async def hours(connection: Connection, channel_id: int, spans: Sequence[tuple[datetime, datetime]]) -> list[Hour]:
    """Give a channel's roll-ups of the hours in some spans."""
    rows = queries.hours(
        connection, channel_id=channel_id, froms=[begin for begin, _ in spans], untils=[end for _, end in spans]
    )
    return [Hour(*row) async for row in rows]


async def waterings(connection: Connection, plant_id: UUID, since: datetime) -> list[Kept]:
    """Give a plant's waterings since a time, the oldest first, also those that a person says were none."""
    return [
        Kept(
            row["id"], CareSource(row["source"]), row["at"], row["level_before"], row["level_after"],
            row["soaked_through"], row["dismissed"],
        )
        async for row in queries.waterings(connection, plant_id=plant_id, from_time=since)
    ]  # fmt: skip


async def dismissed(connection: Connection, plant_id: UUID, since: datetime) -> list[datetime]:
    """Tell when waterings were seen, since a time, that a person says were none."""
    return [row["at"] async for row in queries.dismissed(connection, plant_id=plant_id, from_time=since)]


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


async def keep_outlook(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
    connection: Connection,
    plant_id: UUID,
    now: datetime,
    told: NextWatering | None,
    *,
    last_watered_at: datetime | None,
    lasts_days: float | None,
) -> bool:
    """Keep a plant's outlook; tell whether it says anything new."""
    fields = dict.fromkeys(NextWatering.model_fields) if told is None else told.model_dump()
    return bool(
        await queries.keep_outlook(
            connection, plant_id=plant_id, now=now, last_watered_at=last_watered_at, lasts_days=lasts_days, **fields
        )
    )


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
