"""Which plants' and devices' alerts have news that nobody has looked at.

Notes are read, judged, and given back in the transaction that keeps the judgement; a newer note survives that. The
marks that the ingest leaves become notes in `care.take_marks`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class PlantNote:
    """A plant whose alerts are to be judged; `at` tells whether there was more news meanwhile."""

    plant_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class DeviceNote:
    """A device whose alerts are to be judged."""

    device_id: str
    at: datetime


async def note_plant(connection: Connection, plant_id: UUID, now: datetime) -> None:
    """Note that a plant's alerts are to be judged."""
    await queries.note_plant(connection, plant_id=plant_id, now=now)


async def note_channel(connection: Connection, channel_id: int, now: datetime) -> None:
    """Note that the alerts of a channel's plants and of its device are to be judged."""
    await queries.note_channel(connection, channel_id=channel_id, now=now)


async def note_device(connection: Connection, device_id: str, now: datetime) -> None:
    """Note that a device's alerts are to be judged."""
    await queries.note_device(connection, device_id=device_id, now=now)


async def plants(connection: Connection, most: int, except_ids: Collection[UUID] = ()) -> list[PlantNote]:
    """Give at most so many plants whose alerts have news, the longest noted first, but some."""
    rows = queries.plants(connection, most=most, except_ids=list(except_ids))
    return [PlantNote(row["plant_id"], row["noted_at"]) async for row in rows]


async def devices(connection: Connection, most: int, except_ids: Collection[str] = ()) -> list[DeviceNote]:
    """Give at most so many devices whose alerts have news, the longest noted first, but some."""
    rows = queries.devices(connection, most=most, except_ids=list(except_ids))
    return [DeviceNote(row["device_id"], row["noted_at"]) async for row in rows]


async def plants_judged(connection: Connection, notes: Sequence[PlantNote]) -> None:
    """Give back plants that were judged, but those of which there is more news."""
    await queries.plants_judged(
        connection, plant_ids=[note.plant_id for note in notes], noted=[note.at for note in notes]
    )


async def devices_judged(connection: Connection, notes: Sequence[DeviceNote]) -> None:
    """Give back devices that were judged, but those of which there is more news."""
    await queries.devices_judged(
        connection, device_ids=[note.device_id for note in notes], noted=[note.at for note in notes]
    )
