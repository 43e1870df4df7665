"""Who may come to the broker: devices are approved, thrown out and let in again, and people's own accounts are made.

Only what is wanted is decided here; the holder of the ingest lease makes the broker agree within moments.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog
from aioplantops.errors import (
    BrokerAccountsExternal,
    DeviceNotFound,
    DeviceRevoked,
    Invalid,
    NameTaken,
    NoBrokerAccount,
    PlantOpsError,
)
from aioplantops.models import DeviceAccess, DeviceKind
from aioplantops.topics import ROOT
from aioplantops.wire import DEVICE_ID

from plantops.domain.reserved import BACKEND, HOME_ASSISTANT, is_reserved
from plantops.domain.topic_prefix import refusal
from plantops.ops.logs import Clock
from plantops.ops.vault import Vault
from plantops.storage import garden
from plantops.storage import registration as store
from plantops.storage.accounts import AccountKind, purpose
from plantops.storage.pool import Connection, Database
from plantops.storage.registration import Account, AccountLine, Introduction

from .news import News

PASSWORD_BYTES = 32

APPLY_SECONDS = 3.0
"""How long to wait until the broker has an account, so that a device's first attempt succeeds."""

FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS = 0.02, 0.2
"""Between two looks whether the broker has it: usually the first is enough, and many may wait while it is away."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms there are accounts, as the settings say."""

    managed: bool = True
    """Whether PlantOps keeps the broker's accounts at all."""
    manual_approval: bool = False
    """Whether a device that registers waits for a person."""
    backend: str = BACKEND
    """The backend's own account, whose name nobody gets."""
    apply_seconds: float = APPLY_SECONDS


@dataclass(frozen=True, slots=True)
class Office:
    """What everybody needs who deals with accounts."""

    database: Database
    vault: Vault
    terms: Terms
    news: News
    """Who wants to hear of changes."""
    clock: Clock
    """Aware UTC."""

    def seal(self, username: str, password: str) -> bytes:
        """Seal a password as the table of accounts keeps it."""
        return self.vault.seal(password, purpose(username))

    def check_managed(self) -> None:
        """Raise BrokerAccountsExternal where somebody else keeps the broker's accounts."""
        if not self.terms.managed:
            raise BrokerAccountsExternal


@dataclass(frozen=True, slots=True)
class Issued:
    """An account with its password, which is told this once."""

    account: Account
    password: str = field(repr=False)
    applied: bool
    """Whether the broker has it already."""

    @property
    def topic_prefix(self) -> str:
        """What all topics of the device begin with."""
        account = self.account
        return account.topic_prefix or account.username if account.kind is AccountKind.STOCK else own_tree(account)


def own_tree(account: Account) -> str:
    """Name the tree that belongs to a PlantOps node alone."""
    return f"{ROOT}/{account.username}"


def new_password() -> str:
    """Make a password of 256 random bits."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


class Accounts:
    """The list of those who may come in."""

    def __init__(self, office: Office) -> None:
        """Take what everybody needs."""
        self._office = office

    async def approve(self, device_id: str) -> bool:
        """Let a device in that waits; tell whether the broker knows. Raises DeviceRevoked for one thrown out."""
        return await self._set(device_id, DeviceAccess.ACTIVE, refused_from=DeviceAccess.REVOKED)

    async def revoke(self, device_id: str) -> bool:
        """Throw a device out, for good; tell whether the broker knows."""
        return await self._set(device_id, DeviceAccess.REVOKED)

    async def restore(self, device_id: str) -> bool:
        """Let a device in again, with the password that it had; tell whether the broker knows."""
        return await self._set(device_id, DeviceAccess.ACTIVE)

    async def renew(self, device_id: str) -> Issued:
        """Give a device another password; the old one is worthless. Raises DeviceRevoked."""
        self._office.check_managed()
        now, password = self._office.clock(), new_password()
        async with self._office.database.transaction("renew_credentials") as connection:
            await store.alone(connection)
            found = await self._account(connection, device_id)
            if found.state is DeviceAccess.REVOKED:
                raise DeviceRevoked
            changed = replace(found, password=self._office.seal(device_id, password), registered_with=None)
            changed = await store.change(connection, changed, now)
        log.info("device_credentials_renewed", device_id=device_id)
        return Issued(changed, password, await self.settled(changed))

    async def add_stock(self, name: str, prefix: str | None = None) -> Issued:
        """Make the account of a stock ESPHome node. Raises Invalid, NameTaken, BrokerAccountsExternal."""
        self._office.check_managed()
        self._check_name(name)
        if problem := refusal(prefix or name):
            raise Invalid(problem, errors=({"where": "prefix", "why": problem},))
        said = Introduction(name, DeviceKind.ESPHOME)
        return await self._add(name, AccountKind.STOCK, topic_prefix=prefix or name, said=said)

    async def home_assistant(self) -> Issued:
        """Make the account of Home Assistant's own MQTT integration, or give it another password."""
        self._office.check_managed()
        async with self._office.database.acquire("account") as connection:
            there = await store.account(connection, HOME_ASSISTANT)
        if there is None:
            return await self._add(HOME_ASSISTANT, AccountKind.HOME_ASSISTANT)
        now, password = self._office.clock(), new_password()
        changed = replace(there, state=DeviceAccess.ACTIVE, password=self._office.seal(HOME_ASSISTANT, password))
        async with self._office.database.transaction("renew_credentials") as connection:
            await store.alone(connection)
            changed = await store.change(connection, changed, now)
        return Issued(changed, password, await self.settled(changed))

    async def dismiss_home_assistant(self) -> bool:
        """Take Home Assistant's account away; tell whether the broker knows. Raises NoBrokerAccount."""
        self._office.check_managed()
        async with self._office.database.transaction("change_access") as connection:
            await store.alone(connection)
            there = await store.account(connection, HOME_ASSISTANT)
            if there is None:
                raise NoBrokerAccount("Home Assistant has no account at the broker.")
            changed = await store.change(connection, replace(there, state=DeviceAccess.REVOKED), self._office.clock())
        log.info("account_revoked", account=HOME_ASSISTANT)
        return await self.settled(changed)

    async def list(self) -> Sequence[AccountLine]:
        """List all devices and accounts, for the command line."""
        async with self._office.database.acquire("accounts") as connection:
            return await store.accounts(connection)

    async def settled(self, account: Account) -> bool:
        """Wait a moment until the broker has an account as it should be; tell whether it has."""
        if self._office.terms.apply_seconds <= 0.0:
            return False
        try:
            async with asyncio.timeout(self._office.terms.apply_seconds):
                pause = FIRST_LOOK_SECONDS
                while True:
                    async with self._office.database.acquire("account_applied") as connection:
                        if await store.is_applied(connection, account.username, account.version):
                            return True
                    await asyncio.sleep(pause)
                    pause = min(1.3 * pause, LONGEST_LOOK_SECONDS)
        except TimeoutError:
            return False

    async def _add(
        self, name: str, kind: AccountKind, *, topic_prefix: str | None = None, said: Introduction | None = None
    ) -> Issued:
        now, password = self._office.clock(), new_password()
        sealed = self._office.seal(name, password)
        async with self._office.database.transaction("add_account") as connection:
            await store.alone(connection)
            if await store.account(connection, name) is not None:
                raise NameTaken(f"There is an account “{name}” already; `plantops device list` shows all.")
            new = Account(name, kind, DeviceAccess.ACTIVE, sealed, now, topic_prefix=topic_prefix)
            made = await store.add(connection, new)
            if said is not None:
                await store.introduce(connection, said, now)
        if said is not None:
            self._office.news.device(name)
        log.info("account_added", account=name, kind=kind)
        return Issued(made, password, await self.settled(made))

    async def _set(self, device_id: str, state: DeviceAccess, *, refused_from: DeviceAccess | None = None) -> bool:
        self._office.check_managed()
        async with self._office.database.transaction("change_access") as connection:
            await store.alone(connection)
            found = await self._account(connection, device_id)
            if found.state is refused_from:
                raise DeviceRevoked
            changed = found
            if found.state is not state:
                changed = await store.change(connection, replace(found, state=state), self._office.clock())
        if changed is not found:
            self._office.news.device(device_id)
            log.info("device_access_changed", device_id=device_id, access=state, before=found.state)
        return await self.settled(changed)

    async def _account(self, connection: Connection, device_id: str) -> Account:
        found = await store.account(connection, device_id)
        if found is not None and found.kind is not AccountKind.HOME_ASSISTANT:
            return found
        if await garden.devices(connection, {}, [device_id]):
            raise NoBrokerAccount
        raise DeviceNotFound

    def _check_name(self, name: str) -> None:
        if re.fullmatch(DEVICE_ID, name) is None:
            raise wrong("name", "needs letters, digits, - and _ only, 64 at most")
        if is_reserved(name, self._office.terms.backend):
            raise wrong("name", "is a name that PlantOps keeps for itself")


def wrong(where: str, why: str) -> PlantOpsError:
    """Say what does not fit."""
    return Invalid(f"{where}: {why}.", errors=({"where": where, "why": why},))
