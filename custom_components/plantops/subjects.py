"""What an event of the stream is about, so that only those entities are told that show it."""

from collections.abc import Hashable
from typing import Final

from .lib.aioplantops.events import (
    AlertEvent,
    CareRemovedEvent,
    CareToldEvent,
    DeviceEvent,
    DeviceRemovedEvent,
    Event,
    IrrigatorEvent,
    IrrigatorRemovedEvent,
    PlantEvent,
    PlantRemovedEvent,
    ReadingsEvent,
    StatusEvent,
    WateringCommandEvent,
)
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.models import Device, Plant

ALERTS: Final = "alerts"
"""Which alerts are open."""

GARDEN: Final = "garden"
"""Which plants and devices there are, and what they are called."""

CLOCK: Final = "clock"
"""Time has passed."""

HEALTH: Final = "health"
"""How the backend itself feels."""

IRRIGATION: Final = "irrigation"
"""Which irrigators there are."""

READING: Final = "reading"
"""(READING, plant, metric): a plant feels something new."""


def subjects(event: Event) -> tuple[Hashable, ...]:
    """Name what the event is about: a plant by its UUID, a device by its id, a plant's metric by a tuple."""
    about: tuple[Hashable, ...] = ()
    match event:
        case PlantEvent(plant=plant):
            about = (plant.id,)
        case PlantRemovedEvent(plant_id=plant_id):
            about = (plant_id,)
        case DeviceEvent(device=device):
            about = (device.id,)
        case DeviceRemovedEvent(device_id=device_id) | StatusEvent(device_id=device_id):
            about = (device_id,)
        case AlertEvent(alert=alert):
            about = (ALERTS, alert.plant_id, alert.device_id)
        case ReadingsEvent():
            about = (event.device_id, *((READING, one.plant_id, one.value.metric) for one in event.plants))
        case IrrigatorEvent(irrigator=irrigator):
            about = (IRRIGATION, irrigator.id)
        case IrrigatorRemovedEvent(irrigator_id=irrigator_id):
            about = (IRRIGATION, irrigator_id)
        case CareToldEvent() | CareRemovedEvent() | WateringCommandEvent():
            pass  # something that happens is no state
    return about


def is_new(event: Event, before: Garden) -> bool:
    """Tell whether the event changes which plants and devices there are, how they are called, or what they have."""
    match event:
        case PlantEvent(plant=plant):
            return (old := before.plants.get(plant.id)) is None or _looks(old) != _looks(plant)
        case DeviceEvent(device=device):
            return (known := before.devices.get(device.id)) is None or _shape(known) != _shape(device)
        case IrrigatorEvent(irrigator=irrigator):
            return irrigator.id not in before.irrigators
    return isinstance(event, PlantRemovedEvent | DeviceRemovedEvent | IrrigatorRemovedEvent)


def _looks(plant: Plant) -> tuple[object, ...]:
    return (plant.name, plant.species, plant.area, {one.metric for one in plant.assignments}, plant.light is None)


def _shape(device: Device) -> tuple[object, ...]:
    channels = {(channel.id, channel.metric, channel.unit) for channel in device.channels}
    return (device.name, device.area, device.model, device.manufacturer, device.firmware, channels)
