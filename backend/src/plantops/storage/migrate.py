"""How the store grows: numbered SQL files, applied once, in order, never edited afterwards.

Each file runs in a transaction of its own; one that begins with the line `-- no transaction` holds a single
statement that PostgreSQL refuses inside one (it must be harmless to repeat). Whatever does not fit stops the start.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from aioplantops.errors import PlantOpsError
from stamina import retry_context

from .locks import LOCK_CLASS, Lock
from .pool import CONNECT_SECONDS, LOST, PATIENCE_SECONDS, one_word_for_lost
from .timescale import settle

MIGRATIONS = Path(__file__).with_name("migrations")
NO_TRANSACTION = "-- no transaction"
WAIT_SECONDS = 300.0
"""How long a replica waits for another one that is migrating."""

LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""

log = structlog.get_logger()


class MigrationRefused(PlantOpsError):
    """The database cannot be brought to this program's schema."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, the same for Unix and Windows line ends."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def alone(self) -> bool:
        """Whether it must run outside a transaction."""
        return self.sql.startswith(NO_TRANSACTION)


def read(folder: Path) -> tuple[Migration, ...]:
    """Read a folder's migrations in order. Raises MigrationRefused for a wrong name or a number used twice."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        named = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.sql", path.name)
        if named is None:
            raise MigrationRefused(f"{path.name} is no migration's name; it should look like 0007_reading_battery.sql.")
        migration = Migration(int(named[1]), path.name, path.read_text(encoding="utf-8"))
        if (twin := found.setdefault(migration.version, migration)) is not migration:
            raise MigrationRefused(f"{twin.name} and {migration.name} have the same number.")
    return tuple(found.values())


async def migrate(
    url: str,
    *,
    folder: Path = MIGRATIONS,
    wait_seconds: float = WAIT_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
) -> list[str]:
    """Apply what is missing and tell the names of what was applied; safe to call from several replicas at once.

    Raises MigrationRefused when the database does not fit the files, or when one of them fails (it then changed
    nothing); Unavailable when the database does not answer.
    """
    migrations = await asyncio.to_thread(read, folder)
    async with _connected(url, patience_seconds) as connection:
        await _wait_for_turn(connection, wait_seconds)
        await connection.execute(LEDGER)
        applied = await connection.fetch("SELECT version, name, checksum FROM schema_migration ORDER BY version")
        todo = missing(migrations, [(row["version"], row["name"], row["checksum"]) for row in applied])
        for migration in todo:
            await _apply(connection, migration)
        if folder == MIGRATIONS:
            await settle(connection)
    return [migration.name for migration in todo]


def missing(migrations: Sequence[Migration], applied: Sequence[tuple[int, str, str]]) -> list[Migration]:
    """Tell which migrations are still to do. Raises MigrationRefused unless the applied ones are the first ones."""
    known = {migration.version: migration for migration in migrations}
    for version, name, checksum in applied:
        migration = known.pop(version, None)
        if migration is None:
            raise MigrationRefused(
                f"The database has migration {name}, which this program does not know: "
                "it was last used by a newer PlantOps. Start that version, or restore a backup from before."
            )
        if migration.checksum != checksum:
            raise MigrationRefused(
                f"Migration {migration.name} was changed after this database applied it. "
                "Put the released file back; a change to the schema needs a new migration."
            )
    newest = applied[-1][0] if applied else 0
    for migration in known.values():
        if migration.version < newest:
            raise MigrationRefused(
                f"Migration {migration.name} was never applied here, but number {newest} was. "
                "Migrations only go forward: give the new one the next free number."
            )
    return list(known.values())


@asynccontextmanager
async def _connected(url: str, patience_seconds: float) -> AsyncIterator[asyncpg.Connection[Any]]:
    """Open a connection without a time limit: a migration may take as long as it needs."""
    with one_word_for_lost():
        async for attempt in retry_context(on=LOST, attempts=None, timeout=patience_seconds, wait_max=3.0):
            with attempt:
                connection = await asyncpg.connect(
                    url,
                    timeout=CONNECT_SECONDS,
                    server_settings={"application_name": "plantops-migrate", "timezone": "UTC"},
                )
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_SECONDS)


async def _wait_for_turn(connection: asyncpg.Connection[Any], wait_seconds: float) -> None:
    """Take the lock (the connection's end gives it back); replicas that start together migrate one after the other."""
    try:
        async with asyncio.timeout(wait_seconds):
            # Asked again and again: a waiting SELECT would hold a snapshot, and block CREATE INDEX CONCURRENTLY.
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", LOCK_CLASS, Lock.MIGRATION):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise MigrationRefused(
            f"Another backend has been migrating this database for {wait_seconds:.0f} s. Look there first."
        ) from None


async def _apply(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    try:
        if migration.alone:
            await connection.execute(migration.sql)
            await _record(connection, migration)
        else:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await _record(connection, migration)
    except LOST:
        raise
    except asyncpg.PostgresError as error:
        raise MigrationRefused(f"Migration {migration.name} failed and changed nothing: {error}") from error
    log.info("migration_applied", migration=migration.name)


async def _record(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    await connection.execute(
        "INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)",
        migration.version,
        migration.name,
        migration.checksum,
    )
