"""What helps to find a fault, without anything that opens a door or tells where somebody lives."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant

from . import own_sensors
from .const import CONF_CERTIFICATE
from .coordinator import PlantOpsConfigEntry
from .filled import Filled

SECRET = {CONF_TOKEN, CONF_URL, CONF_CERTIFICATE, "title", "unique_id", "instance_id"}
PRIVATE = {"area", "notes", "note", "hardware_id"}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> dict[str, Any]:
    """Give entry, connection and garden."""
    coordinator = entry.runtime_data
    garden = coordinator.data
    return {
        "entry": async_redact_data(entry.as_dict(), SECRET),
        "https": coordinator.client.transport.base_url.scheme == "https",
        "connected": coordinator.last_update_success,
        "problem": None if coordinator.last_exception is None else str(coordinator.last_exception),
        "statistics": _filled(coordinator.filled),
        "hello": _plain(coordinator.hello),
        "health": _plain(coordinator.health),
        "devices": [_plain(device) for device in garden.devices.values()],
        "plants": [_plain(plant) for plant in garden.plants.values()],
        "tasks": [_plain(task) for task in garden.tasks.values()],
        "irrigators": [_plain(irrigator) for irrigator in garden.irrigators.values()],
        "sensors": own_sensors.of(hass, entry).told(),
        "alerts": [_plain(alert) for alert in garden.alerts.values()],
    }


def _filled(filled: Filled | None) -> dict[str, Any] | None:
    """Tell what the last look at the statistics filled; None: there was none yet."""
    return None if filled is None else {**asdict(filled), "sensors": len(filled.sensors)}


def _plain(model: Any) -> Any:
    return None if model is None else async_redact_data(model.model_dump(mode="json"), SECRET | PRIVATE)
