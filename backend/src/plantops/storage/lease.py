"""The one chair at the broker's table: whoever holds the lease stores the telemetry, everybody else waits.

The lease is a PostgreSQL advisory lock, and the holder commits on the very connection that holds it: when the lock is
gone, so is the connection, and the commit fails. How quickly a dead, frozen or cut-off holder loses it was measured:
killed 0.3 s, frozen or cut off about 6 s.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Never, Self

import asyncpg
import structlog

from .locks import LOCK_CLASS, Lock
from .pool import CONNECT_SECONDS, LOST, prepare
from .queries import load

BEAT_SECONDS = 1.0
"""The holder lets itself be heard, and those who wait ask, this often."""

PATIENCE_SECONDS = 4.0
"""A beat that takes longer means that the database is gone. Below the 6 s after which the database drops us."""

STATEMENT_SECONDS = 5
"""Below the 8 s of silence after which a waiting replica evicts the holder (lease.sql)."""

SESSION = {
    "application_name": "plantops-ingest",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    # A frozen holder says nothing any more; the database itself ends the session.
    "idle_session_timeout": "6s",
    "idle_in_transaction_session_timeout": "6s",
    # A holder whose network is cut cannot be told; the database's kernel notices.
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5000",
}

queries = load(__file__)
log = structlog.get_logger()


class LeaseLost(Exception):
    """Another replica may be storing the telemetry now: drop everything that is not committed."""


class Lease:
    """The right to store what comes from the broker, as long as `lost` is not set."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        """Take a connection that holds the lock; use `Lease.take`."""
        self._connection = connection
        self._in_use = asyncio.Lock()
        self.lost = asyncio.Event()
        connection.add_termination_listener(lambda _: self.lost.set())

    @classmethod
    @asynccontextmanager
    async def take(cls, url: str, *, on_standby: Callable[[], None] | None = None) -> AsyncIterator[Self]:
        """Wait for the lease, as long as it takes, and hold it; `on_standby` is called once if another one has it.

        Raises what the connection raises when the database is away: take the lease anew then.
        """
        connection = await asyncpg.connect(
            url, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS + 1, server_settings=SESSION
        )
        try:
            await prepare(connection)
            await _wait_for_turn(connection, on_standby)
            lease = cls(connection)
            beating = asyncio.create_task(lease._beat(), name="lease beat")
            try:
                yield lease
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)
        finally:
            await _close(connection)

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """Use the lease's connection, alone. Raises LeaseLost when it is gone."""
        async with self._in_use:
            if self.lost.is_set():
                raise LeaseLost
            yield self._connection

    async def until_lost(self) -> Never:
        """Wait until the lease is lost, and raise LeaseLost."""
        await self.lost.wait()
        raise LeaseLost

    async def _beat(self) -> None:
        """Speak to the database every second, so that silence means that we are frozen."""
        try:
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                if self._in_use.locked():
                    continue  # at work, which is heard as well
                async with self._in_use, asyncio.timeout(PATIENCE_SECONDS):
                    await self._connection.execute("SELECT")
        except LOST as error:
            log.warning("lease_lost", error=str(error) or type(error).__name__)
        finally:
            self.lost.set()


async def _wait_for_turn(connection: asyncpg.Connection[Any], on_standby: Callable[[], None] | None) -> None:
    """Ask for the lock every second; throw out a holder that has been silent for too long."""
    keys = {"lock_class": LOCK_CLASS, "lock": int(Lock.INGEST)}
    first = True
    while not await queries.try_lock(connection, **keys):
        if first and on_standby is not None:
            on_standby()
        first = False
        async for row in queries.evict(connection, **keys):
            log.warning("silent_lease_holder_evicted", pid=row["pid"])
        await asyncio.sleep(BEAT_SECONDS)


async def _close(connection: asyncpg.Connection[Any]) -> None:
    """Give the lock back by closing the connection; a database that does not answer is not waited for."""
    try:
        await connection.close(timeout=1)
    except LOST:
        connection.terminate()
