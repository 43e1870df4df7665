"""What the store gains where TimescaleDB is there; without it everything works the same, by the same SQL.

Checked at every start, after the migrations: a database that gets the extension later becomes faster by itself.
"""

from datetime import datetime
from typing import Any

import asyncpg
import structlog

from .pool import Connection
from .queries import load

COMPRESS_AFTER_DAYS = 35
"""Late data may come for this long; behind it a chunk is not expected to change any more."""

queries = load(__file__)
log = structlog.get_logger()


async def settle(connection: asyncpg.Connection[Any]) -> bool:
    """Make `telemetry` a hypertable, and compress it where the licence allows. Tells whether TimescaleDB is used."""
    if not await queries.is_preloaded(connection):
        return False
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError) as error:
        log.info("timescaledb_not_used", why=str(error))
        return False
    await queries.make_hypertable(connection)
    if await queries.may_compress(connection):
        await _compress(connection)
    return True


async def in_chunks(connection: Connection) -> bool:
    """Tell whether readings lie in TimescaleDB's chunks."""
    if not await queries.has_extension(connection):
        return False
    answer: bool = await queries.is_hypertable(connection)
    return answer


async def drop_chunks(connection: Connection, before: datetime) -> int:
    """Drop whole weeks of readings that are older than a time; tell how many."""
    return len([row async for row in queries.drop_chunks(connection, before=before)])


async def _compress(connection: asyncpg.Connection[Any]) -> None:
    """Compress old chunks; a TimescaleDB that words it differently costs disk space, not the start."""
    try:
        async with connection.transaction():
            await queries.compress_by_channel(connection)
            await queries.compress_after(connection, days=COMPRESS_AFTER_DAYS)
    except asyncpg.PostgresError as error:
        log.warning("compression_not_set_up", error=str(error))
