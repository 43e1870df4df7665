"""How a new device comes in: it shows a key and its MAC address, and gets a name and an account at the broker.

A device that asks again because the answer was lost gets the same answer; one that asks later gets a new password, and
whoever used the old one is thrown off the broker. What was thrown out by a person stays out.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from aioplantops.errors import (
    DeviceRevoked,
    GardenFull,
    NameTaken,
    PlantOpsError,
    RegistrationKeyInvalid,
)
from aioplantops.models import DeviceAccess, DeviceKind
from aioplantops.registration import DeviceRegister, RegistrationKey

from plantops.domain.reserved import is_reserved
from plantops.ops.logs import Throttle
from plantops.ops.metrics import Metrics
from plantops.ops.vault import CannotOpen
from plantops.storage import registration as store
from plantops.storage.accounts import AccountKind, purpose
from plantops.storage.pool import Connection
from plantops.storage.registration import Account, Introduction

from .accounts import Accounts, Issued, Office, new_password, wrong
from .patience import Patience
from .registration_keys import judge
from .registry import MOST_DEVICES

SAME_ANSWER = timedelta(seconds=60)
"""So long after a registration the same key and device get the same answer again: the first one was lost."""

NAME_LENGTH = 64
SHORT = 6
"""Digits of a MAC address that tell boards of one maker apart."""

log = structlog.get_logger()


class Outcome(StrEnum):
    """What became of a registration that was not refused."""

    NEW = "new"
    RENEWED = "renewed"
    """A known device got another password."""
    REPEATED = "repeated"
    """The same answer once more."""


class Registration:
    """The reception."""

    def __init__(self, office: Office, accounts: Accounts, metrics: Metrics) -> None:
        """Take what everybody needs, who waits for the broker, and where to count."""
        self._office = office
        self._accounts = accounts
        self._metrics = metrics
        self._patience = Patience()
        self._throttle = Throttle(office.clock)

    async def admit(self, wish: DeviceRegister, address: str) -> RegistrationKey:
        """Give the key that a device shows.

        Raises RegistrationKeyInvalid, or LoginBlocked when that happens too often from one address.
        """
        async with self._office.database.acquire("check_registration_key") as connection:
            now = self._office.clock()
            try:
                key = await judge(connection, wish.registration_key, wish.hardware_id, now)
            except RegistrationKeyInvalid as error:
                await self._patience.refuse(connection, address, now, error)
            await self._patience.forgive(connection, address)
        return key

    async def register(self, wish: DeviceRegister, address: str) -> Issued:
        """Give a device its account, for a key that was good a moment ago.

        Raises DeviceRevoked, Invalid for a name that is not for devices, GardenFull, BrokerAccountsExternal, and
        RegistrationKeyInvalid when another device was quicker.
        """
        try:
            account, password, outcome = await self._register(wish)
        except PlantOpsError as error:
            self.refused(error, wish.hardware_id, address)
            raise
        self._metrics.registrations.labels(outcome).inc()
        self._office.news.device(account.username)
        log.info(
            "device_registered",
            device_id=account.username,
            hardware_id=wish.hardware_id,
            outcome=outcome,
            access=account.state,
            address=address,
        )
        return Issued(account, password, await self._accounts.settled(account))

    def refused(self, error: PlantOpsError, hardware_id: str | None, address: str) -> None:
        """Count a refusal, and log it: once a minute for each address and reason."""
        self._metrics.registrations.labels(error.code).inc()
        if (times := self._throttle.count("registration_refused", f"{address} {error.code}")) is not None:
            log.warning(
                "registration_refused",
                reason=error.code,
                detail=error.detail,
                hardware_id=hardware_id,
                address=address,
                times=times,
            )

    async def _register(self, wish: DeviceRegister) -> tuple[Account, str, Outcome]:
        self._office.check_managed()
        if wish.name is not None and is_reserved(wish.name, self._office.terms.backend):
            raise wrong("name", "is a name that PlantOps keeps for itself")
        async with self._office.database.transaction("register") as connection:
            await store.alone(connection)
            now = self._office.clock()
            key = await judge(connection, wish.registration_key, wish.hardware_id, now)
            known = await store.account_of_hardware(connection, wish.hardware_id)
            if known is None:
                return await self._welcome(connection, wish, key, now)
            return await self._greet(connection, known, wish, key, now=now)

    async def _welcome(
        self, connection: Connection, wish: DeviceRegister, key: RegistrationKey, now: datetime
    ) -> tuple[Account, str, Outcome]:
        """Give a device that nobody knows a name and an account."""
        if await store.how_many_devices(connection) >= MOST_DEVICES:
            raise GardenFull
        password = new_password()
        name = await self._choose_name(connection, wish)
        new = Account(
            name,
            AccountKind.DEVICE,
            DeviceAccess.PENDING if self._office.terms.manual_approval else DeviceAccess.ACTIVE,
            self._office.seal(name, password),
            now,
            hardware_id=wish.hardware_id,
            registered_with=key.id,
        )
        made = await store.add(connection, new)
        await self._note(connection, name, wish, key, now=now)
        return made, password, Outcome.NEW

    async def _greet(
        self, connection: Connection, known: Account, wish: DeviceRegister, key: RegistrationKey, *, now: datetime
    ) -> tuple[Account, str, Outcome]:
        """Give a known device the answer that it lost, or another password.

        Only the key and a MAC address vouch for it, so where a person approves devices one approves it again.
        """
        if known.state is DeviceAccess.REVOKED:
            raise DeviceRevoked
        if known.registered_with == key.id and now - known.registered_at <= SAME_ANSWER:
            try:
                return known, self._office.vault.open(known.password, purpose(known.username)), Outcome.REPEATED
            except CannotOpen:  # sealed by another backend, with a key that this one will be told of
                log.warning("password_not_opened", device_id=known.username)
        password = new_password()
        changed = replace(
            known,
            state=DeviceAccess.PENDING if self._office.terms.manual_approval else known.state,
            password=self._office.seal(known.username, password),
            registered_with=key.id,
            registered_at=now,
        )
        changed = await store.change(connection, changed, now)
        await self._note(connection, known.username, wish, key, now=now)
        return changed, password, Outcome.RENEWED

    async def _note(
        self, connection: Connection, name: str, wish: DeviceRegister, key: RegistrationKey, *, now: datetime
    ) -> None:
        await store.key_was_used(connection, key.id, wish.hardware_id, now)
        said = Introduction(name, DeviceKind.PLANTOPS, wish.friendly_name, wish.hardware_id, wish.model, wish.firmware)
        await store.introduce(connection, said, now)

    async def _choose_name(self, connection: Connection, wish: DeviceRegister) -> str:
        names = [name for name in _names(wish) if not is_reserved(name, self._office.terms.backend)]
        taken = await store.taken(connection, names, wish.hardware_id)
        free = next((name for name in names if name not in taken), None)
        if free is None:
            raise NameTaken
        return free


def _names(wish: DeviceRegister) -> Iterator[str]:
    """Give the names that a device may get, the best first."""
    beginnings = ["plant"]
    if wish.name is not None:
        yield wish.name
        beginnings.insert(0, wish.name)
    for beginning in beginnings:
        for end in (wish.hardware_id[-SHORT:], wish.hardware_id):
            yield f"{beginning[: NAME_LENGTH - 1 - len(end)]}-{end}"
