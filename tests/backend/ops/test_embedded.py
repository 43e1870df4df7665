"""The embedded database keeps its promises: with real servers, real kills and real leftovers."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from plantops.ops.cluster import Binaries
from plantops.ops.embedded import EmbeddedPostgres, address_of_running
from plantops.ops.folder import TEMPORARY_FAILURE, FolderBusy
from plantops.ops.supervision import ServiceFailed

from tests.backend.ops.programs import WITH_DATABASE, is_gone, is_root, permissions, program, until, working_in


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def note(url: str, text: str) -> None:
    async with connected(url) as connection:
        await connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        await connection.execute("INSERT INTO note VALUES ($1)", text)


async def notes(url: str) -> list[str]:
    async with connected(url) as connection:
        return [row["text"] for row in await connection.fetch("SELECT text FROM note")]


async def test_what_was_stored_is_there_after_a_restart_and_nobody_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    async with EmbeddedPostgres.open(folder) as postgres:
        await note(postgres.url, "kept")
    assert working_in(folder) == []
    async with EmbeddedPostgres.open(folder) as postgres:
        assert await notes(postgres.url) == ["kept"]
    assert working_in(folder) == []


async def test_it_is_durable_small_and_in_utc(tmp_path: Path) -> None:
    async with EmbeddedPostgres.open(tmp_path / "postgres") as postgres, connected(postgres.url) as connection:
        rows = await connection.fetch("SELECT name, setting FROM pg_settings")
        collation = await connection.fetchval("SELECT datcollate FROM pg_database WHERE datname = current_database()")
        assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    settings = {row["name"]: row["setting"] for row in rows}
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_connections": "25",
        "jit": "off",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "listen_addresses": "",
    }
    assert {name: settings[name] for name in wanted} == wanted
    assert collation == "C.UTF-8"


async def test_a_killed_server_comes_back_with_its_data(tmp_path: Path) -> None:
    async with EmbeddedPostgres.open(tmp_path / "postgres") as postgres:
        await note(postgres.url, "kept")
        first = postgres.pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: postgres.pid not in {first, None})
        assert await notes(postgres.url) == ["kept"]
        assert postgres.service.restarts >= 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_a_backend_that_ends_takes_its_server_with_it(tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "postgres"
    async with program(WITH_DATABASE, folder) as backend:
        await note(backend.said["url"], "kept")
        backend.process.send_signal(how)
        await until(lambda: is_gone(backend.said["pid"]))
    await until(lambda: not working_in(folder))
    async with EmbeddedPostgres.open(folder) as postgres:
        assert await notes(postgres.url) == ["kept"]


async def test_the_next_start_waits_for_a_server_that_is_still_ending(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    async with program(WITH_DATABASE, folder) as backend:
        os.kill(backend.said["pid"], signal.SIGSTOP)  # too frozen to hear that its backend died
        backend.process.kill()
        await backend.process.wait()
        assert not is_gone(backend.said["pid"])
    async with EmbeddedPostgres.open(folder) as postgres:
        assert postgres.pid != backend.said["pid"]
        assert is_gone(backend.said["pid"])


@pytest.mark.parametrize("which", ["stranger", "zombie", "rubbish"])
async def test_a_stale_lock_is_understood(tmp_path: Path, which: str) -> None:
    folder = tmp_path / "postgres"
    async with EmbeddedPostgres.open(folder):
        lines = (folder / "data/postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["/bin/sleep", "1000" if which == "stranger" else "0"]) as other:
        if which == "zombie":
            await until(lambda: is_gone(other.pid))
        number = "rubbish" if which == "rubbish" else str(other.pid)
        (folder / "data/postmaster.pid").write_text("\n".join([number, *lines[1:]]) + "\n")
        async with EmbeddedPostgres.open(folder) as postgres, connected(postgres.url) as connection:
            assert await connection.fetchval("SELECT 1") == 1
        other.kill()


async def test_a_second_start_is_refused_naming_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    async with EmbeddedPostgres.open(folder) as postgres:
        async with program(WITH_DATABASE, folder) as second:
            assert await second.process.wait() == TEMPORARY_FAILURE
        assert str(os.getpid()) in second.said["refused"]
        assert str(folder) in second.said["refused"]
        with pytest.raises(FolderBusy):
            async with EmbeddedPostgres.open(folder):
                pass
        await note(postgres.url, "undisturbed")


async def test_another_program_finds_the_running_server(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    assert address_of_running(folder) is None
    async with EmbeddedPostgres.open(folder, port=0) as postgres:
        assert address_of_running(folder) == postgres.url
        kept = (folder / "data/postmaster.pid").read_text()
    (folder / "data/postmaster.pid").write_text(kept)
    assert address_of_running(folder) is None


async def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    starting = asyncio.create_task(run_for_ever(folder))
    await until(lambda: any((folder / "data.new").glob("base")))
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not (folder / "data").exists()
    assert working_in(folder) == []
    async with EmbeddedPostgres.open(folder) as postgres:
        await note(postgres.url, "fresh")
    assert not (folder / "data.new").exists()


async def run_for_ever(folder: Path) -> None:
    async with EmbeddedPostgres.open(folder):
        await asyncio.Event().wait()


async def test_a_first_start_that_was_killed_is_begun_again(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    body = f"    asyncio.get_running_loop().call_soon(tell)\n{WITH_DATABASE}"
    async with program(body, folder) as backend:
        await until(lambda: any((folder / "data.new").glob("base")) or (folder / "data").exists())  # or already through
        backend.process.kill()
    await until(lambda: not working_in(folder))
    async with EmbeddedPostgres.open(folder) as postgres:
        await note(postgres.url, "fresh")


async def test_a_folder_of_another_version_is_refused_and_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    async with EmbeddedPostgres.open(folder):
        pass
    (folder / "data/PG_VERSION").write_text("16\n")
    with pytest.raises(ServiceFailed, match=r"PostgreSQL 16 .* PostgreSQL 18"):
        async with EmbeddedPostgres.open(folder):
            pass
    (folder / "data/PG_VERSION").write_text("18\n")
    async with EmbeddedPostgres.open(folder):
        pass


async def test_a_lost_password_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    async with EmbeddedPostgres.open(folder) as postgres:
        await note(postgres.url, "kept")
        before = postgres.url
    (folder / "password").unlink()
    async with EmbeddedPostgres.open(folder) as postgres:
        assert postgres.url != before
        assert await notes(postgres.url) == ["kept"]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(before)


async def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / "it's, here \\ postgres"
    async with EmbeddedPostgres.open(folder) as postgres:
        await note(postgres.url, "kept")
        sockets = Path((folder / "data/postmaster.pid").read_text().splitlines()[4])
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


async def test_other_programs_reach_it_by_tcp_with_the_password_only(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    async with EmbeddedPostgres.open(folder, port=0) as postgres:
        assert postgres.tcp_url
        await note(postgres.tcp_url, "kept")
        first = postgres.tcp_url
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(first, password="wrong")  # noqa: S106
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(first, user="postgres")
    async with EmbeddedPostgres.open(folder, port=0) as postgres:
        assert postgres.tcp_url == first
    for secret in ("password", "lock", "port"):
        assert (folder / secret).stat().st_mode & 0o777 == 0o600


async def test_it_never_runs_as_root_and_widens_nothing(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    binaries = Binaries.embedded()
    before = permissions(private) | permissions(binaries.bin)
    async with EmbeddedPostgres.open(private / "postgres") as postgres:
        assert postgres.pid
        status = Path(f"/proc/{postgres.pid}/status").read_text()
        owners = {int(number) for line in status.splitlines() if line.startswith("Uid:") for number in line.split()[1:]}
        assert 0 not in owners
        if is_root():
            rights = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
            assert rights.bit_count() == 1  # to read and search, and nothing else
        assert permissions(private) | permissions(binaries.bin) == before
    assert permissions(private) | permissions(binaries.bin) == before


async def test_a_full_disk_is_named(tmp_path: Path) -> None:
    full = tmp_path / "bin"
    full.mkdir()
    (full / "initdb").write_text("#!/bin/sh\necho 'could not write: No space left on device' >&2; exit 1\n")
    (full / "initdb").chmod(0o755)
    with pytest.raises(ServiceFailed, match="The disk is full"):
        async with EmbeddedPostgres.open(tmp_path / "postgres", binaries=Binaries(full)):
            pass


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServiceFailed, match="no_such_setting"):
        async with EmbeddedPostgres.open(tmp_path / "postgres", settings={"no_such_setting": "1"}):
            pass
    assert working_in(tmp_path) == []
