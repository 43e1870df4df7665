"""The watch: when did the store take something in, seen from outside of the backends."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Never

import asyncpg
from plantops.storage.pool import LOST

LOOK_SECONDS = 0.1
CONNECT_SECONDS = 3.0
PATIENCE_SECONDS = 60.0
"""Longer than any freeze."""
STORED = "SELECT coalesce(sum(count), 0)::bigint FROM telemetry_daily"


@dataclass(slots=True)
class Watch:
    """Notes each time at which there was more than before."""

    url: str
    waiting: Callable[[], int]
    """Tells how many readings wait in the senders."""
    stored: int = 0
    commits: list[float] = field(default_factory=list)
    """When more was seen, monotonic seconds."""
    most_waiting: int = 0
    """The most that waited since somebody set this to 0."""

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, waiting: Callable[[], int]) -> AsyncIterator[Watch]:
        """Watch until the block ends."""
        watch = cls(url, waiting)
        async with asyncio.TaskGroup() as tasks:
            looking = [tasks.create_task(watch._look()), tasks.create_task(watch._count())]
            try:
                yield watch
            finally:
                for task in looking:
                    task.cancel()

    async def more(self, readings: int = 1) -> None:
        """Wait until so many are stored that were not there when this was called."""
        before = self.stored
        while self.stored < before + readings:
            await asyncio.sleep(LOOK_SECONDS)

    def longest_pause(self, begin: float, end: float) -> float:
        """Give the longest time without commits between two moments, seconds."""
        inside = [moment for moment in self.commits if begin < moment < end]
        before = [moment for moment in self.commits if moment <= begin]
        marks = [*(before[-1:] or [begin]), *inside, end]
        return max(later - earlier for earlier, later in pairwise(marks))

    async def _look(self) -> Never:
        while True:
            try:
                await self._look_through(await asyncpg.connect(self.url, timeout=CONNECT_SECONDS))
            except LOST:
                await asyncio.sleep(LOOK_SECONDS)

    async def _look_through(self, connection: asyncpg.Connection[Any]) -> Never:
        try:
            while True:
                stored = int(await connection.fetchval(STORED, timeout=PATIENCE_SECONDS))
                if stored > self.stored:
                    self.stored = stored
                    self.commits.append(time.monotonic())
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            connection.terminate()

    async def _count(self) -> Never:
        while True:
            self.most_waiting = max(self.most_waiting, self.waiting())
            await asyncio.sleep(LOOK_SECONDS)
