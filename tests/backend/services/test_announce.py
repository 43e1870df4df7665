"""Two backends, one garden: clients of either hear what happens at the other, also after the line was cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aioplantops.models import DeviceStatus, PlantChange, PlantCreate
from plantops.services import announce
from plantops.services.announce import Announcer, Note
from plantops.services.listener import Farewell
from plantops.services.plants import Plants
from plantops.storage.pubsub import PubSub

from tests.backend.services.intake import NOON
from tests.backend.services.listening import PATIENCE, Listening, agree, until
from tests.backend.services.rooms import SOIL, Rooms

HOUR = timedelta(hours=1)


@dataclass
class Replica:
    """One of several backends."""

    rooms: Rooms
    news: Announcer
    plants: Plants


@asynccontextmanager
async def replica(url: str) -> AsyncIterator[Replica]:
    """Run a backend that announces."""
    async with Rooms.open(url) as rooms, Announcer.open(url, rooms.hub) as news:
        await asyncio.wait_for(news.connected.wait(), PATIENCE)
        yield Replica(rooms, news, Plants(rooms.database, rooms.garden, news=news, clock=rooms.clock))


@pytest.fixture
async def replicas(database: str) -> AsyncIterator[list[Replica]]:
    """Run two backends on each kind of database."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(replica(database)) for _ in range(2)]


async def test_clients_hear_what_the_other_backend_does(replicas: list[Replica]) -> None:
    here, there = replicas
    await here.rooms.store("plant-1", [("soil_moisture", NOON - HOUR, 40.0)])
    channel = await here.rooms.channel("plant-1")
    both = [Listening(here.rooms), Listening(there.rooms)]
    async with asyncio.TaskGroup() as tasks:
        listening = [tasks.create_task(one.run()) for one in both]
        for one in both:
            await one.joined.wait()
        plant = await here.rooms.plant()
        here.news.plant(plant.id)
        await here.plants.change(plant.id, PlantChange(name="Told"))
        await there.rooms.assign(plant.id, channel, NOON - 2 * HOUR)
        there.news.plant(plant.id)
        await agree(here.rooms, both)
        await here.rooms.store("plant-1", [("soil_moisture", NOON, 41.0)])
        here.news.readings("plant-1", NOON, {channel: (NOON, 41.0)})
        await agree(here.rooms, both)
        value = both[1].heard.garden.value(plant.id, SOIL)
        assert value is not None
        assert value.value == 41.0
        async with here.rooms.database.acquire() as connection:
            await connection.execute("UPDATE device SET status = 'offline', status_at = $1", NOON)
        here.news.status("plant-1", DeviceStatus.OFFLINE, NOON)
        await agree(here.rooms, both)
        await here.plants.remove(plant.id)
        await agree(here.rooms, both)
        assert both[1].heard.garden.plants == {}
        for task in listening:
            task.cancel()


async def test_after_a_cut_line_clients_are_sent_for_a_fresh_snapshot(
    replicas: list[Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "SHORTEST_RETRY", 0.05)
    here, there = replicas
    one = Listening(there.rooms)
    task = asyncio.create_task(one.run())
    await one.joined.wait()
    async with here.rooms.database.acquire() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plantops-news'"
        await connection.execute(cut + " AND datname = current_database()")
    await asyncio.wait_for(task, PATIENCE)
    assert one.farewell is Farewell.RENEW
    await until(lambda: here.news.connected.is_set() and there.news.connected.is_set())
    again = Listening(there.rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(again.run())
        await again.joined.wait()
        plant = await here.plants.create(PlantCreate(name="Late"))
        await until(lambda: plant.id in again.heard.garden.plants)
        task.cancel()


async def test_many_news_at_once_are_all_announced(replicas: list[Replica], monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = replicas
    seen: list[str] = []
    monkeypatch.setattr(
        there.rooms.hub, "changed", lambda **ids: seen.extend(str(one) for one in ids.get("plants", ()))
    )
    many = [uuid4() for _ in range(900)]
    for one in many:
        here.news.plant(one)
    await until(lambda: len(seen) == len(many))
    assert set(seen) == set(map(str, many))


def test_a_note_is_cut_into_payloads_that_postgresql_takes() -> None:
    note = Note(
        {f"plant-{number:06}" for number in range(1_000)}, {str(UUID(int=n)) for n in range(900)}, {"a", "plant-000001"}
    )
    pages = list(note.pages("f" * 32))
    assert all(len(page.encode()) < 8_000 for page in pages)
    told = [(page.split()[1], one) for page in pages for one in page.split()[2:]]
    assert len(told) == len(set(told)) == 1_000 + 900 + 1


async def test_nonsense_on_the_line_is_ignored(replicas: list[Replica]) -> None:
    here, there = replicas
    one = Listening(there.rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.run())
        await one.joined.wait()
        async with PubSub.open(here.rooms.database.url, lambda _: None, lambda: None) as line:
            for nonsense in ("", "x", "x y z", "x plants no-uuid", "x devices", "\n", "a" * 7_999):
                await line.publish(nonsense)
        plant = await here.rooms.plant()
        here.news.plant(plant.id)
        await until(lambda: plant.id in one.heard.garden.plants)
        task.cancel()
