"""How long a reading takes, from the device's publish to whoever waits for it."""

import asyncio
import json
import time
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiohttp
from plantops.mqtt.broker import Broker
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet

from tests.bench.load import Load
from tests.bench.sender import Order
from tests.bench.sending import Sending
from tests.bench.throughput import Garden

POLL_SECONDS = 0.0005
LAST_SECONDS = 5.0
"""How long the last message may take."""
MILLION = 1_000_000

CHANNELS = "SELECT id, device_id, key FROM channel"
IS_THERE = "SELECT true FROM telemetry WHERE channel_id = $1 AND time = to_timestamp($2::double precision)"


@dataclass(frozen=True, slots=True)
class Spread:
    """How times are spread, milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    longest: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Spread:
        """Sort them and look."""
        ordered = sorted(milliseconds)
        if not ordered:
            raise RuntimeError("nothing was measured")

        def at(share: float) -> float:
            return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

        return cls(len(ordered), at(0.50), at(0.95), at(0.99), ordered[-1])

    def __str__(self) -> str:
        """Say it for the table."""
        return f"p50 {self.p50:.1f}, p95 {self.p95:.1f}, p99 {self.p99:.1f}, longest {self.longest:.0f} ms"


@dataclass(slots=True)
class Clocks:
    """When each message was noticed (monotonic clock, ns; 0: never)."""

    load: Load
    noticed: dict[str, array[int]] = field(default_factory=dict)

    def notice(self, by: str, message: int) -> None:
        """Note that a message is there, at first sight."""
        now = time.monotonic_ns()
        times = self.noticed.setdefault(by, array("q", bytes(8 * self.load.messages)))
        if 0 <= message < self.load.messages and not times[message]:
            times[message] = now

    def spread(self, by: str, sent: array[int]) -> Spread:
        """Compare with when they were sent; what was never noticed is an error."""
        noticed = self.noticed.get(by, array("q"))
        missing = sum(1 for begun, seen in zip(sent, noticed, strict=True) if begun and not seen)
        if missing:
            raise RuntimeError(f"{missing} messages were never noticed: {by}")
        return Spread.of([(seen - begun) / MILLION for begun, seen in zip(sent, noticed, strict=True) if begun])


async def at_a_rate(garden: Garden, folder: Path, load: Load, rate: float) -> tuple[Clocks, array[int]]:
    """Publish at a steady rate and watch the stream, the table and the acknowledgements; give the sending times too."""
    clocks = Clocks(load)
    order = Order(garden.post.target, load, rate=rate, times=str(folder / "times"))
    async with (
        Sending.open(order) as sending,
        _listening(garden, clocks),
        _acknowledged(garden, clocks),
        asyncio.TaskGroup() as tasks,
    ):
        watching = tasks.create_task(_watch_table(garden, clocks))
        await asyncio.sleep(1)
        await sending.run()
        await asyncio.wait({watching}, timeout=LAST_SECONDS)
        watching.cancel()
        await asyncio.sleep(1)
        return clocks, sending.times()


@asynccontextmanager
async def _listening(garden: Garden, clocks: Clocks) -> AsyncIterator[None]:
    """Hold a WebSocket as a client would."""
    backend = garden.backend
    async with (
        aiohttp.ClientSession(headers=backend.headers) as session,
        session.ws_connect(f"{backend.url}/api/v1/stream", max_msg_size=0) as socket,
    ):
        hearing = asyncio.create_task(_hear(socket, clocks))
        yield
        hearing.cancel()


async def _hear(socket: aiohttp.ClientWebSocketResponse, clocks: Clocks) -> None:
    load = clocks.load
    async for message in socket:
        event = json.loads(message.data)
        if event["type"] == "readings":
            for reading in event["channels"]:
                moment = datetime.fromisoformat(reading["time"]).timestamp()
                clocks.notice("stream", round((moment * MILLION - load.begin_us) / load.step_us))


@asynccontextmanager
async def _acknowledged(garden: Garden, clocks: Clocks) -> AsyncIterator[None]:
    """Hear the acknowledgements that the backend sends to the devices."""
    target = garden.post.target

    def take(_link: Link, packets: list[Packet]) -> None:
        for packet in packets:
            device = packet.topic.split("/")[1]
            seq = json.loads(packet.payload)["seq"]
            clocks.notice("ack", seq * clocks.load.devices + int(device.rpartition("-")[2]))

    broker = Broker(
        target.host, target.port, target.username, target.password, use_tls=True, ca_file=Path(target.ca_file)
    )
    async with Link.open(broker, "bench-acks", take) as link:
        await link.subscribe(["plantops/+/telemetry/ack"], qos=0)
        yield


async def _watch_table(garden: Garden, clocks: Clocks) -> None:
    """Ask for the next message's row, again and again."""
    load, connection = clocks.load, garden.connection
    channels = {(row["device_id"], row["key"]): row["id"] for row in await connection.fetch(CHANNELS)}
    question = await connection.prepare(IS_THERE)
    for message in range(load.messages):
        channel = channels[load.device(message), next(load.keys(message))]
        second = (load.begin_us + message * load.step_us) / MILLION
        while not await question.fetchval(channel, second):
            await asyncio.sleep(POLL_SECONDS)
        clocks.notice("row", message)
