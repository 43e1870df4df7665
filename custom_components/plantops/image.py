"""The newest picture of each plant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, override
from uuid import UUID

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .entity import PlantEntity, follow, plants
from .lib.aioplantops.models import Plant
from .problems import told

PARALLEL_UPDATES = 1

_DATED: Final = 7
"""The version of UUIDs that begin with the milliseconds since 1970."""


@dataclass(frozen=True, kw_only=True)
class PhotoDescription(ImageEntityDescription):
    """The one line of this platform's table."""

    def exists(self, plant: Plant) -> bool:
        """Once a picture was taken."""
        return plant.photo_id is not None


PHOTO = PhotoDescription(key="photo")


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Show every plant's picture."""
    coordinator = entry.runtime_data
    await follow(
        coordinator,
        async_add_entities,
        plants,
        (PHOTO,),
        lambda one, line: PlantPhoto(hass, coordinator, one, line),
    )


class PlantPhoto(PlantEntity, ImageEntity):
    """The newest picture."""

    _attr_content_type = "image/jpeg"

    def __init__(
        self, hass: HomeAssistant, coordinator: PlantOpsCoordinator, plant: Plant, description: PhotoDescription
    ) -> None:
        """Begin with the picture that there is."""
        super().__init__(coordinator, plant, description)
        ImageEntity.__init__(self, hass)
        self._photo_id = plant.photo_id
        self._attr_image_last_updated: datetime | None = _since(plant.photo_id)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Notice a newer picture."""
        plant = self.garden.plants.get(self.plant_id)
        if plant is not None and plant.photo_id != self._photo_id:
            self._photo_id = plant.photo_id
            self._attr_image_last_updated = _since(plant.photo_id)
        super()._handle_coordinator_update()

    @override
    async def async_image(self) -> bytes | None:
        """Give the picture; none where it was removed."""
        if self._photo_id is None:
            return None
        with told(self.coordinator):
            return await self.coordinator.client.photo(self.plant_id, self._photo_id)


def _since(photo_id: UUID | None) -> datetime | None:
    """Tell when a picture came to the backend, which its id tells: a start of Home Assistant makes no picture newer."""
    if photo_id is None:
        return None
    now = dt_util.utcnow().timestamp()
    return dt_util.utc_from_timestamp(min(now, photo_id.time / 1_000) if photo_id.version == _DATED else now)
