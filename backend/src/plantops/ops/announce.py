"""Tells the home's network by zeroconf (mDNS) that PlantOps is here, so that Home Assistant finds it by itself.

What is told comes from the backend's own health answer: as long as none answers, or there is no network, nothing is
told, and nothing is complained about. Whatever changes (the installation, its version, this machine's addresses) is
told anew. Packets of multicast don't leave a container's bridge, so this runs on the host's own network.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import aiohttp
import ifaddr
import structlog
from aioplantops.events import SCHEMA_VERSION
from aioplantops.health import Health
from pydantic import ValidationError
from yarl import URL
from zeroconf import Error as ZeroconfError
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

SERVICE = "_plantops._tcp.local."
LOOK_SECONDS = 30.0
"""How often the backend is asked, and this machine's addresses are looked at."""
PATIENCE = 4
"""After so many looks in a row without an answer nobody is sent here any more: a restart is shorter."""
ASK = aiohttp.ClientTimeout(total=5.0)

_OF_CONTAINERS = re.compile(r"(docker|br-|veth|virbr|podman|cni|flannel|lxc|lxd|lo\b)")
"""Interfaces behind which only containers and virtual machines of this host are."""

type Addresses = Callable[[], Sequence[str]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told."""

    instance_id: UUID
    version: str
    addresses: tuple[str, ...]
    port: int
    https_port: int | None

    def service(self) -> AsyncServiceInfo:
        """Put it into the form of DNS: who looks for `_plantops._tcp` gets these addresses and this port."""
        told = {"id": str(self.instance_id), "version": self.version, "schema_version": str(SCHEMA_VERSION)}
        if self.https_port is not None:
            told["https"] = str(self.https_port)
        host = socket.gethostname().partition(".")[0] or "home"
        return AsyncServiceInfo(
            SERVICE,
            f"PlantOps on {host[:40]}.{SERVICE}",
            port=self.port,
            properties=told,
            # A name of our own: <host>.local belongs to the host's own responder.
            server=f"plantops-{self.instance_id.hex[:8]}.local.",
            parsed_addresses=list(self.addresses),
        )


def home_addresses() -> Sequence[str]:
    """List this machine's IPv4 addresses in the home's network: without loopback and containers' bridges."""
    adapters = [adapter for adapter in ifaddr.get_adapters() if not _OF_CONTAINERS.match(adapter.name)]
    found = {str(ip.ip) for adapter in adapters for ip in adapter.ips if ip.is_IPv4}
    return sorted(one for one in found if not one.startswith(("127.", "169.254.")))


@dataclass(slots=True)
class Announcer:
    """Looks after what is told."""

    url: URL
    https_port: int | None = None
    addresses: Addresses = home_addresses
    pause: float = LOOK_SECONDS
    told: Announcement | None = None
    """What the network hears now."""
    _unanswered: int = 0

    async def run(self) -> None:
        """Tell, until cancelled; what was told is then taken back."""
        while True:
            wanted = await self._wanted()
            if wanted is None:
                await asyncio.sleep(self.pause)
                continue
            try:
                async with _telling(wanted):
                    self.told = wanted
                    log.info("announced", service=SERVICE, addresses=wanted.addresses, port=wanted.port)
                    await self._until_other_than(wanted)
            except (OSError, ZeroconfError, TimeoutError) as error:
                log.debug("not_announced", reason=str(error) or type(error).__name__)
                await asyncio.sleep(self.pause)
            finally:
                self.told = None

    async def _until_other_than(self, told: Announcement) -> None:
        """Return when something else than this is to be told, or nothing."""
        while True:
            await asyncio.sleep(self.pause)
            if await self._wanted() != told:
                return

    async def _wanted(self) -> Announcement | None:
        """Find out what is to be told; a backend that is silent for a moment changes nothing."""
        places = tuple(self.addresses())
        health = await self._health() if places else None
        if health is not None and health.instance_id is not None:
            self._unanswered = 0
            return Announcement(health.instance_id, health.version, places, self.url.port or 80, self.https_port)
        self._unanswered += 1
        return self.told if places and self._unanswered < PATIENCE else None

    async def _health(self) -> Health | None:
        try:
            async with (
                aiohttp.ClientSession(timeout=ASK, trust_env=False) as session,
                session.get(self.url / "api/health") as answer,
            ):
                return Health.model_validate_json(await answer.read()) if answer.ok else None
        except aiohttp.ClientError, TimeoutError, ValidationError:
            return None


@asynccontextmanager
async def _telling(announcement: Announcement) -> AsyncIterator[None]:
    """Answer who asks, until the block ends; then say goodbye."""
    zeroconf = AsyncZeroconf(interfaces=list(announcement.addresses), ip_version=IPVersion.V4Only)
    try:
        await zeroconf.async_register_service(announcement.service(), allow_name_change=True)
        yield
    finally:
        try:
            await zeroconf.async_unregister_all_services()
        finally:
            await zeroconf.async_close()
            await asyncio.sleep(0)  # its sockets are closed in the loop's next turn
