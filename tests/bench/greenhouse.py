"""A garden of 300 plants, one of them with three years behind it, and a backend that shows it to browsers."""

import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aioplantops.client import PlantOpsClient
from plantops.storage.pool import Database
from virtualgarden.link import Account, Broker, Link, Word

from tests.bench.rig import Backend, Post, Store
from tests.servers import PATIENCE_SECONDS, free_port, named

PLANTS = 300
AREAS = 6
OLD = "Plant 001"
"""The plant whose probe has told of three years."""

DEVICES = """
INSERT INTO device (id, kind, name, status, status_at, last_seen, created_at)
SELECT 'node-' || lpad(n::text, 3, '0'), 'plantops', 'Node ' || n, 'online', now(), now(), now()
FROM generate_series(1, $1::integer) AS n
"""
CHANNELS = """
INSERT INTO channel (device_id, key, metric, name, unit, sent_unit, created_at)
SELECT id, 'soil_moisture', 'soil_moisture', 'Soil', '%', '%', now() FROM device
"""
PLANTED = """
INSERT INTO plant (id, name, area, species, species_id, created_at, updated_at)
SELECT gen_random_uuid(), 'Plant ' || right(id, 3), 'Bench ' || (1 + right(id, 3)::integer % $1::integer),
    'Ocimum basilicum', 'ocimum-basilicum', now(), now()
FROM device
"""
ASSIGNED = """
INSERT INTO assignment (id, plant_id, channel_id, metric, from_time)
SELECT gen_random_uuid(), plant.id, channel.id, channel.metric,
    date_trunc('hour', now(), 'UTC') - INTERVAL '1100 days'
FROM plant JOIN channel ON right(channel.device_id, 3) = right(plant.name, 3)
"""
NEWEST = """
INSERT INTO channel_state (channel_id, time, value)
SELECT id, now() - INTERVAL '1 minute', 30 + id % 40 FROM channel
"""
FORTNIGHT = """
INSERT INTO telemetry_hourly (channel_id, bucket, count, sum, min, max)
SELECT channel.id, bucket, 6, 6 * value, value - 1, value + 1
FROM channel,
    generate_series(date_trunc('hour', now(), 'UTC') - INTERVAL '15 days', now(), INTERVAL '1 hour') AS bucket,
    LATERAL (SELECT 30 + channel.id % 40 + 8 * sin(extract(epoch FROM bucket) / 90000 + channel.id) AS value) AS felt
"""
YEARS = """
INSERT INTO telemetry_daily (channel_id, bucket, count, sum, min, max)
SELECT channel.id, bucket, 144, 144 * value, value - 5, value + 5
FROM channel JOIN device ON device.id = channel.device_id AND device.id = 'node-001',
    generate_series(date_trunc('day', now(), 'UTC') - INTERVAL '1095 days', now(), INTERVAL '1 day') AS bucket,
    LATERAL (
        SELECT 20 * ceil(extract(epoch FROM bucket - (now() - INTERVAL '1095 days')) / 31536000.0) AS value
    ) AS felt
WHERE value > 0
"""
"""20 % in the first year, 40 % in the second, 60 % in the third."""
SETTLE = "ANALYZE"


@dataclass(slots=True)
class Greenhouse:
    """The database and the broker, which stay, and the backend, which may be killed and started again."""

    folder: Path
    post: Post
    database_url: str
    port: int
    token: str = ""
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _pid: int = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, store: Store) -> AsyncIterator[Greenhouse]:
        """Plant everything and run a backend."""
        async with Post.open(folder) as post, store.database() as url:
            async with Database.open(url, max_size=1) as database, database.acquire("bench") as connection:
                await connection.execute(DEVICES, PLANTS)
                await connection.execute(CHANNELS)
                await connection.execute(PLANTED, AREAS)
                for statement in (ASSIGNED, NEWEST, FORTNIGHT, YEARS, SETTLE):
                    await connection.execute(statement)
            house = cls(folder, post, url, free_port())
            await house.start()
            try:
                yield house
            finally:
                await house.stop()

    @property
    def url(self) -> str:
        """Where browsers find it, also after it was away."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Run the backend, at the same address as before."""
        more = {"HTTP_PORT": str(self.port), "DASHBOARD": str(named("PLANTOPS_DASHBOARD"))}
        running = Backend.open(self.folder, self.post, self.database_url, **more)
        backend = await self._running.enter_async_context(running)
        self._pid, self.token = backend.pid, backend.token

    async def stop(self) -> None:
        """End the backend in good order, if it runs."""
        await self._running.aclose()

    async def kill(self) -> None:
        """Let the backend die without a word."""
        os.kill(self._pid, signal.SIGKILL)
        await self._running.aclose()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[PlantOpsClient]:
        """Open the API."""
        async with aiohttp.ClientSession() as session:
            yield PlantOpsClient(self.url, self.token, session)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Link]:
        """Speak to the broker as nodes do."""
        target = self.post.target
        broker = Broker(target.host, target.port, Path(target.ca_file), PATIENCE_SECONDS)
        account = Account(broker, target.username, target.password, client_id=f"greenhouse-{os.urandom(4).hex()}")
        async with Link.open(account) as link:
            yield link


async def report(link: Link, number: int, moisture: float, taken_at: float) -> None:
    """Send a plant's reading as its node would, and wait until the broker has it."""
    reading = {"c": "soil_moisture", "t": taken_at, "v": moisture}
    batch = {"boot": 1, "seq": int(taken_at * 1_000), "readings": [reading]}
    await link.publish(Word(f"plantops/node-{number:03}/telemetry", json.dumps(batch).encode(), qos=1))
