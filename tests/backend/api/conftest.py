"""The API on a real database, with a token for each scope and a clock that a test may turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aioplantops.health import IngestHealth, Role
from aioplantops.models import Scope
from plantops.api import Runner, make_api
from plantops.api.keys import ACCESS, CLOCK, DOCTOR, METRICS, TRUSTED
from plantops.api.limits import Rates
from plantops.ops.metrics import Metrics
from plantops.services.access import Access
from plantops.services.health import Doctor
from plantops.storage.pool import Database

from tests.servers import DatabaseServer


@dataclass
class TurnableClock:
    """The real time, and what a test adds to it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC) + self.ahead


@dataclass
class House:
    """What an API test needs: a client, and the rooms behind the API."""

    client: TestClient[Any, Any]
    access: Access
    database: Database
    metrics: Metrics
    clock: TurnableClock
    ingest: list[IngestHealth]
    tokens: dict[Scope, str] = field(default_factory=dict)

    def bearer(self, scope: Scope = Scope.ADMIN) -> dict[str, str]:
        """Give the header of a token with that scope alone."""
        return {"Authorization": f"Bearer {self.tokens[scope]}"}


class ApiServer(TestServer):
    """Serves as the front door does."""

    async def _make_runner(self, **_: Any) -> Runner:
        return Runner(self.app)


@asynccontextmanager
async def open_house(url: str, **options: Any) -> AsyncIterator[House]:
    """Open an API on a database; `options` go to `make_api`."""
    clock, metrics = TurnableClock(), Metrics()
    ingest = [IngestHealth(role=Role.ACTIVE, mqtt_connected=True, queue_depth=0)]
    async with Database.open(url, metrics=metrics) as database:
        access = Access(database, clock)
        doctor = Doctor(
            database=database,
            ingest=lambda: ingest[0],
            stream_clients=lambda: 0,
            clock=clock,
            started_at=clock(),
            version="1.2.3",
        )
        rooms: dict[web.AppKey[Any], object] = {
            CLOCK: clock,
            METRICS: metrics,
            ACCESS: access,
            DOCTOR: doctor,
            TRUSTED: (ip_network("127.0.0.0/8"),),
        }
        app = make_api(rooms, **options)
        async with TestClient(ApiServer(app)) as client:
            house = House(client, access, database, metrics, clock, ingest)
            for scope in Scope:
                _, house.tokens[scope] = await access.create(f"{scope} token", (scope,))
            yield house


@pytest.fixture
async def house(embedded_server: DatabaseServer) -> AsyncIterator[House]:
    """Give an API of the test's own."""
    async with embedded_server.migrated() as url, open_house(url) as opened:
        yield opened


@pytest.fixture
async def strict_house(embedded_server: DatabaseServer) -> AsyncIterator[House]:
    """Give an API that lets each asker ask thrice a minute."""
    rates = Rates(usual=3, ingest=3, heavy=3, login=3)
    async with embedded_server.migrated() as url, open_house(url, rates=rates) as opened:
        yield opened
