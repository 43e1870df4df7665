"""Who sends: devices that keep each batch until the backend has it, and plain clients that trust a PUBACK."""

import asyncio
import itertools
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Never

from aioplantops.topics import Leaf, build
from virtualgarden.device import Temper, VirtualDevice
from virtualgarden.fleet import start_paced
from virtualgarden.ledger import Ledger
from virtualgarden.link import Account, Link, LinkLost, Word
from virtualgarden.sources import NumberedSource

KEY = "illuminance"
CONNECTS_PER_SECOND = 20.0
TICK_SECONDS = 0.05
NO_SOONER_SECONDS = 0.002
"""Between two readings of a device: times are rounded to milliseconds, and the same time is the same reading."""
TEMPER = Temper(report_seconds=0.0, ack_seconds=4.0, capacity=50_000, retry_seconds=0.5, retry_most_seconds=4.0)


@dataclass(slots=True)
class Note:
    """One reading of a plain client."""

    milliseconds: int
    """Its time, Unix."""
    number: int
    puback_at: float | None = None
    """When the broker acknowledged it, monotonic seconds."""
    firm: bool = False
    """A later message went to the same broker and back since: the turn that took this one is over."""


@dataclass(slots=True)
class PlainClient:
    """Sends one reading after the other, each again until its PUBACK; then it forgets it."""

    account: Account
    pause: float
    notes: list[Note] = field(default_factory=list)
    _ending: bool = False

    async def run(self) -> None:
        """Live until told to end; what was begun is brought to its end."""
        while not (self._ending and self.waiting == 0):
            with suppress(LinkLost):
                async with Link.open(self.account) as link:
                    await self._talk(link)
            await asyncio.sleep(random.uniform(0.2, 1.0))

    def end(self) -> None:
        """Begin no new reading."""
        self._ending = True

    @property
    def waiting(self) -> int:
        """Tell whether a reading waits for its PUBACK."""
        return int(bool(self.notes) and self.notes[-1].puback_at is None)

    async def _talk(self, link: Link) -> None:
        before: Note | None = None
        while self.waiting or not self._ending:
            note = self.notes[-1] if self.waiting else self._measure()
            await link.publish(Word(build(self.account.name, Leaf.TELEMETRY), _payload(note), qos=1))
            note.puback_at = time.monotonic()
            if before is not None:
                before.firm = True
            before = note
            await asyncio.sleep(self.pause * random.uniform(0.5, 1.5))

    def _measure(self) -> Note:
        earliest = self.notes[-1].milliseconds + 1 if self.notes else 0
        self.notes.append(Note(max(int(time.time() * 1000), earliest), len(self.notes)))
        return self.notes[-1]


def _payload(note: Note) -> bytes:
    reading = {"c": KEY, "t": note.milliseconds / 1000, "v": note.number}
    return json.dumps({"readings": [reading]}).encode()


@dataclass(slots=True)
class Senders:
    """All of them."""

    devices: Sequence[VirtualDevice]
    plain: Sequence[PlainClient]
    pause: float
    """Seconds between two readings of a device."""

    @classmethod
    def make(cls, accounts: Sequence[Account], plain: int, per_second: float, late_seconds: float) -> Senders:
        """Make as many plain clients as asked for, and devices of the others; the first one's clock is late."""
        pause = len(accounts) / per_second
        tempers = itertools.chain([replace(TEMPER, clock_late_seconds=late_seconds)], itertools.repeat(TEMPER))
        devices = [
            VirtualDevice(account, NumberedSource(), clock=time.time, temper=temper, ledger=Ledger(keep=True))
            for account, temper in zip(accounts[plain:], tempers, strict=False)
        ]
        return cls(devices, [PlainClient(account, pause) for account in accounts[:plain]], pause)

    @property
    def waiting(self) -> int:
        """Count the readings that nobody has acknowledged yet."""
        return sum(device.backlog for device in self.devices) + sum(client.waiting for client in self.plain)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[asyncio.Task[None]]:
        """Let them live until the block ends; cancelling the task that this gives ends the measuring."""
        runs = [*(device.run for device in self.devices), *(client.run for client in self.plain)]
        async with asyncio.TaskGroup() as tasks:
            lives = tasks.create_task(start_paced(runs, per_second=CONNECTS_PER_SECOND))
            measuring = tasks.create_task(self._measure())
            try:
                yield measuring
            finally:
                measuring.cancel()
                lives.cancel()

    async def _measure(self) -> Never:
        turn = itertools.cycle(self.devices)
        last: dict[str, float] = {}
        due, before = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            due, before = due + (now - before) * len(self.devices) / self.pause, now
            for device in itertools.islice(turn, int(due)):
                last[device.device_id] = unix = max(time.time(), last.get(device.device_id, 0.0) + NO_SOONER_SECONDS)
                device.note(device.source.measure(unix), unix)
            due -= int(due)

    @property
    def accounts(self) -> list[Account]:
        """List everybody's account."""
        return [*(device.account for device in self.devices), *(client.account for client in self.plain)]

    @property
    def plain_acknowledged(self) -> int:
        """Count what the broker has acknowledged to plain clients."""
        return sum(len(client.notes) - client.waiting for client in self.plain)

    @asynccontextmanager
    async def in_a_hurry(self) -> AsyncIterator[None]:
        """Let plain clients send one reading after the other, without a pause, until the block ends."""
        usual = [client.pause for client in self.plain]
        for client in self.plain:
            client.pause = 0.0
        try:
            yield
        finally:
            for client, pause in zip(self.plain, usual, strict=True):
                client.pause = pause

    def end(self) -> None:
        """Begin nothing new; everybody is at home."""
        for client in self.plain:
            client.end()
        for device in self.devices:
            device.join_network()

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        while self.waiting:
            await asyncio.sleep(0.1)
