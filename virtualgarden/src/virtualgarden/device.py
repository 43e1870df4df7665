"""A virtual node with the PlantOps component: it measures, buffers, sends, and forgets only what is safe."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Protocol

from aioplantops.telemetry import OFFLINE, ONLINE, Ack, Command, CommandResult
from aioplantops.topics import Leaf, build
from pydantic import ValidationError

from virtualgarden.buffer import Buffer, Frozen
from virtualgarden.ledger import Ledger
from virtualgarden.link import Account, Link, LinkLost, Word
from virtualgarden.registration import Papers
from virtualgarden.taps import Pump, Taps

type Clock = Callable[[], float]
"""Unix time in seconds: the true one, which a node learns late."""

AWAKE_SECONDS = 20.0
"""A sleeping node goes back to sleep after this time, drained or not."""
FAREWELL_SECONDS = 2.0
MOST_RESULTS = 50
"""Results of commands that wait for the broker."""


class Source(Pump, Protocol):
    """What a node measures, and what it can do."""

    def measure(self, unix: float) -> Mapping[str, float]:
        """Read all channels at Unix time `unix`: channel key and value."""
        ...


@dataclass(frozen=True, slots=True)
class Temper:
    """How a node behaves."""

    report_seconds: float = 60.0
    """Between two measurements; 0: only what `note` brings."""
    sleep_seconds: float = 0.0
    """More than 0: deep sleep between two wakings; each waking measures, connects, drains and disconnects."""
    batch_readings: int = 200
    window: int = 1
    """Batches under way at a time."""
    ack_seconds: float = 10.0
    """A batch is sent again when the backend has been silent for this long."""
    capacity: int = 5_000
    """Samples that the node's memory holds."""
    clock_late_seconds: float = 0.0
    """How long after its start the node learns the time; what it measures before is dated backwards then."""
    retry_seconds: float = 1.0
    """The first pause before connecting again; doubled each time, up to `retry_most_seconds`, give or take half."""
    retry_most_seconds: float = 30.0


class VirtualDevice:
    """One node. `run` is its life; the other methods are what happens to it."""

    def __init__(
        self,
        login: Account | Papers,
        source: Source,
        *,
        clock: Clock,
        temper: Temper | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """Take the node's account (or how it gets one), its senses and the true time; its uptime begins now."""
        self._papers = login if isinstance(login, Papers) else None
        self.account = login.wish if isinstance(login, Papers) else login
        self.source = source
        self.temper = temper or Temper()
        self.ledger = ledger or Ledger()
        self._clock = clock
        self._network = asyncio.Event()
        self._network.set()
        self._stir = asyncio.Event()
        self._link: Link | None = None
        self._results: deque[CommandResult] = deque(maxlen=MOST_RESULTS)
        self._told = asyncio.Event()
        self.taps = Taps(source, clock, self._tell)
        self._drained = asyncio.Event()
        self._start()

    def _start(self) -> None:
        self._started_at = self._clock()
        self._knows_time_at = self._started_at + self.temper.clock_late_seconds
        self.buffer = Buffer(
            random.getrandbits(32),
            capacity=self.temper.capacity,
            batch_readings=self.temper.batch_readings,
            window=self.temper.window,
            on_drop=self.ledger.on_drop,
        )
        self._drained.set()

    @property
    def device_id(self) -> str:
        """The name that the node bears now."""
        return self.account.name

    @property
    def connected(self) -> bool:
        """Whether the node speaks with the broker now."""
        return self._link is not None

    @property
    def backlog(self) -> int:
        """Samples that are not yet safe."""
        return len(self.buffer)

    @property
    def uptime(self) -> float:
        """Seconds since the node's start: the one clock that is right from the beginning."""
        return self._clock() - self._started_at

    def note(self, values: Mapping[str, float], unix: float | None = None) -> None:
        """Keep one value of each channel, measured now or at Unix time `unix` (also before the node's start)."""
        at = self._clock() if unix is None else unix
        self.buffer.keep(values, at - self._started_at)
        self.ledger.measured += len(values)
        self._drained.clear()
        self._stir.set()

    def leave_network(self) -> None:
        """Lose the Wi-Fi, without a word, until `join_network`."""
        self._network.clear()
        if self._link:
            self._link.cut()

    def join_network(self) -> None:
        """Find the Wi-Fi again."""
        self._network.set()

    def lose_power(self) -> None:
        """Start anew: another boot, an empty memory, a clock that is not set."""
        if self._link:
            self._link.cut()
        self.ledger.dropped += len(self.buffer)
        self.taps.lose_power()
        self._results.clear()
        self._start()

    async def run(self) -> None:
        """Live until cancelled."""
        with self.taps:
            if self.temper.sleep_seconds > 0.0:
                await self._doze()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._measure(), name=f"{self.device_id} measures")
                group.create_task(self._talk(), name=f"{self.device_id} talks")

    async def drained(self) -> None:
        """Return when everything measured so far is safe."""
        await self._drained.wait()

    async def _measure(self) -> None:
        if self.temper.report_seconds <= 0.0:
            return
        await asyncio.sleep(random.uniform(0.0, self.temper.report_seconds))  # nodes don't march in step
        while True:
            self.note(self.source.measure(self._clock()))
            await asyncio.sleep(self.temper.report_seconds)

    async def _doze(self) -> None:
        """Sleep, wake, measure, drain, sleep."""
        while True:
            self.note(self.source.measure(self._clock()))
            with suppress(LinkLost, TimeoutError):
                await self._network.wait()
                async with asyncio.timeout(AWAKE_SECONDS):
                    await self._connect(until_drained=True)
            await asyncio.sleep(self.temper.sleep_seconds * random.uniform(0.98, 1.02))

    async def _talk(self) -> None:
        """Stay connected; after a loss wait a little longer each time."""
        pause = self.temper.retry_seconds
        while True:
            await self._network.wait()
            since = self._clock()
            with suppress(LinkLost):
                await self._connect(until_drained=False)
            if self._clock() - since > self.temper.retry_most_seconds:
                pause = self.temper.retry_seconds
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(2 * pause, self.temper.retry_most_seconds)

    async def _connect(self, *, until_drained: bool) -> None:
        """Connect, greet, and talk: until the memory is empty, or until the line is lost."""
        if self._papers is not None:
            self.account = await self._papers.show()
        will = self._word(Leaf.STATUS, OFFLINE.encode(), retain=True)
        async with self._papers or nullcontext(), Link.open(self.account, will=will) as link:
            self._link = link
            try:
                await self._greet(link)
                await self._converse(link, until_drained=until_drained)
            except asyncio.CancelledError:
                if not until_drained:
                    await self._say_goodbye(link, will)
                raise
            finally:
                self._link = None
                self.buffer.disconnected()

    async def _greet(self, link: Link) -> None:
        await link.subscribe([(build(self.device_id, Leaf.TELEMETRY_ACK), 0), (build(self.device_id, Leaf.COMMAND), 1)])
        await link.publish(self._word(Leaf.STATUS, ONLINE.encode(), retain=True))
        info = self.source.info.model_dump_json(exclude_none=True).encode()
        await link.publish(self._word(Leaf.INFO, info, retain=True))

    async def _say_goodbye(self, link: Link, will: Word) -> None:
        """Tell that the node goes, as ESPHome does at a clean shutdown."""
        with suppress(LinkLost, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await link.publish(will)

    async def _converse(self, link: Link, *, until_drained: bool) -> None:
        listening = asyncio.create_task(self._listen(link), name=f"{self.device_id} listens")
        sending = asyncio.create_task(self._send(link, until_drained=until_drained), name=f"{self.device_id} sends")
        answering = asyncio.create_task(self._answer(link), name=f"{self.device_id} answers")
        try:
            done, _ = await asyncio.wait((listening, sending, answering), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (listening, sending, answering):
                task.cancel()
            await asyncio.gather(listening, sending, answering, return_exceptions=True)

    async def _send(self, link: Link, *, until_drained: bool) -> None:
        """Send what is due, whenever something was measured, acknowledged or waited for too long."""
        async with asyncio.TaskGroup() as group:
            while not (until_drained and not self.buffer):
                self._stir.clear()
                if self._clock() >= self._knows_time_at:
                    self.buffer.freeze(self._started_at)
                for frozen in self.buffer.due(self.uptime, self.temper.ack_seconds):
                    frozen.sent_at = self.uptime
                    group.create_task(self._publish(link, frozen))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience()):
                        await self._stir.wait()

    def _patience(self) -> float:
        """Tell how long nothing needs to be done unless something happens, seconds."""
        waits = [self.temper.ack_seconds]
        if (due := self.buffer.next_due(self.temper.ack_seconds)) is not None:
            waits.append(due - self.uptime)
        if (clock := self._knows_time_at - self._clock()) > 0.0:
            waits.append(clock)
        return max(0.001, min(waits))

    async def _publish(self, link: Link, frozen: Frozen) -> None:
        self.ledger.on_send(frozen)
        try:
            await link.publish(self._word(Leaf.TELEMETRY, frozen.payload))
        except LinkLost:
            link.cut()  # whoever listens will notice
        else:
            self.ledger.on_broker_ack()

    async def _listen(self, link: Link) -> None:
        async for word in link.words():
            with suppress(ValidationError):
                if word.topic.endswith(Leaf.TELEMETRY_ACK):
                    ack = Ack.model_validate_json(word.payload)
                    self.ledger.on_backend_ack(ack, self.buffer.acknowledge(ack))
                    self._stir.set()
                    if not self.buffer:
                        self._drained.set()
                else:
                    command = Command.model_validate_json(word.payload)
                    self.taps.obey(command, self._started_at, knows_time=self._clock() >= self._knows_time_at)

    async def _answer(self, link: Link) -> None:
        """Tell what became of commands; what the broker does not acknowledge is told again after a reconnect."""
        while True:
            while self._results:
                payload = self._results[0].model_dump_json(exclude_none=True).encode()
                await link.publish(self._word(Leaf.COMMAND_RESULT, payload))
                self._results.popleft()
            self._told.clear()
            await self._told.wait()

    def _tell(self, result: CommandResult) -> None:
        self._results.append(result)
        self._told.set()

    def _word(self, leaf: Leaf, payload: bytes, *, retain: bool = False) -> Word:
        return Word(build(self.device_id, leaf), payload, qos=1, retain=retain)
