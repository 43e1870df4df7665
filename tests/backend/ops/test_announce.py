"""Being found in the network: real zeroconf on the loopback interface, and a backend that comes, changes and goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import ifaddr
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aioplantops.health import DatabaseHealth, Health, HealthState, IngestHealth, Role
from plantops.ops.announce import SERVICE, Announcer, home_addresses
from yarl import URL
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

HERE = "127.0.0.1"
PAUSE = 0.05


@dataclass
class House:
    """A backend's health, which a test may change."""

    instance_id: UUID = field(default_factory=uuid4)
    version: str = "1.0.0"
    answers: bool = True

    async def health(self, _: web.Request) -> web.Response:
        """Answer as the backend does."""
        if not self.answers:
            raise web.HTTPServiceUnavailable
        health = Health(
            status=HealthState.OK,
            instance_id=self.instance_id,
            version=self.version,
            time=datetime.now(UTC),
            uptime_seconds=1,
            database=DatabaseHealth(reachable=True),
            ingest=IngestHealth(role=Role.ACTIVE, mqtt_connected=True, queue_depth=0),
            stream_clients=0,
            clock_sane=True,
        )
        return web.json_response(text=health.model_dump_json())


@dataclass
class Listener:
    """Somebody in the network who looks for PlantOps, as Home Assistant does."""

    zeroconf: AsyncZeroconf
    found: set[str] = field(default_factory=set)

    def note(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:  # noqa: ARG002
        """Take what the browser tells."""
        if state_change is ServiceStateChange.Removed:
            self.found.discard(name)
        else:
            self.found.add(name)

    async def look(self, house: House) -> AsyncServiceInfo:
        """Wait until the house is found as it is now."""
        while True:
            for name in tuple(self.found):
                info = AsyncServiceInfo(SERVICE, name)
                await info.async_request(self.zeroconf.zeroconf, 1000)
                properties = info.decoded_properties
                if (properties.get("id"), properties.get("version")) == (str(house.instance_id), house.version):
                    return info
            await asyncio.sleep(PAUSE)

    async def gone(self, name: str) -> None:
        """Wait until this is not found any more (other tests on this machine may announce theirs)."""
        while name in self.found:
            await asyncio.sleep(PAUSE)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """Look for PlantOps until the block ends."""
    listener = Listener(AsyncZeroconf(interfaces=[HERE], ip_version=IPVersion.V4Only))
    browser = AsyncServiceBrowser(listener.zeroconf.zeroconf, SERVICE, handlers=[listener.note])
    try:
        yield listener
    finally:
        await browser.async_cancel()
        await listener.zeroconf.async_close()
        await asyncio.sleep(0)


@asynccontextmanager
async def announced(house: House, addresses: list[str]) -> AsyncIterator[Announcer]:
    """Run a house and who announces it."""
    app = web.Application()
    app.router.add_get("/api/health", house.health)
    async with TestServer(app) as server:
        announcer = Announcer(URL(str(server.make_url("/"))), 8443, addresses=lambda: addresses, pause=PAUSE)
        running = asyncio.create_task(announcer.run())
        try:
            yield announcer
        finally:
            running.cancel()
            await asyncio.wait({running})


async def test_the_house_is_found_with_what_a_client_needs_and_leaves_politely() -> None:
    house = House()
    async with listening() as listener:
        async with announced(house, [HERE]) as announcer:
            info = await listener.look(house)
            assert info.parsed_addresses() == [HERE]
            assert info.port == announcer.url.port
            assert info.decoded_properties["https"] == "8443"
            assert info.decoded_properties["schema_version"] == "1"
            assert info.server == f"plantops-{house.instance_id.hex[:8]}.local."
        await listener.gone(info.name)


async def test_a_new_version_and_another_installation_are_told_anew() -> None:
    house = House()
    async with listening() as listener, announced(house, [HERE]):
        await listener.look(house)
        house.version = "1.1.0"
        await listener.look(house)
        house.instance_id = uuid4()
        await listener.look(house)


async def test_a_backend_that_is_away_for_a_moment_is_still_told_and_one_that_stays_away_is_not() -> None:
    house = House(answers=False)
    async with listening() as listener, announced(house, [HERE]) as announcer:
        await asyncio.sleep(4 * PAUSE)
        assert announcer.told is None
        house.answers = True
        info = await listener.look(house)
        house.answers = False
        await listener.gone(info.name)


async def test_without_a_network_it_waits_quietly(caplog: pytest.LogCaptureFixture) -> None:
    house, addresses = House(), list[str]()
    async with listening() as listener, announced(house, addresses) as announcer:
        await asyncio.sleep(4 * PAUSE)
        assert announcer.told is None
        addresses.append(HERE)
        await listener.look(house)
    assert caplog.records == []


def test_bridges_of_containers_are_not_the_home_network() -> None:
    every = {str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4}
    assert set(home_addresses()) <= every - {HERE}
