"""A rolling update in the house under torture: the very script of `make prod-update`, on processes for containers."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aioplantops.health import Role

from tests.chaos.backend import Backend, BackendFailed
from tests.chaos.crowd import Crowd
from tests.chaos.house import House
from tests.scripts.docker import Container, Docker

HEALTHY, STARTING, GONE = "running healthy 0", "running starting 0", "exited unhealthy 0"
TOKENS = 4
BEFORE_AND_AFTER = 100
"""Requests that must be answered before the update begins, and after it is over."""


@dataclass(slots=True)
class _Containers:
    """Which backend stands for which container."""

    house: House
    running: dict[str, Backend] = field(default_factory=dict)
    looking: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, container: Container) -> None:
        """Run the other backend. It has its name at once, as a container has, long before it is ready."""
        if container.service != "backend":
            return
        backend = self.house.second
        self.running[container.id] = backend
        container.health = STARTING
        await backend.start()
        self.house.name(backend)
        look = asyncio.create_task(self._look(backend, container))
        self.looking.add(look)
        look.add_done_callback(self.looking.discard)

    async def _look(self, backend: Backend, container: Container) -> None:
        with suppress(BackendFailed):
            await backend.until(Role.STANDBY)
            container.health = HEALTHY
            return
        container.health = GONE

    async def stop(self, container: Container) -> None:
        """Stop it as Docker does: it is told to end while it can still be found, and then its name goes."""
        if container.service == "backend":
            backend = self.running[container.id]
            await backend.stop()
            self.house.forget(backend)


async def replace_backend(house: House, folder: Path, back_seconds: float) -> Crowd:
    """Replace the first backend by the second while people stand in front; tells how they fared."""
    await house.found()
    crowd = Crowd(house.url, [await house.token() for _ in range(TOKENS)], back_seconds)
    folder.mkdir(exist_ok=True)
    containers = _Containers(house)
    async with Docker.open(folder) as docker, crowd.in_front():
        await docker.run_all()
        containers.running[docker.of("backend")[0].id] = house.first
        docker.starting, docker.stopping = containers.start, containers.stop
        await crowd.hears()
        await crowd.answers(BEFORE_AND_AFTER)
        code, said = await docker.script("update.sh", MEMORY="no", PLANTOPS_FOUND_SECONDS="5")
        if code:
            crowd.failures.append(f"update.sh: {said}")
        else:
            house.first, house.second = house.second, house.first
        await house.first.until(Role.ACTIVE)
        await crowd.answers(BEFORE_AND_AFTER)
        await crowd.hears_again()
    await crowd.compare(house.postgres.url)
    return crowd
