"""How devices come in: registering, the keys for it, and what a person with the scope `admin` may do about a device."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from aioplantops.errors import LoginBlocked, PlantOpsError, RegistrationKeyInvalid, TlsRequired
from aioplantops.models import Device, Page
from aioplantops.registration import (
    DeviceCredentials,
    DeviceRegister,
    RegistrationKey,
    RegistrationKeyCreate,
    RegistrationKeyCreated,
    RegistrationPlace,
)
from aioplantops.wire import Request
from pydantic import Field

from plantops.services.accounts import Issued
from plantops.services.patience import neighbourhood

from .call import DEVICE, KEY, Call
from .keys import ACCOUNTS, CLOCK, GARDEN, LIMITER, RECEPTION, REGISTRATION, REGISTRATION_KEYS, TRUSTED
from .limits import Rate


class RegistrationKeyQuery(Request):
    """Which part of the list of registration keys."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100
    """Keys in one answer."""
    cursor: UUID | None = None
    """`next` of the part before; absent: from the oldest on."""


async def register(call: Call[DeviceRegister]) -> DeviceCredentials:
    """Give a device its account at the broker, for a registration key.

    Asking again within a minute gives the same answer, later another password.
    """
    registration, wish = call.app[REGISTRATION], call.body
    try:
        call.app[RECEPTION].check_way(call.request, call.app[TRUSTED])
        key = await registration.admit(wish, call.address)
    except (TlsRequired, RegistrationKeyInvalid, LoginBlocked) as error:
        registration.refused(error, wish.hardware_id, call.address)
        await _count(call.app, neighbourhood(call.address))
        raise
    await _count(call.app, str(key.id))
    host = _broker_host(call)  # who cannot be told where the broker is gets no password, and loses none
    return _credentials(call, host, await registration.register(wish, call.address))


async def misfit(request: web.Request, address: str, error: PlantOpsError) -> None:
    """Count what does not even fit as any other refusal, and let it have an end as wrong keys have."""
    request.app[REGISTRATION].refused(error, None, address)
    await _count(request.app, neighbourhood(address))


async def _count(app: web.Application, who: str) -> None:
    await app[LIMITER].count(Rate.REGISTER, who, app[CLOCK]())


async def approve(call: Call) -> Device:
    """Let a device in that waits for it."""
    await call.app[ACCOUNTS].approve(call.at(DEVICE))
    return await call.app[GARDEN].device(call.at(DEVICE))


async def revoke(call: Call) -> Device:
    """Throw a device off the broker. It cannot come back by registering."""
    await call.app[ACCOUNTS].revoke(call.at(DEVICE))
    return await call.app[GARDEN].device(call.at(DEVICE))


async def restore(call: Call) -> Device:
    """Let a device in again that was thrown out, with the password that it had."""
    await call.app[ACCOUNTS].restore(call.at(DEVICE))
    return await call.app[GARDEN].device(call.at(DEVICE))


async def renew(call: Call) -> DeviceCredentials:
    """Give a device another password and show it, this once; the old one is worthless."""
    host = _broker_host(call)
    return _credentials(call, host, await call.app[ACCOUNTS].renew(call.at(DEVICE)))


async def list_keys(call: Call[None, RegistrationKeyQuery]) -> Page[RegistrationKey]:
    """List the registration keys, useless ones too; secrets are shown nowhere."""
    return await call.app[REGISTRATION_KEYS].page(call.query.limit, call.query.cursor)


async def create_key(call: Call[RegistrationKeyCreate]) -> RegistrationKeyCreated:
    """Make a registration key and show its secret, this once."""
    wish = call.body
    keys = call.app[REGISTRATION_KEYS]
    key, secret = await keys.create(wish.name, once=wish.once, expires_at=wish.expires_at)
    return RegistrationKeyCreated(**dict(key), registration_key=secret)


async def revoke_key(call: Call) -> None:
    """Make a registration key worthless at once. Devices that registered with it stay."""
    await call.app[REGISTRATION_KEYS].revoke(call.at(KEY))


async def place(call: Call) -> RegistrationPlace:
    """Tell what a device must be given beside its key: where to register, where the broker is, whom to trust."""
    return await asyncio.to_thread(call.app[RECEPTION].place, _broker_host(call))


def _broker_host(call: Call[Any]) -> str:
    return call.app[RECEPTION].broker_host(call.request, call.app[TRUSTED])


def _credentials(call: Call[Any], host: str, issued: Issued) -> DeviceCredentials:
    account = issued.account
    return DeviceCredentials(
        device_id=account.username,
        status=account.state,
        mqtt_host=host,
        mqtt_port=call.app[RECEPTION].mqtt_port,
        mqtt_username=account.username,
        mqtt_password=issued.password,
        topic_prefix=issued.topic_prefix,
    )
