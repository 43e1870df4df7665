"""Which species profile a plant has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .entity import PlantEntity, follow, plants
from .lib.aioplantops.errors import PlantOpsError
from .lib.aioplantops.models import Plant, PlantChange
from .lib.aioplantops.species import SpeciesFound
from .problems import told

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class ProfileDescription(SelectEntityDescription):
    """The one line of this platform's table."""

    def exists(self, plant: Plant) -> bool:
        """Every plant may have a profile."""
        return True


PROFILE = ProfileDescription(key="species_profile", entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Offer every plant the profiles that the backend knows."""
    coordinator = entry.runtime_data
    profiles = Profiles(coordinator, hass.config.language)
    await profiles.load()
    await follow(
        coordinator,
        async_add_entities,
        plants,
        (PROFILE,),
        lambda one, line: ProfileSelect(coordinator, one, profiles),
    )


class Profiles:
    """The backend's species profiles under names that people choose by; all plants share them."""

    def __init__(self, coordinator: PlantOpsCoordinator, language: str) -> None:
        """Take the language of the common names."""
        self._coordinator = coordinator
        self._language = language
        self.options: list[str] = []
        self.by_id: Mapping[str, str] = {}
        self.ids: Mapping[str, str] = {}

    async def load(self) -> None:
        """Ask for them; without an answer there is nothing to choose from, and everything else goes on."""
        try:
            found = [species async for species in self._coordinator.client.all_species()]
        except PlantOpsError:
            return
        self.by_id = {species.id: self._label(species) for species in found}
        self.ids = {label: species_id for species_id, label in self.by_id.items()}
        self.options = sorted(self.ids)

    def _label(self, species: SpeciesFound) -> str:
        german = species.common_names.de if self._language.startswith("de") else ()
        usual = next(iter(german or species.common_names.en), None)
        return species.name if usual is None or usual == species.name else f"{species.name} ({usual})"


class ProfileSelect(PlantEntity, SelectEntity):
    """Which profile a plant's bounds come from."""

    def __init__(self, coordinator: PlantOpsCoordinator, plant: Plant, profiles: Profiles) -> None:
        """Take the profiles that all plants share."""
        super().__init__(coordinator, plant, PROFILE)
        self._profiles = profiles

    @property
    @override
    def options(self) -> list[str]:
        """All profiles, by name."""
        return self._profiles.options

    @property
    @override
    def current_option(self) -> str | None:
        """The plant's own; unknown: none."""
        return self._profiles.by_id.get(self.plant.species_id or "")

    @override
    async def async_select_option(self, option: str) -> None:
        """Give the plant another profile."""
        if (species_id := self._profiles.ids.get(option)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_such_profile", translation_placeholders={"name": option}
            )
        with told(self.coordinator):
            await self.coordinator.client.change_plant(self.plant_id, PlantChange(species_id=species_id))
