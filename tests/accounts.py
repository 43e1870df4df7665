"""Accounts for devices as a registration leaves them: rows in the database, which a backend brings to the broker."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
from aioplantops.models import DeviceAccess
from plantops.ops.vault import Vault
from plantops.storage import accounts, registration
from plantops.storage.accounts import AccountKind
from plantops.storage.pool import prepare


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
