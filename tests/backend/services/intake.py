"""What a test of the ingest rooms needs: all of them, wired to one database, with an ear for their news."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import Sample
from plantops.domain.intake import Envelope, Refusal
from plantops.ops.metrics import Metrics
from plantops.services.discovery import Discovery
from plantops.services.ingest import Ingest
from plantops.services.ingest_batch import Receipt
from plantops.services.letters import Letters
from plantops.services.news import Thing
from plantops.services.registry import Registry
from plantops.storage.pool import Database

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""When everything happens, if a test does not say otherwise."""


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@dataclass
class Ear:
    """Hears all news."""

    latest: list[tuple[str, Mapping[int, tuple[datetime, float]]]] = field(default_factory=list)
    seen: list[datetime] = field(default_factory=list)
    statuses: list[tuple[str, DeviceStatus]] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)

    def readings(self, device_id: str, last_seen: datetime, latest: Mapping[int, tuple[datetime, float]]) -> None:
        """Hear newest readings."""
        assert last_seen.tzinfo is UTC
        self.latest.append((device_id, latest))
        self.seen.append(last_seen)

    def status(self, device_id: str, status: DeviceStatus, at: datetime) -> None:
        """Hear that a device came or went."""
        assert at.tzinfo is UTC
        self.statuses.append((device_id, status))

    def device(self, device_id: str) -> None:
        """Hear that a device is new or changed."""
        self.devices.append(device_id)

    def device_removed(self, device_id: str) -> None:
        """Hear nothing: ingest removes no devices."""
        raise AssertionError(device_id)

    def plant(self, plant_id: UUID) -> None:
        """Hear nothing: ingest does not know plants."""
        raise AssertionError(plant_id)

    def plant_removed(self, plant_id: UUID) -> None:
        """Hear nothing: ingest does not know plants."""
        raise AssertionError(plant_id)

    def thing(self, thing: Thing, key: str) -> None:
        """Hear nothing: ingest knows readings only."""
        raise AssertionError(thing, key)


@dataclass
class Intake:
    """The rooms that a reading goes through, and the store behind them."""

    database: Database
    connection: asyncpg.Connection[Any]
    registry: Registry
    letters: Letters
    metrics: Metrics
    clock: Clock
    ear: Ear
    ingest: Ingest
    discovery: Discovery

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, registry: Registry | None = None) -> AsyncIterator[Intake]:
        """Wire everything to a migrated database."""
        registry, metrics, clock, ear = registry or Registry(), Metrics(), Clock(), Ear()
        letters = Letters(metrics=metrics, clock=clock)
        ingest = Ingest(registry, letters, news=ear, metrics=metrics, clock=clock, keep_raw=timedelta(days=400))
        discovery = Discovery(registry, letters, news=ear, metrics=metrics)
        async with Database.open(url) as database, database.acquire() as connection:
            yield cls(database, connection, registry, letters, metrics, clock, ear, ingest, discovery)  # type: ignore[arg-type]

    async def store(self, *envelopes: Envelope) -> list[Receipt]:
        """Store messages."""
        return await self.ingest.store(self.connection, envelopes)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        return [tuple(row) for row in await self.connection.fetch(query)]

    async def wrong_rollups(self) -> list[tuple[Any, ...]]:
        """List roll-ups and newest readings that differ from what the raw readings say."""
        return await self.rows(RECOMPUTED)

    def counted(self, metric: str, **labels: str) -> float:
        """Read a counter."""
        return self.metrics.registry.get_sample_value(f"plantops_{metric}_total", labels) or 0.0


def envelope(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
    device_id: str,
    samples: Sequence[tuple[str, float | None, float]],
    *,
    kind: DeviceKind = DeviceKind.PLANTOPS,
    at: datetime = NOON,
    batch: tuple[int, int] | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> Envelope:
    """Write a message of (key, seconds before NOON or None, value) readings."""
    boot, seq = batch or (None, None)
    return Envelope(
        device_id,
        kind,
        f"plantops/{device_id}/telemetry",
        at,
        tuple(Sample(c=key, t=None if ago is None else NOON.timestamp() - ago, v=value) for key, ago, value in samples),
        boot=boot,
        seq=seq,
        refusals=refusals,
    )


RECOMPUTED = """
WITH hourly AS (
    SELECT channel_id, date_bin('1 hour', time, 'epoch') AS bucket,
        count(*) AS count, sum(value) AS sum, min(value) AS min, max(value) AS max
    FROM telemetry GROUP BY 1, 2
), daily AS (
    SELECT channel_id, date_bin('1 day', time, 'epoch') AS bucket,
        count(*) AS count, sum(value) AS sum, min(value) AS min, max(value) AS max
    FROM telemetry GROUP BY 1, 2
), newest AS (
    SELECT DISTINCT ON (channel_id) channel_id, time, value FROM telemetry ORDER BY channel_id, time DESC
)
SELECT 'hourly', channel_id, bucket::text
FROM hourly AS want FULL JOIN telemetry_hourly AS kept USING (channel_id, bucket)
WHERE (want.count, want.min, want.max) IS DISTINCT FROM (kept.count, kept.min, kept.max)
    OR abs(want.sum - kept.sum) > 1e-6
UNION ALL
SELECT 'daily', channel_id, bucket::text
FROM daily AS want FULL JOIN telemetry_daily AS kept USING (channel_id, bucket)
WHERE (want.count, want.min, want.max) IS DISTINCT FROM (kept.count, kept.min, kept.max)
    OR abs(want.sum - kept.sum) > 1e-6
UNION ALL
SELECT 'newest', channel_id, COALESCE(want.time, kept.time)::text
FROM newest AS want FULL JOIN channel_state AS kept USING (channel_id)
WHERE (want.time, want.value) IS DISTINCT FROM (kept.time, kept.value)
"""
