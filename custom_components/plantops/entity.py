"""What all entities have in common: where they hang, when they are there, and what they listen to."""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from itertools import batched
from typing import Any, Protocol, override
from uuid import UUID

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import AT_ONCE, PlantOpsCoordinator
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.models import Device, Plant
from .subjects import GARDEN


class PlantOpsEntity(CoordinatorEntity[PlantOpsCoordinator]):
    """A part of a garden."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: PlantOpsCoordinator, description: EntityDescription, about: tuple[Hashable, ...]
    ) -> None:
        """Take what it listens to."""
        super().__init__(coordinator, context=about)
        self.entity_description = description
        self._attr_translation_key = description.translation_key or description.key

    @property
    def garden(self) -> Garden:
        """The garden as it is now."""
        return self.coordinator.data


class PlantEntity(PlantOpsEntity):
    """Something of a plant."""

    def __init__(
        self,
        coordinator: PlantOpsCoordinator,
        plant: Plant,
        description: EntityDescription,
        *about: Hashable,
    ) -> None:
        """Take the plant, and what it listens to beside that one's changes."""
        super().__init__(coordinator, description, (plant.id, *about))
        self.plant_id: UUID = plant.id
        self._attr_unique_id = f"{plant.id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, str(plant.id))})

    @property
    def plant(self) -> Plant:
        """The plant as it is now; only asked while the entity is available."""
        return self.garden.plants[self.plant_id]

    @property
    @override
    def available(self) -> bool:
        """Whether the backend is there, and the plant in its garden."""
        return super().available and self.plant_id in self.garden.plants


class DeviceEntity(PlantOpsEntity):
    """Something of a physical device."""

    def __init__(
        self, coordinator: PlantOpsCoordinator, device: Device, description: EntityDescription, *about: Hashable
    ) -> None:
        """Take the device, and what it listens to beside that one's changes."""
        super().__init__(coordinator, description, (device.id, *about))
        self.device_id = device.id
        self._attr_unique_id = f"{coordinator.instance}_{device.id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, f"{coordinator.instance}/{device.id}")})

    @property
    def device(self) -> Device:
        """The device as it is now; only asked while the entity is available."""
        return self.garden.devices[self.device_id]

    @property
    @override
    def available(self) -> bool:
        """Whether the backend is there, and knows the device."""
        return super().available and self.device_id in self.garden.devices


class ServerEntity(PlantOpsEntity):
    """Something of the backend itself, or of the garden as a whole."""

    def __init__(self, coordinator: PlantOpsCoordinator, description: EntityDescription, *about: Hashable) -> None:
        """Take what it listens to."""
        super().__init__(coordinator, description, about)
        self._attr_unique_id = f"{coordinator.instance}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coordinator.instance)})


class Thing(Protocol):
    """A plant or a device."""

    @property
    def id(self) -> UUID | str:
        """What names it for ever."""


class Wanted[T](Protocol):
    """A line of a platform's table: what is shown of things of a kind, if they have it."""

    @property
    def key(self) -> str:
        """Its name, unique in the table."""

    @property
    def exists(self) -> Callable[[T], bool]:
        """Whether a thing has it."""


async def follow[T: Thing](
    coordinator: PlantOpsCoordinator,
    add: AddConfigEntryEntitiesCallback,
    things: Callable[[Garden], Iterable[T]],
    table: Iterable[Wanted[T]],
    make: Callable[[T, Any], Entity],
) -> None:
    """Make entities by a table for all things that there are, some at a time, and for those that come."""
    made: set[tuple[UUID | str, str]] = set()

    def fresh() -> list[tuple[T, Wanted[T]]]:
        present = {thing.id: thing for thing in things(coordinator.data)}
        made.intersection_update({one for one in made if one[0] in present})
        return [
            (thing, line)
            for thing in present.values()
            for line in table
            if (thing.id, line.key) not in made and line.exists(thing)
        ]

    def show(some: Iterable[tuple[T, Wanted[T]]]) -> None:
        some = tuple(some)
        made.update((thing.id, line.key) for thing, line in some)
        add(make(thing, line) for thing, line in some)

    @callback
    def look() -> None:
        if coordinator.last_update_success and (new := fresh()):
            show(new)

    for some in batched(fresh(), AT_ONCE):  # noqa: B911 - the last are fewer
        async with coordinator.turn:
            show(some)
            await asyncio.sleep(0)
    look()
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(look, (GARDEN,)))


def plants(garden: Garden) -> Iterable[Plant]:
    """Give all plants."""
    return garden.plants.values()


def devices(garden: Garden) -> Iterable[Device]:
    """Give all physical devices."""
    return garden.devices.values()


def always(_: object) -> bool:
    """Every thing has it."""
    return True
