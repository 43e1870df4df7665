"""The smallest thing that answers like a backend, and accounts for devices on the test's broker."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum, auto

from aioplantops.telemetry import Ack, Batch, CommandResult
from aioplantops.topics import Leaf, build, parse
from plantops.mqtt.broker import Broker as BackendBroker
from plantops.ops.broker import EmbeddedBroker
from virtualgarden.link import Account, Broker, Link, Word

from tests.accounts import Administrator
from tests.servers import PATIENCE_SECONDS


class Answers(StrEnum):
    """How a tiny backend acknowledges."""

    ONCE = auto()
    TWICE = auto()
    NEVER = auto()
    EVERY_THIRD = auto()
    FOR_OTHERS = auto()
    """With another start's number."""


@dataclass(slots=True)
class TinyBackend:
    """Keeps every reading that comes, as often as it comes."""

    link: Link
    answers: Answers = Answers.ONCE
    readings: Counter[tuple[str, str, float | None, float]] = field(default_factory=Counter)
    """(device, channel, time, value) and how often it came."""
    batches: list[tuple[str, Batch]] = field(default_factory=list)
    payloads: dict[tuple[int | None, int | None], set[bytes]] = field(default_factory=dict)
    words: dict[str, list[Word]] = field(default_factory=dict)
    """Everything else that came, by topic."""
    results: list[CommandResult] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self) -> None:
        """Take what comes."""
        async for word in self.link.words():
            address = parse(word.topic)
            if address is not None and address.leaf is Leaf.TELEMETRY:
                await self._take(address.device_id, word.payload)
            elif address is not None and address.leaf is Leaf.COMMAND_RESULT:
                self.results.append(CommandResult.model_validate_json(word.payload))
            else:
                self.words.setdefault(word.topic, []).append(word)
            async with self.changed:
                self.changed.notify_all()

    async def _take(self, device_id: str, payload: bytes) -> None:
        batch = Batch.model_validate_json(payload)
        self.batches.append((device_id, batch))
        self.payloads.setdefault((batch.boot, batch.seq), set()).add(payload)
        for sample in batch.readings:
            self.readings[device_id, sample.c, sample.t, sample.v] += 1
        times = {Answers.ONCE: 1, Answers.TWICE: 2, Answers.FOR_OTHERS: 1}.get(self.answers, 0)
        if self.answers is Answers.EVERY_THIRD and len(self.batches) % 3 == 0:
            times = 1
        assert batch.boot is not None
        assert batch.seq is not None
        boot = batch.boot ^ 1 if self.answers is Answers.FOR_OTHERS else batch.boot
        ack = Ack(boot=boot, seq=batch.seq, stored=len(batch.readings), refused=0)
        for _ in range(times):
            await self.link.publish(Word(build(device_id, Leaf.TELEMETRY_ACK), ack.model_dump_json().encode()))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition()` holds."""
        async with self.changed:
            await self.changed.wait_for(condition)

    def last(self, topic: str) -> bytes | None:
        """Give the newest payload on a topic."""
        return self.words[topic][-1].payload if topic in self.words else None


def at(broker: EmbeddedBroker, *, tls: bool = True) -> Broker:
    """Name the test's broker as a node does."""
    if tls:
        return Broker("localhost", broker.tls_port, broker.ca_file)
    return Broker("127.0.0.1", broker.port, patience_seconds=PATIENCE_SECONDS)


@asynccontextmanager
async def tiny_backend(broker: EmbeddedBroker, answers: Answers = Answers.ONCE) -> AsyncIterator[TinyBackend]:
    """Run a tiny backend until the block ends."""
    account = Account(at(broker, tls=False), broker.username, broker.password, f"tiny-{secrets.token_hex(4)}")
    async with Link.open(account, clean=True) as link:
        backend = TinyBackend(link, answers)
        await link.subscribe([("plantops/#", 1), ("homeassistant/#", 0), ("esphome/#", 0), ("stock-test/#", 0)])
        listening = asyncio.create_task(backend.listen())
        try:
            yield backend
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def make_account(broker: EmbeddedBroker, name: str) -> Account:
    """Make a node's account, bound to its client id."""
    async with Administrator.open(_administrator(broker)) as accounts:
        return Account(at(broker), name, await accounts.ensure_device(name))


async def make_stock_account(broker: EmbeddedBroker, name: str, prefix: str | None = None) -> Account:
    """Make a stock ESPHome node's account."""
    async with Administrator.open(_administrator(broker)) as accounts:
        return Account(at(broker), name, await accounts.ensure_stock_node(name, prefix=prefix))


def _administrator(broker: EmbeddedBroker) -> BackendBroker:
    return BackendBroker(broker.host, broker.port, username=broker.username, password=broker.password)
