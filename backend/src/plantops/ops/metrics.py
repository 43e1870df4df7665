"""The gauges on the wall: what Prometheus may read about the running house, each metric with its meaning.

Every app has a `Metrics` of its own with a registry of its own, so that tests may build many apps.
Amounts of telemetry count readings, not messages: received = stored + duplicate + refused.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, Info
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
FAST = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bucket limits in seconds: fine around the promised 20, 30 and 50 ms."""


class Metrics:
    """All metrics of one running backend."""

    def __init__(self, *, version: str = "") -> None:
        """Make every metric on a fresh registry."""
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        Info("plantops_build", "Which PlantOps runs here", registry=self.registry).info({"version": version})
        self._http()
        self._telemetry()
        self._links()
        self._water()

    def _http(self) -> None:
        self.request_seconds = Histogram(
            "plantops_http_request_seconds",
            "Seconds from a request's arrival to its answer, by route template",
            ("route", "method", "status"),
            buckets=FAST,
            registry=self.registry,
        )
        self.stream_clients = Gauge(
            "plantops_stream_clients", "Clients that listen to the live stream now", registry=self.registry
        )
        self.stream_dropped = Counter(
            "plantops_stream_dropped", "Stream clients that were let go", ("reason",), registry=self.registry
        )

        self.notifications = Counter(
            "plantops_notifications",
            "Attempts to tell people, by kind of channel and what became of it",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self.news_waiting = Gauge(
            "plantops_news_waiting", "Pieces of news that people were not told yet", registry=self.registry
        )
        self.news_expired = Counter(
            "plantops_news_expired", "Pieces of news that could not be told in time", registry=self.registry
        )
        self.alerts_open = Gauge(
            "plantops_alerts_open",
            "Open alerts by kind, told by the backend that judges",
            ("kind",),
            registry=self.registry,
        )
        self.registrations = Counter(
            "plantops_registrations",
            "Devices that asked for an account, by what became of it",
            ("result",),
            registry=self.registry,
        )

    def _water(self) -> None:
        self.waterings = Counter(
            "plantops_waterings",
            "Waterings by an irrigator, by how they ended and who wanted them",
            ("outcome", "origin"),
            registry=self.registry,
        )
        self.watering_refusals = Counter(
            "plantops_watering_refusals",
            "Waterings that were not begun, by reason and who wanted them",
            ("reason", "origin"),
            registry=self.registry,
        )
        self.leaks = Counter(
            "plantops_irrigation_leaks", "Irrigators closed because of what looked like a leak", registry=self.registry
        )

    def tell_alerts[Kind: str](self, counts: Mapping[Kind, int]) -> None:
        """Tell how many alerts are open, by kind; a kind that is not named has none."""
        self.alerts_open.clear()
        for kind, count in counts.items():
            self.alerts_open.labels(kind).set(count)

    def _telemetry(self) -> None:
        registry = self.registry
        self.received = Counter("plantops_telemetry_received", "Readings that arrived", registry=registry)
        self.stored = Counter("plantops_telemetry_stored", "Readings newly stored", registry=registry)
        self.duplicate = Counter(
            "plantops_telemetry_duplicate", "Readings that were stored before already", registry=registry
        )
        self.refused = Counter(
            "plantops_telemetry_refused", "Readings that were refused", ("reason",), registry=registry
        )
        self.unknown_fields = Counter(
            "plantops_telemetry_unknown_fields", "Fields in telemetry that nobody knows", registry=registry
        )
        self.dead_letters = Counter(
            "plantops_dead_letters", "Messages kept as dead letters", ("reason",), registry=registry
        )
        self.queue_depth = Gauge("plantops_ingest_queue_depth", "Messages that wait to be stored", registry=registry)
        self.ingest_lag_seconds = Histogram(
            "plantops_ingest_lag_seconds",
            "Seconds from receiving a message to its commit",
            buckets=FAST,
            registry=registry,
        )

    def _links(self) -> None:
        self.mqtt_connected = Gauge(
            "plantops_mqtt_connected", "1 while connected to the broker", registry=self.registry
        )
        self.mqtt_messages = Counter(
            "plantops_mqtt_messages", "MQTT messages received, by kind", ("kind",), registry=self.registry
        )
        self.broker_dropped = Counter(
            "plantops_broker_dropped",
            "Messages that the broker has thrown away, as far as this backend saw (since the broker started)",
            registry=self.registry,
        )
        self.database_seconds = Histogram(
            "plantops_database_seconds",
            "Seconds that a piece of work with the database took",
            ("work",),
            buckets=FAST,
            registry=self.registry,
        )
        self.ingest_role = Enum(
            "plantops_ingest_role",
            "Whether this backend stores the telemetry (active) or stands by",
            states=["standby", "active"],
            registry=self.registry,
        )
        self.certificate_remaining_seconds = Gauge(
            "plantops_certificate_remaining_seconds",
            "Seconds until a certificate ends, by file; below zero after its end",
            ("file",),
            registry=self.registry,
        )

    @contextmanager
    def database(self, work: str) -> Iterator[None]:
        """Take the time of one piece of work with the database, also when it fails."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.database_seconds.labels(work).observe(perf_counter() - begun)

    def render(self) -> bytes:
        """Give everything in Prometheus' text form (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)
