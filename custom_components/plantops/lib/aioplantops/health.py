"""How the backend feels, part by part."""

from enum import StrEnum
from uuid import UUID

from .wire import Answer, Utc


class Role(StrEnum):
    """Whether this backend stores the telemetry, or stands by while another one does."""

    ACTIVE = "active"
    STANDBY = "standby"


class DatabaseHealth(Answer):
    """The store."""

    reachable: bool
    latency_ms: float | None = None
    """Milliseconds that a tiny question took."""
    migration: int | None = None
    """The number of the newest migration that was applied."""
    migrated: bool = False
    """Whether that is all that this backend needs; a newer backend may have applied more."""
    timescale: str | None = None
    """TimescaleDB's version; None: plain PostgreSQL."""
    clock_ahead_seconds: float | None = None
    """How far this backend's clock is ahead of the database's, seconds."""


class IngestHealth(Answer):
    """The way from the broker to the store."""

    role: Role
    mqtt_connected: bool
    """Whether this backend is connected to the broker; one that stands by need not be."""
    queue_depth: int
    """Messages that wait to be stored."""
    last_stored_at: Utc | None = None
    readings_per_minute: int | None = None
    """Readings that this backend newly stored in the last minute; None: a backend older than this client."""
    lag_seconds: float | None = None
    """Seconds from receiving the latest stored message to its commit."""
    broker_dropped: int = 0
    """Messages that the broker has thrown away, as far as this backend saw."""
    problem: str | None = None
    """What is wrong, in words: why the broker is not connected, or that it lost messages (in the last 15 minutes), or
    that its accounts cannot be changed."""


class CertificateHealth(Answer):
    """A certificate that clients are shown, or trust."""

    file: str
    """Its file's name: ``ca.crt`` or ``server.crt``."""
    ends_at: Utc | None = None
    """None: the file cannot be read."""
    days_left: int | None = None
    """Whole days until the end; below zero after it."""
    problem: str | None = None
    """What is wrong, and what helps, from 30 days before the end."""


class HealthState(StrEnum):
    """The whole in one word."""

    OK = "ok"
    DEGRADED = "degraded"


class Health(Answer):
    """How the backend feels, part by part."""

    status: HealthState
    instance_id: UUID | None = None
    """The installation's; all its backends tell the same. None: a backend older than this client."""
    version: str
    time: Utc
    uptime_seconds: float
    database: DatabaseHealth
    ingest: IngestHealth
    stream_clients: int
    """Clients that listen to the live stream of this backend."""
    certificates: tuple[CertificateHealth, ...] | None = None
    """The certificates in the folder CERTIFICATES; None: there are none."""
    clock_sane: bool
    """Whether this machine's clock can be right: not before this version was made, and near the database's."""


class Ready(Answer):
    """The backend can do its work."""

    ready: bool = True
    ingest: Role
