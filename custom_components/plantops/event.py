"""What happens to a plant: care that was written down, and waterings that were seen in its soil."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import override
from uuid import UUID
from weakref import WeakValueDictionary

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .entity import PlantEntity, follow, plants
from .lib.aioplantops.care import CareEvent, CareKind
from .lib.aioplantops.events import CareToldEvent, Event
from .lib.aioplantops.models import Plant

PARALLEL_UPDATES = 0

REMEMBERED = 16
"""A plant's newest care events: one that is told again was corrected, and did not happen twice."""

FRESH = timedelta(days=2)
"""What was done longer ago is history that somebody wrote down, no news."""


@dataclass(frozen=True, kw_only=True)
class CareEventDescription(EventEntityDescription):
    """The one line of this platform's table."""

    def exists(self, plant: Plant) -> bool:
        """Something may happen to every plant."""
        return True


CARE = CareEventDescription(key="care", event_types=[kind.value for kind in CareKind])


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Tell what happens to every plant."""
    coordinator = entry.runtime_data
    entities: WeakValueDictionary[UUID, CareHappened] = WeakValueDictionary()  # a plant that goes is forgotten

    def make(plant: Plant, line: CareEventDescription) -> CareHappened:
        entities[plant.id] = entity = CareHappened(coordinator, plant, line)
        return entity

    @callback
    def hear(event: Event) -> None:
        if isinstance(event, CareToldEvent) and (entity := entities.get(event.event.plant_id)) is not None:
            entity.happened(event.event)

    await follow(coordinator, async_add_entities, plants, (CARE,), make)
    entry.async_on_unload(coordinator.async_hear(hear))


class CareHappened(PlantEntity, EventEntity):
    """Fires with every care event of a plant."""

    def __init__(self, coordinator: PlantOpsCoordinator, plant: Plant, description: CareEventDescription) -> None:
        """Remember when the plant had been watered last by then: what is told of that or before is no news."""
        super().__init__(coordinator, plant, description)
        self._known: deque[UUID] = deque(maxlen=REMEMBERED)
        self._watered_before = plant.last_watered_at

    @callback
    def happened(self, care: CareEvent) -> None:
        """Tell of it, once."""
        if care.id in self._known or self._is_history(care) or self.hass is None:
            return
        self._known.append(care.id)
        said = care.model_dump(mode="json", exclude_none=True, exclude={"plant_id", "kind", "id"})
        self._trigger_event(care.kind.value, {"care_id": str(care.id), **said})
        self.async_write_ha_state()

    def _is_history(self, care: CareEvent) -> bool:
        """Tell whether it was done long ago, or corrects what is known of a watering of before."""
        before = self._watered_before
        known = before is not None and care.kind is CareKind.WATERED and care.at <= before
        return known or care.at < dt_util.utcnow() - FRESH

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show that the backend is away or back; nothing happened."""
        self.async_write_ha_state()
