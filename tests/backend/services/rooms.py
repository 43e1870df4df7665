"""What a test of the garden needs: all rooms from ingest to stream on one database, and short words for filling it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.events import EVENT, Event, Snapshot
from aioplantops.garden import Garden as Folded
from aioplantops.metrics import Metric
from aioplantops.models import AssignmentCreate, DeviceKind, Plant, PlantCreate
from aioplantops.telemetry import Sample
from plantops.domain.intake import Envelope
from plantops.domain.tongue import IN_ENGLISH, Speech
from plantops.ops.metrics import Metrics
from plantops.services.alert_judge import AlertJudge
from plantops.services.alert_weather import Forecasts
from plantops.services.alerts import AlertBook
from plantops.services.calibrating import CalibrationProcedures
from plantops.services.calibration import CalibrationVersions
from plantops.services.care import CareBook
from plantops.services.days import Days, Retention
from plantops.services.devices import Devices
from plantops.services.discovery import Discovery
from plantops.services.export import Exports
from plantops.services.garden import Garden
from plantops.services.history import Histories
from plantops.services.ingest import Ingest
from plantops.services.letters import Letters
from plantops.services.light import Lights
from plantops.services.plants import Plants
from plantops.services.posting import Posting
from plantops.services.registry import Registry
from plantops.services.species import SpeciesProfiles
from plantops.services.stream import Hub
from plantops.services.task_keeping import TaskKeeper
from plantops.services.task_rules import TaskRules
from plantops.services.tasks import TaskBook
from plantops.services.watch import Watch
from plantops.storage.pool import Database

from tests.backend.services.intake import Clock

MOST_SAMPLES = 1_000
KEPT = timedelta(days=4_000)
HERE = Speech(IN_ENGLISH, ZoneInfo("UTC"))


@dataclass
class Rooms:
    """One backend's rooms."""

    database: Database
    clock: Clock
    metrics: Metrics
    registry: Registry
    letters: Letters
    ingest: Ingest
    garden: Garden
    plants: Plants
    watch: Watch
    care: CareBook
    keeper: TaskKeeper
    tasks: TaskBook
    rules: TaskRules
    alerts: AlertBook
    judge: AlertJudge
    forecasts: Forecasts
    species: SpeciesProfiles
    devices: Devices
    calibrations: CalibrationVersions
    procedures: CalibrationProcedures
    histories: Histories
    days: Days
    lights: Lights
    exports: Exports
    posting: Posting
    hub: Hub

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, clock: Clock | None = None, speech: Speech = HERE) -> AsyncIterator[Rooms]:
        """Wire everything to a migrated database."""
        clock, metrics, registry, zone = clock or Clock(), Metrics(), Registry(), speech.zone
        async with Database.open(url, max_size=4) as database:
            garden = Garden(database, clock, tongue=speech.tongue)
            async with Hub.open(garden, metrics=metrics, clock=clock, version="1.2.3") as hub:
                letters = Letters(metrics=metrics, clock=clock)
                keeper = TaskKeeper(database, zone, news=hub, clock=clock, tongue=speech.tongue)
                ingest = Ingest(registry, letters, news=hub, metrics=metrics, clock=clock, keep_raw=KEPT)
                watch = Watch(database, garden, news=hub, clock=clock, tongue=speech.tongue)
                days = Days(database, zone, clock=clock, retention=Retention(KEPT, KEPT))
                care = CareBook(database, garden, watch, tasks=keeper, news=hub, clock=clock)
                yield cls(
                    database=database,
                    clock=clock,
                    metrics=metrics,
                    registry=registry,
                    letters=letters,
                    ingest=ingest,
                    garden=garden,
                    plants=Plants(database, garden, news=hub, clock=clock),
                    watch=watch,
                    care=care,
                    keeper=keeper,
                    tasks=TaskBook(database, garden, care, keeper=keeper, clock=clock),
                    rules=TaskRules(database, garden, keeper=keeper, clock=clock),
                    alerts=AlertBook(database, news=hub, clock=clock),
                    judge=AlertJudge(database, days, news=hub, metrics=metrics, zone=zone, tongue=speech.tongue),
                    forecasts=Forecasts(database, clock),
                    species=SpeciesProfiles(database, news=hub, clock=clock),
                    devices=Devices(database, garden, registry, news=hub),
                    calibrations=CalibrationVersions(database, news=hub, clock=clock),
                    procedures=CalibrationProcedures(database, news=hub, clock=clock, tongue=speech.tongue),
                    histories=Histories(database),
                    days=days,
                    lights=Lights(database, zone, news=hub, clock=clock),
                    exports=Exports(database),
                    posting=Posting(database, ingest, Discovery(registry, letters, news=hub, metrics=metrics), clock),
                    hub=hub,
                )

    async def store(
        self,
        device_id: str,
        readings: Iterable[tuple[str, datetime, float]],
        *,
        kind: DeviceKind = DeviceKind.PLANTOPS,
    ) -> None:
        """Store readings (channel key, time, value) of a device."""
        samples = [Sample(c=key, t=time.timestamp(), v=value) for key, time, value in readings]
        envelopes = [
            Envelope(
                device_id, kind, f"plantops/{device_id}/telemetry", self.clock(), tuple(samples[at : at + MOST_SAMPLES])
            )
            for at in range(0, len(samples), MOST_SAMPLES)
        ]
        async with self.database.acquire() as connection:
            receipts = await self.ingest.store(connection, envelopes)
        assert sum(receipt.refused for receipt in receipts) == 0, [receipt.faults for receipt in receipts][:3]

    async def channel(self, device_id: str, key: str = "soil_moisture") -> int:
        """Give a channel's id."""
        device = await self.garden.device(device_id)
        return next(channel.id for channel in device.channels if channel.key == key)

    async def plant(self, name: str = "Basil") -> Plant:
        """Plant a plant."""
        return await self.plants.create(PlantCreate(name=name))

    async def assign(
        self, plant_id: UUID, channel_id: int, from_: datetime | None = None, until: datetime | None = None
    ) -> UUID:
        """Let a channel serve a plant."""
        wish = AssignmentCreate.model_validate({"channel_id": channel_id, "from": from_, "until": until})
        return (await self.plants.assign(plant_id, wish)).id


@dataclass
class Client:
    """A stream client as aioplantops is one: folds what it hears."""

    garden: Folded
    seq: int
    events: list[Event]

    @classmethod
    def of(cls, text: str) -> Client:
        """Begin with a snapshot."""
        snapshot = Snapshot.model_validate_json(text)
        return cls(Folded.of(snapshot.garden), snapshot.seq, [])

    def hear(self, text: str) -> None:
        """Fold one event."""
        event = EVENT.validate_json(text)
        assert event.seq == self.seq + 1
        self.seq = event.seq
        self.events.append(event)
        self.garden = self.garden.after(event)


SOIL = Metric.SOIL_MOISTURE
