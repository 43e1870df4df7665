"""How the store grows: numbered SQL files, applied once, in order, never edited afterwards.

Each file runs in a transaction of its own; one that begins with the line `-- no transaction` holds a single
statement that PostgreSQL refuses inside one (it must be harmless to repeat). Whatever does not fit stops the start.

During an update two versions of the program run side by side, and after one that was taken back the older one goes on:
a migration only adds. One that takes away what no version in use needs any more says from which on:
`-- needs code from 0007` lets older programs refuse to start.
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
    applied_at timestamptz NOT NULL DEFAULT now(),
    oldest_code integer NOT NULL DEFAULT 0
)
"""
AGES = "ALTER TABLE schema_migration ADD COLUMN oldest_code integer NOT NULL DEFAULT 0"
"""For a ledger from before it knew this."""
HAS_AGES = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'schema_migration'::regclass AND attname = 'oldest_code'"
APPLIED = "SELECT version, name, checksum, oldest_code FROM schema_migration ORDER BY version"

LOCK_SECONDS = 1.0
"""How long a migration stands in the queue for a table's lock: everybody who comes later waits behind it."""
LOCK_PAUSE_SECONDS = 2.0
LOCK_PATIENCE_SECONDS = 900.0
"""How long it steps aside again and again; a backup holds a lock on every table until it is through."""

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
    def oldest_code(self) -> int:
        """The newest migration that a program must know to work with what this one leaves; 0: every program does."""
        said = re.search(r"^-- needs code from (\d{4})$", self.sql, re.MULTILINE)
        return int(said[1]) if said else 0

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
    lock_patience_seconds: float = LOCK_PATIENCE_SECONDS,
) -> list[str]:
    """Apply what is missing and tell the names of what was applied; safe to call from several replicas at once.

    Raises MigrationRefused when the database does not fit the files, or when one of them fails (it then changed
    nothing); Unavailable when the database does not answer.
    """
    migrations = await asyncio.to_thread(read, folder)
    async with _connected(url, patience_seconds) as connection:
        await _wait_for_turn(connection, wait_seconds)
        await connection.execute(LEDGER)
        if not await connection.fetchval(HAS_AGES):
            await connection.execute(AGES)
        todo = missing(migrations, [Applied(*row) for row in await connection.fetch(APPLIED)])
        for migration in todo:
            await _apply(connection, migration, lock_patience_seconds)
        if folder == MIGRATIONS:
            await settle(connection)
    return [migration.name for migration in todo]


@dataclass(frozen=True, slots=True)
class Applied:
    """A line of the database's ledger."""

    version: int
    name: str
    checksum: str
    oldest_code: int = 0


def missing(migrations: Sequence[Migration], applied: Sequence[Applied]) -> list[Migration]:
    """Tell which migrations are still to do. Raises MigrationRefused unless the applied ones are the first ones.

    Ones that a newer program applied are fine, as long as none of them says that we are too old.
    """
    known = {migration.version: migration for migration in migrations}
    ours = max(known, default=0)
    for one in applied:
        migration = known.pop(one.version, None)
        if migration is None:
            if one.version < ours or one.oldest_code > ours:
                raise MigrationRefused(
                    f"The database has migration {one.name}, which this program does not know: "
                    "it was last used by a newer PlantOps. Start that version, or restore a backup from before."
                )
            log.warning("newer_schema", migration=one.name, words="A newer PlantOps used this database; we still fit.")
            continue
        if migration.checksum != one.checksum:
            raise MigrationRefused(
                f"Migration {migration.name} was changed after this database applied it. "
                "Put the released file back; a change to the schema needs a new migration."
            )
    newest = applied[-1].version if applied else 0
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


async def _apply(connection: asyncpg.Connection[Any], migration: Migration, patience_seconds: float) -> None:
    """Run it; where somebody holds a table for long, step aside and come again, so that nobody waits behind us."""
    await connection.execute(f"SET lock_timeout = '{LOCK_SECONDS:.0f}s'")
    tries = int(patience_seconds / (LOCK_SECONDS + LOCK_PAUSE_SECONDS)) + 1
    try:
        while not await _applied(connection, migration):
            tries -= 1
            if tries <= 0:
                raise MigrationRefused(
                    f"Migration {migration.name} changed nothing: somebody holds a table that it needs "
                    f"for more than {patience_seconds:.0f} s. Is a backup running? Start again when it is through."
                )
            log.info("migration_waits", migration=migration.name, words="Somebody holds a table; a backup, perhaps.")
            await asyncio.sleep(LOCK_PAUSE_SECONDS)
    except LOST:
        raise
    except asyncpg.PostgresError as error:
        raise MigrationRefused(f"Migration {migration.name} failed and changed nothing: {error}") from error
    log.info("migration_applied", migration=migration.name)


async def _applied(connection: asyncpg.Connection[Any], migration: Migration) -> bool:
    """Run it; False when a lock could not be had."""
    try:
        if migration.alone:
            await connection.execute(migration.sql)
            await _record(connection, migration)
        else:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await _record(connection, migration)
    except asyncpg.LockNotAvailableError:
        return False
    return True


async def _record(connection: asyncpg.Connection[Any], migration: Migration) -> None:
    await connection.execute(
        "INSERT INTO schema_migration (version, name, checksum, oldest_code) VALUES ($1, $2, $3, $4)",
        migration.version,
        migration.name,
        migration.checksum,
        migration.oldest_code,
    )
