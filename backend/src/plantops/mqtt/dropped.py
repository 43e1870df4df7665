"""The alarm for the one thing that must not happen: the broker throws away messages that it has acknowledged.

Mosquitto counts them itself, since it started, and tells the number every few seconds (`sys_interval`) when it has
changed. It does not say whose they were; its log does.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.mqtt.roles import DROPPED
from plantops.ops.logs import Clock, Throttle
from plantops.ops.metrics import Metrics

log = structlog.get_logger()

RECENT = timedelta(minutes=15)
"""How long the alarm lasts after the last loss."""
AGAIN_SECONDS = 60.0
"""A broker that refuses to tell is asked again after this."""


class DropWatch:
    """Watches the broker's count."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        """Begin with nothing seen."""
        self._metrics = metrics
        self._clock = clock
        self._throttle = Throttle(clock)
        self._last: int | None = None
        self._lost_at: datetime | None = None
        self.total = 0
        """Messages lost as far as this backend knows; at its first look, all since the broker started."""

    @property
    def problem(self) -> str | None:
        """Say what is wrong while a loss is recent."""
        if self._lost_at is None or self._clock() - self._lost_at > RECENT:
            return None
        return (
            f"The broker has thrown away {self.total} messages, the last at {self._lost_at:%Y-%m-%d %H:%M} UTC: "
            "its queue for a client is full. The broker's log names the client; max_queued_messages and "
            "max_queued_bytes are the queue's bounds."
        )

    async def listen(self, link: Link) -> None:
        """Ask the broker to tell; return when it does."""
        while await link.subscribe([DROPPED], qos=0):
            if (times := self._throttle.count("broker_drops_unseen", "")) is not None:
                log.warning(
                    "broker_drops_unseen", problem=f"The broker refuses {DROPPED} to this account.", times=times
                )
            await asyncio.sleep(AGAIN_SECONDS)

    def sift(self, packets: Sequence[Packet]) -> Sequence[Packet]:
        """Take out what the broker says of itself; give the rest."""
        if not any(packet.topic.startswith("$") for packet in packets):
            return packets
        for packet in packets:
            if packet.topic == DROPPED and packet.payload.isdigit():
                self._see(int(packet.payload))
        return [packet for packet in packets if not packet.topic.startswith("$")]

    def _see(self, count: int) -> None:
        """Compare with what was seen last; a smaller number means that the broker has started anew."""
        grown = count if self._last is None or count < self._last else count - self._last
        self._last = count
        if grown == 0:
            return
        self.total += grown
        self._lost_at = self._clock()
        self._metrics.broker_dropped.inc(grown)
        if (lost := self._throttle.count("broker_dropped", "", grown)) is not None:
            log.error("broker_dropped", messages=lost, problem=self.problem)
