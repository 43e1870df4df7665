"""What else the stream tells of, beside devices and plants: how each kind of thing is looked up when it has news.

To add a kind, write a line in `news.Thing` and one in `LOOKS`. The hub asks at the same moment at which it looks at the
rest of the garden; a key that finds nothing any more is told as removed.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from uuid import UUID

from aioplantops.events import (
    AlertEvent,
    CareRemovedEvent,
    CareToldEvent,
    Event,
    IrrigatorEvent,
    IrrigatorRemovedEvent,
    TaskEvent,
    TaskRemovedEvent,
    WateringCommandEvent,
)

from plantops.domain.tongue import Tongue
from plantops.storage import alerts, care_log, tasks, watering_commands
from plantops.storage.irrigation_told import irrigators
from plantops.storage.pool import Connection

from .news import Thing

type Look = Callable[[Connection, Collection[str], Tongue], Awaitable[list[Event]]]
"""What became of some things, by key; what nobody has named is called in the house's language."""


def care_key(plant_id: UUID, event_id: UUID) -> str:
    """Name a care event as the hub hears of it."""
    return f"{plant_id}/{event_id}"


async def _care(connection: Connection, keys: Collection[str], _: Tongue) -> list[Event]:
    named = [(UUID(plant), UUID(event)) for plant, _, event in (key.partition("/") for key in keys)]
    found = await care_log.some(connection, [event for _, event in named])
    return [
        CareToldEvent(event=found[event]) if event in found else CareRemovedEvent(event_id=event, plant_id=plant)
        for plant, event in named
    ]


async def _alerts(connection: Connection, keys: Collection[str], _: Tongue) -> list[Event]:
    """Tell alerts, open or over; what is missing went with its plant or device, which is told already."""
    return [AlertEvent(alert=alert) for alert in await alerts.some(connection, [UUID(key) for key in keys])]


async def _irrigators(connection: Connection, keys: Collection[str], _: Tongue) -> list[Event]:
    ids = [UUID(key) for key in keys]
    found = {one.id: one for one in await irrigators(connection, ids)}
    return [
        IrrigatorEvent(irrigator=found[number]) if number in found else IrrigatorRemovedEvent(irrigator_id=number)
        for number in ids
    ]


async def _waterings(connection: Connection, keys: Collection[str], _: Tongue) -> list[Event]:
    found = await watering_commands.some(connection, [UUID(key) for key in keys])
    return [WateringCommandEvent(command=one) for one in found]


async def _tasks(connection: Connection, keys: Collection[str], tongue: Tongue) -> list[Event]:
    ids = [UUID(key) for key in keys]
    found = await tasks.some(connection, ids, tongue)
    return [TaskEvent(task=found[one]) if one in found else TaskRemovedEvent(task_id=one) for one in ids]


LOOKS: Mapping[Thing, Look] = {
    Thing.CARE: _care,
    Thing.ALERT: _alerts,
    Thing.TASK: _tasks,
    Thing.WATERING: _waterings,
    Thing.IRRIGATOR: _irrigators,
}


async def look(connection: Connection, things: Collection[tuple[Thing, str]], tongue: Tongue) -> list[Event]:
    """Tell what became of some things."""
    told: list[Event] = []
    for thing, reader in LOOKS.items():
        if keys := sorted(key for kind, key in things if kind is thing):
            told += await reader(connection, keys, tongue)
    return told
