"""The real things under measurement: Mosquitto with TLS, TimescaleDB with durable commits, the backend as a process."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import asyncpg
from aioplantops.models import Scope
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.cluster import Binaries
from plantops.ops.embedded import EmbeddedPostgres
from plantops.services.access import Access
from plantops.storage.migrate import migrate
from plantops.storage.pool import Database

from tests.bench.wire import Target
from tests.servers import PATIENCE_SECONDS, free_port, named

POSTGRES = {"shared_buffers": "256MB", "max_wal_size": "4GB", "max_connections": "40"}
"""What a stack with 1 GB for the database would set; commits stay durable."""


@dataclass(slots=True)
class Store:
    """The database server."""

    postgres: EmbeddedPostgres

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.postgres.pid or 0

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[Store]:
        """Run TimescaleDB, fsync and synchronous_commit on."""
        binaries = Binaries.timescale(named("PLANTOPS_TIMESCALE"))
        async with EmbeddedPostgres.open(folder, binaries=binaries, settings=POSTGRES) as postgres:
            yield cls(postgres)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """Give the address of a new migrated database, dropped at the end."""
        name = f"bench_{secrets.token_hex(4)}"
        url = urlunsplit(urlsplit(self.postgres.url)._replace(path=f"/{name}"))
        await self._run(f"CREATE DATABASE {name}")
        try:
            await migrate(url)
            yield url
        finally:
            with suppress(
                asyncpg.InsufficientPrivilegeError
            ):  # TimescaleDB's own worker is in it: it goes with the folder
                await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.postgres.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


SQLITE_OPTIONS = ("plugin_opt_flush_period", "plugin_opt_sync")


class Keeping(StrEnum):
    """Where the broker has messages at the end of the turn of its loop that took them; the words are Mosquitto's."""

    NOTHING = "nothing"
    SYSTEM = "normal"
    DISK = "full"


@dataclass(slots=True)
class Post:
    """The broker."""

    broker: EmbeddedBroker

    @property
    def pid(self) -> int:
        """The broker's process."""
        return self.broker.pid or 0

    @property
    def target(self) -> Target:
        """Where the sender finds it, over TLS."""
        return Target(
            self.broker.host,
            self.broker.inner_tls_port,
            self.broker.username,
            self.broker.password,
            str(self.broker.ca_file),
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, keeping: Keeping | None = None) -> AsyncIterator[Post]:
        """Run a new Mosquitto 2.1 with TLS, as PlantOps does, or (for comparison) with another kind of persistence."""
        made = certificates.ensure(folder / "certs", datetime.now(UTC))
        place = folder / f"broker-{secrets.token_hex(4)}"  # no session of an earlier run
        try:
            async with EmbeddedBroker.open(place, certificates=made, binary=named("PLANTOPS_MOSQUITTO")) as broker:
                if keeping is not None:
                    await _change(broker, place / "state" / "mosquitto.conf", keeping)
                yield cls(broker)
        finally:
            shutil.rmtree(place, ignore_errors=True)


async def _change(broker: EmbeddedBroker, configuration: Path, keeping: Keeping) -> None:
    """Let the broker run again with another persistence."""
    lines = configuration.read_text(encoding="utf-8").splitlines()
    if keeping is Keeping.NOTHING:
        lines = [line for line in lines if "persist" not in line and not line.startswith(SQLITE_OPTIONS)]
    else:
        lines = [f"plugin_opt_sync {keeping}" if line.startswith("plugin_opt_sync") else line for line in lines]
    configuration.write_text("\n".join([*lines, ""]), encoding="utf-8")
    before = broker.pid
    os.kill(before or 0, signal.SIGTERM)
    while broker.pid in (None, before) or not broker.service.up.is_set():
        await asyncio.sleep(0.02)


@dataclass(slots=True)
class Backend:
    """The backend, as a process of its own."""

    pid: int
    url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What lets a request in."""
        return {"Authorization": f"Bearer {self.token}"}

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, post: Post, database_url: str, **more: str) -> AsyncIterator[Backend]:
        """Run `plantops serve` until the block ends, with more settings if need be; it is ready and receives."""
        token = await make_token(database_url)
        port = int(more.get("HTTP_PORT") or free_port())
        with (folder / "backend.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "plantops", "serve"),
                env={**os.environ, **_settings(folder, post, database_url, port), **more},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        backend = cls(process.pid, f"http://127.0.0.1:{port}", token)
        try:
            await backend.ready(process)
            yield backend
        finally:
            await _stop(process)

    async def ready(self, process: asyncio.subprocess.Process) -> None:
        """Wait until it receives. Raises RuntimeError when it does not begin to."""
        async with aiohttp.ClientSession(headers=self.headers) as session, asyncio.timeout(PATIENCE_SECONDS):
            while process.returncode is None:
                try:
                    async with session.get(f"{self.url}/api/health") as answer:
                        if b'"active"' in await answer.read():
                            return
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.05)
        raise RuntimeError("the backend ended; see backend.log")


async def make_token(database_url: str) -> str:
    """Make another token; each may ask for itself so many times a minute."""
    async with Database.open(database_url, max_size=1) as database:
        _, token = await Access(database, lambda: datetime.now(UTC)).create("bench", (Scope.ADMIN,))
    return token


def _settings(folder: Path, post: Post, database_url: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "MQTT_HOST": post.broker.host,
        "MQTT_BACKEND_TLS_PORT": str(post.broker.inner_tls_port),
        "MQTT_USE_TLS": "true",
        "MQTT_CA_CERT": str(post.broker.ca_file),
        "MQTT_BACKEND_PASSWORD": post.broker.backend_password,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "PLANTOPS_DATA": str(folder / "data"),
        "LOG_FORMAT": "json",
    }


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
