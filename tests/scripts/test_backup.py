"""Backups are whole or not there, hold everything, come once a day, and go when they are old; the last ones stay."""

import asyncio
import re
import signal
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from plantops.ops.cluster import Binaries

from tests.scripts.backups import SCRIPTS, Scripts
from tests.servers import PATIENCE_SECONDS, DatabaseServer

DAY = 86_400
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    """Give the scripts, with the programs of the embedded PostgreSQL."""
    return Scripts.in_folder(tmp_path, Binaries.embedded())


def old(scripts: Scripts, days: float) -> Path:
    """Lay out a whole backup that is so old."""
    made = int(time.time() - days * DAY)
    folder = scripts.backups / time.strftime("plantops-%Y%m%d-%H%M%S", time.gmtime(made))
    folder.mkdir()
    for name in ("database.dump", "config.tar.gz", "SHA256SUMS"):
        (folder / name).touch()
    (folder / "manifest").write_text(f"format=1\nmade_unix={made}\n")
    return folder


async def test_a_backup_holds_everything_and_is_for_its_owner_alone(
    scripts: Scripts, embedded_server: DatabaseServer
) -> None:
    async with embedded_server.migrated() as url:
        backup = await scripts.back_up(url)
        connection = await asyncpg.connect(url)
        told = await connection.fetchrow("SELECT extract(epoch FROM made_at)::bigint AS made, bytes FROM newest_backup")
        await connection.close()
    manifest = (backup / "manifest").read_text()
    assert told
    assert f"made_unix={told['made']}\n" in manifest
    assert told["bytes"] >= sum(file.stat().st_size for file in backup.iterdir())
    for line in (r"format=1", r"postgresql=18\.\d+", r"timescaledb=none", r"migration=\d+", r"rows\.telemetry=0"):
        assert re.search(f"^{line}$", manifest, re.MULTILINE), line
    with tarfile.open(backup / "config.tar.gz") as packed:
        names = {name.removeprefix("./") for name in packed.getnames()}
    assert names >= {
        ".env.prod",
        "docker-compose.prod.yml",
        "mosquitto/mosquitto.conf",
        "certs/ca.key",
        "broker/dynamic-security.json",
    }
    assert {oct(each.stat().st_mode & 0o777) for each in backup.iterdir()} == {"0o600"}
    assert oct(backup.stat().st_mode & 0o777) == "0o700"


async def test_a_backup_that_fails_leaves_nothing_half_and_the_older_ones_alone(scripts: Scripts) -> None:
    kept = [old(scripts, days) for days in (100, 99, 98)]
    code, said = await scripts.run(NOWHERE, "backup.sh", "once", BACKUP_KEEP_LEAST="1")
    assert code == 1
    assert "Nothing was backed up; older backups stay" in said
    assert scripts.whole() == kept
    assert {each.name for each in scripts.backups.iterdir()} == {*(one.name for one in kept), ".lock"}


async def test_a_dump_that_breaks_off_is_no_backup(
    scripts: Scripts, embedded_server: DatabaseServer, tmp_path: Path
) -> None:
    pg_dump = tmp_path / "programs" / "pg_dump"
    pg_dump.parent.mkdir()
    pg_dump.write_text("#!/bin/sh\necho 'pg_dump: error: the disk is full' >&2\nexit 1\n")
    pg_dump.chmod(0o755)
    async with embedded_server.migrated() as url:
        path = f"{pg_dump.parent}:{scripts.environment(url)['PATH']}"
        code, said = await scripts.run(url, "backup.sh", "once", PATH=path)
    assert code == 1
    assert "the disk is full" in said
    assert scripts.whole() == []


async def test_before_the_first_backend_there_is_nothing_to_back_up(
    scripts: Scripts, embedded_server: DatabaseServer
) -> None:
    async with embedded_server.empty() as url:
        code, said = await scripts.run(url, "backup.sh", "once")
    assert code == 3
    assert "there is nothing to back up" in said
    assert scripts.whole() == []


async def test_old_backups_go_when_a_new_one_is_there_but_the_last_ones_stay(
    scripts: Scripts, embedded_server: DatabaseServer
) -> None:
    ancient, older, aged, young = (old(scripts, days) for days in (90, 60, 31, 2))
    left = scripts.backups / ".unfinished-plantops-20260101-000000"
    left.mkdir()
    async with embedded_server.migrated() as url:
        code, said = await scripts.run(url, "backup.sh", "once", BACKUP_KEEP_DAYS="30", BACKUP_KEEP_LEAST="3")
    assert code == 0, said
    assert [one.exists() for one in (ancient, older, aged, young, left)] == [False, False, True, True, False]
    assert f"removed, older than 30 days: {ancient}" in said


async def test_the_daily_job_makes_up_for_a_missed_one_and_then_waits(
    scripts: Scripts, embedded_server: DatabaseServer
) -> None:
    old(scripts, 3)
    far = f"{datetime.now(UTC) + timedelta(hours=12):%H:00}"
    async with embedded_server.empty() as url:
        process = await asyncio.create_subprocess_exec(
            *(SCRIPTS / "backup.sh", "daily"),
            env=scripts.environment(url, BACKUP_LOOK_SECONDS="0.05", BACKUP_AT=far),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        assert f"a backup each day at {far} UTC".encode() in await process.stderr.readline()
        while b"nothing to back up" not in await process.stderr.readline():
            pass
        await _fill(url)
        while not (line := await process.stderr.readline()).startswith(b"backed up:"):
            assert b"nothing to back up" in line
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        rest = await process.stderr.read()
        assert await process.wait() == -signal.SIGTERM
    assert rest == b"", "one a day"
    assert len(scripts.whole()) == 2
    assert (await scripts.run(NOWHERE, "backup.sh", "healthy"))[0] == 0


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "CREATE TABLE telemetry (time timestamptz); CREATE TABLE installation AS SELECT 'x' AS id;"
        "CREATE TABLE schema_migration AS SELECT 1 AS version"
    )
    await connection.close()


async def test_a_backup_that_is_missing_makes_the_service_unhealthy(scripts: Scripts) -> None:
    code, said = await scripts.run(NOWHERE, "backup.sh", "healthy")
    assert (code, "there is no backup" in said) == (1, True)
    (scripts.folder / "started").write_text(str(int(time.time()) - 60))
    assert (await scripts.run(NOWHERE, "backup.sh", "healthy"))[0] == 0, "it has only just begun"
    old(scripts, 3.5)
    code, said = await scripts.run(NOWHERE, "backup.sh", "healthy")
    assert (code, "the newest backup is 3 days old" in said) == (1, True)


@pytest.mark.parametrize("words", [(), ("weekly",), ("daily",)])
async def test_wrong_words_are_answered_in_words(scripts: Scripts, words: tuple[str, ...]) -> None:
    code, said = await scripts.run(NOWHERE, "backup.sh", *words, BACKUP_AT="25:00")
    assert code == 1
    assert said.startswith("plantops: usage:" if words != ("daily",) else "plantops: BACKUP_AT=25:00 is no time of day")


@pytest.mark.parametrize("setting", ["BACKUP_KEEP_DAYS=30 days", "BACKUP_KEEP_DAYS=-1", "BACKUP_KEEP_LEAST=0"])
async def test_figures_that_would_be_stumbled_over_later_are_told_before(scripts: Scripts, setting: str) -> None:
    name, _, value = setting.partition("=")
    for words in ("once", "daily"):
        code, said = await scripts.run(NOWHERE, "backup.sh", words, **{name: value})
        assert (code, said.startswith(f"plantops: {setting}")) == (1, True), said
    assert scripts.whole() == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"DATABASE_URL": "postgresql://db:5432", "POSTGRES_PASSWORD": "a/b+c=="}, "db 5432 plantops a/b+c== plantops"),
        ({"DATABASE_URL": "timescaledb://ann:p%40%2Fw%25%5Cn@h:1/g%20n"}, "h 1 ann p@/w%\\n g n"),
        ({"DATABASE_URL": "postgresql://u:p@/d?host=%2Frun%2Fx&port=7"}, "/run/x 7 u p d"),
        ({"POSTGRES_USER": "me", "POSTGRES_DB": "mine"}, "db 5432 me  mine"),
        ({"DATABASE_URL": "postgresql://u:p@h/d", "PGHOST": "other", "PGPASSWORD": "$x"}, "other 5432 u $x d"),
    ],
)
async def test_the_database_is_found_as_the_backend_finds_it(settings: dict[str, str], expected: str) -> None:
    words = f'. {SCRIPTS}/lib.sh; database; printf %s "$PGHOST $PGPORT $PGUSER $PGPASSWORD $PGDATABASE"'
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", words), env={"PATH": "/usr/bin:/bin", **settings}, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert said.decode() == expected


async def test_a_backup_from_a_clock_that_was_wrong_keeps_nobody_from_the_next_one(
    scripts: Scripts, embedded_server: DatabaseServer
) -> None:
    ahead = old(scripts, -400)
    code, said = await scripts.run(NOWHERE, "backup.sh", "healthy")
    assert (code, "there is no backup" in said) == (1, True)
    async with embedded_server.migrated() as url:
        process = await asyncio.create_subprocess_exec(
            *(SCRIPTS / "backup.sh", "daily"),
            env=scripts.environment(url, BACKUP_LOOK_SECONDS="0.05"),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        assert b"a backup each day" in await process.stderr.readline()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (line := await process.stderr.readline()).startswith(b"backed up:"):
                    assert line
        finally:
            process.terminate()
            await process.wait()
    assert ahead.exists()
    assert (await scripts.run(NOWHERE, "backup.sh", "healthy"))[0] == 0


async def test_a_copy_under_another_name_is_no_newer_backup(scripts: Scripts) -> None:
    old(scripts, 10).rename(scripts.backups / "plantops-before-update")
    old(scripts, 0.01)
    assert (await scripts.run(NOWHERE, "backup.sh", "healthy"))[0] == 0, "nor is one due each minute because of it"


async def test_a_manifest_is_read_and_never_carried_out(scripts: Scripts) -> None:
    foreign = old(scripts, 1)
    (foreign / "manifest").write_text("made_unix=a[$(touch " + str(scripts.folder / "carried-out") + ")]\n")
    code, said = await scripts.run(NOWHERE, "backup.sh", "healthy")
    assert not (scripts.folder / "carried-out").exists()
    assert (code, "days old" in said) == (1, True)
