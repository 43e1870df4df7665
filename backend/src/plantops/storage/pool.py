"""The way to the store: a few connections that everybody shares, and one word for "the store is away".

The ingest lease has a connection of its own (`lease.py`); everything else borrows here.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import Any, Self

import asyncpg
from aioplantops.errors import Unavailable
from asyncpg.pool import PoolConnectionProxy
from stamina import retry_context

from plantops.ops.metrics import Metrics

type Connection = asyncpg.Connection[Any] | PoolConnectionProxy[Any]

MAX_CONNECTIONS = 7
"""Two replicas with their lease and LISTEN connections stay below the 25 that the database allows."""

STATEMENT_SECONDS = 30.0
"""A statement that takes longer is stopped by the database; the client gives up a little later."""

CONNECT_SECONDS = 5.0
"""Bound of one attempt to connect."""

PATIENCE_SECONDS = 30.0
"""How long `open` keeps trying while the database is still starting."""

CLOSE_SECONDS = 5.0
"""How long borrowed connections may still be used when the pool closes."""

BORROW_SECONDS = 10.0
"""How long a caller waits for a free connection before the store counts as away."""

LOST: tuple[type[Exception], ...] = (
    OSError,  # TimeoutError among them
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, crashed, terminated, starting; a statement that took too long
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,  # "connection is closed"
    asyncpg.InternalClientError,  # a statement met the server's good-bye on the wire
)
"""What asyncpg and the network raise when the database is away or too busy, not when a statement is wrong."""


@contextmanager
def one_word_for_lost() -> Iterator[None]:
    """Turn every way in which a database can be away into `Unavailable`."""
    try:
        yield
    except asyncpg.DataError:  # a value that does not fit its parameter: our mistake, not the network's
        raise
    except LOST as error:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            # We were told to end, and giving the connection back to a database that hangs made a timeout of that.
            # As an error it would be taken for one, and whoever goes on after errors would never end.
            raise asyncio.CancelledError from error
        raise Unavailable from error


async def prepare(connection: asyncpg.Connection[Any]) -> None:
    """Teach a fresh connection to speak jsonb as Python objects."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads, format="text")


class Database:
    """The store as most of the house sees it: `async with database.acquire("what for") as connection`."""

    def __init__(self, url: str, pool: asyncpg.Pool[Any], metrics: Metrics | None) -> None:
        """Take an open pool; use `Database.open`."""
        self.url = url
        self._pool = pool
        self._metrics = metrics

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        max_size: int = MAX_CONNECTIONS,
        metrics: Metrics | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> AsyncIterator[Self]:
        """Open the pool, waiting up to `patience_seconds` for a database that is not there yet.

        Raises Unavailable when it still does not answer then. Later losses heal by themselves.
        """
        with one_word_for_lost():
            async for attempt in retry_context(on=LOST, attempts=None, timeout=patience_seconds, wait_max=3.0):
                with attempt:
                    pool = await _connect(url, max_size)
        try:
            yield cls(url, pool, metrics)
        finally:
            await _close(pool)

    @asynccontextmanager
    async def acquire(self, work: str = "other") -> AsyncIterator[Connection]:
        """Borrow a connection; its time is counted under `work`. Raises Unavailable when the database is away."""
        with self._timed(work), one_word_for_lost():
            async with self._pool.acquire(timeout=BORROW_SECONDS) as connection:
                yield connection

    @asynccontextmanager
    async def transaction(self, work: str = "other") -> AsyncIterator[Connection]:
        """Borrow a connection inside a transaction: committed at the end, rolled back by an exception."""
        async with self.acquire(work) as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def snapshot(self, work: str = "other") -> AsyncIterator[Connection]:
        """Borrow a connection on which all reads see the same moment, and none can write."""
        async with (
            self.acquire(work) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    def _timed(self, work: str) -> AbstractContextManager[None]:
        return nullcontext() if self._metrics is None else self._metrics.database(work)


async def _connect(url: str, max_size: int) -> asyncpg.Pool[Any]:
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=max_size,
        init=prepare,
        timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_SECONDS + 2,
        max_inactive_connection_lifetime=300,
        server_settings={
            "application_name": "plantops",
            "statement_timeout": f"{STATEMENT_SECONDS:.0f}s",
            "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS:.0f}s",
            "timezone": "UTC",
            "jit": "off",  # our queries are short; compiling them costs more than it gains
        },
    )


async def _close(pool: asyncpg.Pool[Any]) -> None:
    """Close politely, but do not wait for a database that does not answer any more."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except LOST:
        pool.terminate()
