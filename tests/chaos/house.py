"""The house under torture: a real Mosquitto, a real database with durable commits, and two backends."""

import asyncio
import secrets
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aioplantops.health import Role
from aioplantops.models import Scope
from plantops.bootstrap import now
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.cluster import Binaries
from plantops.ops.embedded import EmbeddedPostgres
from plantops.ops.folder import make_folder
from plantops.ops.service import Service
from plantops.ops.supervision import Child
from plantops.services.access import Access
from plantops.storage.pool import Database
from virtualgarden.link import Account
from virtualgarden.link import Broker as Door

from tests.accounts import enrol
from tests.chaos.backend import Backend
from tests.chaos.processes import send, strike, until
from tests.house.stack.front import Front, Ports
from tests.house.stack.names import Names
from tests.servers import free_port, named

ENCRYPTION_KEY = secrets.token_bytes(32)
HOSTS = ("127.0.0.1", "127.0.0.2")
"""Both backends listen on the same port, as two containers do."""
POSTGRES = {"shared_buffers": "64MB", "max_connections": "40"}


@dataclass(slots=True)
class House:
    """Everything that runs, and what can be done to it."""

    broker: EmbeddedBroker
    postgres: EmbeddedPostgres
    first: Backend
    """The one that runs when nothing is being tried."""
    second: Backend
    front: Front
    names: Names
    broker_killed_at: list[float] = field(default_factory=list)
    """Monotonic seconds."""

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, binaries: Binaries) -> AsyncIterator[House]:
        """Open everything; the first backend stores, the second is not started."""
        made = certificates.ensure(folder / "certs", datetime.now(UTC))
        async with AsyncExitStack() as stack:
            broker = await stack.enter_async_context(
                EmbeddedBroker.open(folder / "broker", certificates=made, binary=named("PLANTOPS_MOSQUITTO"))
            )
            postgres = await stack.enter_async_context(
                EmbeddedPostgres.open(folder / "store", binaries=binaries, settings=POSTGRES)
            )
            settings, port = settings_for(broker, postgres.url), free_port(HOSTS[1])
            first, second = [
                await stack.enter_async_context(Backend.at_hand(name, folder, settings, host=host, port=port))
                for name, host in zip(("first", "second"), HOSTS, strict=True)
            ]
            names = await stack.enter_async_context(Names.open())
            # Where only we get in: if we are root, nginx runs as another user and is then handed what it needs.
            closed = make_folder(folder / "closed", mode=0o700)
            opening = Front.open(
                closed / "front", Ports.free(), certificates=folder / "certs", resolver=names.port, backend_port=port
            )
            front = await stack.enter_async_context(opening)
            await first.start()
            await first.until(Role.ACTIVE)
            house = cls(broker, postgres, first, second, front, names)
            house.name(first)
            yield house

    @property
    def url(self) -> str:
        """Where people ask: nginx."""
        return f"http://127.0.0.1:{self.front.ports.api}"

    def name(self, backend: Backend) -> None:
        """Let nginx find a backend."""
        self.names.addresses["backend"] = [*self.names.addresses.get("backend", []), backend.host]

    def forget(self, backend: Backend) -> None:
        """Let nginx find it no more."""
        self.names.addresses["backend"] = [host for host in self.names.addresses["backend"] if host != backend.host]

    async def found(self) -> None:
        """Wait until nginx has found a backend that is ready."""
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"{self.url}/api/ready") as answer:
                    if answer.ok:
                        return
                await asyncio.sleep(0.1)

    async def accounts(self, count: int) -> list[Account]:
        """Make so many accounts of devices."""
        door = Door("localhost", self.broker.tls_port, self.broker.ca_file)
        run = secrets.token_hex(2)
        names = [f"plant-{run}{number:02x}" for number in range(count)]
        passwords = await enrol(self.postgres.url, ENCRYPTION_KEY, names)
        return [Account(door, name, passwords[name]) for name in names]

    async def token(self) -> str:
        """Make a token that may do everything."""
        async with Database.open(self.postgres.url, max_size=1) as database:
            _, secret = await Access(database, now).create("chaos", (Scope.ADMIN,))
            return secret

    async def restart_broker(self, number: signal.Signals) -> None:
        """End the broker (SIGKILL, or SIGTERM politely); it is back when this returns."""
        if number is signal.SIGKILL:
            self.broker_killed_at.append(time.monotonic())
        await _again(self.broker.service, number)

    async def restart_database(self, number: signal.Signals) -> None:
        """End the database, SIGKILL with every one of its processes, SIGINT politely; it is back when this returns."""
        await _again(self.postgres.service, number)

    async def restart_database_after_its_first_process(self) -> None:
        """Kill only the process that started all the others; these notice and end by themselves."""
        child = self.postgres.service.child
        assert child is not None
        send([child.pid], signal.SIGKILL)
        await _back(self.postgres.service, child)

    async def freeze(self, service: Service, seconds: float) -> None:
        """Stop a server with all its processes for a while."""
        child = service.child
        assert child is not None
        strike(child.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            strike(child.pid, signal.SIGCONT)


async def _again(service: Service, number: signal.Signals) -> None:
    child = service.child
    assert child is not None
    if number is signal.SIGKILL:
        strike(child.pid, number)
    else:
        send([child.pid], number)
    await _back(service, child)


async def _back(service: Service, child: Child) -> None:
    """Wait until another child has taken the place of this one."""
    await until(lambda: service.child is not None and service.child is not child and service.up.is_set())


def settings_for(broker: EmbeddedBroker, database_url: str) -> dict[str, str]:
    """Say what a backend must know, with the key that opens what lies sealed in this house's database."""
    return {
        "DATABASE_URL": database_url,
        "MQTT_HOST": broker.host,
        "MQTT_BACKEND_TLS_PORT": str(broker.inner_tls_port),
        "MQTT_USE_TLS": "true",
        "MQTT_CA_CERT": str(broker.ca_file),
        "MQTT_BACKEND_PASSWORD": broker.backend_password,
        "ENCRYPTION_KEY": ENCRYPTION_KEY.hex(),
        "TRUSTED_PROXIES": "127.0.0.1",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
    }
