"""Listens to stock ESPHome nodes, in a second MQTT session.

Their states carry no time, so the broker must not keep any for us: the session is clean and reads at QoS 0. An outage
is a gap in their history, not a lie. Losing this session does not disturb the telemetry; it is simply made again.
"""

import asyncio
from collections.abc import Sequence
from typing import Never

import structlog

from plantops.domain.intake import Envelope
from plantops.mqtt.broker import STOCK_CLIENT_ID, Broker, LinkLost
from plantops.mqtt.catalogue import FILTERS, Catalogue
from plantops.mqtt.intake_queue import IntakeQueue, Item
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics

log = structlog.get_logger()

MAX_WANTED = 5_000
"""Topics that are subscribed to by name, outside of `FILTERS`."""
PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0


class Stock:
    """One connection's worth of listening."""

    def __init__(self, queue: IntakeQueue, metrics: Metrics, clock: Clock) -> None:
        """Take where the readings go."""
        self._queue = queue
        self._metrics = metrics
        self._clock = clock
        self._catalogue = Catalogue()
        self._wanted: set[str] = set()
        self._asked: set[str] = set()
        self._new = asyncio.Event()
        self._listed: set[str] = set()

    def receive(self, _link: Link, packets: Sequence[Packet]) -> None:
        """Open what arrived; where the store is behind, states are left out rather than kept too long.

        What a node announces is said once and remembered by the catalogue, so it is kept in any case.
        """
        now = self._clock()
        ignored = self._catalogue.ignored
        for packet in packets:
            heard = self._catalogue.hear(packet.topic, packet.payload, now, retained=packet.retained)
            kept = [intake for intake in heard.intakes if not (self._queue.full and isinstance(intake, Envelope))]
            if len(kept) < len(heard.intakes):
                ignored["full"] += len(heard.intakes) - len(kept)
            self._queue.put(Item(intake) for intake in kept)
            if (wanted := heard.wanted - self._asked) and len(self._asked) + len(self._wanted) < MAX_WANTED:
                self._wanted |= wanted
                self._new.set()
        if ignored:
            self._metrics.mqtt_messages.labels("stock_ignored").inc(ignored.total())
            ignored.clear()

    async def subscribe(self, link: Link) -> Never:
        """Subscribe to everything, then to each topic that an announcement names."""
        if refused := await link.subscribe(FILTERS, qos=0):
            log.warning("stock_subscription_refused", topics=refused)
        while True:
            await self._new.wait()
            self._new.clear()
            topics, self._wanted = sorted(self._wanted), set()
            self._asked.update(topics)
            if topics and (refused := await link.subscribe(topics, qos=0)):
                log.warning("stock_subscription_refused", topics=refused[:10])

    def list_unmapped(self) -> None:
        """Tell, once, which announcements are of no use."""
        for topic, reason in self._catalogue.unmapped.items():
            if topic not in self._listed:
                log.debug("stock_unmapped", topic=topic, reason=reason)
        self._listed = set(self._catalogue.unmapped)


async def run(broker: Broker, queue: IntakeQueue, metrics: Metrics, clock: Clock) -> Never:
    """Listen for ever."""
    pause = PAUSE_SECONDS
    while True:
        begun = asyncio.get_running_loop().time()
        try:
            await _listen(broker, Stock(queue, metrics, clock))
        except* LinkLost as errors:
            log.warning("stock_interrupted", problem=str(errors.exceptions[0]))
        long = asyncio.get_running_loop().time() - begun > LONGEST_PAUSE_SECONDS
        pause = PAUSE_SECONDS if long else min(2 * pause, LONGEST_PAUSE_SECONDS)
        await asyncio.sleep(pause)


async def _listen(broker: Broker, stock: Stock) -> Never:
    async with Link.open(broker, STOCK_CLIENT_ID, stock.receive) as link, asyncio.TaskGroup() as tasks:
        tasks.create_task(link.until_lost(), name="stock-link")
        tasks.create_task(stock.subscribe(link), name="stock-subscribe")
        while True:
            await asyncio.sleep(1)
            stock.list_unmapped()
