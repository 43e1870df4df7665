"""Folding events gives the garden that a simple, slow bookkeeper of all news would have."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind
from aioplantops.events import (
    AlertEvent,
    ChannelReading,
    DeviceEvent,
    DeviceRemovedEvent,
    Event,
    PlantEvent,
    PlantReading,
    PlantRemovedEvent,
    ReadingsEvent,
    StatusEvent,
)
from aioplantops.garden import Garden
from aioplantops.metrics import METRICS, Metric
from aioplantops.models import Channel, Device, DeviceKind, DeviceStatus, GardenSnapshot, Latest, Plant, PlantValue
from aioplantops.severity import Severity
from hypothesis import given
from hypothesis import strategies as st

BEGIN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DEVICES = ("plant-1", "plant-2")
PLANTS = (UUID(int=1), UUID(int=2))
KEYS = (Metric.SOIL_MOISTURE, Metric.TEMPERATURE)

moments = st.integers(0, 20).map(lambda minute: BEGIN + timedelta(minutes=minute))
values = st.floats(0, 50, allow_nan=False).map(lambda value: round(value, 1))


def channel_id(device: str, metric: Metric) -> int:
    """Give a channel its number: 10 and 11, 20 and 21."""
    return 10 * int(device[-1]) + KEYS.index(metric)


@st.composite
def devices(draw: st.DrawFn) -> Device:
    """Draw a device as the server would tell it."""
    name = draw(st.sampled_from(DEVICES))
    return Device(
        id=name,
        name=draw(st.sampled_from(("Sill", "Shelf"))),
        kind=DeviceKind.PLANTOPS,
        status=draw(st.sampled_from(DeviceStatus)),
        status_at=draw(st.none() | moments),
        last_seen=draw(st.none() | moments),
        created_at=BEGIN,
        channels=tuple(
            Channel(
                id=channel_id(name, metric),
                device_id=name,
                key=metric,
                name=metric,
                metric=metric,
                unit=METRICS[metric].unit,
                latest=draw(st.none() | st.builds(Latest, time=moments, value=values)),
            )
            for metric in KEYS
        ),
    )


def plant_values(metric: Metric) -> st.SearchStrategy[PlantValue]:
    """Draw what a plant may feel."""
    channels = st.sampled_from(DEVICES).map(lambda device: channel_id(device, metric))
    unit = st.just(METRICS[metric].unit)
    return st.builds(PlantValue, metric=st.just(metric), unit=unit, value=values, time=moments, channel_id=channels)


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    """Draw a plant as the server would tell it."""
    felt = [draw(plant_values(metric)) for metric in draw(st.sets(st.sampled_from(KEYS)))]
    return Plant(
        id=draw(st.sampled_from(PLANTS)),
        name=draw(st.sampled_from(("Fern", "Basil"))),
        created_at=BEGIN,
        updated_at=draw(moments),
        values=tuple(sorted(felt, key=lambda value: value.metric)),
    )


@st.composite
def readings(draw: st.DrawFn) -> ReadingsEvent:
    """Draw new readings of a device."""
    device = draw(st.sampled_from(DEVICES))
    told = {metric: draw(st.tuples(moments, values)) for metric in draw(st.sets(st.sampled_from(KEYS), min_size=1))}
    return ReadingsEvent(
        device_id=device,
        last_seen=draw(moments),
        channels=tuple(
            ChannelReading(channel_id=channel_id(device, metric), time=time, value=value)
            for metric, (time, value) in told.items()
        ),
        plants=tuple(
            PlantReading(
                plant_id=draw(st.sampled_from(PLANTS)),
                value=PlantValue(
                    metric=metric,
                    unit=METRICS[metric].unit,
                    value=value,
                    time=time,
                    channel_id=channel_id(device, metric),
                ),
            )
            for metric, (time, value) in told.items()
            if draw(st.booleans())
        ),
    )


statuses = st.builds(
    StatusEvent, device_id=st.sampled_from(DEVICES), status=st.sampled_from(DeviceStatus), status_at=moments
)
alerts = st.builds(
    Alert,
    id=st.sampled_from((UUID(int=11), UUID(int=12))),
    kind=st.just(AlertKind.SENSOR_FAULT),
    severity=st.just(Severity.WARNING),
    plant_id=st.none() | st.sampled_from(PLANTS),
    device_id=st.none() | st.sampled_from(DEVICES),
    opened_at=moments,
    resolved_at=st.none() | moments,
    words=st.just("It jumps."),
)
events: st.SearchStrategy[Event] = st.one_of(
    readings(),
    statuses,
    st.builds(DeviceEvent, device=devices()),
    st.builds(DeviceRemovedEvent, device_id=st.sampled_from(DEVICES)),
    st.builds(PlantEvent, plant=plants()),
    st.builds(PlantRemovedEvent, plant_id=st.sampled_from(PLANTS)),
    st.builds(AlertEvent, alert=alerts),
)


class Bookkeeper:
    """Keeps every fact in a slot of its own, and overwrites it."""

    def __init__(self) -> None:
        """Begin with an empty garden."""
        self.devices: dict[str, Device] = {}
        self.latest: dict[int, Latest] = {}
        self.plants: dict[UUID, Plant] = {}
        self.felt: dict[tuple[UUID, Metric], PlantValue] = {}
        self.alerts: dict[UUID, Alert] = {}

    def note(self, event: Event) -> None:
        """Write one event down."""
        match event:
            case DeviceEvent(device=device):
                self._note_device(device)
            case DeviceRemovedEvent():
                self.devices.pop(event.device_id, None)
                self.alerts = {key: one for key, one in self.alerts.items() if one.device_id != event.device_id}
            case PlantEvent(plant=plant):
                self.plants[plant.id] = plant
                for metric in KEYS:
                    self.felt.pop((plant.id, metric), None)
                self.felt |= {(plant.id, value.metric): value for value in plant.values}
            case PlantRemovedEvent():
                self.plants.pop(event.plant_id, None)
                self.alerts = {key: one for key, one in self.alerts.items() if one.plant_id != event.plant_id}
            case AlertEvent(alert=alert):
                self.alerts[alert.id] = alert
            case StatusEvent():
                self._note_status(event)
            case ReadingsEvent():
                self._note_readings(event)

    def _note_device(self, device: Device) -> None:
        self.devices[device.id] = device
        for channel in device.channels:
            self.latest.pop(channel.id, None)
            if channel.latest is not None:
                self.latest[channel.id] = channel.latest

    def _note_status(self, event: StatusEvent) -> None:
        device = self.devices.get(event.device_id)
        if device is not None and (device.status_at is None or device.status_at <= event.status_at):
            self._change_device(event.device_id, status=event.status, status_at=event.status_at)

    def _change_device(self, device_id: str, **fields: object) -> None:
        if device_id in self.devices:
            self.devices[device_id] = self.devices[device_id].model_copy(update=fields)

    def _note_readings(self, event: ReadingsEvent) -> None:
        if (device := self.devices.get(event.device_id)) is not None:
            seen = [moment for moment in (device.last_seen, event.last_seen) if moment is not None]
            self._change_device(event.device_id, last_seen=max(seen))
            for reading in event.channels:
                old = self.latest.get(reading.channel_id)
                if old is None or reading.time >= old.time:
                    self.latest[reading.channel_id] = Latest(time=reading.time, value=reading.value)
        for felt in event.plants:
            slot = (felt.plant_id, felt.value.metric)
            before = self.felt.get(slot)
            same = before is not None and before.channel_id == felt.value.channel_id
            if felt.plant_id in self.plants and not (before and same and before.time > felt.value.time):
                self.felt[slot] = felt.value

    def garden(self) -> GardenSnapshot:
        """Write the garden out, as the server does."""
        return GardenSnapshot(
            devices=tuple(self._device(device) for device in self.devices.values()),
            plants=tuple(self._plant(plant) for plant in self.plants.values()),
            alerts=tuple(alert for alert in self.alerts.values() if alert.resolved_at is None),
        )

    def _device(self, device: Device) -> Device:
        channels = tuple(one.model_copy(update={"latest": self.latest.get(one.id)}) for one in device.channels)
        return device.model_copy(update={"channels": channels})

    def _plant(self, plant: Plant) -> Plant:
        felt = tuple(self.felt[plant.id, metric] for metric in sorted(KEYS) if (plant.id, metric) in self.felt)
        return plant.model_copy(update={"values": felt})


@given(happened=st.lists(events, max_size=40))
def test_folding_equals_bookkeeping(happened: list[Event]) -> None:
    garden, book = Garden({}, {}), Bookkeeper()
    for event in happened:
        garden = garden.after(event)
        book.note(event)
        assert garden == Garden.of(book.garden())


@given(before=st.lists(events, max_size=15), event=events)
def test_folding_twice_changes_nothing_and_the_past_stays(before: list[Event], event: Event) -> None:
    garden = Garden({}, {})
    for one in before:
        garden = garden.after(one)
    copy = Garden({**garden.devices}, {**garden.plants}, {**garden.alerts})
    once = garden.after(event)
    assert once.after(event) == once
    assert garden == copy


@given(plant=plants())
def test_a_value_is_found_by_plant_and_metric(plant: Plant) -> None:
    garden = Garden({}, {plant.id: plant})
    for metric in KEYS:
        assert garden.value(plant.id, metric) == next((one for one in plant.values if one.metric is metric), None)
    assert garden.value(UUID(int=9), Metric.CO2) is None
