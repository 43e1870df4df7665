"""How much memory the backend holds, at a trickle and over a long time, and how soon the embedded database answers."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from plantops.ops.embedded import EmbeddedPostgres

from tests.bench.cost import Meter, resident_mib
from tests.bench.load import Load
from tests.bench.sender import Order
from tests.bench.sending import Sending
from tests.bench.throughput import Garden

SAMPLE_SECONDS = 2.0
SETTLING = 0.2
"""The first part of a soak is not looked at: caches fill."""


@dataclass(frozen=True, slots=True)
class Soak:
    """Memory over a time of steady load."""

    first_mib: float
    last_mib: float
    most_mib: float
    slope_mib: float
    """By how much it grows in ten minutes, least squares."""
    cpu_share: float
    """Of one core."""


async def soak(garden: Garden, load: Load, rate: float, seconds: float) -> Soak:
    """Send at a steady rate for so long, and watch the backend's memory."""
    samples: list[tuple[float, float]] = []
    order = Order(garden.post.target, load, rate=rate, seconds=seconds)
    async with Sending.open(order) as sending:
        meter = Meter({"backend": garden.backend.pid})
        meter.start()
        begun = time.monotonic()
        running = asyncio.create_task(sending.run())
        while not running.done():
            samples.append((time.monotonic() - begun, resident_mib(garden.backend.pid)))
            await asyncio.wait({running}, timeout=SAMPLE_SECONDS)
        await running
        used = meter.stop()["backend"] / (time.monotonic() - begun)
    settled = [sample for sample in samples if sample[0] >= seconds * SETTLING] or samples[-1:]
    memory = [mib for _, mib in settled]
    return Soak(memory[0], memory[-1], max(memory), _slope(settled) * 600, used)


def _slope(points: list[tuple[float, float]]) -> float:
    """Fit a line; give its slope."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


async def first_query(folder: Path) -> float:
    """Start the embedded PostgreSQL of a folder and ask it something; seconds."""
    begun = time.perf_counter()
    async with EmbeddedPostgres.open(folder) as postgres:
        connection = await asyncpg.connect(postgres.url)
        await connection.fetchval("SELECT 1")
        passed = time.perf_counter() - begun
        await connection.close()
    return passed
