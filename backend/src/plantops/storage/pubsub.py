"""The line on which the backends of one garden talk: PostgreSQL's LISTEN and NOTIFY on one connection."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import asyncpg

from .pool import CLOSE_SECONDS, CONNECT_SECONDS, LOST, Connection
from .queries import load

CHANNEL = "plantops_news"

REPLY_SECONDS = 5.0
"""How long the database may take for an answer here."""

SESSION = {
    "application_name": "plantops-news",
    "jit": "off",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

queries = load(__file__)


class PubSub:
    """An open line. Whatever is said is heard by everyone on it, oneself too."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        """Take a connection that listens; use `PubSub.open`."""
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, hear: Callable[[str], None], lost: Callable[[], None]) -> AsyncIterator[Self]:
        """Open the line; `hear` is called with every payload, `lost` when the line breaks. Raises one of `LOST`."""
        connection = await asyncpg.connect(
            url, timeout=CONNECT_SECONDS, command_timeout=REPLY_SECONDS, server_settings=SESSION
        )
        try:
            connection.add_termination_listener(lambda _: lost())
            await connection.add_listener(CHANNEL, lambda *heard: hear(str(heard[-1])))
            yield cls(connection)
        finally:
            await _close(connection)

    async def publish(self, payload: str) -> None:
        """Publish a payload of less than 8,000 bytes. Raises one of `LOST`."""
        await queries.publish(self._connection, channel=CHANNEL, payload=payload)

    async def ping(self) -> None:
        """See whether the line still stands. Raises one of `LOST`."""
        await queries.ping(self._connection)


async def announce(connection: Connection, payload: str) -> None:
    """Publish a payload without a line of one's own."""
    await queries.publish(connection, channel=CHANNEL, payload=payload)


async def _close(connection: asyncpg.Connection[Any]) -> None:
    try:
        await connection.close(timeout=CLOSE_SECONDS)
    except LOST:
        connection.terminate()
