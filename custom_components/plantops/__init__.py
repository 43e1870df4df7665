"""PlantOps in Home Assistant: every plant a device, with what it feels and what it wants."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from . import blueprints, card, issues, own_sensors
from .connection import CertificateUnreadable, client_for
from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .devices import Devices
from .filling import store_of
from .lib.aioplantops.errors import NotUnderstood, Unauthorized
from .missed import Missed
from .services import async_setup_services

PLATFORMS: tuple[Platform, ...] = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform("todo"),
    Platform.VALVE,
)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the actions, which are there without any entry."""
    async_setup_services(hass)
    await blueprints.install(hass)
    await card.serve(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> bool:
    """Connect with one backend."""
    sensors = own_sensors.of(hass, entry)
    await sensors.begin()
    try:
        client = await client_for(hass, entry.data)
    except Unauthorized as error:
        raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="unauthorized") from error
    except (CertificateUnreadable, NotUnderstood) as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="refused",
            translation_placeholders={"reason": error.detail},
        ) from error
    entry.runtime_data = coordinator = PlantOpsCoordinator(hass, entry, client)
    await coordinator.async_config_entry_first_refresh()
    await Devices(hass, entry).begin()
    issues.follow(coordinator)
    entry.async_create_background_task(hass, sensors.deliver(coordinator), f"{DOMAIN} readings of {entry.title}")
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    Missed(hass, entry).begin()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> bool:
    """Leave a backend."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> None:
    """Leave nothing of an entry behind."""
    issues.forget(hass, entry.entry_id)
    await store_of(hass, entry.entry_id).async_remove()
    await own_sensors.forget(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, device: DeviceEntry
) -> bool:
    """Let a person remove a device only when the garden, as it was heard last, has no such thing any more."""
    if entry.state is not ConfigEntryState.LOADED:
        return False
    coordinator = entry.runtime_data
    present = {coordinator.instance, *(str(plant_id) for plant_id in coordinator.data.plants)}
    present |= {f"{coordinator.instance}/{device_id}" for device_id in coordinator.data.devices}
    return not any(name in present for domain, name in device.identifiers if domain == DOMAIN)
