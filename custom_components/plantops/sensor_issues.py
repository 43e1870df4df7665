"""What is put up for repair about the sensors that measure for plants."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from . import issues
from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry
from .lib.aioplantops.metrics import METRICS

if TYPE_CHECKING:
    from .listening import Ear
    from .own_sensors import OwnSensors

FOLLOWED = ("sensor_",)
DELETABLE = ("sensor_gone", "sensor_without_plant")
"""What does not go by itself: the way out is to delete the sensor, if no other one is chosen."""

READINGS_LOST = "readings_lost"


def show(hass: HomeAssistant, entry: PlantOpsConfigEntry, sensors: OwnSensors) -> None:
    """Keep what is put up like the sensors."""
    wanted: issues.Shown = {}
    for subentry_id, ear in sensors.listener.ears.items():
        if (key := _wrong(entry, ear, sensors)) is not None:
            data = {"subentry_id": subentry_id} if key in DELETABLE else None
            wanted[f"{key}_{subentry_id}_{entry.entry_id}"] = (key, _words(ear, sensors), data)
    issues.show(hass, entry, wanted, FOLLOWED)


def lost(hass: HomeAssistant, entry: PlantOpsConfigEntry, count: int) -> None:
    """Put up that readings were lost. Nothing is left to mend: the way out is to have read it."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{READINGS_LOST}_{entry.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=READINGS_LOST,
        translation_placeholders={"name": entry.title, "lost": str(count)},
    )


def _wrong(entry: PlantOpsConfigEntry, ear: Ear, sensors: OwnSensors) -> str | None:
    if ear.trouble is not None:
        return ear.trouble.value
    if (fate := sensors.fates.get(ear.binding.series)) is not None and fate.refused is not None:
        return "sensor_refused"
    if entry.state is ConfigEntryState.LOADED and entry.runtime_data.last_update_success:
        plants = entry.runtime_data.data.plants
        if not any(plant_id in plants for plant_id in ear.binding.plants):
            return "sensor_without_plant"
    return None


def _words(ear: Ear, sensors: OwnSensors) -> dict[str, str]:
    fate = sensors.fates.get(ear.binding.series)
    return {
        "sensor": ear.binding.name,
        "entity": ear.entity_id or ear.binding.called,
        "said": ear.said or "-",
        "unit": METRICS[ear.binding.metric].unit,
        "reason": "" if fate is None else fate.refused or "",
    }
