"""How the backend is: asks each part, and never takes long about it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

from aioplantops.errors import Unavailable
from aioplantops.health import CertificateHealth, DatabaseHealth, Health, HealthState, IngestHealth, Ready, Role

from plantops.ops.logs import Clock
from plantops.storage.condition import condition
from plantops.storage.pool import Database

ANSWER_SECONDS = 2.0
"""A database that takes longer for a tiny question counts as away."""

MADE = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows a time before this version was made."""

CLOCKS_APART = timedelta(seconds=60)
"""Backend and database may differ by so much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """Asks each part how it is."""

    database: Database
    ingest: Callable[[], IngestHealth]
    stream_clients: Callable[[], int]
    certificates: Callable[[], tuple[CertificateHealth, ...] | None]
    clock: Clock
    started_at: datetime
    version: str
    instance_id: UUID
    stopping: Callable[[], bool] = lambda: False
    """Tells whether this backend was asked to end: nobody should be sent here any more."""
    answer_seconds: float = ANSWER_SECONDS

    async def health(self) -> Health:
        """Tell how everything is; this always answers."""
        now = self.clock()
        database = await self._database()
        ingest = self.ingest()
        ahead = timedelta(seconds=abs(database.clock_ahead_seconds or 0))
        clock_sane = now >= MADE and ahead <= CLOCKS_APART
        certificates = self.certificates()
        complaints = [*_problems(database, ingest), ingest.problem, *(one.problem for one in certificates or ())]
        well = clock_sane and not any(complaints)
        return Health(
            status=HealthState.OK if well else HealthState.DEGRADED,
            instance_id=self.instance_id,
            version=self.version,
            time=now,
            uptime_seconds=round((now - self.started_at).total_seconds(), 3),
            database=database,
            ingest=ingest,
            stream_clients=self.stream_clients(),
            certificates=certificates,
            clock_sane=clock_sane,
        )

    async def ready(self) -> Ready:
        """Tell that the work can be done. Raises Unavailable, with what is in the way."""
        if self.stopping():
            raise Unavailable(
                "Not ready: this backend is stopping.", errors=({"where": "backend", "why": "is stopping"},)
            )
        ingest = self.ingest()
        if problems := _problems(await self._database(), ingest):
            raise Unavailable(
                "Not ready: " + "; ".join(f"{part} {what}" for part, what in problems) + ".",
                errors=tuple({"where": part, "why": what} for part, what in problems),
            )
        return Ready(ingest=ingest.role)

    async def _database(self) -> DatabaseHealth:
        begun = perf_counter()
        try:
            async with asyncio.timeout(self.answer_seconds), self.database.acquire("health") as connection:
                found = await condition(connection)
        except Unavailable, TimeoutError:
            return DatabaseHealth(reachable=False)
        return DatabaseHealth(
            reachable=True,
            latency_ms=round((perf_counter() - begun) * 1000, 3),
            migration=found.migration,
            migrated=found.migrated,
            timescale=found.timescale,
            clock_ahead_seconds=round((self.clock() - found.time).total_seconds(), 3),
        )


def _problems(database: DatabaseHealth, ingest: IngestHealth) -> list[tuple[str, str]]:
    """List what keeps the house from working. One that stands by for the ingest is well."""
    found = []
    if not database.reachable:
        found.append(("database", "does not answer"))
    elif not database.migrated:
        found.append(("database", "has another schema than this version needs"))
    if ingest.role is Role.ACTIVE and not ingest.mqtt_connected:
        found.append(("mqtt", "is not connected"))
    return found
