"""The live stream: what a client folds is what the garden is, whoever joins whenever while everything changes."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from aioplantops.errors import Unavailable
from aioplantops.events import DeviceEvent, PlantEvent, ReadingsEvent, StatusEvent
from aioplantops.models import ChannelChange, DeviceChange, DeviceStatus, PlantChange
from plantops.services import stream
from plantops.services.listener import MOST_TURNS, Farewell, Listener, Message

from tests.backend.services.intake import NOON, Clock
from tests.backend.services.listening import PATIENCE, Listening, agree, until
from tests.backend.services.rooms import SOIL, Rooms

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    """Give a garden with one probe, on each kind of database."""
    async with Rooms.open(database) as opened:
        await opened.store("plant-1", [("soil_moisture", NOON - HOUR, 40.0)])
        yield opened


async def test_a_reading_reaches_the_channel_and_the_plant(rooms: Rooms) -> None:
    plant = await rooms.plant()
    channel = await rooms.channel("plant-1")
    await rooms.assign(plant.id, channel, NOON - 2 * HOUR)
    one = Listening(rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.run())
        await one.joined.wait()
        before = one.heard.garden.value(plant.id, SOIL)
        assert before is not None
        assert before.value == 40.0
        await rooms.store("plant-1", [("soil_moisture", NOON - SECOND, 41.5)])
        await until(lambda: bool(one.heard.events))
        event = one.heard.events[0]
        assert isinstance(event, ReadingsEvent)
        assert (event.seq, event.device_id, event.last_seen) == (1, "plant-1", NOON)
        after = one.heard.garden.value(plant.id, SOIL)
        assert after is not None
        assert (after.value, after.time, after.channel_id, after.unit) == (41.5, NOON - SECOND, channel, "%")
        await agree(rooms, [one])
        task.cancel()


async def test_what_comes_at_once_is_told_once(rooms: Rooms) -> None:
    one = Listening(rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.run())
        await one.joined.wait()
        channel = await rooms.channel("plant-1")
        await asyncio.sleep(0.05)
        for step in range(200):
            rooms.hub.readings("plant-1", NOON, {channel: (NOON + step * SECOND, float(step))})
        rooms.hub.readings("plant-1", NOON, {channel: (NOON, 7.0)})
        await until(lambda: bool(one.heard.events))
        await asyncio.sleep(0.05)
        assert len(one.heard.events) == 1
        latest = one.heard.garden.devices["plant-1"].channels[0].latest
        assert latest is not None
        assert latest.value == 199.0
        task.cancel()


async def test_every_change_is_told(rooms: Rooms) -> None:
    one = Listening(rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.run())
        await one.joined.wait()
        plant = await rooms.plant()
        await rooms.plants.change(plant.id, PlantChange(name="<script>"))
        assignment = await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - 2 * HOUR)
        await rooms.devices.change("plant-1", DeviceChange(name="Sill"))
        await rooms.devices.rename_channel(await rooms.channel("plant-1"), ChannelChange(name="Deep"))
        await rooms.store("plant-2", [("temperature", NOON, 20.0)])
        await agree(rooms, [one])
        async with rooms.database.acquire() as connection:
            await connection.execute("UPDATE device SET status = 'online', status_at = $1 WHERE id = 'plant-1'", NOON)
        rooms.hub.status("plant-1", DeviceStatus.ONLINE, NOON)
        await rooms.plants.unassign(plant.id, assignment)
        await agree(rooms, [one])
        await rooms.plants.remove(plant.id)
        async with rooms.database.acquire() as connection:
            await connection.execute("DELETE FROM device WHERE id = 'plant-2'")
        rooms.hub.device_removed("plant-2")
        await agree(rooms, [one])
        kinds = {type(event) for event in one.heard.events}
        assert {DeviceEvent, PlantEvent, StatusEvent, ReadingsEvent} <= kinds
        task.cancel()


class Bustle:
    """Things that happen all at once: readings of three devices, plants that are renamed and get other channels."""

    def __init__(self, rooms: Rooms, seed: int) -> None:
        """Begin with a seed."""
        self._rooms = rooms
        self._chance = random.Random(seed)
        self._ticks = iter(range(1, 10_000))
        self._plants: list[UUID] = []

    async def prepare(self) -> None:
        """Make what will change."""
        for device in ("plant-2", "plant-3"):
            await self._rooms.store(device, [(key, NOON - HOUR, 30.0) for key in ("soil_moisture", "temperature")])
        self._plants = [(await self._rooms.plant(f"Plant {number}")).id for number in range(3)]

    async def read(self, device: str) -> None:
        """Store readings of a device, one batch after the other."""
        for _ in range(60):
            time = NOON - HOUR + next(self._ticks) * timedelta(milliseconds=100)
            keys = self._chance.sample(("soil_moisture", "temperature"), self._chance.randint(1, 2))
            readings = [(key, time, round(self._chance.uniform(0, 60), 2)) for key in keys]
            await self._rooms.store(device, readings)

    async def garden(self) -> None:
        """Rename plants, and let other channels serve them."""
        for _ in range(40):
            plant = self._chance.choice(self._plants)
            if self._chance.random() < 0.3:
                await self._rooms.plants.change(plant, PlantChange(name=f"Name {self._chance.random()}"))
                continue
            for assignment in (await self._rooms.garden.plant(plant)).assignments:
                await self._rooms.plants.unassign(plant, assignment.id)
            if self._chance.random() < 0.7:
                channel = await self._rooms.channel(f"plant-{self._chance.randint(1, 3)}")
                await self._rooms.assign(plant, channel, NOON - 3 * HOUR)


async def test_a_channel_that_is_declared_anew_speaks_its_new_unit(rooms: Rooms) -> None:
    plant = await rooms.plant()
    channel = await rooms.channel("plant-1")
    await rooms.assign(plant.id, channel, NOON - 2 * HOUR)
    one = Listening(rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.run())
        await one.joined.wait()
        async with rooms.database.acquire() as connection:
            await connection.execute("UPDATE channel SET unit = 'V', sent_unit = 'V' WHERE id = $1", channel)
        rooms.registry.forget_all()
        rooms.hub.device("plant-1")
        await agree(rooms, [one])
        await rooms.store("plant-1", [("soil_moisture", NOON, 2.2)])
        await agree(rooms, [one])
        value = one.heard.garden.value(plant.id, SOIL)
        assert value is not None
        assert (value.value, value.unit) == (2.2, "V")
        task.cancel()


@pytest.mark.parametrize("seed", range(2))
async def test_whoever_joins_whenever_folds_the_same_garden(rooms: Rooms, seed: int) -> None:
    bustle = Bustle(rooms, seed)
    await bustle.prepare()
    listenings: list[Listening] = []
    async with asyncio.TaskGroup() as audience:
        tasks = []
        async with asyncio.TaskGroup() as changes:
            for device in ("plant-1", "plant-2", "plant-3"):
                changes.create_task(bustle.read(device))
            changes.create_task(bustle.garden())
            for number in range(12):
                listenings.append(Listening(rooms))
                tasks.append(audience.create_task(listenings[-1].run()))
                await asyncio.sleep(0.01 * number)
        for one in listenings:
            await one.joined.wait()
        await agree(rooms, listenings)
        for task in tasks:
            task.cancel()
    assert sum(len(one.heard.events) for one in listenings) > 50


async def test_a_plants_channel_changes_with_the_hour(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CLOCK_CHECK", 0.02)
    clock = Clock(NOON - timedelta(minutes=1))
    async with Rooms.open(database, clock=clock) as rooms, asyncio.TaskGroup() as tasks:
        for device, moisture in (("plant-1", 10.0), ("plant-2", 20.0)):
            await rooms.store(device, [("soil_moisture", NOON - HOUR, moisture)])
        plant = await rooms.plant()
        await rooms.assign(plant.id, await rooms.channel("plant-1"), NOON - 5 * HOUR, NOON)
        await rooms.assign(plant.id, await rooms.channel("plant-2"), NOON)
        one = Listening(rooms)
        task = tasks.create_task(one.run())
        await one.joined.wait()
        value = one.heard.garden.value(plant.id, SOIL)
        assert value is not None
        assert value.value == 10.0
        clock.now = NOON + timedelta(minutes=1)
        await until(lambda: one.heard.garden.value(plant.id, SOIL) is None)
        await rooms.store("plant-1", [("soil_moisture", NOON + SECOND, 11.0)])
        await rooms.store("plant-2", [("soil_moisture", NOON + SECOND, 21.0)])
        await until(lambda: one.heard.garden.value(plant.id, SOIL) is not None)
        await agree(rooms, [one])
        task.cancel()


async def test_a_slow_client_is_let_go_and_blocks_nobody(rooms: Rooms) -> None:
    quick = Listening(rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(quick.run())
        await quick.joined.wait()
        async with rooms.hub.join() as slow:
            channel = await rooms.channel("plant-1")
            step = 0
            async with asyncio.timeout(PATIENCE):
                while slow.farewell is None:
                    step += 1
                    rooms.hub.readings("plant-1", NOON, {channel: (NOON + step * SECOND, float(step % 100))})
                    await asyncio.sleep(0.003)
            assert slow.farewell is Farewell.SLOW
            assert [text async for text in slow.messages()] == []
        await until(lambda: _newest(quick) == step % 100)
        assert quick.farewell is None
        assert len(quick.heard.events) > MOST_TURNS
        task.cancel()
    dropped = rooms.metrics.registry.get_sample_value("plantops_stream_dropped_total", {"reason": "slow"})
    assert dropped == 1.0


def _newest(listening: Listening) -> float | None:
    latest = listening.heard.garden.devices["plant-1"].channels[0].latest
    return None if latest is None else latest.value


def test_a_listener_holds_so_many_bytes() -> None:
    listener = Listener()
    message = Message.of("device", "device", "x" * 100_000)
    turns = 0
    while listener.put([message], len(message)):
        turns += 1
    assert 40 <= turns <= 42


async def test_only_so_many_may_listen(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_LISTENERS", 2)
    async with rooms.hub.join(), rooms.hub.join():
        with pytest.raises(Unavailable, match="listen already"):
            async with rooms.hub.join():
                pass
    async with rooms.hub.join():
        assert rooms.hub.clients == 1


async def test_everybody_is_let_go_at_the_end(database: str) -> None:
    async with Rooms.open(database) as rooms:
        one = Listening(rooms)
        task = asyncio.create_task(one.run())
        await one.joined.wait()
    await asyncio.wait_for(task, PATIENCE)
    assert one.farewell is Farewell.GOING_AWAY
