"""What Settings → System → Repairs → System information tells of PlantOps."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Say that there is something to tell."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Tell of every backend whether it is heard, its version, and how much grows there."""
    entries: list[PlantOpsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    told: dict[str, Any] = {"backends": len(entries)}
    for number, entry in enumerate(entries, start=1):
        coordinator = entry.runtime_data
        suffix = "" if len(entries) == 1 else f"_{number}"
        told[f"connected{suffix}"] = coordinator.last_update_success
        told[f"version{suffix}"] = "?" if coordinator.hello is None else coordinator.hello.server_version
        told[f"plants{suffix}"] = len(coordinator.data.plants)
        told[f"devices{suffix}"] = len(coordinator.data.devices)
    return told
