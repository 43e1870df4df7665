"""A program that is started again when it dies, with a pause that grows while it keeps dying.

`async with Service.open(name=…, start=…, ready=…) as service:` returns when it is ready for the first time; whatever
goes wrong before that is raised. Afterwards a death is logged, told to `on_exit`, and mended.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

import structlog
from aioplantops.errors import PlantOpsError

from plantops.ops.supervision import Child

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 15.0
HEALTHY_SECONDS = 60.0
"""Who ran that long begins again with the first pause."""

type Start = Callable[[], AbstractAsyncContextManager[Child]]
type Ready = Callable[[Child], Awaitable[None]]
type OnExit = Callable[[int], None]


def _quiet(_code: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Service:
    """A supervised program: `child` is the one that runs now, `up` is set while it is ready."""

    name: str
    start: Start
    ready: Ready
    on_exit: OnExit = _quiet
    restarts: int = 0
    child: Child | None = None
    up: asyncio.Event = field(default_factory=asyncio.Event)
    _was_up: bool = field(default=False, init=False)

    @classmethod
    @asynccontextmanager
    async def open(cls, *, name: str, start: Start, ready: Ready, on_exit: OnExit = _quiet) -> AsyncIterator[Self]:
        """Start it, wait until it is ready, keep it running until the block ends, then stop it.

        (A plain task and not a TaskGroup, which would wrap the errors of the caller's block.)
        """
        service = cls(name, start, ready, on_exit)
        keeper = asyncio.create_task(service._keep(), name=f"keep {name} running")
        first = asyncio.create_task(service.up.wait(), name=f"{name} is ready")
        try:
            await asyncio.wait({keeper, first}, return_when=asyncio.FIRST_COMPLETED)
            if keeper.done():
                await keeper
            yield service
        finally:
            first.cancel()
            keeper.cancel()
            await asyncio.wait({keeper})
            if not keeper.cancelled() and (error := keeper.exception()):
                raise error

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        clock = asyncio.get_running_loop()
        while True:
            begun = clock.time()
            try:
                await self._once()
            except (PlantOpsError, OSError) as error:
                if not self._was_up:
                    raise
                log.error("service_not_started", service=self.name, reason=str(error))  # noqa: TRY400 - the reason says it
            pause = FIRST_PAUSE_SECONDS if clock.time() - begun > HEALTHY_SECONDS else pause
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            self.restarts += 1

    async def _once(self) -> None:
        """Run it from its start to its death."""
        async with self.start() as child:
            await self.ready(child)
            if self._was_up:
                log.info("service_restarted", service=self.name, pid=child.pid)
            self.child = child
            self._was_up = True
            self.up.set()
            try:
                code = await asyncio.shield(child.exited)
            finally:
                self.up.clear()
                self.child = None
        log.error("service_died", service=self.name, code=code)
        self.on_exit(code)
