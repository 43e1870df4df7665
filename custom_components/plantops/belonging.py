"""Which of many entities are ours, and show the one thing that a trigger or condition is about."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


def ours(hass: HomeAssistant, entities: set[str], key: str) -> set[str]:
    """Keep PlantOps' entities of one line of its tables, named by the translation key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (found := registry.async_get(entity_id)) is not None
        and found.platform == DOMAIN
        and found.translation_key == key
    }
