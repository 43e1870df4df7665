"""Changing the encryption key: nothing is lost, the old key is needed no more, and a wrong key is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from plantops import bootstrap
from plantops.ops.folder import key_file
from plantops.ops.supervision import ServiceFailed
from plantops.ops.vault import Vault
from plantops.services import sealed
from plantops.services.sealed import BATCH, Resealed, SecretsLocked
from plantops.settings import Settings
from plantops.storage.pool import Database
from plantops.storage.sealed import SEALED, exchange, values
from pydantic import SecretStr

OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
MANY = 2 * BATCH + 7


@pytest.fixture
async def store(database: str) -> AsyncIterator[Database]:
    """Give a store with more sealed passwords than are read at once, and never two of one device."""
    async with Database.open(database) as opened:
        await sealed.check(opened, Vault(OLD))
        await keep(opened, Vault(OLD), range(MANY))
        yield opened


async def keep(store: Database, vault: Vault, numbers: range) -> None:
    """Keep the password "secret N" for the account plant-N."""
    now = datetime.now(UTC)
    rows = [(name := f"plant-{n:06x}", vault.seal(f"secret {n}", f"broker_account:{name}"), now) for n in numbers]
    async with store.acquire() as connection:
        await connection.executemany(
            "INSERT INTO broker_account (username, kind, state, password, registered_at, changed_at) "
            "VALUES ($1, 'device', 'active', $2, $3, $3)",
            rows,
        )


async def opened(store: Database, vault: Vault) -> list[str]:
    async with store.acquire() as connection:
        rows = await connection.fetch("SELECT username, password FROM broker_account ORDER BY username")
    return [vault.open(row["password"], f"broker_account:{row['username']}") for row in rows]


async def test_a_change_of_keys_seals_everything_anew_and_may_be_repeated(store: Database) -> None:
    both = Vault(NEW, [OLD])
    await sealed.check(store, both)
    assert await sealed.reseal(store, both) == Resealed(renewed=MANY + 1, current=0)
    assert await sealed.reseal(store, both) == Resealed(renewed=0, current=MANY + 1)
    assert await opened(store, Vault(NEW)) == [f"secret {n}" for n in range(MANY)]
    await sealed.check(store, Vault(NEW))
    with pytest.raises(SecretsLocked):
        await sealed.check(store, Vault(OLD))


async def test_two_at_once_seal_each_value_once(store: Database) -> None:
    both = Vault(NEW, [OLD])
    first, second = await asyncio.gather(sealed.reseal(store, both), sealed.reseal(store, both))
    assert first.renewed + second.renewed == MANY + 1
    assert await opened(store, Vault(NEW)) == [f"secret {n}" for n in range(MANY)]


async def test_what_a_backend_writes_meanwhile_is_not_written_over(store: Database) -> None:
    column = SEALED[1]
    async with store.acquire() as connection:
        ((key, before),) = await values(connection, column, "plant-000002", 1)
        fresh = Vault(OLD).seal("changed meanwhile", column.purpose(key))
        assert await exchange(connection, column, key, before, fresh)
        assert not await exchange(connection, column, key, before, Vault(NEW).seal("secret 3", column.purpose(key)))
    await sealed.reseal(store, Vault(NEW, [OLD]))
    assert (await opened(store, Vault(NEW)))[3] == "changed meanwhile"


async def test_a_key_that_is_missing_is_told_with_the_way_out(store: Database) -> None:
    await keep(store, Vault(OTHER), range(MANY, MANY + 1))
    with pytest.raises(SecretsLocked, match=r"passwords of broker accounts .* ENCRYPTION_KEYS_OLD"):
        await sealed.check(store, Vault(NEW, [OLD]))
    with pytest.raises(SecretsLocked):
        await sealed.reseal(store, Vault(NEW, [OLD]))
    assert (await sealed.reseal(store, Vault(NEW, [OLD, OTHER]))).renewed == 1, "what was done stays done"


async def test_who_comes_with_another_key_is_told_before_anything_is_sealed(database: str) -> None:
    async with Database.open(database) as store:
        await sealed.check(store, Vault(OLD))
        with pytest.raises(SecretsLocked, match=r"secrets in the database were sealed with another encryption key"):
            await sealed.check(store, Vault(NEW))
        await sealed.check(store, Vault(NEW, [OLD]))


async def test_a_lost_key_costs_the_passwords_and_nothing_else(store: Database) -> None:
    await keep(store, Vault(NEW), range(MANY, MANY + 1))
    done = await sealed.reseal(store, Vault(NEW), replace_lost=True)
    assert done == Resealed(renewed=MANY + 1, current=1, replaced=tuple(f"plant-{n:06x}" for n in range(MANY)))
    await sealed.check(store, Vault(NEW))
    told = await opened(store, Vault(NEW))
    assert told[-1] == f"secret {MANY}", "what could be opened stays"
    assert len({*told}) == MANY + 1
    assert not {f"secret {n}" for n in range(MANY)} & {*told}
    async with store.acquire() as connection:
        versions = await connection.fetch("SELECT version, count(*) FROM broker_account GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in versions] == [(1, 1), (2, MANY)], "the broker is told"


def test_without_a_key_one_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(plantops_data=tmp_path / "data")
    file = tmp_path / "data" / "encryption.key"
    first = bootstrap.vault(settings)
    assert bootstrap.vault(settings).current == first.current
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["encryption.key"]

    given = bootstrap.vault(settings.model_copy(update={"encryption_key": SecretStr(NEW.hex())}))
    assert given.open(first.seal("told", "x"), "x") == "told", "the file still opens what it sealed"
    assert given.current == Vault(NEW).current

    file.write_text("no key\n")
    with pytest.raises(ServiceFailed, match="64 hexadecimal digits"):
        bootstrap.vault(settings)
    assert file.read_text() == "no key\n"


async def test_of_two_that_make_the_key_at_once_both_use_the_same(tmp_path: Path) -> None:
    made = await asyncio.gather(*(asyncio.to_thread(key_file, tmp_path / "key", 32) for _ in range(8)))
    assert len(set(made)) == 1
