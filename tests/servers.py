"""Real servers for the tests: where their programs lie, and how a test gets a database of its own.

Programs that are not Python come from environment variables that `scripts/test-env.sh` sets (`make test` does so).
A missing one fails the test that needs it; nothing is skipped.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.cluster import Binaries
from plantops.ops.embedded import EmbeddedPostgres
from plantops.storage.migrate import migrate

TEMPLATE = "migrated"
PATIENCE_SECONDS = 120.0
"""How long a busy machine may take to answer; nothing is judged by it."""
FREELY_CHOSEN = range(10_100, 32_700)
"""Ports that belong to nobody: above the demo's, below those for outgoing connections (from 32768 on Linux)."""
PORTS = secrets.SystemRandom()
"""The order of the tests is random from one seed, in each of the processes that run them: not so the ports."""
NO_SCHEDULER = {"timescaledb.max_background_workers": "1"}
"""TimescaleDB's scheduler would sit in the template and keep it from being copied (plain PostgreSQL ignores this)."""


def named(variable: str) -> Path:
    """Give the path in the environment variable, or fail saying how to set it."""
    value = os.environ.get(variable)
    if not value or not Path(value).exists():
        raise RuntimeError(f'{variable} names nothing here; run `make test`, or first: eval "$(scripts/test-env.sh)"')
    return Path(value)


@dataclass(slots=True)
class DatabaseServer:
    """A running PostgreSQL that hands out databases, empty or migrated."""

    url: str
    has_template: bool = field(default=False, init=False)

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, binaries: Binaries) -> AsyncIterator[DatabaseServer]:
        """Run a server that need not survive a power cut."""
        settings = {"max_connections": "60", "shared_buffers": "64MB", **NO_SCHEDULER}
        async with EmbeddedPostgres.open(folder, binaries=binaries, settings=settings, durable=False) as postgres:
            yield cls(postgres.url)

    def address(self, database: str) -> str:
        """Give the address of one of its databases."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    async def run(self, statement: str) -> None:
        """Run one statement on the server."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """Give the address of a new database with nothing in it."""
        async with self._made("") as url:
            yield url

    @asynccontextmanager
    async def migrated(self) -> AsyncIterator[str]:
        """Give the address of a new database with PlantOps' tables in it."""
        if not self.has_template:
            await self._make_template()
        async with self._made(f"TEMPLATE {TEMPLATE} STRATEGY FILE_COPY") as url:
            yield url

    async def _make_template(self) -> None:
        await self.run(f"CREATE DATABASE {TEMPLATE}")
        await migrate(self.address(TEMPLATE))
        self.has_template = True

    @asynccontextmanager
    async def _made(self, how: str) -> AsyncIterator[str]:
        name = f"test_{secrets.token_hex(6)}"
        await self.run(f"CREATE DATABASE {name} {how}")
        try:
            yield self.address(name)
        finally:
            await self._drop(name)

    async def _drop(self, name: str) -> None:
        """Drop a database, also while the server tidies it up: autovacuum may only be ended by a superuser."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    return await self.run(f"DROP DATABASE {name} WITH (FORCE)")
                except asyncpg.InsufficientPrivilegeError:
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def running_broker(folder: Path, variable: str) -> AsyncIterator[EmbeddedBroker]:
    """Run the Mosquitto that the environment variable names, with TLS."""
    made = certificates.ensure(folder / "certs", datetime.now(UTC))
    async with EmbeddedBroker.open(folder / "broker", certificates=made, binary=named(variable)) as broker:
        yield broker


def free_port(host: str = "127.0.0.1") -> int:
    """Find a port of that address on which nobody listens, outside of those that the system gives to clients.

    Many tests run at once: what the system has just given and taken back, it may give to one of them the next moment.
    """
    while True:
        port = PORTS.choice(FREELY_CHOSEN)
        with suppress(OSError), socket.create_server((host, port)):
            return port


@contextmanager
def deaf_port() -> Iterator[int]:
    """Give a port of this machine on which nobody listens, nor will before the end of the block."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        yield port


def unique_device() -> str:
    """Make a device id that no other test uses, shaped like a node's: `plant-` and six hex digits of its MAC."""
    return f"plant-{secrets.token_hex(3)}"
