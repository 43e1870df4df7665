"""Which devices and channels the house has met, and what they say of themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import Info

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """How a device speaks, and when it was last seen."""

    id: str
    kind: DeviceKind
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as it is kept."""

    id: int
    device_id: str
    key: str
    name: str
    metric: str
    unit: str
    """Unit of the stored values."""
    sent_unit: str
    """Unit that the device sends."""
    named_by_user: bool
    empty: bool
    """Whether it never had a reading: its metric and unit may still change."""


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel that is to be added."""

    device_id: str
    key: str
    name: str
    metric: str
    unit: str
    sent_unit: str


async def load_devices(connection: Connection, ids: Collection[str]) -> dict[str, DeviceRow]:
    """Read some devices by id."""
    return {
        row["id"]: DeviceRow(row["id"], DeviceKind(row["kind"]), row["last_seen"])
        async for row in queries.kinds(connection, ids=list(ids))
    }


async def load_channels(connection: Connection, ids: Collection[str]) -> list[ChannelRow]:
    """Read the channels of some devices."""
    fields = tuple(ChannelRow.__dataclass_fields__)
    return [
        ChannelRow(**{field: row[field] for field in fields})
        async for row in queries.channels(connection, ids=list(ids))
    ]


async def how_many(connection: Connection) -> int:
    """Count the devices."""
    count: int = await queries.how_many(connection)
    return count


async def add_devices(connection: Connection, met: Mapping[str, tuple[DeviceKind, datetime]]) -> set[str]:
    """Add devices, first seen at the given times; tell those that were really new."""
    kinds = [kind for kind, _ in met.values()]
    seen = [at for _, at in met.values()]
    return {row["id"] async for row in queries.add_devices(connection, ids=list(met), kinds=kinds, seen=seen)}


async def raise_kind(connection: Connection, device_id: str, kind: DeviceKind) -> None:
    """Note that a device speaks better than was thought."""
    await queries.raise_kind(connection, id=device_id, kind=kind)


async def add_channels(connection: Connection, channels: Sequence[NewChannel], at: datetime) -> None:
    """Add channels; one that somebody else added meanwhile stays as it is."""
    await queries.add_channels(
        connection,
        devices=[channel.device_id for channel in channels],
        keys=[channel.key for channel in channels],
        names=[channel.name for channel in channels],
        metrics=[channel.metric for channel in channels],
        units=[channel.unit for channel in channels],
        sent_units=[channel.sent_unit for channel in channels],
        created_at=at,
    )


async def redeclare(connection: Connection, channels: Sequence[ChannelRow]) -> None:
    """Change channels to what their device says of them now."""
    await queries.redeclare(
        connection,
        ids=[channel.id for channel in channels],
        names=[channel.name for channel in channels],
        metrics=[channel.metric for channel in channels],
        units=[channel.unit for channel in channels],
        sent_units=[channel.sent_unit for channel in channels],
    )


async def describe(connection: Connection, device_id: str, info: Info) -> bool:
    """Note what a device says of itself; tell whether that changed anything."""
    changed: Literal[True] | None = await queries.describe(
        connection,
        id=device_id,
        name=info.name,
        hardware_id=info.hardware_id,
        model=info.model,
        manufacturer=info.manufacturer,
        firmware=info.firmware,
        sleep_seconds=info.sleep_seconds,
    )
    return bool(changed)


async def set_status(connection: Connection, device_id: str, status: DeviceStatus, at: datetime) -> bool:
    """Note that a device came or went; tell whether that is news."""
    changed: Literal[True] | None = await queries.set_status(connection, id=device_id, status=status, at=at)
    return bool(changed)
