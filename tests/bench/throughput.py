"""End to end at full load: devices publish, the broker keeps, the backend judges and commits; each row is checked."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from plantops.storage.pool import Connection, Database

from tests.bench.ceilings import AHEAD_MESSAGES
from tests.bench.check import STORED, Findings, compare
from tests.bench.cost import Meter, forget_peak, peak_mib
from tests.bench.load import Load
from tests.bench.rig import Backend, Post, Store
from tests.bench.sender import Order
from tests.bench.sending import Sending, until


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave."""

    messages_per_second: float
    readings_per_second: float
    seconds: float
    cpu: dict[str, float]
    """Processor milliseconds of each process for 1,000 readings."""
    peak_mib: float
    """The most memory that the backend held."""
    findings: Findings

    @property
    def costs(self) -> str:
        """Say what it cost, for the table."""
        cpu = ", ".join(f"{name} {used:.1f}" for name, used in self.cpu.items())
        return f"{self.seconds:.0f} s; CPU ms per 1,000 readings: {cpu}"


PLANTS = """
WITH made AS (
    INSERT INTO plant (id, name, species_id, created_at, updated_at)
    SELECT gen_random_uuid(), id, 'ocimum-basilicum', now(), now() FROM device
    RETURNING id, name
)
INSERT INTO assignment (id, plant_id, channel_id, metric, from_time)
SELECT gen_random_uuid(), made.id, channel.id, channel.metric, date_trunc('hour', now(), 'UTC') - interval '30 days'
FROM made JOIN channel ON channel.device_id = made.name
"""
"""A plant for each device, with bounds, served by all its channels: there is something to judge."""


class Garden:
    """A backend with its database and broker, whose devices and channels are known."""

    def __init__(self, post: Post, store: Store, backend: Backend, url: str, connection: Connection) -> None:
        """Take what runs."""
        self.url = url
        self.connection = connection
        self.post = post
        self.store = store
        self.backend = backend
        self.rows = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, post: Post, store: Store, url: str = "") -> AsyncIterator[Garden]:
        """Start a backend on a new database, or on that of the address."""
        async with (
            nullcontext(url) if url else store.database() as url,  # noqa: PLR1704 - the same thing
            Backend.open(folder, post, url) as backend,
            Database.open(url, max_size=1) as database,
            database.acquire("bench") as connection,
        ):
            yield cls(post, store, backend, url, connection)

    async def count(self) -> int:
        """Tell how many rows were committed since the garden was greeted."""
        return int(await self.connection.fetchval(STORED)) - self.rows

    async def greet(self, load: Load) -> None:
        """Let every channel speak once, so that all are known; twice, so that the run meets no first time."""
        rounds = 2 * load.channels // load.per_message
        begin = load.begin_us - 3_600_000_000  # an hour before the run
        greeting = replace(load, messages=load.devices * max(2, rounds), begin_us=begin, step_us=1_000)
        async with Sending.open(Order(self.post.target, greeting)) as sending:
            await sending.run()
        if await until(self.count, greeting.readings) < greeting.readings:
            raise RuntimeError("the backend did not store the greeting; see backend.log")
        self.rows += greeting.readings


async def full_load(house: tuple[Path, Post, Store], load: Load, seconds: float, *, planted: bool = False) -> Run:
    """Send as fast as the house takes it, a fixed distance ahead of the commits, and check every row."""
    async with Garden.open(*house) as garden:
        await garden.greet(load)
        if planted:
            await garden.connection.execute(PLANTS)
        return await run(garden, load, seconds)


async def run(garden: Garden, load: Load, seconds: float) -> Run:
    """Measure one run in a garden that is ready."""

    async def messages() -> int:
        return await garden.count() // load.per_message

    order = Order(garden.post.target, load, seconds=seconds, limit=AHEAD_MESSAGES)
    async with Sending.open(order) as sending:
        await asyncio.sleep(1)
        forget_peak(garden.backend.pid)
        meter = Meter({"backend": garden.backend.pid, "broker": garden.post.pid, "database": garden.store.pid})
        meter.start()
        begun = time.monotonic()
        sent = await sending.run(messages, ahead=AHEAD_MESSAGES)
        reached = await until(messages, sent.sent)
        passed = time.monotonic() - begun
        cpu = {**meter.stop(), "sender": sent.cpu_seconds}
        peak = peak_mib(garden.backend.pid)
    readings = reached * load.per_message
    findings = await compare(garden.url, load, sent.acked_messages)
    return Run(
        reached / passed,
        readings / passed,
        passed,
        {name: used / readings * 1e6 for name, used in cpu.items()},
        peak,
        findings,
    )
