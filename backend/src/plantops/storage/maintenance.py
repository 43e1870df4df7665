"""The broom: deletes what is older than it should be, in small strokes, so that nobody has to wait for it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal

from .locks import LOCK_CLASS, Lock
from .pool import Connection
from .queries import changed_rows, load

queries = load(__file__)

type Aged = Literal["telemetry", "telemetry_hourly", "telemetry_daily"]


@asynccontextmanager
async def alone(connection: Connection, what: Lock = Lock.MAINTENANCE) -> AsyncIterator[bool]:
    """Tell whether this replica may do something now; the others may not meanwhile."""
    keys = {"lock_class": LOCK_CLASS, "lock": int(what)}
    mine: bool = await queries.try_lock(connection, **keys)
    try:
        yield mine
    finally:
        if mine:
            await queries.unlock(connection, **keys)


async def channel_ids(connection: Connection) -> list[int]:
    """List all channels."""
    return [row["id"] async for row in queries.channel_ids(connection)]


async def sweep(connection: Connection, table: Aged, channels: Sequence[int], before: datetime, most: int) -> int:
    """Delete up to `most` rows of some channels from before a time; tell how many."""
    stroke = {
        "telemetry": queries.sweep_telemetry,
        "telemetry_hourly": queries.sweep_hourly,
        "telemetry_daily": queries.sweep_daily,
    }[table]
    return changed_rows(await stroke(connection, channels=channels, before=before, most=most))


async def sweep_undated(connection: Connection, before: datetime, most: int) -> int:
    """Forget up to `most` batches without times from before a time; tell how many."""
    return changed_rows(await queries.sweep_undated(connection, before=before, most=most))


async def sweep_letters(connection: Connection, before: datetime) -> int:
    """Throw dead letters from before a time away; tell how many."""
    return changed_rows(await queries.sweep_letters(connection, before=before))


async def sweep_expired(connection: Connection, now: datetime, before: datetime) -> int:
    """Forget failed logins from before a time, ended browser sessions and messages nobody waits for; tell how many."""
    return (
        changed_rows(await queries.sweep_logins(connection, before=before))
        + changed_rows(await queries.sweep_sessions(connection, now=now))
        + changed_rows(await queries.sweep_outbox(connection, now=now))
    )
