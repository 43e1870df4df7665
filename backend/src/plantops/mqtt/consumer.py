"""The way of the telemetry: take the lease, connect, receive, store, acknowledge; and begin anew when something breaks.

Only the holder of the lease connects, and it commits on the connection that holds the lease: two backends may run,
but only one can store. An error on either side closes both and drops what was not committed: the broker, which has
got no acknowledgement for it, sends it again.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Never

import structlog
from aioplantops.errors import PlantOpsError
from aioplantops.topics import FROM_DEVICES, every

from plantops.domain.intake import Envelope, InfoNews, Refused, ResultNews, StatusNews
from plantops.mqtt import alerting, irrigating, outbox, stock
from plantops.mqtt.arrivals import Arrivals
from plantops.mqtt.broker import INGEST_CLIENT_ID, Broker, LinkLost
from plantops.mqtt.dropped import DropWatch
from plantops.mqtt.inbox import read
from plantops.mqtt.intake_queue import IntakeQueue, Item
from plantops.mqtt.judging import Judging
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.mqtt.reconcile import Household, Reconciler
from plantops.mqtt.stages import acknowledgement, stages
from plantops.ops.logs import Clock, Throttle
from plantops.ops.metrics import Metrics
from plantops.services.alert_judge import AlertJudge
from plantops.services.discovery import Discovery
from plantops.services.ingest import Ingest
from plantops.services.irrigation_watch import Irrigation
from plantops.services.registry import Registry
from plantops.services.watch import Watch
from plantops.storage.lease import Lease
from plantops.storage.pool import LOST, Connection

log = structlog.get_logger()

FILTERS = tuple(every(leaf) for leaf in FROM_DEVICES)
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0
HEALTHY_SECONDS = 10.0
"""After so long without an error, the next one is met with the first pause again: as long as the longest pause."""
STALE_SECONDS = 30.0
"""What went wrong here counts no more once another backend has had the lease for so long: longer than an attempt of
one that fails too, since then they take turns."""

KINDS = {Envelope: "telemetry", StatusNews: "status", InfoNews: "info", ResultNews: "result", Refused: "refused"}
"""What the metrics call the messages."""

type Role = Literal["connecting", "standby", "active"]


@dataclass(frozen=True, slots=True)
class ConsumerState:
    """How the way of the telemetry is at the moment."""

    role: Role
    """active: this backend stores; standby: another one does; connecting: broker or database are not there."""
    connected: bool
    """Whether the broker is connected."""
    queued: int
    """Messages that wait to be stored."""
    lag_seconds: float
    """How long the oldest message of the last batch took from its arrival to its commit."""
    readings_per_minute: int
    """Readings that were newly stored in the last minute, those over HTTP too."""
    last_stored_at: datetime | None
    """When a batch was committed last; None: not yet since the start."""
    problem: str | None
    """What went wrong last; or that the broker loses messages, or takes no accounts; None while all is well."""
    dropped: int
    """Messages that the broker has thrown away, as far as this backend saw."""


class Consumer:
    """Receives telemetry for as long as the backend runs."""

    def __init__(  # noqa: PLR0913 - all by name
        self,
        broker: Broker,
        database_url: str,
        *,
        ingest: Ingest,
        discovery: Discovery,
        registry: Registry,
        metrics: Metrics,
        clock: Clock,
        stock_broker: Broker | None = None,
        household: Household | None = None,
        watch: Watch | None = None,
        irrigation: Irrigation | None = None,
        alerts: AlertJudge | None = None,
    ) -> None:
        """Take the rooms to work with.

        `stock_broker`: the account for stock nodes (None: the same); `household`: the accounts to keep (None: none).
        """
        self._broker, self._stock_broker = broker, stock_broker or broker
        self._household = household
        self._judging, self._alerts = None if watch is None else Judging(watch, clock), alerts
        self._irrigation = irrigation
        self._database_url = database_url
        self._ingest, self._discovery = ingest, discovery
        self._registry = registry
        self._metrics = metrics
        self._clock = clock
        self._throttle = Throttle(clock)
        self._arrivals = Arrivals()
        self._role: Role = "connecting"
        self._connected = False
        self._queue: IntakeQueue | None = None
        self._lag_seconds = 0.0
        self._last_stored_at: datetime | None = None
        self._problem: str | None = None
        self._turned_at = clock()
        self._drops = DropWatch(metrics, clock)
        self._reconciler: Reconciler | None = None

    @property
    def state(self) -> ConsumerState:
        """Tell how things are, for health and readiness."""
        queued = len(self._queue) if self._queue is not None else 0
        return ConsumerState(
            self._role,
            self._connected,
            queued,
            self._lag_seconds,
            self._ingest.pace.lately(),
            self._last_stored_at,
            self._own_problem() or self._drops.problem or (self._reconciler.problem if self._reconciler else None),
            self._drops.total,
        )

    def _own_problem(self) -> str | None:
        """Tell what went wrong last, unless another backend does the work by now and goes on doing it."""
        stale = self._clock() - self._turned_at >= timedelta(seconds=STALE_SECONDS)
        return None if self._role == "standby" and stale else self._problem

    async def run(self) -> Never:
        """Receive and store for ever; ends only when cancelled."""
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE_SECONDS
        while True:
            begun = loop.time()
            try:
                await self._serve()
            except Exception as error:  # noqa: BLE001 - whatever it was, the telemetry must flow again
                self._tell(error)
            finally:
                self._queue = self._reconciler = None
                self._turn("connecting")
            if loop.time() - begun >= HEALTHY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads replicas, guards nothing
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _serve(self) -> None:
        """Hold the lease, and do everything that belongs to it, until something breaks."""
        async with Lease.take(self._database_url, on_standby=partial(self._turn, "standby")) as lease:
            self._registry.forget_all()
            queue = IntakeQueue()
            async with (
                Link.open(self._broker, INGEST_CLIENT_ID, partial(self._receive, queue), persistent=True) as link,
                asyncio.TaskGroup() as tasks,
            ):
                tasks.create_task(lease.until_lost(), name="lease")
                tasks.create_task(link.until_lost(), name="link")
                tasks.create_task(self._drain(lease, link, queue), name="store")
                tasks.create_task(outbox.run(lease, link, self._clock), name="outbox")
                if self._judging is not None:
                    tasks.create_task(self._judging.run(), name="watch")
                if self._irrigation is not None:
                    tasks.create_task(irrigating.run(self._irrigation.watch, self._clock), name="irrigation")
                if self._alerts is not None:
                    tasks.create_task(alerting.run(self._alerts, queue, self._clock), name="alerts")
                if self._household is not None:
                    self._reconciler = Reconciler(self._household, lease, self._clock)
                    tasks.create_task(self._reconciler.run(), name="accounts")
                tasks.create_task(stock.run(self._stock_broker, queue, self._metrics, self._clock), name="stock")
                if refused := await link.subscribe(FILTERS):
                    raise LinkLost(f"The broker refuses the subscriptions to {', '.join(refused)}.")
                tasks.create_task(self._drops.listen(link), name="drops")
                self._queue = queue
                self._turn("active")

    def _receive(self, queue: IntakeQueue, link: Link, packets: Sequence[Packet]) -> None:
        """Open what arrived. Nothing is kept as bytes: what a message is worth, it weighs."""
        now = self._clock()
        queue.put(
            Item(self._arrivals.dated(read(topic, payload, now, retained=retained, payload_bytes=size)), mid)
            for topic, payload, mid, retained, size in self._drops.sift(packets)
        )
        if queue.full:
            link.pause()

    async def _drain(self, lease: Lease, link: Link, queue: IntakeQueue) -> Never:
        """Store batch after batch; the link goes on receiving meanwhile."""
        while True:
            self._metrics.queue_depth.set(len(queue))
            items = await queue.take()
            if not queue.full:
                link.resume()
            async with lease.hold() as connection:
                answers = await self._keep(connection, items)
            link.answer((item.mid for item in items), answers)
            if self._judging is not None:
                self._judging.make_way(len(items))
            self._last_stored_at = self._clock()
            self._lag_seconds = (self._last_stored_at - items[0].intake.received_at).total_seconds()
            self._metrics.ingest_lag_seconds.observe(self._lag_seconds)
            for kind, count in Counter(type(item.intake) for item in items).items():
                self._metrics.mqtt_messages.labels(KINDS[kind]).inc(count)

    async def _keep(self, connection: Connection, items: Sequence[Item]) -> list[tuple[str, bytes]]:
        """Store some messages; give the acknowledgements for the devices."""
        answers: list[tuple[str, bytes]] = []
        for news, envelopes in stages(items):
            if news:
                await self._discovery.hear(connection, news)
            if envelopes:
                receipts = await self._ingest.store(connection, envelopes)
                answers += filter(None, map(acknowledgement, envelopes, receipts, strict=True))
        if refused := [item.intake for item in items if isinstance(item.intake, Refused)]:
            await self._ingest.refuse(connection, refused)
        results = [item.intake for item in items if isinstance(item.intake, ResultNews)]
        if results and self._irrigation is not None:
            await self._irrigation.results.hear(connection, results)
        return answers

    def _turn(self, role: Role) -> None:
        if role != self._role:
            self._turned_at = self._clock()
        self._role = role
        self._connected = role == "active"
        if self._connected:
            self._problem = None
            log.info("ingest_active", broker=str(self._broker))
        self._metrics.ingest_role.state("active" if self._connected else "standby")
        self._metrics.mqtt_connected.set(self._connected)

    def _tell(self, error: Exception) -> None:
        """Log why the work was interrupted: once a minute for each kind of error."""
        for cause in causes(error):
            self._problem = str(cause) or type(cause).__name__
            known = isinstance(cause, (PlantOpsError, OSError, *LOST))
            if (times := self._throttle.count("ingest_interrupted", type(cause).__name__)) is not None:
                log.warning("ingest_interrupted", problem=self._problem, times=times, exc_info=None if known else cause)


def causes(error: BaseException) -> Iterator[BaseException]:
    """List the errors that a group of errors holds."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from causes(part)
    else:
        yield error
