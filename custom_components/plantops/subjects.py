"""What an event of the stream is about, so that only those entities are told that show it."""

from collections.abc import Hashable
from typing import Final

from .lib.aioplantops.events import (
    DeviceEvent,
    DeviceRemovedEvent,
    Event,
    PlantEvent,
    PlantRemovedEvent,
    ReadingsEvent,
    StatusEvent,
)

GARDEN: Final = "garden"
"""Which plants and devices there are, and what they are called."""

CLOCK: Final = "clock"
"""Time has passed."""

READING: Final = "reading"
"""(READING, plant, metric): a plant feels something new."""


def subjects(event: Event) -> tuple[Hashable, ...]:
    """Name what the event is about: a plant by its UUID, a device by its id, a plant's metric by a tuple."""
    match event:
        case PlantEvent(plant=plant):
            return (plant.id,)
        case PlantRemovedEvent(plant_id=plant_id):
            return (plant_id,)
        case DeviceEvent(device=device):
            return (device.id,)
        case DeviceRemovedEvent(device_id=device_id) | StatusEvent(device_id=device_id):
            return (device_id,)
        case ReadingsEvent():
            return (event.device_id, *((READING, one.plant_id, one.value.metric) for one in event.plants))
    return ()


def is_new(event: Event) -> bool:
    """Tell whether the event may change which plants and devices there are, or how they are called."""
    return isinstance(event, PlantEvent | PlantRemovedEvent | DeviceEvent | DeviceRemovedEvent)
