"""The garden as a client knows it: a snapshot, and what each event makes of it. Pure: nothing here waits or asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from .air import air
from .alerts import Alert
from .events import (
    AlertEvent,
    DeviceEvent,
    DeviceRemovedEvent,
    Event,
    IrrigatorEvent,
    IrrigatorRemovedEvent,
    PlantEvent,
    PlantReading,
    PlantRemovedEvent,
    ReadingsEvent,
    StatusEvent,
    TaskEvent,
    TaskRemovedEvent,
)
from .irrigation import Irrigator
from .metrics import Metric
from .models import Device, GardenSnapshot, Latest, Plant, PlantValue
from .tasks import CareTask


@dataclass(frozen=True, slots=True)
class Garden:
    """Everything in a garden at one moment. `after` makes the next moment; this one stays as it is."""

    devices: Mapping[str, Device]
    plants: Mapping[UUID, Plant]
    alerts: Mapping[UUID, Alert] = field(default_factory=dict)
    """Those that are open."""
    irrigators: Mapping[UUID, Irrigator] = field(default_factory=dict)
    tasks: Mapping[UUID, CareTask] = field(default_factory=dict)
    """Those that are to be done."""

    @classmethod
    def of(cls, snapshot: GardenSnapshot) -> Self:
        """Lay out a snapshot by ids."""
        return cls(
            {device.id: device for device in snapshot.devices},
            {plant.id: plant for plant in snapshot.plants},
            {alert.id: alert for alert in snapshot.alerts},
            {irrigator.id: irrigator for irrigator in snapshot.irrigation},
            {task.id: task for task in snapshot.tasks},
        )

    def value(self, plant_id: UUID, metric: Metric) -> PlantValue | None:
        """Tell what a plant feels now for one metric; None when no channel serves it or nothing was read yet."""
        plant = self.plants.get(plant_id)
        return None if plant is None else next((value for value in plant.values if value.metric is metric), None)

    def after(self, event: Event) -> Garden:
        """Tell the garden as it is after ``event``; what the event names but the garden doesn't know is left out."""
        changed = self  # the past (care, watering commands) is asked for, not carried around
        match event:
            case DeviceEvent(device=device):
                changed = replace(self, devices={**self.devices, device.id: device})
            case DeviceRemovedEvent(device_id=gone):
                changed = self._without_device(gone)
            case PlantEvent(plant=plant):
                changed = replace(self, plants={**self.plants, plant.id: plant})
            case PlantRemovedEvent(plant_id=gone):
                changed = self._without_plant(gone)
            case AlertEvent(alert=alert):
                changed = self._with_alert(alert)
            case TaskEvent() | TaskRemovedEvent():
                changed = self._with_task(event)
            case StatusEvent():
                changed = self._with_status(event)
            case ReadingsEvent():
                changed = self._with_readings(event)
            case IrrigatorEvent() | IrrigatorRemovedEvent():
                changed = self._with_irrigator(event)
        return changed

    def _with_irrigator(self, event: IrrigatorEvent | IrrigatorRemovedEvent) -> Garden:
        if isinstance(event, IrrigatorRemovedEvent):
            return replace(self, irrigators=_without(self.irrigators, event.irrigator_id))
        return replace(self, irrigators={**self.irrigators, event.irrigator.id: event.irrigator})

    def _with_alert(self, alert: Alert) -> Garden:
        others = _without(self.alerts, alert.id)
        return replace(self, alerts=others if alert.resolved_at else {**others, alert.id: alert})

    def _without_device(self, gone: str) -> Garden:
        alerts = {key: alert for key, alert in self.alerts.items() if alert.device_id != gone}
        irrigators = {key: one for key, one in self.irrigators.items() if one.device_id != gone}
        return replace(self, devices=_without(self.devices, gone), alerts=alerts, irrigators=irrigators)

    def _without_plant(self, gone: UUID) -> Garden:
        alerts = {key: alert for key, alert in self.alerts.items() if alert.plant_id != gone}
        tasks = {key: task for key, task in self.tasks.items() if task.plant_id != gone}
        return replace(self, plants=_without(self.plants, gone), alerts=alerts, tasks=tasks)

    def _with_task(self, event: TaskEvent | TaskRemovedEvent) -> Garden:
        if isinstance(event, TaskRemovedEvent):
            return replace(self, tasks=_without(self.tasks, event.task_id))
        others = _without(self.tasks, event.task.id)
        return replace(self, tasks=others if event.task.completed_at else {**others, event.task.id: event.task})

    def _with_status(self, event: StatusEvent) -> Garden:
        device = self.devices.get(event.device_id)
        if device is None or (device.status_at is not None and event.status_at < device.status_at):
            return self
        changed = device.model_copy(update={"status": event.status, "status_at": event.status_at})
        return replace(self, devices={**self.devices, device.id: changed})

    def _with_readings(self, event: ReadingsEvent) -> Garden:
        devices = self.devices
        if (device := devices.get(event.device_id)) is not None:
            devices = {**devices, device.id: _told(device, event)}
        plants = self.plants
        if event.plants:
            plants = {**plants}
            for reading in event.plants:
                if (plant := plants.get(reading.plant_id)) is not None:
                    plants[plant.id] = _felt(plant, reading)
        return replace(self, devices=devices, plants=plants)


def _without[Key, Thing](things: Mapping[Key, Thing], gone: Key) -> Mapping[Key, Thing]:
    return {key: thing for key, thing in things.items() if key != gone}


def _told(device: Device, event: ReadingsEvent) -> Device:
    news = {reading.channel_id: Latest(time=reading.time, value=reading.value) for reading in event.channels}
    channels = tuple(
        channel.model_copy(update={"latest": latest})
        if (latest := news.get(channel.id)) and (channel.latest is None or channel.latest.time <= latest.time)
        else channel
        for channel in device.channels
    )
    last_seen = event.last_seen if device.last_seen is None else max(event.last_seen, device.last_seen)
    return device.model_copy(update={"channels": channels, "last_seen": last_seen})


def _felt(plant: Plant, reading: PlantReading) -> Plant:
    old = next((value for value in plant.values if value.metric is reading.value.metric), None)
    if old is not None and old.channel_id == reading.value.channel_id and old.time > reading.value.time:
        return plant
    others = tuple(value for value in plant.values if value.metric is not reading.value.metric)
    values = tuple(sorted((*others, reading.value), key=lambda value: value.metric))
    return plant.model_copy(update={"values": values, "air": air(values, plant.site.leaf_offset)})
