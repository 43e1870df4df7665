"""The store grows by numbered files, or does not start."""

import asyncio
import re
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aioplantops.errors import Unavailable
from plantops.storage.locks import LOCK_CLASS, Lock
from plantops.storage.migrate import MIGRATIONS, MigrationRefused, migrate, read

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


async def test_an_older_program_goes_on_with_a_newer_database(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_good="SELECT 1;", _0002_new="SELECT 2;")
    await migrate(empty_database, folder=folder)
    (folder / "0002_new.sql").unlink()
    assert await migrate(empty_database, folder=folder) == [], "an update that was taken back leaves the newer schema"


async def test_a_program_that_is_too_old_for_a_database_does_not_start(empty_database: str, tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        _0001_good="SELECT 1;",
        _0002_new="SELECT 2;",
        _0003_less="-- Nobody uses it any more.\n-- needs code from 0002\nSELECT 3;",
    )
    await migrate(empty_database, folder=folder)
    (folder / "0003_less.sql").unlink()
    assert await migrate(empty_database, folder=folder) == []
    (folder / "0002_new.sql").unlink()
    with pytest.raises(MigrationRefused, match=r"0003_less\.sql.*last used by a newer PlantOps"):
        await migrate(empty_database, folder=folder)


async def test_a_ledger_from_before_it_knew_ages_learns_them(empty_database: str, tmp_path: Path) -> None:
    folder = write(tmp_path, _0001_good="SELECT 1;")
    await migrate(empty_database, folder=folder)
    await ask(empty_database, "ALTER TABLE schema_migration DROP COLUMN oldest_code")
    write(folder, _0002_less="-- needs code from 0002\nSELECT 2;")
    assert await migrate(empty_database, folder=folder) == ["0002_less.sql"]
    assert await ask(empty_database, "SELECT oldest_code FROM schema_migration ORDER BY version") == [0, 2]


async def test_nobody_waits_behind_a_migration_that_cannot_have_its_table(
    embedded_server: DatabaseServer, tmp_path: Path
) -> None:
    async with embedded_server.empty() as empty_database:
        folder = write(tmp_path, _0001_leaf="CREATE TABLE leaf (id int);")
        await migrate(empty_database, folder=folder)
        backup = await asyncpg.connect(empty_database)
        reading = backup.transaction()
        await reading.start()
        await backup.execute("LOCK TABLE leaf IN ACCESS SHARE MODE")  # as pg_dump does, until it is through
        write(folder, _0002_vein="ALTER TABLE leaf ADD COLUMN vein int;")
        with pytest.raises(MigrationRefused, match=r"0002_vein\.sql changed nothing: somebody holds a table"):
            await migrate(empty_database, folder=folder, lock_patience_seconds=0)
        migrating = asyncio.create_task(migrate(empty_database, folder=folder))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'leaf'::regclass"
        while await ask(empty_database, waiting) == [0]:
            await asyncio.sleep(0.01)
        assert await asyncio.wait_for(ask(empty_database, "SELECT count(*) FROM leaf"), 10) == [0], "it steps aside"
        await reading.rollback()
        await backup.close()
        assert await migrating == ["0002_vein.sql"]


@pytest.mark.parametrize("newest", range(2, len(read(MIGRATIONS)) + 1))
async def test_a_migration_only_adds(embedded_server: DatabaseServer, tmp_path: Path, newest: int) -> None:
    """So that the program from before goes on: during an update, and after one that was taken back."""
    before, after = [await _schema_of(embedded_server, tmp_path / str(level), level) for level in (newest - 1, newest)]
    if read(MIGRATIONS)[newest - 1].oldest_code >= newest - 1:
        return  # it says itself that it takes something away
    assert before - after == set()
    columns = {tuple(line.split()[0].split(".")) for line in before if re.match(r"\w+\.\w+ ", line)}
    assert [line for line in after - before if _narrows(line, columns)] == []


def _narrows(line: str, columns: AbstractSet[tuple[str, ...]]) -> bool:
    """Whether a line of the schema forbids what a program that knows only these columns may write."""
    if found := re.match(r"(\w+)\.\w+ .* not null$", line):
        return found[1] in {table for table, _ in columns}
    found = re.match(r"(\w+): (.*?)(?: REFERENCES|$)|CREATE UNIQUE INDEX \w+ ON public\.(\w+) (.*)", line)
    if found is None:
        return False
    table, rule = (found[1], found[2]) if found[1] else (found[3], found[4])
    return any((table, word) in columns for word in re.findall(r"\w+", rule))


def test_what_narrows_a_table_is_seen() -> None:
    columns: set[tuple[str, ...]] = {("leaf", "vein"), ("leaf", "id")}
    for line in (
        "leaf.hair integer not null",
        "leaf: CHECK ((vein > 0))",
        "leaf: FOREIGN KEY (vein) REFERENCES plant(id)",
        "CREATE UNIQUE INDEX x ON public.leaf USING btree (vein)",
    ):
        assert _narrows(line, columns), line
    for line in (
        "leaf.hair integer",
        "leaf.hair integer not null default 0",
        "stem.hair integer not null",
        "leaf: FOREIGN KEY (hair) REFERENCES plant(id)",
        "stem: CHECK ((vein > 0))",
        "CREATE INDEX x ON public.leaf USING btree (vein)",
    ):
        assert not _narrows(line, columns), line


async def _schema_of(server: DatabaseServer, folder: Path, newest: int) -> set[str]:
    """Migrate so far, and list what there is then."""
    folder.mkdir()
    for migration in read(MIGRATIONS)[:newest]:
        (folder / migration.name).write_text(migration.sql)
    async with server.empty() as url:
        await migrate(url, folder=folder)
        return set(await ask(url, SCHEMA))


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
