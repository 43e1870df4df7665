"""The whole stack: nginx in front, two backends with the settings that Compose gives them, broker and TimescaleDB.

Both backends listen on the same port, as two containers do: on 127.0.0.1 and 127.0.0.2. nginx finds them by the one
name `backend`, at a DNS server that tests change while everything runs.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aioplantops.health import Role

from tests.chaos.backend import Backend
from tests.house.stack.composed import composed
from tests.house.stack.front import Front, Ports
from tests.house.stack.names import Names
from tests.production_broker import ProductionBroker, production_broker
from tests.servers import free_port

SERVICE = "backend"
LOOK_SECONDS = 0.02
HOSTS = ("127.0.0.1", "127.0.0.2")


def env_prod() -> str:
    """Write an .env.prod as a careful person would."""
    return (
        "POSTGRES_USER=plantops\nPOSTGRES_DB=plantops\n"
        f"POSTGRES_PASSWORD={secrets.token_urlsafe(32)}\n"
        f"MQTT_BACKEND_PASSWORD={secrets.token_urlsafe(32)}\n"
        f"ENCRYPTION_KEY={secrets.token_hex(32)}\n"
    )


@dataclass(slots=True)
class Stack:
    """What runs, and the names that it is found by."""

    front: Front
    names: Names
    backends: tuple[Backend, Backend]
    """The first one runs, the second one is not started."""
    broker: ProductionBroker
    ca_file: Path

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, database_url: str) -> AsyncIterator[Stack]:
        """Open everything; the first backend stores, the second is at hand."""
        async with AsyncExitStack() as stack:
            broker = await stack.enter_async_context(production_broker(folder, "PLANTOPS_MOSQUITTO"))
            ports = Ports.free()
            settings = await _settings(folder / "compose", broker, database_url, https_port=ports.https)
            names = await stack.enter_async_context(Names.open())
            port = free_port(HOSTS[1])
            first, second = [
                await stack.enter_async_context(Backend.at_hand(name, folder, settings, host=host, port=port))
                for name, host in zip(("first", "second"), HOSTS, strict=True)
            ]
            opening = Front.open(
                folder / "front", ports, certificates=folder / "certs", resolver=names.port, backend_port=port
            )
            front = await stack.enter_async_context(opening)
            yield cls(front, names, (first, second), broker, broker.ca_file)

    async def start(self, backend: Backend, role: Role) -> None:
        """Start a backend, and let it be found once it is ready; nginx has asked it when this returns."""
        await backend.start()
        await backend.until(role)
        said = len(self.front.requests.read_text())
        self.names.addresses[SERVICE] = [*self.names.addresses.get(SERVICE, []), backend.host]
        async with aiohttp.ClientSession() as session:
            while f'"backend":"{backend.host}:{backend.port}"' not in self.front.requests.read_text()[said:]:
                async with session.get(f"http://127.0.0.1:{self.front.ports.api}/api/health"):
                    await asyncio.sleep(LOOK_SECONDS)

    async def stop(self, backend: Backend) -> None:
        """Stop a backend as Docker does: it is told to end while it can still be found, and then its name goes."""
        await backend.stop()
        self.names.addresses[SERVICE] = [each for each in self.names.addresses[SERVICE] if each != backend.host]


async def _settings(folder: Path, broker: ProductionBroker, database_url: str, *, https_port: int) -> dict[str, str]:
    """Take the settings of the service backend, with this test's places in them."""
    composition = await composed(folder, env_prod())
    settings: dict[str, str] = composition["services"][SERVICE]["environment"]
    return {
        **settings,
        "DATABASE_URL": database_url,
        "HTTPS_PORT": str(https_port),
        "MQTT_HOST": "localhost",
        "MQTT_TLS_PORT": str(broker.tls_port),
        "MQTT_BACKEND_TLS_PORT": str(broker.inner_tls_port),
        "MQTT_BACKEND_PASSWORD": broker.secret,
        "MQTT_CA_CERT": str(broker.ca_file),
        "CERTIFICATES": str(broker.ca_file.parent),
        "TRUSTED_PROXIES": "127.0.0.1",
    }
