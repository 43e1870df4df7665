"""What the parts could do by themselves, measured in the same run: receiving without a store, storing without MQTT."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from plantops.storage import telemetry
from plantops.storage.pool import Connection, Database

from tests.bench.cost import Meter
from tests.bench.load import Load
from tests.bench.rig import Post, Store
from tests.bench.sender import Order
from tests.bench.sending import ROOT, Sending, until

AHEAD_MESSAGES = 10_000
"""How far the sender may be ahead: enough to keep everybody busy, and no backlog."""
INSERT = """
INSERT INTO telemetry (channel_id, time, value)
SELECT channel_id, to_timestamp(second), reading
FROM unnest($1::integer[], $2::double precision[], $3::double precision[]) AS arrived (channel_id, second, reading)
ON CONFLICT DO NOTHING
"""
SERIES = 1_000
CHANNELS = """
INSERT INTO device (id, kind, name, created_at) VALUES ('bench', 'plantops', 'bench', now());
INSERT INTO channel (device_id, key, name, metric, unit, sent_unit, created_at)
SELECT 'bench', 'humidity_' || number, 'bench', 'humidity', '%', '%', now() FROM generate_series(1, 1000) AS number
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """How fast something was, and what it cost."""

    per_second: float
    cpu: dict[str, float]
    """Processor milliseconds of each process for 1,000 messages."""


@dataclass(slots=True)
class Bare:
    """A consumer that only counts."""

    pid: int
    messages: int = 0

    async def count(self) -> int:
        """Tell how many messages it acknowledged."""
        return self.messages

    async def listen(self, stream: asyncio.StreamReader) -> None:
        """Hear its count."""
        async for line in stream:
            self.messages = int(line)

    @classmethod
    @asynccontextmanager
    async def open(cls, kind: str, post: Post) -> AsyncIterator[Bare]:
        """Run it until the block ends; it is connected."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.bare", kind, json.dumps(asdict(post.target))),
            cwd=ROOT,
            env={**os.environ},
            stdout=asyncio.subprocess.PIPE,
        )
        bare = cls(process.pid)
        try:
            if process.stdout is None or not await process.stdout.readline():
                raise RuntimeError("the bare consumer did not start")
            await asyncio.sleep(1)  # its subscription
            listening = asyncio.create_task(bare.listen(process.stdout))
            yield bare
            listening.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def receiving(kind: str, post: Post, load: Load, seconds: float) -> Flow:
    """Measure a bare consumer: messages received and acknowledged."""
    order = Order(post.target, load, limit=AHEAD_MESSAGES, seconds=seconds)
    async with Bare.open(kind, post) as bare, Sending.open(order) as sending:
        meter = Meter({"consumer": bare.pid, "broker": post.pid, "sender": sending.pid})
        meter.start()
        begun = time.monotonic()
        sent = await sending.run(bare.count, ahead=AHEAD_MESSAGES)
        reached = await until(bare.count, sent.sent)
        seconds = time.monotonic() - begun
        cpu = {**meter.stop(), "sender": sent.cpu_seconds}
        if reached < sent.sent:
            raise RuntimeError(f"the bare consumer got {reached} of {sent.sent} messages")
        return Flow(reached / seconds, {name: used / reached * 1e6 for name, used in cpu.items()})


type Write = Callable[[Connection, range, float], Awaitable[None]]
"""Writes the readings with these numbers, beginning at a time (Unix seconds)."""


async def plainly(connection: Connection, numbers: range, start: float) -> None:
    """Insert, and nothing else."""
    await connection.execute(
        INSERT,
        [number % SERIES + 1 for number in numbers],
        [start + number // SERIES for number in numbers],
        [number % 4_001 / 100 for number in numbers],
    )


async def wholly(connection: Connection, numbers: range, start: float) -> None:
    """Insert with all that follows: roll-ups, newest readings, dirty marks; PlantOps' own statement."""
    rows = {(n % SERIES + 1, int(start + n // SERIES) * 1_000_000): n % 4_001 / 100 for n in numbers}
    await telemetry.keep(connection, rows, {})


async def storing(store: Store, write: Write, rows: int, seconds: float) -> Flow:
    """Measure commits of so many rows each, on one connection, each durable; rows a second."""
    async with (
        store.database() as url,
        Database.open(url, max_size=1) as database,
        database.acquire("bench") as connection,
    ):
        await connection.execute(CHANNELS)
        meter = Meter({"database": store.pid})
        meter.start()
        own = time.process_time()
        begun, start = time.monotonic(), time.time()
        written = 0
        while time.monotonic() - begun < seconds:
            await write(connection, range(written, written + rows), start)
            written += rows
        passed = time.monotonic() - begun
        cpu = {**meter.stop(), "client": time.process_time() - own}
    return Flow(written / passed, {name: used / written * 1e6 for name, used in cpu.items()})
