"""Where readings come in: judged, stored once with all that follows from them, and only then told and counted.

`Ingest.store` may be called with the lease's connection (MQTT) and a pool's (HTTP) at the same time.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import uuid4

import asyncpg
import structlog

from plantops.domain.intake import PAYLOAD_HEAD_BYTES, Envelope, Reason, Refused
from plantops.domain.reading import Unfit
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics
from plantops.storage import telemetry
from plantops.storage.letters import Letter
from plantops.storage.pool import Connection
from plantops.storage.telemetry import DataRefused, blaming_data

from .ingest_batch import IngestBatch, Receipt
from .ingest_report import IngestReport
from .letters import Letters
from .news import News
from .registry import Known, Learnt, Registry

ATTEMPTS = 4
"""How often a transaction is tried that another one stands in the way of (SQLSTATE class 40)."""


class Ingest:
    """The way of readings into the store."""

    def __init__(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
        self,
        registry: Registry,
        letters: Letters,
        *,
        news: News,
        metrics: Metrics,
        clock: Clock,
        keep_raw: timedelta,
    ) -> None:
        """Take the registry, the tray for dead letters, who wants to hear news, and how long raw readings stay."""
        self._registry = registry
        self._letters = letters
        self._news = news
        self._metrics = metrics
        self._keep_raw = keep_raw
        self._report = IngestReport(news=news, metrics=metrics, clock=clock, last_seen=registry.last_seen)
        self.pace = self._report.pace

    async def store(self, connection: Connection, envelopes: Sequence[Envelope]) -> list[Receipt]:
        """Store messages in as few transactions as the data allows (one), and tell what became of each, in order.

        No transaction may be open. When this returns, everything is committed. Raises DeviceNotWritable for an HTTP
        message of a device that has MQTT, and whatever the connection raises when the database is away; the
        messages may then be stored or not, and storing them again does no harm.
        """
        if not envelopes:
            return []
        if "correlation_id" in structlog.contextvars.get_contextvars():
            return await self._settle(connection, envelopes)
        with structlog.contextvars.bound_contextvars(correlation_id=uuid4().hex):
            return await self._settle(connection, envelopes)

    async def refuse(self, connection: Connection, refused: Sequence[Refused]) -> None:
        """Keep whole messages that could not be read as dead letters."""
        tray = self._letters.admitted(refused)
        await self._letters.keep(connection, tray)
        self._letters.count(tray)
        for message in refused:
            self._metrics.received.inc()
            self._metrics.refused.labels(message.refusal.reason).inc()

    async def _settle(self, connection: Connection, envelopes: Sequence[Envelope]) -> list[Receipt]:
        """Store messages whatever the data is like: halved down to the reading or the message that is to blame."""
        try:
            return await self._commit(connection, envelopes)
        except DataRefused:
            for envelope in envelopes:  # a channel may have been removed meanwhile: look again
                self._registry.forget(envelope.device_id)
        try:
            return await self._commit(connection, envelopes, halving=True)
        except DataRefused as error:
            middle = len(envelopes) // 2
            if middle == 0:
                return [await self._refuse_whole(connection, envelopes[0], str(error))]
        left = await self._settle(connection, envelopes[:middle])
        return left + await self._settle(connection, envelopes[middle:])

    async def _commit(
        self, connection: Connection, envelopes: Sequence[Envelope], *, halving: bool = False
    ) -> list[Receipt]:
        """Store messages in one transaction, again when another one was in the way; then tell."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._metrics.database("store_telemetry"), blaming_data():
                    batch, learnt, tray = await self._write(connection, envelopes, halving=halving)
                break
            except asyncpg.TransactionRollbackError:
                if attempt == ATTEMPTS:
                    raise
        self._registry.enter(learnt)
        for device_id in learnt.new:
            self._news.device(device_id)
        self._letters.count(tray)
        self._note_seen(batch)
        await self._report.tell(connection, batch)
        return batch.receipts

    async def _write(
        self, connection: Connection, envelopes: Sequence[Envelope], *, halving: bool
    ) -> tuple[IngestBatch, Learnt, list[Letter]]:
        """Bring messages to the store: by a single statement, unless there is more to write than readings."""
        batch = IngestBatch(envelopes, self._keep_raw)
        batch.lay(self._registry.known)
        if not (halving or batch.wanted or batch.undated or batch.has_refusals):
            if batch.rows or batch.seen:
                batch.settle(await telemetry.keep(connection, batch.rows, batch.seen))
            return batch, Learnt(), []
        async with connection.transaction():
            batch, learnt = await self._complete(connection, batch, envelopes)
            if halving and batch.rows:
                batch.settle(await telemetry.keep_halving(connection, batch.rows))
            elif batch.rows or batch.seen:
                batch.settle(await telemetry.keep(connection, batch.rows, batch.seen))
            tray = [letter for receipt in batch.receipts for letter in self._admitted(receipt)]
            await self._letters.keep(connection, tray)
        return batch, learnt, tray

    async def _complete(
        self, connection: Connection, batch: IngestBatch, envelopes: Sequence[Envelope]
    ) -> tuple[IngestBatch, Learnt]:
        """Lay the batch out anew where the store has to be asked first: unknown channels, batches without times."""
        learnt = Learnt()

        def look_up(device_id: str) -> Known | None:
            return learnt.known.get(device_id) or self._registry.known(device_id)

        if batch.wanted:
            learnt = await self._registry.learn(connection, batch.wanted)
            batch = IngestBatch(envelopes, self._keep_raw)
            batch.lay(look_up, full=learnt.full)
        if batch.undated:
            received_at = max(envelope.received_at for envelope in envelopes)
            repeated = await telemetry.note_undated(connection, batch.undated, received_at)
            if repeated:
                batch = IngestBatch(envelopes, self._keep_raw)
                batch.lay(look_up, repeated=repeated, full=learnt.full)
        return batch, learnt

    def _admitted(self, receipt: Receipt) -> Iterable[Letter]:
        """Make letters of a message's refused readings, as many as may go into the tray."""
        envelope = receipt.envelope
        if receipt.ignored:
            return
        for refusal in envelope.refusals:
            if self._letters.admits(envelope.device_id, envelope.received_at):
                yield _letter(envelope, refusal.reason, refusal.detail, (refusal.payload, refusal.payload_bytes))
        for index, fault in receipt.faults.items():
            if self._letters.admits(envelope.device_id, envelope.received_at):
                payload = envelope.samples[index].model_dump_json(exclude_none=True).encode()
                yield _letter(envelope, fault.reason, fault.detail, (payload[:PAYLOAD_HEAD_BYTES], len(payload)))

    async def _refuse_whole(self, connection: Connection, envelope: Envelope, words: str) -> Receipt:
        """Refuse a message that the database takes in no way; its letter is kept if at least that is possible."""
        batch = IngestBatch([envelope], self._keep_raw)
        receipt = batch.receipts[0]
        receipt.refuse_all(Unfit(Reason.DATA, words))
        tray = list(self._admitted(receipt))
        try:
            with blaming_data():
                await self._letters.keep(connection, tray)
        except DataRefused:
            tray = []
        self._letters.count(tray)
        await self._report.tell(connection, batch)
        return receipt

    def _note_seen(self, batch: IngestBatch) -> None:
        for device_id, at in batch.seen.items():
            if (known := self._registry.known(device_id)) is not None:
                known.last_seen = at


def _letter(envelope: Envelope, reason: Reason, detail: str, payload: tuple[bytes, int]) -> Letter:
    return Letter(envelope.received_at, envelope.device_id, envelope.topic, reason, detail, *payload)
