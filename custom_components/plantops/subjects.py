"""What an event of the stream is about, so that only those entities are told that show it."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from .lib.aioplantops.events import (
    AlertEvent,
    DeviceEvent,
    DeviceRemovedEvent,
    Event,
    IrrigatorEvent,
    IrrigatorRemovedEvent,
    PlantEvent,
    PlantRemovedEvent,
    ReadingsEvent,
    StatusEvent,
    TaskEvent,
    TaskRemovedEvent,
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


TASKS: Final = "tasks"
"""What is to be done."""


_ABOUT: Mapping[type, Callable[[Any], tuple[Hashable, ...]]] = {
    PlantEvent: lambda event: (event.plant.id,),
    PlantRemovedEvent: lambda event: (event.plant_id,),
    DeviceEvent: lambda event: (event.device.id,),
    DeviceRemovedEvent: lambda event: (event.device_id,),
    StatusEvent: lambda event: (event.device_id,),
    ReadingsEvent: lambda event: (
        event.device_id,
        *((READING, one.plant_id, one.value.metric) for one in event.plants),
    ),
    AlertEvent: lambda event: (ALERTS, event.alert.plant_id, event.alert.device_id),
    TaskEvent: lambda event: (TASKS,),
    TaskRemovedEvent: lambda event: (TASKS,),
    IrrigatorEvent: lambda event: (IRRIGATION, event.irrigator.id),
    IrrigatorRemovedEvent: lambda event: (IRRIGATION, event.irrigator_id),
}
"""By kind of event. What only happens, such as care, is no state, and about nothing."""


def subjects(event: Event) -> tuple[Hashable, ...]:
    """Name what the event is about: a plant by its UUID, a device by its id, a plant's metric by a tuple."""
    about = _ABOUT.get(type(event))
    return () if about is None else about(event)


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
    return (
        plant.name,
        plant.species,
        plant.area,
        {one.metric for one in plant.assignments},
        plant.light is None,
        plant.photo_id is None,
    )


def _shape(device: Device) -> tuple[object, ...]:
    channels = {(channel.id, channel.metric, channel.unit) for channel in device.channels}
    return (device.name, device.area, device.model, device.manufacturer, device.firmware, channels)
