"""The ways on which people are told, with their sealed addresses and keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aioplantops.notifications import NotificationChannel

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class KeptChannel:
    """A channel and its secrets."""

    shown: NotificationChannel
    secret: bytes | None
    """Sealed; None: it comes from the settings."""
    failures: int = 0
    """Since its last success."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a channel did not take something."""

    words: str
    paused_until: datetime | None
    refused: bool
    """Whether for good."""


async def channels(connection: Connection) -> list[KeptChannel]:
    """Give all channels by name."""
    return [kept(row) async for row in queries.channels(connection)]


async def channel(connection: Connection, channel_id: UUID, *, to_change: bool = False) -> KeptChannel | None:
    """Give a channel, which nobody else changes until the transaction ends if it is to be changed."""
    row = await (queries.channel_to_change if to_change else queries.channel)(connection, id=channel_id)
    return None if row is None else kept(row)


async def count_alone(connection: Connection) -> int:
    """Count the channels that people made; nobody adds one until the transaction ends."""
    await queries.lock_channels(connection)
    return int(await queries.count(connection))


async def add(connection: Connection, channel: KeptChannel) -> None:
    """Keep a new channel; one that is there stays."""
    shown = channel.shown
    await queries.add(
        connection, id=shown.id, kind=shown.kind, source=shown.source, now=shown.created_at, **_settable(channel)
    )


async def change(connection: Connection, channel: KeptChannel, now: datetime) -> None:
    """Write what people set of a channel anew; it counts as mended, and switched off it forgets what waits."""
    await queries.change(connection, id=channel.shown.id, **_settable(channel))
    if not channel.shown.enabled:
        await queries.drop_waiting(connection, id=channel.shown.id, now=now)


async def rehost(connection: Connection, channel_id: UUID, host: str) -> None:
    """Say where a channel of the settings leads now."""
    await queries.rehost(connection, id=channel_id, host=host)


async def remove(connection: Connection, channel_id: UUID) -> bool:
    """Remove a channel with all that it told; tell whether it was there."""
    return bool(await queries.remove(connection, id=channel_id))


async def succeeded(connection: Connection, channel_id: UUID, now: datetime) -> None:
    """Note that a channel took something."""
    await queries.succeeded(connection, id=channel_id, now=now)


async def failed(connection: Connection, channel_id: UUID, now: datetime, failure: Failure) -> None:
    """Note that a channel did not take something, and how long it is left in peace."""
    await queries.failed(
        connection,
        id=channel_id,
        now=now,
        words=failure.words,
        paused_until=failure.paused_until,
        refused=failure.refused,
    )


async def test_failed(connection: Connection, channel_id: UUID, now: datetime, words: str) -> None:
    """Note that a channel did not take a test; whether it works is not judged by that."""
    await queries.test_failed(connection, id=channel_id, now=now, words=words)


def kept(row: Mapping[str, Any]) -> KeptChannel:
    """Make a channel of its row."""
    return KeptChannel(NotificationChannel.model_validate(dict(row)), row["secret"], row["failures"])


def _settable(channel: KeptChannel) -> dict[str, Any]:
    shown = channel.shown
    return {
        "name": shown.name,
        "service": shown.service,
        "host": shown.host,
        "secret": channel.secret,
        "enabled": shown.enabled,
        "min_severity": shown.min_severity,
        "kinds": None if shown.kinds is None else list(shown.kinds),
        "plant_ids": None if shown.plant_ids is None else list(shown.plant_ids),
        "areas": None if shown.areas is None else list(shown.areas),
        "digest": shown.digest,
    }
