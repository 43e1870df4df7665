"""The encryption key changes under two running backends, as docs/operations.md tells, and no board notices."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from plantops import bootstrap
from plantops.app import open_house
from plantops.ops.vault import Vault
from plantops.services import sealed
from plantops.services.sealed import SecretsLocked
from plantops.settings import Settings
from plantops.storage.pool import Database
from pydantic import SecretStr

from tests.house.reception import is_let_in, reception, settings_for
from tests.servers import running_broker

OLD, NEW = (SecretStr(2 * 32 * digit) for digit in "ab")
MACS = ("a4cf12000001", "a4cf12000002", "a4cf12000003")


async def rotate(settings: Settings) -> int:
    """Do what `plantops rotate-encryption-key` does; tell how many were sealed anew."""
    async with bootstrap.open_store(settings) as database:
        return (await sealed.reseal(database, bootstrap.vault(settings))).renewed


async def sealed_with(url: str, vault: Vault) -> set[bool]:
    """Tell whether all passwords are sealed with a key."""
    async with Database.open(url, max_size=1) as database, database.acquire() as connection:
        rows = await connection.fetch("SELECT password FROM broker_account")
    return {vault.is_current(row["password"]) for row in rows}


async def test_a_rolling_change_of_keys(embedded_database: str, tmp_path: Path) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:

        def backend(**keys: object) -> Settings:
            return settings_for(embedded_database, broker, tmp_path, **keys)

        before, rolling = backend(encryption_key=OLD), backend(encryption_key=NEW, encryption_keys_old=(OLD,))
        async with AsyncExitStack() as house:
            first = await house.enter_async_context(reception(before, broker))
            await first.active.wait()
            later = AsyncExitStack()
            second = await later.enter_async_context(reception(rolling, broker))
            secret = await first.key()
            told = [await first.register(secret, MACS[0]), await second.register(secret, MACS[1])]
            assert await first.register(secret, MACS[0]) == told[0]
        async with later:
            await second.active.wait()
            told.append(await second.register(secret, MACS[2]))
            assert [await is_let_in(second.account(one)) for one in told] == [True] * 3
            assert await rotate(rolling) >= 1
            assert await rotate(rolling) == 0
            assert [await is_let_in(second.account(one)) for one in told] == [True] * 3
        assert await sealed_with(embedded_database, bootstrap.vault(backend(encryption_key=NEW))) == {True}
        with pytest.raises(SecretsLocked, match="ENCRYPTION_KEYS_OLD"):
            async with open_house(before, lambda: False):
                pass
        async with reception(backend(encryption_key=NEW), broker) as alone:
            await alone.active.wait()
            assert [await is_let_in(alone.account(one)) for one in told] == [True] * 3
