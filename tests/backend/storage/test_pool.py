"""The way to the store, also when the store is away."""

import asyncio
import re
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import pytest
from aioplantops.errors import Unavailable
from plantops.ops.metrics import Metrics
from plantops.storage.pool import Database


async def test_values_come_as_the_house_knows_them(database: str) -> None:
    async with Database.open(database) as store, store.acquire() as connection:
        row = await connection.fetchrow(
            "SELECT gen_random_uuid() AS id, now() AS at, $1::jsonb AS said, current_setting('TimeZone') AS zone",
            {"a": [1, None]},
        )
        assert row is not None
        assert isinstance(row["id"], UUID)
        assert row["at"].utcoffset().total_seconds() == 0
        assert row["said"] == {"a": [1, None]}
        assert row["zone"] == "UTC"


async def test_a_transaction_is_whole_or_nothing(database: str) -> None:
    async with Database.open(database) as store:
        with pytest.raises(ZeroDivisionError):
            await _fail_half_way(store)
        async with store.acquire() as connection:
            assert await connection.fetchval("SELECT to_regclass('leaf')") is None


async def _fail_half_way(store: Database) -> None:
    async with store.transaction() as connection:
        await connection.execute("CREATE TABLE leaf (id int)")
        raise ZeroDivisionError


async def test_time_is_counted_by_work(database: str) -> None:
    metrics = Metrics()
    async with Database.open(database, metrics=metrics) as store, store.acquire("water") as connection:
        await connection.execute("SELECT 1")
    assert metrics.registry.get_sample_value("plantops_database_seconds_count", {"work": "water"}) == 1


async def test_a_lost_connection_is_called_unavailable_and_heals(database: str) -> None:
    async with Database.open(database) as store:
        with pytest.raises(Unavailable):
            await _lose_connection(store)
        async with store.acquire() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def _lose_connection(store: Database) -> None:
    async with store.acquire() as connection:
        killer = await asyncpg.connect(store.url)
        await killer.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
        await killer.close()
        await connection.execute("SELECT 1")


async def test_a_wrong_statement_is_not_called_unavailable(database: str) -> None:
    async with Database.open(database) as store:
        with pytest.raises(asyncpg.UndefinedTableError):
            async with store.acquire() as connection:
                await connection.execute("SELECT * FROM nowhere")
        with pytest.raises(asyncpg.DataError):
            async with store.acquire() as connection:
                await connection.execute("SELECT $1::integer", "five")


async def test_a_database_that_is_away_is_called_so() -> None:
    with pytest.raises(Unavailable):
        async with Database.open("postgresql://nobody@127.0.0.1:1/none", patience_seconds=0.2):
            raise AssertionError


async def test_a_database_that_is_still_starting_is_waited_for(database: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = re.sub(r"host=[^&]*", f"host={folder}", database)
        opening = asyncio.create_task(_open_and_ask(elsewhere))
        await asyncio.sleep(0.3)
        assert not opening.done()
        real = parse_qs(urlsplit(database).query)
        await asyncio.to_thread(
            Path(folder, f".s.PGSQL.{real['port'][0]}").symlink_to, f"{real['host'][0]}/.s.PGSQL.{real['port'][0]}"
        )
        assert await opening == 1


async def _open_and_ask(url: str) -> object:
    async with Database.open(url) as store, store.acquire() as connection:
        return await connection.fetchval("SELECT 1")
