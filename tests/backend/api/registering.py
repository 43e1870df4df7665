"""Registering as a device does, and making keys for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession
from aioplantops.client import PlantOpsClient
from aioplantops.models import Scope
from aioplantops.registration import DeviceRegister, RegistrationKeyCreate

from tests.backend.api.conftest import PATIENCE, House

HTTPS = {"X-Forwarded-Proto": "https"}
"""What a proxy says that speaks TLS with the device."""
MAC = "a4cf123fa2c1"


@asynccontextmanager
async def asking(house: House, **headers: str) -> AsyncIterator[PlantOpsClient]:
    """Open a client that comes through a TLS proxy."""
    async with ClientSession(headers=HTTPS | headers) as session:
        yield PlantOpsClient(house.client.make_url("/"), house.tokens[Scope.ADMIN], session, timeout_seconds=PATIENCE)


async def key(client: PlantOpsClient, **wish: Any) -> str:
    return (await client.create_registration_key(RegistrationKeyCreate(**wish))).registration_key


def said(secret: str, hardware_id: str = MAC, **more: Any) -> DeviceRegister:
    return DeviceRegister(registration_key=secret, hardware_id=hardware_id, **more)


async def counted(house: House) -> dict[str, float]:
    (family,) = house.metrics.registrations.collect()
    return {one.labels["result"]: one.value for one in family.samples if one.name.endswith("_total")}
