"""Everything that is done to the house, one table; each fault is over when what was broken stands again."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from aioplantops.health import Role

from tests.chaos.crowd import Crowd
from tests.chaos.house import House
from tests.chaos.senders import Senders
from tests.chaos.update import replace_backend
from tests.chaos.watch import Watch

TEAR_LEASE = """
SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND application_name = 'plantops-ingest'
"""
HURRY_LOOK_SECONDS = 0.02
HANG_SECONDS = 2.0
"""Too short for the backend to give the database up."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault works on."""

    house: House
    senders: Senders
    watch: Watch
    dice: random.Random
    stop_seconds: float
    """How long something is frozen or away."""
    plenty: int
    """So many readings are stored only by a house that stands again: more than those on their way when it broke."""
    folder: Path
    queue: int
    """So many messages wait at the broker when it is killed with a full queue."""
    back_seconds: float
    """How soon listeners must be back after an update."""
    crowds: list[Crowd] = field(default_factory=list)
    """How people in front fared while the backend was replaced."""
    queued: list[int] = field(default_factory=list)
    """How many messages the broker had acknowledged for a backend that was away, when it was killed."""


type Fault = Callable[[Scene], Awaitable[None]]


async def backend_killed(scene: Scene) -> None:
    """Kill the backend in the middle of its work and start it again."""
    await scene.house.first.kill()
    await scene.house.first.start()
    await scene.house.first.until(Role.ACTIVE)


async def backend_frozen(scene: Scene) -> None:
    """Freeze the backend while another one stands by; the old one wakes up later and must not disturb."""
    first, second = scene.house.first, scene.house.second
    await second.start()
    await second.until(Role.STANDBY)
    first.freeze()
    try:
        await asyncio.sleep(scene.stop_seconds)
    finally:
        first.thaw()
    await second.until(Role.ACTIVE)
    await first.until(Role.STANDBY)
    await scene.watch.more()
    await second.stop()
    await first.until(Role.ACTIVE)


async def backend_killed_at_commit(scene: Scene) -> None:
    """Kill the backend while the database hangs: what it has received is surely not committed."""
    house = scene.house
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(house.freeze(house.postgres.service, HANG_SECONDS))
        await asyncio.sleep(HANG_SECONDS / 2)
        await house.first.kill()
        await house.first.start()
    await house.first.until(Role.ACTIVE)


async def second_killed(scene: Scene) -> None:
    """Kill the backend, let a second one take over, and kill that one too."""
    first, second = scene.house.first, scene.house.second
    await second.start()
    await second.until(Role.STANDBY)
    await first.kill()
    await second.until(Role.ACTIVE)
    await scene.watch.more()
    await second.kill()
    await first.start()
    await first.until(Role.ACTIVE)


async def broker_killed(scene: Scene) -> None:
    """Kill the broker; it is started again."""
    await scene.house.restart_broker(signal.SIGKILL)


async def broker_killed_with_full_queue(scene: Scene) -> None:
    """Let much wait at the broker while no backend is there, kill it, and see that everything comes after all."""
    house, senders = scene.house, scene.senders
    await house.first.stop()
    before = senders.plain_acknowledged
    async with senders.in_a_hurry():
        while senders.plain_acknowledged < before + scene.queue:
            await asyncio.sleep(HURRY_LOOK_SECONDS)
    scene.queued.append(senders.plain_acknowledged - before)
    await house.restart_broker(signal.SIGKILL)
    await house.first.start()
    await house.first.until(Role.ACTIVE)
    await scene.watch.more(scene.queue)


async def backend_replaced(scene: Scene) -> None:
    """Replace the backend as `make prod-update` does, while people ask and listen at nginx."""
    scene.crowds.append(
        await replace_backend(scene.house, scene.folder / f"update-{len(scene.crowds)}", scene.back_seconds)
    )


async def broker_frozen(scene: Scene) -> None:
    """Freeze the broker."""
    await scene.house.freeze(scene.house.broker.service, scene.stop_seconds)


async def broker_restarted(scene: Scene) -> None:
    """Restart the broker politely."""
    await scene.house.restart_broker(signal.SIGTERM)


async def database_killed(scene: Scene) -> None:
    """Kill the database with all its processes; it is started again."""
    await scene.house.restart_database(signal.SIGKILL)


async def postmaster_killed(scene: Scene) -> None:
    """Kill the database's first process only; the others have to notice."""
    await scene.house.restart_database_after_its_first_process()


async def database_frozen(scene: Scene) -> None:
    """Freeze the database with all its processes."""
    await scene.house.freeze(scene.house.postgres.service, scene.stop_seconds)


async def database_restarted(scene: Scene) -> None:
    """Restart the database politely."""
    await scene.house.restart_database(signal.SIGINT)


async def lease_torn(scene: Scene) -> None:
    """End the database session that holds the lease."""
    connection = await asyncpg.connect(scene.house.postgres.url)
    try:
        assert await connection.fetch(TEAR_LEASE), "nobody held the lease"
    finally:
        await connection.close()


async def devices_offline(scene: Scene) -> None:
    """Take the Wi-Fi from two thirds of the devices, from one half of these for longer."""
    away = scene.dice.sample(scene.senders.devices, 2 * len(scene.senders.devices) // 3)
    for device in away:
        device.leave_network()
    try:
        await asyncio.sleep(scene.stop_seconds / 3)
        for device in away[::2]:
            device.join_network()
        await asyncio.sleep(2 * scene.stop_seconds / 3)
    finally:
        for device in away:
            device.join_network()


async def everything_at_once(scene: Scene) -> None:
    """Kill backend, broker and database together, with half of the devices offline and the other backend frozen."""
    house = scene.house
    await house.second.start()
    await house.second.until(Role.STANDBY)
    away = scene.dice.sample(scene.senders.devices, len(scene.senders.devices) // 2)
    for device in away:
        device.leave_network()
    house.second.freeze()
    try:
        await asyncio.gather(
            house.first.kill(), house.restart_broker(signal.SIGKILL), house.restart_database(signal.SIGKILL)
        )
        await asyncio.sleep(scene.stop_seconds / 4)
    finally:
        house.second.thaw()
        for device in away:
            device.join_network()
    await house.second.until(Role.ACTIVE)
    await house.first.start()
    await house.first.until(Role.STANDBY)
    await house.second.stop()
    await house.first.until(Role.ACTIVE)


FAULTS: Mapping[str, Fault] = {
    "backend killed, started again": backend_killed,
    "backend killed while the database hangs": backend_killed_at_commit,
    "backend frozen, the second takes over": backend_frozen,
    "backend killed, then the second too": second_killed,
    "backend replaced by a rolling update": backend_replaced,
    "broker killed": broker_killed,
    "broker killed with a full queue": broker_killed_with_full_queue,
    "broker frozen": broker_frozen,
    "broker restarted": broker_restarted,
    "database killed": database_killed,
    "database's first process killed": postmaster_killed,
    "database frozen": database_frozen,
    "database restarted": database_restarted,
    "lease torn away": lease_torn,
    "devices offline": devices_offline,
}
LAST: Mapping[str, Fault] = {"everything at once": everything_at_once}
QUICK = (
    "backend killed while the database hangs",
    "backend frozen, the second takes over",
    "backend replaced by a rolling update",
    "broker killed with a full queue",
    "database killed",
    "lease torn away",
    "devices offline",
)
"""What the short version does, before everything at once."""
