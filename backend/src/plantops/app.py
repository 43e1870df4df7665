"""The front door: builds every room once, opens them in order, closes them in reverse. Nobody else knows everybody."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from aiohttp import web
from aioplantops.health import IngestHealth, Role

from plantops import __version__, bootstrap
from plantops.api import keys, make_api
from plantops.api.dashboard import Dashboard
from plantops.api.listening import listening
from plantops.api.reception import Reception
from plantops.bootstrap import now, store_address, vault
from plantops.library import library
from plantops.logins import broker, household, stock_broker
from plantops.mqtt.consumer import Consumer
from plantops.ops import memory
from plantops.ops.metrics import Metrics
from plantops.ops.vault import Vault
from plantops.rounds import Rounds
from plantops.services import sealed
from plantops.services.access import Access
from plantops.services.accounts import Accounts, Office
from plantops.services.alert_judge import AlertJudge
from plantops.services.alert_weather import Forecasts
from plantops.services.alerts import AlertBook
from plantops.services.announce import Announcer
from plantops.services.calendars import Calendars
from plantops.services.calibrating import CalibrationProcedures
from plantops.services.calibration import CalibrationVersions
from plantops.services.care import CareBook
from plantops.services.certificates import CertificateWatch
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
from plantops.services.maintenance import Maintenance
from plantops.services.photos import Album
from plantops.services.plants import Plants
from plantops.services.posting import Posting
from plantops.services.registration import Registration
from plantops.services.registration_keys import RegistrationKeys
from plantops.services.registry import Registry
from plantops.services.stream import Hub
from plantops.services.task_keeping import TaskKeeper
from plantops.services.task_rules import TaskRules
from plantops.services.tasks import TaskBook
from plantops.services.watch import Watch
from plantops.settings import Settings
from plantops.storage.migrate import migrate
from plantops.storage.pool import Database
from plantops.voices import Voices, voices
from plantops.waterworks import waterworks

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class House:
    """What stands when all doors are open."""

    api: web.Application
    consumer: Consumer
    rounds: Rounds


@asynccontextmanager
async def open_house(settings: Settings, stopping: Callable[[], bool]) -> AsyncIterator[House]:
    """Open store, services and doors; nothing listens or consumes yet. `stopping` tells when all this shall end."""
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(store_address(settings))
        applied = await migrate(address)
        metrics = Metrics(version=__version__)
        database = await stack.enter_async_context(Database.open(address, metrics=metrics))
        strongbox = vault(settings)
        await sealed.check(database, strongbox)
        log.info("store_open", embedded=settings.database_address is None, migrations=applied)
        garden = Garden(database, now, settings.tongue, settings.hemisphere)
        hub = await stack.enter_async_context(Hub.open(garden, metrics=metrics, clock=now, version=__version__))
        news = await stack.enter_async_context(Announcer.open(address, hub))
        yield _furnish(settings, Stores(database, strongbox), Told(garden, hub, news, stopping), metrics)


@dataclass(frozen=True, slots=True)
class Stores:
    """What the house remembers, and the strongbox that opens what lies sealed there."""

    database: Database
    vault: Vault


@dataclass(frozen=True, slots=True)
class Told:
    """The garden, who hears of its changes, and whether it is about to close."""

    garden: Garden
    hub: Hub
    news: Announcer
    stopping: Callable[[], bool]


def _furnish(settings: Settings, stores: Stores, told: Told, metrics: Metrics) -> House:
    """Build the services on the open store, and the doors on the services."""
    database = stores.database
    news, registry, letters = told.news, Registry(), Letters(metrics=metrics, clock=now)
    ingest, discovery = _intake(settings, registry, letters, news, metrics)
    watch = Watch(database, told.garden, news=news, clock=now, tongue=settings.tongue)
    home, water = household(settings, stores.vault), waterworks(settings, database, told.garden, news, metrics)
    rounds = _rounds(settings, database, speaks := voices(settings, database, stores.vault, metrics), news, metrics)
    consumer = Consumer(
        broker(settings),
        database.url,
        ingest=ingest,
        discovery=discovery,
        registry=registry,
        metrics=metrics,
        clock=now,
        stock_broker=stock_broker(settings, home),
        household=home,
        watch=watch,
        irrigation=water.irrigation,
        alerts=_alert_judge(settings, database, rounds.days, news, metrics),
    )
    rooms: keys.Rooms = {
        keys.CLOCK: now,
        keys.METRICS: metrics,
        keys.ACCESS: Access(database, now),
        keys.HEALTH: _health_check(database, consumer, told, rounds.certificates),
        keys.TRUSTED: settings.trusted_proxies,
        keys.GARDEN: told.garden,
        keys.DEVICES: Devices(database, told.garden, registry, news=news),
        **_past(settings, database, rounds),
        **_gardening(database, told, watch, rounds.tasks, water.orders),
        keys.HUB: told.hub,
        keys.POSTING: Posting(database, ingest, discovery, clock=now),
        keys.NOTIFICATION_CHANNELS: speaks.channels,
        **library(settings, database, stores.vault, speaks.outside, news),
    }
    if settings.dashboard is not None:
        rooms = {**rooms, keys.DASHBOARD: Dashboard(settings.dashboard)}
    return House(make_api({**rooms, **_reception(settings, stores, news, metrics)}), consumer, rounds)


def _intake(
    settings: Settings, registry: Registry, letters: Letters, news: Announcer, metrics: Metrics
) -> tuple[Ingest, Discovery]:
    """Build what takes in what devices say."""
    keep_raw = timedelta(days=settings.retention_raw_days)
    ingest = Ingest(registry, letters, news=news, metrics=metrics, clock=now, keep_raw=keep_raw)
    return ingest, Discovery(registry, letters, news=news, metrics=metrics)


def _rounds(settings: Settings, database: Database, speaks: Voices, news: Announcer, metrics: Metrics) -> Rounds:
    keep_raw, keep_hourly = (timedelta(days=n) for n in (settings.retention_raw_days, settings.retention_hourly_days))
    return Rounds(
        maintenance=Maintenance(database, keep_raw=keep_raw, keep_hourly=keep_hourly),
        certificates=CertificateWatch(settings.certificates_folder, metrics=metrics, clock=now),
        days=Days(database, settings.zone, clock=now, retention=Retention(keep_raw, keep_hourly)),
        lights=Lights(database, settings.zone, news=news, clock=now),
        notifier=speaks.notifier,
        tasks=TaskKeeper(database, settings.zone, news=news, clock=now, tongue=settings.tongue),
    )


def _alert_judge(settings: Settings, database: Database, days: Days, news: Announcer, metrics: Metrics) -> AlertJudge:
    return AlertJudge(
        database,
        days,
        news=news,
        metrics=metrics,
        zone=settings.zone,
        hemisphere=settings.hemisphere,
        tongue=settings.tongue,
    )


def _past(settings: Settings, database: Database, rounds: Rounds) -> keys.Rooms:
    """Build what tells of the past, and how long it is kept."""
    return {
        keys.GARDEN_RULES: GardenRules(database, (settings.retention_raw_days, settings.retention_hourly_days)),
        keys.HISTORIES: Histories(database),
        keys.LETTERS: DeadLetters(database),
        keys.DAYS: rounds.days,
        keys.LIGHTS: rounds.lights,
        keys.EXPORTS: Exports(database),
    }


def _gardening(
    database: Database, told: Told, watch: Watch, keeper: TaskKeeper, orders: IrrigationOrders
) -> keys.Rooms:
    """Build what people need to look after plants."""
    news = told.news
    care_book = CareBook(database, told.garden, watch, tasks=keeper, news=news, clock=now)
    return {
        keys.IRRIGATION_ORDERS: orders,
        keys.IRRIGATORS: Irrigators(database, news=news, clock=now),
        keys.PLANTS: Plants(database, told.garden, news=news, clock=now),
        keys.ALERT_BOOK: AlertBook(database, news=news, clock=now),
        keys.FORECASTS: Forecasts(database, now),
        keys.CARE_BOOK: care_book,
        keys.CALENDARS: Calendars(database, keeper.zone, now, keeper.tongue),
        keys.ALBUM: Album(database, told.garden, care_book, zone=keeper.zone, clock=now),
        keys.TASK_BOOK: TaskBook(database, told.garden, care_book, keeper=keeper, clock=now),
        keys.TASK_RULES: TaskRules(database, told.garden, keeper=keeper, clock=now),
        keys.TASK_KEEPER: keeper,
        keys.CALIBRATION_VERSIONS: CalibrationVersions(database, news=news, clock=now),
        keys.CALIBRATION_PROCEDURES: CalibrationProcedures(database, news=news, clock=now, tongue=keeper.tongue),
    }


def _reception(settings: Settings, stores: Stores, news: Announcer, metrics: Metrics) -> keys.Rooms:
    """Build what lets devices in."""
    office = Office(stores.database, stores.vault, bootstrap.terms(settings), news, now)
    accounts = Accounts(office)
    return {
        keys.REGISTRATION: Registration(office, accounts, metrics),
        keys.REGISTRATION_KEYS: RegistrationKeys(stores.database, now),
        keys.ACCOUNTS: accounts,
        keys.RECEPTION: Reception.of(settings),
    }


def _health_check(database: Database, consumer: Consumer, told: Told, watch: CertificateWatch) -> HealthCheck:
    return HealthCheck(
        database=database,
        ingest=partial(_ingest_health, consumer),
        stream_clients=lambda: told.hub.clients,
        certificates=watch.health,
        clock=now,
        started_at=now(),
        version=__version__,
        instance_id=told.hub.instance_id,
        stopping=told.stopping,
    )


def _ingest_health(consumer: Consumer) -> IngestHealth:
    state = consumer.state
    return IngestHealth(
        role=Role.ACTIVE if state.role != "standby" else Role.STANDBY,
        mqtt_connected=state.connected,
        queue_depth=state.queued,
        last_stored_at=state.last_stored_at,
        readings_per_minute=state.readings_per_minute,
        lag_seconds=state.lag_seconds,
        broker_dropped=state.dropped,
        problem=state.problem,
    )


async def serve(settings: Settings) -> None:
    """Run the backend until SIGINT or SIGTERM."""
    memory.keep_large_blocks_apart()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    house_open = open_house(settings, ended.is_set)
    async with house_open as house, listening(house.api, settings), asyncio.TaskGroup() as tasks:
        work = [
            tasks.create_task(house.consumer.run(), name="ingest"),
            *(tasks.create_task(work, name=name) for name, work in house.rounds.begin().items()),
        ]
        memory.search_seldom()
        await ended.wait()
        log.info("stopping")
        for task in work:  # first the lease, so that another backend stores at once; then the doors
            task.cancel()
    log.info("stopped")
