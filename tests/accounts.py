"""Accounts for devices: as a registration leaves them, rows that a backend brings to the broker; or made by hand."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
from aioplantops.models import DeviceAccess
from plantops.mqtt import roles
from plantops.mqtt.accounts import Accounts, AccountsRefused
from plantops.mqtt.difference import Account
from plantops.mqtt.roles import Role
from plantops.ops.vault import Vault
from plantops.storage import accounts, registration
from plantops.storage.accounts import AccountKind
from plantops.storage.pool import prepare


class Administrator(Accounts):
    """Makes accounts at the broker by hand, for tests without a database."""

    async def ensure_device(self, device_id: str, password: str | None = None) -> str:
        """Make sure that a device has an account of its own; give its password.

        None makes a new random password, also for an account that exists. Raises ValueError for an impossible id.
        """
        return await self.ensure(device_id, password, roles.device(device_id), client_id=device_id)

    async def ensure_stock_node(
        self, node: str, password: str | None = None, *, prefix: str | None = None, client_id: str | None = None
    ) -> str:
        """Make sure that a stock ESPHome node has an account; `prefix` is its topic_prefix (None: its name)."""
        return await self.ensure(node, password, roles.stock_node(node, prefix or node), client_id=client_id or node)

    async def ensure(self, username: str, password: str | None, role: Role, *, client_id: str) -> str:
        """Make sure that an account exists with this password, this one role and this client id."""
        password = password or secrets.token_urlsafe(32)
        account = Account(username, client_id, role, password)
        for problem in (await self.settle([account], await self.look_at([account]))).values():
            raise AccountsRefused(problem)
        return password

    async def names(self) -> set[str]:
        """List the user names of all accounts."""
        return set((await self.look()).clients)


async def put(  # noqa: PLR0913 - by name
    connection: asyncpg.Connection[Any],
    vault: Vault,
    username: str,
    *,
    kind: AccountKind = AccountKind.DEVICE,
    state: DeviceAccess = DeviceAccess.ACTIVE,
    prefix: str | None = None,
    password: str | None = None,
) -> str:
    """Write an account into the database, with a new password or the one given; give the password."""
    password = password or secrets.token_urlsafe(32)
    sealed = vault.seal(password, accounts.purpose(username))
    now = datetime.now(UTC)
    there = await registration.account(connection, username)
    if there is None:
        new = registration.Account(username, kind, state, sealed, now, topic_prefix=prefix)
        await registration.add(connection, new)
    else:
        await registration.change(connection, replace(there, state=state, password=sealed), now)
    return password


async def until_applied(connection: asyncpg.Connection[Any]) -> None:
    """Wait until the broker has every account as it should be."""
    async with asyncio.timeout(60):
        while await accounts.to_apply(connection):
            await asyncio.sleep(0.01)


async def enrol(database_url: str, encryption_key: bytes, names: Iterable[str]) -> dict[str, str]:
    """Give devices accounts at the broker, through a backend that runs; give their passwords."""
    vault = Vault(encryption_key)
    connection = await asyncpg.connect(database_url)
    try:
        await prepare(connection)
        passwords = {name: await put(connection, vault, name) for name in names}
        await until_applied(connection)
    finally:
        await connection.close()
    return passwords
