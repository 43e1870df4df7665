"""A backend without its HTTP door: a consumer on a real database, and devices on a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from plantops.domain import reserved
from plantops.mqtt.broker import Broker
from plantops.mqtt.consumer import Consumer, Role
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.mqtt.reconcile import Household
from plantops.ops.metrics import Metrics
from plantops.services.discovery import Discovery
from plantops.services.ingest import Ingest
from plantops.services.irrigation_watch import Irrigation
from plantops.services.letters import Letters
from plantops.services.registry import Registry
from plantops.services.watch import Watch
from plantops.storage.pool import prepare

FIRST = 1_763_900_000
"""Unix time of the first numbered reading."""


class Nobody:
    """Listens to no news."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Take every kind of news."""
        return lambda *_, **__: None


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class House:
    """A running consumer and a look into its store."""

    consumer: Consumer
    metrics: Metrics
    store: asyncpg.Connection[Any]

    async def rows(self, device_id: str) -> list[tuple[str, float, float]]:
        """Give a device's readings: key, Unix time, value."""
        found = await self.store.fetch(
            "SELECT key, extract(epoch FROM time)::float AS t, value FROM telemetry "
            "JOIN channel ON channel.id = channel_id WHERE device_id = $1 ORDER BY key, time",
            device_id,
        )
        return [tuple(row) for row in found]

    async def numbers(self, device_id: str) -> list[int]:
        """Give a device's readings as the numbers that they carry."""
        return [int(value) for _, _, value in await self.rows(device_id)]

    async def reasons(self, device_id: str) -> list[str]:
        """Give the reasons of a device's dead letters."""
        rows = await self.store.fetch("SELECT reason FROM dead_letter WHERE device_id = $1 ORDER BY id", device_id)
        return [row["reason"] for row in rows]

    async def until(self, role: Role) -> None:
        """Wait until the consumer has a role."""
        await until(lambda: self.consumer.state.role == role)


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(120):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def house(  # noqa: PLR0913 - all by name
    url: str,
    broker: Broker,
    household: Household | None = None,
    watch: Watch | None = None,
    clock: Callable[[], datetime] = now,
    *,
    irrigation: Irrigation | None = None,
) -> AsyncIterator[House]:
    """Run a consumer until the block ends; with a household it keeps the broker's accounts, with a watch it judges."""
    metrics, registry = Metrics(), Registry()
    letters = Letters(metrics=metrics, clock=now)
    news: Any = Nobody()
    ingest = Ingest(registry, letters, news=news, metrics=metrics, clock=now, keep_raw=timedelta(days=4000))
    discovery = Discovery(registry, letters, news=news, metrics=metrics)
    consumer = Consumer(
        broker,
        url,
        ingest=ingest,
        discovery=discovery,
        registry=registry,
        metrics=metrics,
        clock=clock,
        stock_broker=as_inner(broker, household, reserved.STOCK_READER) if household else None,
        household=household,
        watch=watch,
        irrigation=irrigation,
    )
    store = await asyncpg.connect(url)
    await prepare(store)
    running = asyncio.create_task(consumer.run())
    try:
        yield House(consumer, metrics, store)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await store.close()


def as_inner(broker: Broker, household: Household, username: str) -> Broker:
    """Come to a broker as one of the backend's own accounts."""
    account = next(account for account in household.inner if account.username == username)
    return replace(broker, username=account.username, password=account.password)


@dataclass(slots=True)
class Device:
    """Something on the broker that speaks, and keeps what it hears."""

    link: Link
    device_id: str
    heard: list[Packet]

    async def say(self, leaf: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish below the device's own name."""
        await self.link.publish(f"plantops/{self.device_id}/{leaf}", payload, retain=retain)

    async def report(self, numbers: Iterable[int], key: str = "illuminance") -> None:
        """Send one reading for each number: the value tells the number, the time follows from it."""
        async with asyncio.TaskGroup() as tasks:
            for number in numbers:
                reading = {"c": key, "t": FIRST + number, "v": number}
                batch = json.dumps({"boot": 7, "seq": number, "readings": [reading]}).encode()
                tasks.create_task(self.say("telemetry", batch))

    async def hear(self, count: int) -> list[Any]:
        """Wait for so many messages, read as JSON."""
        await until(lambda: len(self.heard) >= count)
        return [json.loads(packet.payload) for packet in self.heard]


@asynccontextmanager
async def device(broker: Broker, device_id: str) -> AsyncIterator[Device]:
    """Let a device speak until the block ends."""
    heard: list[Packet] = []
    async with Link.open(broker, device_id, lambda _, packets: heard.extend(packets)) as link:
        await link.subscribe([f"plantops/{device_id}/telemetry/ack", f"plantops/{device_id}/command"])
        yield Device(link, device_id, heard)
