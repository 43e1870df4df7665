"""One replica at a time takes what comes from the broker; when it dies or freezes, the next one takes over."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
from plantops.storage.lease import Lease, LeaseLost
from plantops.storage.locks import LOCK_CLASS, Lock
from plantops.storage.pool import LOST

HOLDER = Path(__file__).with_name("holder.py")
PATIENCE_SECONDS = 120
"""Far longer than any take-over takes; a test that waits so long has failed."""


@asynccontextmanager
async def replica(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run another backend that wants the lease."""
    process = await asyncio.create_subprocess_exec(sys.executable, HOLDER, url, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def hear(process: asyncio.subprocess.Process) -> str:
    """Wait for the replica's next word."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        return (await process.stdout.readline()).decode().strip()


async def take_over(url: str) -> None:
    """Take the lease, and use it."""
    async with asyncio.timeout(PATIENCE_SECONDS), Lease.take(url) as lease, lease.hold() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def session_of_holder(url: str) -> int:
    """Tell the process number of the session that holds the lease."""
    connection = await asyncpg.connect(url)
    try:
        pid: int = await connection.fetchval(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = $1::bigint::oid AND objid = $2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            LOCK_CLASS,
            Lock.INGEST,
        )
        return pid
    finally:
        await connection.close()


async def test_only_one_holds_the_lease_and_the_next_one_waits(database: str) -> None:
    async with replica(database) as other:
        assert await hear(other) == "active"
        async with replica(database) as third:
            assert await hear(third) == "standby"
            other.terminate()
            assert await hear(third) == "active"


async def test_a_killed_holder_is_followed(database: str) -> None:
    async with replica(database) as holder:
        assert await hear(holder) == "active"
        holder.send_signal(signal.SIGKILL)
        await take_over(database)


async def test_a_frozen_holder_is_followed_and_knows_it_when_it_wakes(database: str) -> None:
    async with replica(database) as holder:
        assert await hear(holder) == "active"
        os.kill(holder.pid, signal.SIGSTOP)
        await take_over(database)
        os.kill(holder.pid, signal.SIGCONT)
        assert await hear(holder) == "lost"


async def test_a_frozen_holder_without_time_limits_is_evicted(database: str) -> None:
    silent = await asyncpg.connect(database)
    await silent.execute(f"SELECT pg_advisory_lock({LOCK_CLASS}, {Lock.INGEST:d})")
    await take_over(database)
    with pytest.raises(LOST):
        await silent.execute("SELECT 1")
    silent.terminate()


async def test_a_holder_whose_session_is_ended_knows_it(database: str) -> None:
    async with replica(database) as holder:
        assert await hear(holder) == "active"
        connection = await asyncpg.connect(database)
        await connection.execute("SELECT pg_terminate_backend($1)", await session_of_holder(database))
        await connection.close()
        assert await hear(holder) == "lost"
        await take_over(database)


async def test_nothing_is_committed_without_the_lease(database: str) -> None:
    async with Lease.take(database) as lease:
        connection = await asyncpg.connect(database)
        await connection.execute("CREATE TABLE leaf (id int)")
        await connection.execute("SELECT pg_terminate_backend($1)", await session_of_holder(database))
        with pytest.raises((LeaseLost, *LOST)):
            await _keep_a_leaf(lease)
        with pytest.raises(LeaseLost):
            await lease.until_lost()
        with pytest.raises(LeaseLost):
            await _keep_a_leaf(lease)
        assert await connection.fetchval("SELECT count(*) FROM leaf") == 0
        await connection.close()


async def _keep_a_leaf(lease: Lease) -> None:
    async with lease.hold() as connection:
        await connection.execute("INSERT INTO leaf VALUES (1)")


async def test_a_database_that_freezes_is_given_up(database: str) -> None:
    frozen: list[int] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises((LeaseLost, *LOST)):
                await _freeze_at_work(database, frozen)
    finally:
        for pid in frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    await take_over(database)


async def _freeze_at_work(url: str, frozen: list[int]) -> None:
    async with Lease.take(url) as lease:
        frozen.append(await session_of_holder(url))
        os.kill(frozen[0], signal.SIGSTOP)
        await _keep_a_leaf(lease)


async def test_work_keeps_the_lease_alive(database: str) -> None:
    async with Lease.take(database) as lease:
        async with lease.hold() as connection:
            for _ in range(4):
                await connection.execute("SELECT pg_sleep(0.6)")
        await asyncio.sleep(1.2)
        assert not lease.lost.is_set()


async def test_a_database_that_is_away_is_told_at_once() -> None:
    with pytest.raises(LOST):
        await take_over("postgresql://nobody@127.0.0.1:1/none")
