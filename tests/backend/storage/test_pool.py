"""The way to the store, also when the store is away."""

import asyncio
import re
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import pytest
from aioplantops.errors import Unavailable
from plantops.ops.embedded import EmbeddedPostgres
from plantops.ops.metrics import Metrics
from plantops.storage.pool import Database

from tests.chaos.processes import strike


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


async def test_who_is_told_to_end_ends_though_the_database_hangs(run_folder: Path) -> None:
    async with EmbeddedPostgres.open(run_folder / "hanging", durable=False) as postgres:
        assert postgres.pid is not None

        async def ask(database: Database) -> None:
            while True:  # as the loops do that go on after errors
                with suppress(Unavailable):
                    async with database.acquire() as connection:
                        await connection.execute("SELECT pg_sleep(3600)")

        async with Database.open(postgres.url) as database, Database.open(postgres.url) as other:
            asking = asyncio.create_task(ask(database))
            async with other.acquire() as connection:
                while not await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query ~ 'sleep.3600'"):
                    await asyncio.sleep(0.01)
            strike(postgres.pid, signal.SIGSTOP)
            try:
                asking.cancel()
                await asyncio.wait([asking], timeout=120)
            finally:
                strike(postgres.pid, signal.SIGCONT)
            assert asking.cancelled()
