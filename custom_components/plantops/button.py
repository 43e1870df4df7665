"""Writing down what was just done to a plant, with one press."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PlantOpsConfigEntry
from .entity import PlantEntity, follow, plants
from .lib.aioplantops.care import CareKind, CareLog
from .lib.aioplantops.models import Plant
from .problems import told

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class CareDescription(ButtonEntityDescription):
    """A kind of care that needs no more words."""

    kind: CareKind

    def exists(self, plant: Plant) -> bool:
        """Every plant can be cared for."""
        return True


BUTTONS: tuple[CareDescription, ...] = (
    CareDescription(key="log_watering", kind=CareKind.WATERED),
    CareDescription(key="log_fertilising", kind=CareKind.FERTILISED),
    CareDescription(key="log_misting", kind=CareKind.MISTED, entity_registry_enabled_default=False),
    CareDescription(key="log_pruning", kind=CareKind.PRUNED, entity_registry_enabled_default=False),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Offer every plant its buttons."""
    coordinator = entry.runtime_data
    await follow(coordinator, async_add_entities, plants, BUTTONS, lambda one, line: CareButton(coordinator, one, line))


class CareButton(PlantEntity, ButtonEntity):
    """Writes one kind of care down."""

    entity_description: CareDescription

    @override
    async def async_press(self) -> None:
        """Say that it was done just now."""
        with told(self.coordinator):
            await self.coordinator.client.log_care(self.plant_id, CareLog(kind=self.entity_description.kind))
