"""What the backend tells its listeners, as it happens.

A connection hears one `Hello`, one `Snapshot` with `seq` 0, and then events whose `seq` grows by one.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from .alerts import Alert
from .care import CareEvent
from .irrigation import Irrigator, WateringCommand
from .models import Device, DeviceStatus, GardenSnapshot, Plant, PlantValue
from .tasks import CareTask
from .wire import Answer, DeviceId, Utc

SCHEMA_VERSION = 1
"""Raised when a message changes so that older clients would misunderstand it."""

MIN_SCHEMA_VERSION = 1
"""The oldest schema that this side still understands."""


class Hello(Answer):
    """The first message: who is speaking, and which schema."""

    type: Literal["hello"] = "hello"
    schema_version: int
    min_schema_version: int
    server_version: str
    instance_id: UUID
    """The installation's identity; it stays the same across restarts, replicas and addresses."""
    language: str = "en"
    """In which the backend writes its sentences for people: `en` or `de`."""


class Snapshot(Answer):
    """The second message: the whole garden."""

    type: Literal["snapshot"] = "snapshot"
    seq: int
    garden: GardenSnapshot


class ChannelReading(Answer):
    """The newest reading of a channel, in the channel's unit."""

    channel_id: int
    time: Utc
    value: float


class PlantReading(Answer):
    """The same reading as a plant feels it."""

    plant_id: UUID
    value: PlantValue


class ReadingsEvent(Answer):
    """New readings of one device; of several readings of a channel only the newest is told."""

    type: Literal["readings"] = "readings"
    seq: int = 0
    device_id: DeviceId
    last_seen: Utc
    channels: tuple[ChannelReading, ...]
    plants: tuple[PlantReading, ...] = ()


class StatusEvent(Answer):
    """A device came or went."""

    type: Literal["status"] = "status"
    seq: int = 0
    device_id: DeviceId
    status: DeviceStatus
    status_at: Utc


class DeviceEvent(Answer):
    """A device is new or was changed (its channels too)."""

    type: Literal["device"] = "device"
    seq: int = 0
    device: Device


class DeviceRemovedEvent(Answer):
    """A device is gone."""

    type: Literal["device_removed"] = "device_removed"
    seq: int = 0
    device_id: DeviceId


class PlantEvent(Answer):
    """A plant is new or was changed (its assignments too)."""

    type: Literal["plant"] = "plant"
    seq: int = 0
    plant: Plant


class PlantRemovedEvent(Answer):
    """A plant is gone."""

    type: Literal["plant_removed"] = "plant_removed"
    seq: int = 0
    plant_id: UUID


class CareToldEvent(Answer):
    """Something was done to a plant (written down, or seen in its soil), or what is known of it was corrected."""

    type: Literal["care"] = "care"
    seq: int = 0
    event: CareEvent


class CareRemovedEvent(Answer):
    """What was said to have been done to a plant was taken back."""

    type: Literal["care_removed"] = "care_removed"
    seq: int = 0
    event_id: UUID
    plant_id: UUID


class AlertEvent(Answer):
    """An alert was opened or changed, or is over: then its `resolved_at` is set, and it is told no more."""

    type: Literal["alert"] = "alert"
    seq: int = 0
    alert: Alert


class IrrigatorEvent(Answer):
    """An irrigator is new or was changed, or something happened to it."""

    type: Literal["irrigator"] = "irrigator"
    seq: int = 0
    irrigator: Irrigator


class IrrigatorRemovedEvent(Answer):
    """An irrigator is gone."""

    type: Literal["irrigator_removed"] = "irrigator_removed"
    seq: int = 0
    irrigator_id: UUID


class WateringCommandEvent(Answer):
    """A watering was asked for, or something became of it."""

    type: Literal["watering_command"] = "watering_command"
    seq: int = 0
    command: WateringCommand


class TaskEvent(Answer):
    """A task is new, was changed, or was done: then its `completed_at` is set, and it is told no more."""

    type: Literal["task"] = "task"
    seq: int = 0
    task: CareTask


class TaskRemovedEvent(Answer):
    """A task is no more: it was left out, or its rule was removed or switched off."""

    type: Literal["task_removed"] = "task_removed"
    seq: int = 0
    task_id: UUID


type Event = Annotated[
    ReadingsEvent
    | StatusEvent
    | DeviceEvent
    | DeviceRemovedEvent
    | PlantEvent
    | PlantRemovedEvent
    | CareToldEvent
    | CareRemovedEvent
    | AlertEvent
    | IrrigatorEvent
    | IrrigatorRemovedEvent
    | WateringCommandEvent
    | TaskEvent
    | TaskRemovedEvent,
    Field(discriminator="type"),
]
"""Anything that changes a garden, or happens in it."""

type StreamMessage = Annotated[Hello | Snapshot | Event, Field(discriminator="type")]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
EVENT_TYPES = frozenset(
    {
        "readings",
        "status",
        "device",
        "device_removed",
        "plant",
        "plant_removed",
        "care",
        "care_removed",
        "alert",
        "irrigator",
        "irrigator_removed",
        "watering_command",
        "task",
        "task_removed",
    }
)
