"""A backup comes back whole, into an empty server, on plain PostgreSQL and on TimescaleDB; or nothing changes."""

import asyncio
import fcntl
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from plantops.ops.cluster import Binaries
from plantops.storage.migrate import migrate

from tests.scripts.backups import Scripts, note, sign, superusers_server
from tests.servers import PATIENCE_SECONDS, DatabaseServer, named

FILL = """
INSERT INTO device (id, kind, name, created_at) VALUES ('plant-abcdef', 'plantops', 'Fern''s "probe"', now());
INSERT INTO channel (device_id, key, name, metric, unit, sent_unit, created_at)
    VALUES ('plant-abcdef', 'soil_moisture', 'x', 'soil_moisture', '%', '%', now());
INSERT INTO telemetry SELECT 1, '2026-01-01'::timestamptz + number * INTERVAL '1 hour', number / 7.0
    FROM generate_series(1, 1500) AS number;
INSERT INTO telemetry_daily
    SELECT channel_id, date_bin('1 day', time, 'epoch'), count(*), sum(value), min(value), max(value)
    FROM telemetry GROUP BY 1, 2;
INSERT INTO token (id, name, hash, scopes, created_at)
    VALUES (gen_random_uuid(), 'x', decode('00ff10', 'hex'), '{read,care}', now());
INSERT INTO broker_account (username, kind, state, password, version, applied_version, registered_at, changed_at)
    VALUES ('plant-abcdef', 'device', 'active', '\\x00', 3, 3, now(), now());
"""
EVERYTHING = (
    "SELECT (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM telemetry t)"
    " || (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM telemetry_daily t)"
    " || (SELECT string_agg(t::text, ',') FROM token t) || (SELECT string_agg(t::text, ',') FROM device t)"
    " || (SELECT id FROM installation)"
)
DATABASES = "SELECT array_agg(datname ORDER BY datname) FROM pg_database WHERE datname LIKE 'plantops%'"

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Pair:
    """A server with a garden in it, another one that is empty, and a backup of the first."""

    def __init__(self, full: str, empty: DatabaseServer, scripts: Scripts, backup: Path) -> None:
        """Take them."""
        self.full, self.empty, self.scripts, self.backup = full, empty, scripts, backup

    async def restore(self, *words: str, backup: Path | None = None) -> tuple[int, str]:
        """Restore into the other server."""
        return await self.scripts.restore(self.empty.url, backup or self.backup, *words)

    async def refused(self, words: str, backup: Path | None = None) -> None:
        """Make sure that a restore is refused with these words, and that nothing is there that was not before."""
        before = await ask(self.empty.url, DATABASES)
        code, said = await self.restore(backup=backup)
        assert code == 1
        assert words in said
        assert "Nothing was changed" in said
        assert await ask(self.empty.url, DATABASES) == before
        assert "Traceback" not in said

    def copy(self) -> Path:
        """Give a copy of the backup to spoil."""
        copy = self.scripts.folder / "spoilt" / "plantops-copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.backup, copy)
        return copy


async def ask(url: str, query: str) -> Any:
    """Ask for one value."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def run(url: str, statements: str) -> None:
    """Run statements."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


@pytest_asyncio.fixture(params=["embedded", "timescale"], scope="module", loop_scope="module")
async def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, run_folder: Path
) -> AsyncIterator[Pair]:
    """Give two servers of each kind."""
    kind = request.param
    binaries = Binaries.embedded() if kind == "embedded" else Binaries.timescale(named("PLANTOPS_TIMESCALE"))
    folder = run_folder / f"restore-{kind}"
    async with superusers_server(folder / "a", binaries) as full, superusers_server(folder / "b", binaries) as empty:
        await migrate(full.url)
        await run(full.url, FILL)
        scripts = Scripts.in_folder(tmp_path_factory.mktemp("scripts"), binaries)
        yield Pair(full.url, empty, scripts, await scripts.back_up(full.url))


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def emptied(pair: Pair) -> AsyncIterator[None]:
    """Begin each test with an empty server."""
    yield
    names = await ask(pair.empty.url.replace("/plantops?", "/postgres?"), DATABASES)
    for name in names or ():
        await run(pair.empty.url.replace("/plantops?", "/postgres?"), f'DROP DATABASE "{name}" WITH (FORCE)')
    await run(pair.empty.url.replace("/plantops?", "/postgres?"), "CREATE DATABASE plantops")


async def test_everything_comes_back_and_goes_on(pair: Pair) -> None:
    code, said = await pair.restore()
    assert code == 0, said
    assert "restored: 1500 readings of 1 devices" in said
    assert await ask(pair.empty.url, EVERYTHING) == await ask(pair.full, EVERYTHING)
    assert await migrate(pair.empty.url) == [], "a backend finds the schema that it needs"
    await run(pair.empty.url, "INSERT INTO telemetry VALUES (1, '2026-01-02 00:30Z', 5), (1, now(), 6)")
    if await ask(pair.full, "SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'"):
        assert await ask(pair.empty.url, "SELECT current_setting('timescaledb.restoring')") == "off"
        dropped = "SELECT count(*) FROM drop_chunks('telemetry', older_than => '2026-02-01'::timestamptz)"
        assert await ask(pair.empty.url, dropped) >= 4
        assert 0 < await ask(pair.empty.url, "SELECT count(*) FROM telemetry") < 1502
    assert await ask(pair.empty.url, DATABASES) == ["plantops"]


async def test_accounts_that_come_back_differ_from_those_that_the_broker_has(pair: Pair) -> None:
    code, said = await pair.restore()
    assert code == 0, said
    account = "SELECT {} FROM broker_account"
    first = await ask(pair.empty.url, account.format("version"))
    assert first > 1_000_000, "whatever version the broker has, it is another password's"
    assert await ask(pair.empty.url, account.format("applied_version")) == 3
    assert await ask(pair.full, account.format("version")) == 3


async def test_a_database_that_nobody_used_yet_makes_way(pair: Pair) -> None:
    await migrate(pair.empty.url)
    code, said = await pair.restore()
    assert code == 0, said
    assert await ask(pair.empty.url, EVERYTHING) == await ask(pair.full, EVERYTHING)
    assert await ask(pair.empty.url, DATABASES) == ["plantops"]


async def test_a_restore_over_data_is_refused_unless_it_is_meant_and_keeps_what_was_there(pair: Pair) -> None:
    await migrate(pair.empty.url)
    await run(pair.empty.url, FILL)
    await pair.refused("holds data")
    code, said = await pair.restore("--over-data")
    assert code == 0, said
    kept, present = sorted(await ask(pair.empty.url, DATABASES), reverse=True)
    assert present == "plantops"
    assert kept.startswith("plantops_before_")
    assert f'DROP DATABASE "{kept}"' in said
    opening = f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS true;'
    assert opening in said
    await run(pair.empty.url, opening)
    assert await ask(pair.empty.url.replace("/plantops?", f"/{kept}?"), "SELECT count(*) FROM telemetry") == 1500
    assert await ask(pair.empty.url, EVERYTHING) == await ask(pair.full, EVERYTHING)


async def test_a_database_that_a_backend_works_with_is_left_alone(pair: Pair) -> None:
    backend = await asyncpg.connect(pair.empty.url, server_settings={"application_name": "plantops-ingest"})
    await pair.refused("a backend works with this database (plantops-ingest)")
    await backend.close()


async def test_a_damaged_backup_is_refused(pair: Pair) -> None:
    cut = pair.copy()
    (cut / "database.dump").write_bytes((pair.backup / "database.dump").read_bytes()[:-2000])
    await pair.refused("is damaged: not as it was written: database.dump", cut)
    sign(cut)
    await pair.refused("the database did not take everything", cut)
    changed = pair.copy()
    (changed / "manifest").write_text("format=1\n")
    await pair.refused("is damaged: not as it was written: manifest", changed)
    (changed / "SHA256SUMS").unlink()
    await pair.refused("is no backup that was finished", changed)
    await pair.refused("is no backup that was finished", pair.scripts.folder)


async def test_rows_that_do_not_come_back_are_noticed(pair: Pair) -> None:
    other = pair.copy()
    note(other, "rows.telemetry", "1501")
    await pair.refused("first what was backed up, then what is there: telemetry=1501 telemetry=1500.", other)


async def test_a_foreign_version_is_refused(pair: Pair) -> None:
    other = pair.copy()
    note(other, "timescaledb", "9.9.9")
    await pair.refused("the backup holds TimescaleDB 9.9.9, and this server", other)
    other = pair.copy()
    note(other, "postgresql", "99.1")
    await pair.refused("the backup comes from PostgreSQL 99.1, and this server is", other)
    other = pair.copy()
    note(other, "format", "2")
    await pair.refused("in a form that this one doesn't know", other)


async def test_two_at_once_are_refused(pair: Pair) -> None:
    with (pair.scripts.backups / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = await pair.restore()
        assert (code, "A backup or another restore is running. Nothing was done." in said) == (1, True)
        code, said = await pair.scripts.run(pair.full, "backup.sh", "once")
        assert (code, "Another backup or a restore is running. Nothing was done." in said) == (1, True)


async def test_a_restore_that_is_killed_changes_nothing(pair: Pair, tmp_path: Path) -> None:
    slow, loads, go = (tmp_path / name for name in ("pg_restore", "loads", "go"))
    waits = f"touch {loads}; while [ ! -e {go} ]; do sleep 0.05; done"
    real = pair.scripts.binaries.bin / "pg_restore"
    slow.write_text(f'#!/bin/sh\ncase "$*" in *--dbname=*) {waits} ;; esac\nexec {real} "$@"\n')
    slow.chmod(0o755)
    environment = pair.scripts.environment(pair.empty.url)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", 'exec "$0" "$@"', "scripts/prod/restore-database.sh", pair.backup),
        env={**environment, "PATH": f"{tmp_path}:{environment['PATH']}"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    while not loads.exists():
        assert process.returncode is None
        await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    go.touch()
    assert await ask(pair.empty.url, "SELECT to_regclass('telemetry')::text") is None
    async with asyncio.timeout(PATIENCE_SECONDS):  # what it had called ends by itself, and lets go of the lock
        while (await pair.restore())[0]:
            await asyncio.sleep(0.2)
    assert await ask(pair.empty.url, DATABASES) == ["plantops"]


async def test_a_restore_that_ends_between_two_databases_leaves_the_present_one_open(
    pair: Pair, tmp_path: Path
) -> None:
    slow = tmp_path / "psql"
    real = pair.scripts.binaries.bin / "psql"
    slow.write_text(f'#!/bin/sh\ncase "$*" in *change-places*) sleep 600 ;; esac\nexec {real} "$@"\n')
    slow.chmod(0o755)
    environment = pair.scripts.environment(pair.empty.url)
    process = await asyncio.create_subprocess_exec(
        *("scripts/prod/restore-database.sh", pair.backup),
        env={**environment, "PATH": f"{tmp_path}:{environment['PATH']}"},
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    manager = pair.empty.url.replace("/plantops?", "/postgres?")
    while await ask(manager, "SELECT datallowconn FROM pg_database WHERE datname = 'plantops'"):
        await asyncio.sleep(0.02)
    os.killpg(process.pid, signal.SIGTERM)
    await process.wait()
    assert await ask(pair.empty.url, DATABASES) == ["plantops"]


async def test_checksums_that_do_not_name_everything_are_no_checksums(pair: Pair) -> None:
    cut = pair.copy()
    sums = (cut / "SHA256SUMS").read_text()
    (cut / "SHA256SUMS").write_text(sums[: sums.index("manifest") - 10])
    (cut / "manifest").write_text((cut / "manifest").read_text() + "\n")
    await pair.refused("its SHA256SUMS is not whole", cut)
