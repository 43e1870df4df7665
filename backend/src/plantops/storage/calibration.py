"""Calibrations: what holds where, and every version that was ever made."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.metrics import Metric

from plantops.domain.calibration import Calibration, Calibrations, Points, Version
from plantops.domain.resolution import Line

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """What a calibration must know of a channel."""

    id: int
    device_id: str
    metric: Metric
    unit: str
    """Unit of the stored values."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as it is kept."""

    id: UUID
    from_: datetime
    metric: Metric
    sent_unit: str
    line: Line
    points: Points
    substrate: str | None
    created_at: datetime


async def everywhere(connection: Connection) -> Calibrations:
    """Give the calibrations of all channels."""
    return await _in_force(connection)


async def of_channels(connection: Connection, channels: Collection[int]) -> Calibrations:
    """Give the calibrations of some channels."""
    return await _in_force(connection, channels=list(channels)) if channels else {}


async def of_devices(connection: Connection, devices: Collection[str]) -> Calibrations:
    """Give the calibrations of some devices' channels."""
    return await _in_force(connection, devices=list(devices)) if devices else {}


async def _in_force(
    connection: Connection, *, channels: Sequence[int] | None = None, devices: Sequence[str] | None = None
) -> Calibrations:
    found: dict[int, tuple[str, Metric, str, list[Version]]] = {}
    async for row in queries.in_force(connection, channel_ids=channels, device_ids=devices):
        channel_id, device_id, metric, sent_unit, from_time, factor, shift = row
        known = found.setdefault(channel_id, (device_id, Metric(metric), sent_unit, []))
        known[-1].append(Version(from_time, Line(factor, shift)))
    return {channel_id: Calibration(*known) for channel_id, known in found.items()}


async def channel(connection: Connection, channel_id: int, *, hold: bool = False) -> ChannelRow | None:
    """Give a channel, if it is there; held, nobody else calibrates it until the transaction ends."""
    row = await (queries.hold if hold else queries.look)(connection, channel_id=channel_id)
    return None if row is None else ChannelRow(row["id"], row["device_id"], Metric(row["metric"]), row["unit"])


async def versions(connection: Connection, channel_id: int) -> list[VersionRow]:
    """Give all versions of a channel, the newest hour first, and of one hour the one made last first."""
    return [
        VersionRow(
            id=row["id"],
            from_=row["from_time"],
            metric=Metric(row["metric"]),
            sent_unit=row["sent_unit"],
            line=Line(row["factor"], row["shift"]),
            points=list(zip(row["sent"], row["value"], strict=True)),
            substrate=row["substrate"],
            created_at=row["created_at"],
        )
        async for row in queries.versions(connection, channel_id=channel_id)
    ]


async def add(connection: Connection, channel_id: int, version: VersionRow) -> None:
    """Add a version."""
    await queries.add(
        connection,
        id=version.id,
        channel_id=channel_id,
        from_time=version.from_,
        metric=version.metric,
        sent_unit=version.sent_unit,
        factor=version.line.factor,
        shift=version.line.shift,
        sent=[sent for sent, _ in version.points],
        value=[value for _, value in version.points],
        substrate=version.substrate,
        now=version.created_at,
    )


async def remove(connection: Connection, channel_id: int, version_id: UUID) -> bool:
    """Remove a version of a channel; tell whether there was one."""
    return bool(await queries.remove(connection, id=version_id, channel_id=channel_id))
