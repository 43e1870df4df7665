"""What is said after readings are safe: to the stream, to the metrics, and to the log once a minute for each device."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from plantops.domain.reading import moment
from plantops.ops.logs import Clock, Throttle
from plantops.ops.metrics import Metrics
from plantops.storage.pool import Connection
from plantops.storage.telemetry import plants_of_devices

from .ingest_batch import IngestBatch, Receipt
from .news import News
from .pace import Pace

STORED = "telemetry_stored"
PLANTS_EVERY = timedelta(minutes=1)
"""How old the knowledge may be which plant a device serves; it is only for the log."""


class IngestReport:
    """Says what became of stored batches."""

    def __init__(
        self, *, news: News, metrics: Metrics, clock: Clock, last_seen: Callable[[str], datetime | None]
    ) -> None:
        """Take who listens, the gauges, the clock, and how to ask when a device was last seen as the store has it."""
        self._news = news
        self._last_seen = last_seen
        self._metrics = metrics
        self._clock = clock
        self._log = structlog.get_logger()
        self._throttle = Throttle(clock)
        self.pace = Pace(clock)
        self._plants: dict[str, UUID] = {}
        self._plants_at: datetime | None = None

    async def tell(self, connection: Connection, batch: IngestBatch) -> None:
        """Tell of a batch that is committed. The connection is only asked which plants the devices serve."""
        stored: dict[str, int] = {}
        newest: dict[str, dict[int, int]] = {device_id: {} for device_id in batch.seen}
        seen = dict(batch.seen)
        for receipt in batch.receipts:
            if not (amount := receipt.stored):
                continue
            device_id = receipt.envelope.device_id
            stored[device_id] = stored.get(device_id, 0) + amount
            seen.setdefault(device_id, receipt.envelope.received_at)
            _newest(receipt, newest.setdefault(device_id, {}))
        self._count(batch, sum(stored.values()))
        for device_id, channels in newest.items():
            latest = {channel: (moment(at), batch.rows[channel, at]) for channel, at in channels.items()}
            self._news.readings(device_id, self._last_seen(device_id) or seen[device_id], latest)
        await self._log_stored(connection, batch, stored)

    def _count(self, batch: IngestBatch, stored: int) -> None:
        duplicate = 0
        refused = Counter[str]()
        for receipt in batch.receipts:
            duplicate += len(receipt.again)
            if receipt.refused:
                refused.update(fault.reason for fault in receipt.faults.values())
                refused.update(refusal.reason for refusal in receipt.envelope.refusals)
            if receipt.envelope.unknown_fields:
                self._metrics.unknown_fields.inc(receipt.envelope.unknown_fields)
        self._metrics.received.inc(stored + duplicate + refused.total())
        self._metrics.stored.inc(stored)
        self.pace.count(stored)
        self._metrics.duplicate.inc(duplicate)
        for reason, amount in refused.items():
            self._metrics.refused.labels(reason).inc(amount)

    async def _log_stored(self, connection: Connection, batch: IngestBatch, stored: Mapping[str, int]) -> None:
        """Write once a minute for each device how much was stored; and each message, for those who want to know."""
        now = self._clock()
        due = [
            (device_id, total)
            for device_id, amount in stored.items()
            if (total := self._throttle.count(STORED, device_id, amount)) is not None
        ]
        if due and (self._plants_at is None or now - self._plants_at >= PLANTS_EVERY):
            due += [(device_id, amount) for _, device_id, amount in self._throttle.overdue()]
            self._plants = await plants_of_devices(connection, now)
            self._plants_at = now
        for device_id, readings in due:
            self._log.info(STORED, device_id=device_id, plant_id=self._plant(device_id), readings=readings)
        if self._log.is_enabled_for(logging.DEBUG):
            for receipt in batch.receipts:
                self._log.debug(
                    "message_stored",
                    device_id=receipt.envelope.device_id,
                    plant_id=self._plant(receipt.envelope.device_id),
                    topic=receipt.envelope.topic,
                    stored=receipt.stored,
                    duplicate=receipt.duplicate,
                    refused=receipt.refused,
                )

    def _plant(self, device_id: str) -> str | None:
        plant = self._plants.get(device_id)
        return None if plant is None else str(plant)


def _newest(receipt: Receipt, newest: dict[int, int]) -> None:
    """Note the newest time of each channel that the message really added to."""
    again = receipt.again
    for index, key in enumerate(receipt.keys):
        if key is None or index in again:
            continue
        channel, at = key
        if at > newest.get(channel, 0):
            newest[channel] = at
