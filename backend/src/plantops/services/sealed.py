"""Watching over what lies sealed in the database: can it be opened, and is it sealed with the newest key."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aioplantops.errors import PlantOpsError

from plantops.ops.vault import CannotOpen, Vault
from plantops.storage import sealed as store
from plantops.storage.pool import Database
from plantops.storage.sealed import SAMPLE, SEALED, SealedColumn

BATCH = 200
"""Rows read at once; each is written by itself, so that nobody waits for a long transaction."""


WORD = "PlantOps"
"""What the sample says."""
PASSWORD_BYTES = 32


class SecretsLocked(PlantOpsError):
    """Secrets in the database cannot be opened with the encryption keys given."""

    code = "secrets_locked"


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a change of keys did."""

    renewed: int
    """Values that are sealed with the current key now, and were not before."""
    current: int
    """Values that were sealed with it already."""
    replaced: tuple[str, ...] = ()
    """Whose values no key opened, so that they were replaced."""


async def check(database: Database, vault: Vault) -> None:
    """Make sure that stored secrets can be opened: one for each key that sealed any. Raises SecretsLocked.

    From the first start on there is a sample, so that whoever comes with another key is told before sealing anything.
    """
    async with database.acquire("sealed") as connection:
        await store.add_sample(connection, vault.seal(WORD, SAMPLE.purpose("sample")))
    tried: set[bytes] = set()
    async for column, key, value in _all(database):
        if (sealed_with := vault.key_of(value)) in tried:
            continue
        tried.add(sealed_with)
        _open(vault, column, key, value)


async def reseal(database: Database, vault: Vault, *, replace_lost: bool = False) -> Resealed:
    """Seal with the current key what an earlier one sealed. May be repeated, and run beside working backends.

    Raises SecretsLocked at the first value that no key opens, unless `replace_lost`: then it gets another value.
    What was done before that stays done.
    """
    renewed = current = 0
    replaced: list[str] = []
    async for column, key, value in _all(database):
        if vault.is_current(value):
            current += 1
            continue
        exchange = store.exchange
        try:
            text = _open(vault, column, key, value)
        except SecretsLocked:
            if not replace_lost:
                raise
            text, exchange = WORD if column is SAMPLE else secrets.token_urlsafe(PASSWORD_BYTES), store.replace
        async with database.acquire("reseal") as connection:
            done = await exchange(connection, column, key, value, vault.seal(text, column.purpose(key)))
        renewed += done
        if done and exchange is store.replace and column is not SAMPLE:
            replaced.append(key)
    return Resealed(renewed, current, tuple(replaced))


async def _all(database: Database) -> AsyncIterator[tuple[SealedColumn, str, bytes]]:
    for column in SEALED:
        after = ""
        while True:
            async with database.acquire("sealed") as connection:
                page = await store.values(connection, column, after, BATCH)
            for key, value in page:
                yield column, key, value
            if len(page) < BATCH:
                break
            after = page[-1][0]


def _open(vault: Vault, column: SealedColumn, key: str, value: bytes) -> str:
    try:
        return vault.open(value, column.purpose(key))
    except CannotOpen:
        raise SecretsLocked(
            f"The {column.what} in the database were sealed with another encryption key "
            f"({vault.key_of(value).hex()}) than those given (ENCRYPTION_KEY is {vault.current.hex()}). "
            "Put the key that was used before into ENCRYPTION_KEYS_OLD and start again; "
            "the page docs/operations.md tells how keys are changed."
        ) from None
