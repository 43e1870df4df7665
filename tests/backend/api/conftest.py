"""The API on a real database, with a token for each scope and a clock that a test may turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from aioplantops.client import PlantOpsClient
from aioplantops.health import IngestHealth, Role
from aioplantops.models import Scope
from plantops.api import Runner, keys, make_api
from plantops.api.limits import Rates
from plantops.api.reception import Reception
from plantops.domain.tongue import IN_ENGLISH
from plantops.ops.metrics import Metrics
from plantops.ops.vault import Vault
from plantops.services.access import Access
from plantops.services.accounts import Accounts, Office, Terms
from plantops.services.alert_weather import Forecasts
from plantops.services.alerts import AlertBook
from plantops.services.calendars import Calendars
from plantops.services.calibrating import CalibrationProcedures
from plantops.services.calibration import CalibrationVersions
from plantops.services.care import CareBook
from plantops.services.channel_keys import ChannelKeys
from plantops.services.courier import Courier
from plantops.services.days import Days, Retention
from plantops.services.devices import Devices
from plantops.services.discovery import Discovery
from plantops.services.export import Exports
from plantops.services.garden import Garden
from plantops.services.garden_settings import GardenRules
from plantops.services.health import HealthCheck
from plantops.services.history import Histories
from plantops.services.ingest import Ingest
from plantops.services.irrigation import Irrigators
from plantops.services.irrigation_orders import IrrigationOrders
from plantops.services.letters import DeadLetters, Letters
from plantops.services.light import Lights
from plantops.services.messenger import Messenger
from plantops.services.notification_channels import NotificationChannels
from plantops.services.openplantbook import OpenPlantbook
from plantops.services.openplantbook_line import Line
from plantops.services.outside import Outside
from plantops.services.photos import Album
from plantops.services.plant_tables import PlantTables
from plantops.services.plants import Plants
from plantops.services.posting import Posting
from plantops.services.registration import Registration
from plantops.services.registration_keys import RegistrationKeys
from plantops.services.registry import Registry
from plantops.services.species import SpeciesProfiles
from plantops.services.stream import Hub
from plantops.services.task_keeping import TaskKeeper
from plantops.services.task_rules import TaskRules
from plantops.services.tasks import TaskBook
from plantops.services.watch import Watch
from plantops.storage.pool import Database

from tests.servers import DatabaseServer

LOOK = timedelta(microseconds=10)
"""So that no two moments are the same."""


@dataclass
class TurnableClock:
    """The time when the test began, and what the test adds to it: however long a machine takes, no time goes by."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Tell the time."""
        self.now += LOOK
        return self.now + self.ahead

    def catch_up(self) -> None:
        """Tell the real time, as the database does."""
        self.now = datetime.now(UTC)

    def hour(self) -> datetime:
        """Tell when the hour began."""
        return self().replace(minute=0, second=0, microsecond=0)


@dataclass
class House:
    """What an API test needs: a client, and the rooms behind the API."""

    client: TestClient[Any, Any]
    access: Access
    database: Database
    metrics: Metrics
    clock: TurnableClock
    ingest: list[IngestHealth]
    stopping: asyncio.Event
    tokens: dict[Scope, str] = field(default_factory=dict)

    def bearer(self, scope: Scope = Scope.ADMIN) -> dict[str, str]:
        """Give the header of a token with that scope alone."""
        return {"Authorization": f"Bearer {self.tokens[scope]}"}


class ApiServer(TestServer):
    """Serves as the front door does."""

    async def _make_runner(self, **_: Any) -> Runner:
        return Runner(self.app)


def _health_check(
    database: Database, clock: TurnableClock, hub: Hub, pulse: list[IngestHealth], stopping: asyncio.Event
) -> HealthCheck:
    return HealthCheck(
        database=database,
        ingest=lambda: pulse[0],
        stream_clients=lambda: hub.clients,
        certificates=lambda: None,
        clock=clock,
        started_at=clock(),
        version="1.2.3",
        instance_id=hub.instance_id,
        stopping=stopping.is_set,
        answer_seconds=PATIENCE,
    )


BERLIN = ZoneInfo("Europe/Berlin")


def _days(database: Database, clock: TurnableClock) -> Days:
    kept = timedelta(days=400)
    return Days(database, BERLIN, clock=clock, retention=Retention(kept, kept))


def _channels(database: Database, clock: TurnableClock) -> NotificationChannels:
    here = (ip_network("127.0.0.0/8"),)
    messenger = Messenger(Outside(here, timeout_seconds=PATIENCE), Courier(here), clock=clock)
    return NotificationChannels(database, ChannelKeys(Vault(bytes(32))), messenger, clock=clock, tongue=IN_ENGLISH)


PATIENCE = 60.0
"""Seconds that a client of a test waits for an answer."""
NOBODY = "http://127.0.0.1:9999"
"""Where no OpenPlantbook is."""
NOBODY_APPLIES = Terms(apply_seconds=0.1)
"""There is no broker here; nobody waits for one."""


def _beyond(database: Database, hub: Hub, clock: TurnableClock, line: Line) -> keys.Rooms:
    return {
        keys.NOTIFICATION_CHANNELS: _channels(database, clock),
        keys.OPENPLANTBOOK: OpenPlantbook(database, Vault(bytes(32)), line, news=hub, clock=clock),
    }


def _line(clock: TurnableClock, url: str = NOBODY, seconds: float = PATIENCE) -> Line:
    return Line(Outside((ip_network("127.0.0.0/8"),), timeout_seconds=seconds), url, clock)


def _reception(office: Office, metrics: Metrics, way: Reception) -> keys.Rooms:
    accounts = Accounts(office)
    return {
        keys.REGISTRATION: Registration(office, accounts, metrics),
        keys.REGISTRATION_KEYS: RegistrationKeys(office.database, office.clock),
        keys.ACCOUNTS: accounts,
        keys.RECEPTION: way,
    }


def _gardening(database: Database, garden: Garden, hub: Hub, clock: TurnableClock) -> keys.Rooms:
    watch = Watch(database, garden, news=hub, clock=clock, tongue=IN_ENGLISH)
    keeper = TaskKeeper(database, BERLIN, news=hub, clock=clock, tongue=IN_ENGLISH)
    care_book = CareBook(database, garden, watch, tasks=keeper, news=hub, clock=clock)
    return {
        keys.GARDEN_RULES: GardenRules(database),
        keys.PLANTS: Plants(database, garden, news=hub, clock=clock),
        keys.ALERT_BOOK: AlertBook(database, news=hub, clock=clock),
        keys.FORECASTS: Forecasts(database, clock),
        keys.CARE_BOOK: care_book,
        keys.CALENDARS: Calendars(database, BERLIN, clock, IN_ENGLISH),
        keys.ALBUM: Album(database, garden, care_book, zone=BERLIN, clock=clock),
        keys.TASK_BOOK: TaskBook(database, garden, care_book, keeper=keeper, clock=clock),
        keys.TASK_RULES: TaskRules(database, garden, keeper=keeper, clock=clock),
        keys.TASK_KEEPER: keeper,
        keys.SPECIES_PROFILES: (profiles := SpeciesProfiles(database, news=hub, clock=clock)),
        keys.PLANT_TABLES: PlantTables(database, profiles, news=hub, clock=clock),
        keys.CALIBRATION_VERSIONS: CalibrationVersions(database, news=hub, clock=clock),
        keys.CALIBRATION_PROCEDURES: CalibrationProcedures(database, news=hub, clock=clock, tongue=IN_ENGLISH),
    }


def _water(database: Database, garden: Garden, hub: Hub, clock: TurnableClock, metrics: Metrics) -> keys.Rooms:
    return {
        keys.IRRIGATORS: Irrigators(database, news=hub, clock=clock),
        keys.IRRIGATION_ORDERS: IrrigationOrders(
            database, garden, BERLIN, news=hub, metrics=metrics, clock=clock, tongue=IN_ENGLISH
        ),
    }


@asynccontextmanager
async def open_house(
    url: str, *, terms: Terms = NOBODY_APPLIES, way: Reception | None = None, **options: Any
) -> AsyncIterator[House]:
    """Open an API on a database; `options` go to `make_api`, but for `plantbook`: where it is, and seconds to wait."""
    clock, metrics = TurnableClock(), Metrics()
    stopping = asyncio.Event()
    pulse = [IngestHealth(role=Role.ACTIVE, mqtt_connected=True, queue_depth=0)]
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(url, metrics=metrics))
        garden = Garden(database, clock, IN_ENGLISH)
        hub = await stack.enter_async_context(Hub.open(garden, metrics=metrics, clock=clock, version="1.2.3"))
        registry, letters = Registry(), Letters(metrics=metrics, clock=clock)
        ingest = Ingest(registry, letters, news=hub, metrics=metrics, clock=clock, keep_raw=timedelta(days=400))
        discovery = Discovery(registry, letters, news=hub, metrics=metrics)
        access = Access(database, clock)
        rooms: keys.Rooms = {
            keys.CLOCK: clock,
            keys.METRICS: metrics,
            keys.ACCESS: access,
            keys.HEALTH: _health_check(database, clock, hub, pulse, stopping),
            keys.TRUSTED: (ip_network("127.0.0.0/8"),),
            keys.GARDEN: garden,
            keys.DEVICES: Devices(database, garden, registry, news=hub),
            **_gardening(database, garden, hub, clock),
            keys.HISTORIES: Histories(database),
            keys.DAYS: _days(database, clock),
            keys.LIGHTS: Lights(database, BERLIN, news=hub, clock=clock),
            keys.EXPORTS: Exports(database),
            keys.POSTING: Posting(database, ingest, discovery, clock),
            keys.LETTERS: DeadLetters(database),
            **_water(database, garden, hub, clock, metrics),
            **_beyond(database, hub, clock, _line(clock, *options.pop("plantbook", ()))),
            keys.HUB: hub,
            **_reception(Office(database, Vault(bytes(32)), terms, hub, clock), metrics, way or Reception()),
        }
        client = await stack.enter_async_context(TestClient(ApiServer(make_api(rooms, **options))))
        house = House(client, access, database, metrics, clock, pulse, stopping)
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
    rates = Rates(usual=3, ingest=3, heavy=3, login=3, register=3)
    async with embedded_server.migrated() as url, open_house(url, rates=rates) as opened:
        yield opened


@pytest.fixture
async def client(house: House) -> AsyncIterator[PlantOpsClient]:
    """Give a client of the house that may do everything, and comes through a proxy that speaks TLS with it."""
    async with ClientSession(headers={"X-Forwarded-Proto": "https"}) as session:
        yield PlantOpsClient(house.client.make_url("/"), house.tokens[Scope.ADMIN], session, timeout_seconds=PATIENCE)
