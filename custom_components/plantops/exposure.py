"""What an assistant may know of the garden: only what the user has exposed to it, plant by plant and fact by fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .devices import plant_identifier
from .lib.aioplantops.models import Plant

_UUID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Exposed:
    """A plant of which an assistant may know something."""

    coordinator: PlantOpsCoordinator
    plant: Plant
    device_id: str
    name: str
    """What the user calls it in Home Assistant."""
    area: str | None
    """Where Home Assistant has it, else where the backend has it."""
    facts: frozenset[str]
    """The keys of its entities that are exposed."""


@callback
def anything(hass: HomeAssistant, assistant: str) -> bool:
    """Tell whether an assistant may know of any plant, without looking at all of them."""
    return any(True for entry in _entries(hass) for _ in _facts(hass, entry, assistant))


@callback
def exposed(hass: HomeAssistant, assistant: str) -> list[Exposed]:
    """Give all plants of which an assistant may know something, with what it may know."""
    return [one for entry in _entries(hass) for one in _plants(hass, entry, assistant)]


def _entries(hass: HomeAssistant) -> list[PlantOpsConfigEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)


def _facts(hass: HomeAssistant, entry: PlantOpsConfigEntry, assistant: str) -> Iterator[tuple[str, str]]:
    """Give plant ids and keys of what is exposed; a plant's entities begin their unique ids with its own."""
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        plant_id, key = entity.unique_id[:_UUID_LENGTH], entity.unique_id[_UUID_LENGTH + 1 :]
        if entity.disabled or not _is_plant(entry, plant_id):
            continue
        if async_should_expose(hass, assistant, entity.entity_id):
            yield plant_id, key


def _is_plant(entry: PlantOpsConfigEntry, text: str) -> bool:
    try:
        return UUID(text) in entry.runtime_data.data.plants
    except ValueError:
        return False


def _plants(hass: HomeAssistant, entry: PlantOpsConfigEntry, assistant: str) -> Iterator[Exposed]:
    known: dict[str, set[str]] = {}
    for plant_id, key in _facts(hass, entry, assistant):
        known.setdefault(plant_id, set()).add(key)
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    for plant_id, facts in known.items():
        plant = entry.runtime_data.data.plants[UUID(plant_id)]
        device = devices.async_get_device(identifiers={plant_identifier(plant)})
        if device is None:
            continue
        area = areas.async_get_area(device.area_id) if device.area_id else None
        name, place = device.name_by_user or plant.name, plant.area if area is None else area.name
        yield Exposed(entry.runtime_data, plant, device.id, name, place, frozenset(facts))
