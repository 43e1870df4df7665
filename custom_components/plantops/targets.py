"""Which plant or probe an action means: a device of Home Assistant, led back to the garden's own."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .lib.aioplantops.models import Channel, Device, Plant


@dataclass(frozen=True, slots=True)
class PlantTarget:
    """A plant, and the backend that it belongs to."""

    coordinator: PlantOpsCoordinator
    plant: Plant


@dataclass(frozen=True, slots=True)
class DeviceTarget:
    """A physical device, and the backend that it belongs to."""

    coordinator: PlantOpsCoordinator
    device: Device

    def channel(self, key: str) -> Channel:
        """Find a channel by its key, or by a metric that only one channel measures. Raises ServiceValidationError."""
        channels = self.device.channels
        found = [one for one in channels if one.key == key] or [one for one in channels if one.metric.value == key]
        if len(found) != 1:
            there = ", ".join(one.key for one in channels) or "-"
            raise _invalid("no_such_channel", channel=key, name=self.device.name, channels=there)
        return found[0]


def plant_of(hass: HomeAssistant, device_id: str) -> PlantTarget:
    """Find the plant. Raises ServiceValidationError when the device is none, or its backend is not there."""
    entry, name, names = _look(hass, device_id)
    for plant in entry.runtime_data.data.plants.values():
        if str(plant.id) in names:
            return PlantTarget(entry.runtime_data, plant)
    raise _invalid("no_plant", name=name)


def device_of(hass: HomeAssistant, device_id: str) -> DeviceTarget:
    """Find the physical device. Raises ServiceValidationError when it is none, or its backend is not there."""
    entry, name, names = _look(hass, device_id)
    coordinator = entry.runtime_data
    for one in coordinator.data.devices.values():
        if f"{coordinator.instance}/{one.id}" in names:
            return DeviceTarget(coordinator, one)
    raise _invalid("no_device", name=name)


def backend_of(hass: HomeAssistant, entry_id: str | None) -> PlantOpsCoordinator:
    """Find the backend; without an id the only one. Raises ServiceValidationError."""
    entries: list[PlantOpsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if entry_id is not None:
        entries = [entry for entry in entries if entry.entry_id == entry_id]
    if len(entries) != 1:
        raise _invalid("which_backend" if entries else "backend_not_loaded")
    return entries[0].runtime_data


def _look(hass: HomeAssistant, device_id: str) -> tuple[PlantOpsConfigEntry, str, set[str]]:
    device = dr.async_get(hass).async_get(device_id)
    names = set() if device is None else {name for domain, name in device.identifiers if domain == DOMAIN}
    if device is None or not names:
        raise _invalid("no_plant", name=_name(device, device_id))
    entry: PlantOpsConfigEntry | None = next(
        (
            entry
            for entry in hass.config_entries.async_entries(DOMAIN)
            if entry.entry_id == device.config_entry_id and entry.state is ConfigEntryState.LOADED
        ),
        None,
    )
    if entry is None:
        raise _invalid("backend_not_loaded")
    return entry, _name(device, device_id), names


def _name(device: dr.BaseDeviceEntry | None, device_id: str) -> str:
    return device_id if device is None else device.name_by_user or device.name or device_id


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders or None
    )
