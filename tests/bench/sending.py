"""The benchmark's side of the sender: starts it, keeps it a bounded distance ahead of the store, reads what it says."""

import asyncio
import json
import os
import sys
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.sender import Order

ROOT = Path(__file__).parent.parent.parent
FEEDBACK_SECONDS = 0.1
DRAIN_SECONDS = 60.0

type Count = Callable[[], Awaitable[int]]
"""Tells how many messages have been dealt with."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the sender says at the end."""

    seconds: float
    cpu_seconds: float
    sent: int
    acked: list[int]
    """On each connection, the first so many messages are acknowledged."""

    @property
    def acked_messages(self) -> set[int]:
        """Give the numbers of the messages that the broker acknowledged."""
        lines = len(self.acked)
        return {share + index * lines for share, count in enumerate(self.acked) for index in range(count)}


class Sending:
    """A sender that waits for its start."""

    def __init__(self, process: asyncio.subprocess.Process, order: Order) -> None:
        """Take the process that runs it."""
        self._process = process
        self.order = order

    @property
    def pid(self) -> int:
        """The sender's process."""
        return self._process.pid

    @classmethod
    @asynccontextmanager
    async def open(cls, order: Order) -> AsyncIterator[Sending]:
        """Start a sender; it is connected and has written its packets."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.sender", order.to_json()),
            cwd=ROOT,
            env={**os.environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        sending = cls(process, order)
        try:
            if await sending._hear() != "ready":
                raise RuntimeError("the sender did not start")
            yield sending
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _hear(self) -> str:
        if self._process.stdout is None:
            return ""
        return (await self._process.stdout.readline()).decode().strip()

    def _tell(self, words: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(f"{words}\n".encode())

    async def run(self, done: Count | None = None, *, ahead: int = 0) -> Sent:
        """Let it send everything, at most `ahead` messages before what is `done`."""
        self._tell("go")
        feeding = asyncio.create_task(self._feed(done, ahead)) if done is not None and ahead else None
        try:
            said = await self._hear()
        finally:
            if feeding is not None:
                feeding.cancel()
                await asyncio.wait({feeding})  # its question to the database is answered or given up
        if not said:
            raise RuntimeError("the sender ended without a word")
        return Sent(**json.loads(said))

    async def _feed(self, done: Count, ahead: int) -> None:
        while True:
            self._tell(f"limit {await done() + ahead}")
            await asyncio.sleep(FEEDBACK_SECONDS)

    def times(self) -> array[int]:
        """Read when each message was sent (monotonic clock, ns; 0: never)."""
        times: array[int] = array("q")
        times.frombytes(Path(self.order.times).read_bytes())
        return times


async def until(count: Count, wanted: int, *, patience: float = DRAIN_SECONDS) -> int:
    """Wait until so many are done, or nothing has moved for `patience` seconds; give how many are."""
    loop = asyncio.get_running_loop()
    reached, moved = await count(), loop.time()
    while reached < wanted and loop.time() - moved < patience:
        await asyncio.sleep(0.02)
        now = await count()
        if now != reached:
            reached, moved = now, loop.time()
    return reached
