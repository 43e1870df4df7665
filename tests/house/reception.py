"""A whole backend with a broker of its own, to which boards come over HTTPS and then over MQTT with TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector
from aioplantops.client import PlantOpsClient
from aioplantops.models import Scope
from aioplantops.registration import DeviceCredentials, DeviceRegister, RegistrationKeyCreate
from plantops.api.listening import listening
from plantops.app import open_house
from plantops.mqtt.consumer import Consumer
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker
from plantops.services.access import Access
from plantops.settings import Settings
from plantops.storage.pool import Database
from pydantic import SecretStr
from virtualgarden.link import Account, Broker, Link, LinkLost

from tests.servers import PATIENCE_SECONDS, free_port, running_broker


@dataclass(slots=True)
class Reception:
    """A running backend, seen from outside."""

    broker: EmbeddedBroker
    settings: Settings
    client: PlantOpsClient
    """Over HTTPS, trusting the garden's own CA alone; may do everything."""
    active: asyncio.Event
    """Set when it holds the lease."""

    async def key(self, **wish: Any) -> str:
        """Make a registration key."""
        return (await self.client.create_registration_key(RegistrationKeyCreate(**wish))).registration_key

    async def register(self, secret: str, hardware_id: str, **more: Any) -> DeviceCredentials:
        """Register a board."""
        wish = DeviceRegister(registration_key=secret, hardware_id=hardware_id, **more)
        return await self.client.register(wish)

    def account(self, told: DeviceCredentials) -> Account:
        """Come to the broker as a board does with what it was told."""
        door = Broker(told.mqtt_host, told.mqtt_port, self.broker.ca_file, PATIENCE_SECONDS)
        return Account(door, told.device_id, told.mqtt_password)


def settings_for(url: str, broker: EmbeddedBroker, folder: Path, **more: Any) -> Settings:
    """Say what a backend needs to know; its key file and certificates lie in `folder`."""
    made = certificates.ensure(folder / "certs", datetime.now(UTC))
    return Settings(
        database_url=SecretStr(url),
        mqtt_host=broker.host,
        mqtt_port=broker.port,
        mqtt_tls_port=broker.tls_port,
        mqtt_backend_username=broker.backend_username,
        mqtt_backend_password=SecretStr(broker.backend_password),
        http_host="127.0.0.1",
        http_port=free_port(),
        https_port=free_port(),
        https_cert=made.server_file,
        https_key=made.server_key_file,
        plantops_data=folder,
        **more,
    )


@asynccontextmanager
async def reception(settings: Settings, broker: EmbeddedBroker) -> AsyncIterator[Reception]:
    """Run a backend until the block ends."""
    database = settings.database_address or ""
    async with Database.open(database, max_size=1) as store:
        _, token = await Access(store, lambda: datetime.now(UTC)).create("test", (Scope.ADMIN,))
    trust = ssl.create_default_context(cafile=str(broker.ca_file))
    async with (
        open_house(settings, lambda: False) as house,
        listening(house.api, settings),
        ClientSession(connector=TCPConnector(ssl=trust)) as session,
    ):
        client = PlantOpsClient(f"https://localhost:{settings.https_port}", token, session)
        running = asyncio.create_task(house.consumer.run())
        active = asyncio.Event()
        watching = asyncio.create_task(_watch(house.consumer, active))
        try:
            yield Reception(broker, settings, client, active)
        finally:
            for task in (running, watching):
                task.cancel()
            await asyncio.gather(running, watching, return_exceptions=True)


async def _watch(consumer: Consumer, active: asyncio.Event) -> None:
    while consumer.state.role != "active":
        await asyncio.sleep(0.01)
    active.set()


@asynccontextmanager
async def alone(url: str, folder: Path, variable: str = "PLANTOPS_MOSQUITTO", **more: Any) -> AsyncIterator[Reception]:
    """Run one backend with a broker of its own, until the block ends."""
    async with (
        running_broker(folder, variable) as broker,
        reception(settings_for(url, broker, folder, **more), broker) as running,
    ):
        await running.active.wait()
        yield running


async def is_let_in(account: Account) -> bool:
    """Tell whether the broker lets somebody in."""
    try:
        async with Link.open(account):
            return True
    except LinkLost:
        return False


async def until_thrown_off(link: Link) -> None:
    """Listen until the broker hangs up."""
    try:
        async for _ in link.words():
            pass
    except LinkLost:
        return
