"""The daily round with the broom: what is kept for a time is let go when the time is over.

Retention is done here and nowhere else, never as a policy of the database too.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

import structlog

from plantops.storage import maintenance, timescale
from plantops.storage.maintenance import Aged
from plantops.storage.pool import Connection, Database

STROKE_ROWS = 10_000
"""Rows that one statement deletes: a fraction of a second, so that writers never wait long."""

STROKE_CHANNELS = 100
"""Channels that one statement looks through."""

KEEP_DAILY = timedelta(days=100 * 365)
KEEP_UNDATED = timedelta(days=35)
"""As long as late data may come."""

KEEP_LETTERS = timedelta(days=30)
KEEP_LOGINS = timedelta(days=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Swept:
    """What one round removed: rows (with TimescaleDB, `chunks` of raw readings instead)."""

    chunks: int = 0
    raw: int = 0
    hourly: int = 0
    daily: int = 0
    undated: int = 0
    letters: int = 0
    expired: int = 0
    """Failed logins, browser sessions and messages to the broker whose time is over."""


class Maintenance:
    """The daily round."""

    def __init__(self, database: Database, *, keep_raw: timedelta, keep_hourly: timedelta) -> None:
        """Take the store, and how long raw readings and hourly roll-ups are kept."""
        self._database = database
        self._keep_raw = keep_raw
        self._keep_hourly = keep_hourly

    async def run_once(self, now: datetime) -> Swept | None:
        """Make one round; None when another replica is making it. Raises Unavailable when the store is away."""
        async with self._database.acquire("maintenance") as connection, maintenance.alone(connection) as mine:
            if not mine:
                return None
            swept = await self._sweep(connection, now)
        log.info("maintenance_done", **{name: getattr(swept, name) for name in Swept.__dataclass_fields__})
        return swept

    async def _sweep(self, connection: Connection, now: datetime) -> Swept:
        in_chunks = await timescale.in_chunks(connection)
        return Swept(
            chunks=await timescale.drop_chunks(connection, now - self._keep_raw) if in_chunks else 0,
            raw=0 if in_chunks else await self._sweep_aged(connection, "telemetry", now - self._keep_raw),
            hourly=await self._sweep_aged(connection, "telemetry_hourly", now - self._keep_hourly),
            daily=await self._sweep_aged(connection, "telemetry_daily", now - KEEP_DAILY),
            undated=await _until_clean(lambda: maintenance.sweep_undated(connection, now - KEEP_UNDATED, STROKE_ROWS)),
            letters=await maintenance.sweep_letters(connection, now - KEEP_LETTERS),
            expired=await maintenance.sweep_expired(connection, now, now - KEEP_LOGINS),
        )

    async def _sweep_aged(self, connection: Connection, table: Aged, before: datetime) -> int:
        """Sweep a table of readings channel by channel, where its index leads straight to the old ones."""
        swept = 0
        for channels in batched(await maintenance.channel_ids(connection), STROKE_CHANNELS, strict=False):
            swept += await _until_clean(
                lambda some=channels: maintenance.sweep(connection, table, some, before, STROKE_ROWS)  # type: ignore[misc]
            )
        return swept


async def _until_clean(stroke: Callable[[], Awaitable[int]]) -> int:
    """Repeat a stroke until it finds less than it could take."""
    swept = 0
    while True:
        removed = await stroke()
        swept += removed
        if removed < STROKE_ROWS:
            return swept
