"""The store grows by numbered files, or does not start."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aioplantops.errors import Unavailable
from plantops.storage.locks import LOCK_CLASS, Lock
from plantops.storage.migrate import MIGRATIONS, MigrationRefused, migrate

from tests.servers import DatabaseServer

SNAPSHOT = Path(__file__).with_name("schema.txt")
"""What the migrations make of an empty database. A new migration changes it: read the difference in the failing test,
and if it is what you meant, copy it into the file."""

SCHEMA = """
SELECT format('%s.%s %s%s%s', table_name, column_name, data_type, CASE is_nullable WHEN 'NO' THEN ' not null' END,
    ' default ' || column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT format('%s with %s', relname, reloptions) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
ORDER BY 1
"""


async def ask(url: str, query: str) -> list[Any]:
    """Ask a database for one column."""
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def tables(url: str) -> set[str]:
    """List the tables of a database."""
    return set(await ask(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))


def write(folder: Path, **files: str) -> Path:
    """Write migrations `_0001_name` into a folder."""
    for name, sql in files.items():
        (folder / f"{name.removeprefix('_')}.sql").write_text(sql)
    return folder


async def test_an_empty_database_gets_the_schema_that_was_reviewed(empty_database: str) -> None:
    names = await migrate(empty_database)
    assert names == sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    schema = "\n".join(await ask(empty_database, SCHEMA)) + "\n"
    assert schema == await asyncio.to_thread(SNAPSHOT.read_text)
    assert await migrate(empty_database) == [], "nothing is left to do"


async def test_readings_lie_in_chunks_where_timescaledb_is(timescale_server: DatabaseServer) -> None:
    async with timescale_server.empty() as url:
        await migrate(url)
        assert await ask(url, "SELECT hypertable_name FROM timescaledb_information.hypertables") == ["telemetry"]


async def test_a_database_that_gets_timescaledb_later_keeps_its_readings(timescale_server: DatabaseServer) -> None:
    async with timescale_server.empty() as url:
        await migrate(url)
        await ask(url, "DROP EXTENSION timescaledb CASCADE")
        await ask(url, "DROP TABLE IF EXISTS telemetry")
        await ask(
            url,
            "CREATE TABLE telemetry (channel_id integer, time timestamptz, value double precision,"
            " PRIMARY KEY (channel_id, time))",
        )
        await ask(
            url,
            "INSERT INTO telemetry"
            " SELECT 1, '2026-01-01'::timestamptz + day * INTERVAL '1 day', day FROM generate_series(1, 40) AS day",
        )
        await migrate(url)
        assert await ask(url, "SELECT count(*) FROM telemetry") == [40]
        assert len(await ask(url, "SELECT show_chunks('telemetry')")) >= 6


async def test_replicas_that_start_together_migrate_once(empty_database: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_database) for _ in range(4)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, len(list(MIGRATIONS.glob("*.sql")))]


async def test_a_replica_does_not_wait_for_ever(empty_database: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute(f"SELECT pg_advisory_lock({LOCK_CLASS}, {Lock.MIGRATION:d})")
    with pytest.raises(MigrationRefused, match="Another backend has been migrating"):
        await migrate(empty_database, folder=tmp_path, wait_seconds=0.2)
    await connection.close()


async def test_a_failing_migration_changes_nothing(empty_database: str, tmp_path: Path) -> None:
    folder = write(
        tmp_path, _0001_good="CREATE TABLE good (id int);", _0002_bad="CREATE TABLE bad (id int); SELECT 1/0;"
    )
    for _ in range(2):
        with pytest.raises(MigrationRefused, match=r"0002_bad\.sql failed and changed nothing: division by zero"):
            await migrate(empty_database, folder=folder)
        assert await tables(empty_database) == {"good", "schema_migration"}
    write(folder, _0002_bad="CREATE TABLE mended (id int);")
    assert await migrate(empty_database, folder=folder) == ["0002_bad.sql"]


async def test_an_edited_migration_stops_the_start(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_good="CREATE TABLE good (id int);")
    await migrate(empty_database, folder=folder)
    write(folder, _0001_good="CREATE TABLE good (id bigint);", _0002_next="CREATE TABLE next (id int);")
    with pytest.raises(MigrationRefused, match=r"0001_good\.sql was changed after this database applied it"):
        await migrate(empty_database, folder=folder)
    assert "next" not in await tables(empty_database)


async def test_line_ends_are_no_edit(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_good="CREATE TABLE good\n(id int);\n")
    await migrate(empty_database, folder=folder)
    (folder / "0001_good.sql").write_bytes(b"CREATE TABLE good\r\n(id int);\r\n")
    assert await migrate(empty_database, folder=folder) == []


async def test_an_older_program_does_not_start_on_a_newer_database(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_good="SELECT 1;", _0002_new="SELECT 2;")
    await migrate(empty_database, folder=folder)
    (folder / "0002_new.sql").unlink()
    with pytest.raises(MigrationRefused, match="last used by a newer PlantOps"):
        await migrate(empty_database, folder=folder)


async def test_a_migration_cannot_be_slipped_in(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_good="SELECT 1;", _0003_new="SELECT 3;")
    await migrate(empty_database, folder=folder)
    write(folder, _0002_late="SELECT 2;")
    with pytest.raises(MigrationRefused, match="give the new one the next free number"):
        await migrate(empty_database, folder=folder)


async def test_some_statements_run_outside_a_transaction(empty_database: str, tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        _0001_table="CREATE TABLE leaf (id int);",
        _0002_index="-- no transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS leaf_by_id ON leaf (id);",
    )
    assert await migrate(empty_database, folder=folder) == ["0001_table.sql", "0002_index.sql"]


@pytest.mark.parametrize("name", ["1_short.sql", "0001-Garden.sql", "garden.sql"])
async def test_a_wrong_name_stops_the_start(empty_database: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(MigrationRefused, match="is no migration's name"):
        await migrate(empty_database, folder=tmp_path)


async def test_a_number_is_given_once(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_one="SELECT 1;", _0001_two="SELECT 2;")
    with pytest.raises(MigrationRefused, match="have the same number"):
        await migrate(empty_database, folder=folder)


async def test_a_database_that_is_away_is_called_so() -> None:
    with pytest.raises(Unavailable):
        await migrate("postgresql://nobody@127.0.0.1:1/none", patience_seconds=0.2)
