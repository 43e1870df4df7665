"""Plants, physical devices and the server itself as devices of Home Assistant: made, renamed and removed here."""

import asyncio
from collections.abc import Mapping
from itertools import batched

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from .const import CONF_SUGGEST_AREAS, DOMAIN
from .coordinator import AT_ONCE, PlantOpsConfigEntry, PlantOpsCoordinator
from .lib.aioplantops.models import Device, DeviceKind, Plant
from .subjects import GARDEN

type Identifier = tuple[str, str]


def server_identifier(coordinator: PlantOpsCoordinator) -> Identifier:
    """Name the server."""
    return (DOMAIN, coordinator.instance)


def plant_identifier(plant: Plant) -> Identifier:
    """Name a plant; its id is unique in the world."""
    return (DOMAIN, str(plant.id))


def device_identifier(coordinator: PlantOpsCoordinator, device: Device) -> Identifier:
    """Name a physical device; its id is unique in one installation only."""
    return (DOMAIN, f"{coordinator.instance}/{device.id}")


class Devices:
    """Keeps Home Assistant's devices like the garden's."""

    def __init__(self, hass: HomeAssistant, entry: PlantOpsConfigEntry) -> None:
        """Take the entry whose devices they are."""
        self._registry = dr.async_get(hass)
        self._entry = entry
        self._coordinator = entry.runtime_data
        self._server_id = ""
        self._shown: dict[Identifier, DeviceInfo] = {}

    async def begin(self) -> None:
        """Make all devices, some at a time, and follow the garden until the entry is unloaded."""
        coordinator = self._coordinator
        self._server_id = self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={server_identifier(coordinator)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer="PlantOps",
            model="PlantOps server",
            name=self._entry.title,
            configuration_url=str(coordinator.client.transport.base_url),
        ).id
        for some in batched(self._wanted().items(), AT_ONCE):  # noqa: B911 - the last are fewer
            self._show(dict(some))
            await asyncio.sleep(0)
        self.follow()
        self._entry.async_on_unload(coordinator.async_add_listener(self.follow, (GARDEN,)))

    @callback
    def follow(self) -> None:
        """Make what is new, rename what was renamed, remove what is gone."""
        coordinator = self._coordinator
        if not coordinator.last_update_success:
            return
        wanted = self._wanted()
        if (hello := coordinator.hello) is not None:
            self._registry.async_update_device(self._server_id, sw_version=hello.server_version)
        self._show(wanted)
        self._shown = wanted
        self._remove_others({server_identifier(coordinator), *wanted})

    def _wanted(self) -> dict[Identifier, DeviceInfo]:
        garden, coordinator = self._coordinator.data, self._coordinator
        wanted = {plant_identifier(plant): self._plant(plant) for plant in garden.plants.values()}
        return wanted | {device_identifier(coordinator, one): self._device(one) for one in garden.devices.values()}

    def _show(self, wanted: Mapping[Identifier, DeviceInfo]) -> None:
        for identifier, info in wanted.items():
            if self._shown.get(identifier) != info:
                self._registry.async_get_or_create(config_entry_id=self._entry.entry_id, **info)
                self._shown[identifier] = info

    def _remove_others(self, wanted: set[Identifier]) -> None:
        for device in dr.async_entries_for_config_entry(self._registry, self._entry.entry_id):
            if not device.identifiers & wanted:
                self._registry.async_remove_device(device.id)

    def _plant(self, plant: Plant) -> DeviceInfo:
        info = DeviceInfo(
            identifiers={plant_identifier(plant)},
            manufacturer="PlantOps",
            model=plant.species or "Plant",
            name=plant.name,
            via_device_id=self._server_id,
        )
        return self._with_area(info, plant.area)

    def _device(self, device: Device) -> DeviceInfo:
        info = DeviceInfo(
            identifiers={device_identifier(self._coordinator, device)},
            manufacturer=device.manufacturer or "PlantOps",
            model=device.model or _MODELS[device.kind],
            name=device.name,
            sw_version=device.firmware,
            serial_number=device.hardware_id,
            via_device_id=self._server_id,
        )
        return self._with_area(info, device.area)

    def _with_area(self, info: DeviceInfo, area: str | None) -> DeviceInfo:
        if area and self._entry.options.get(CONF_SUGGEST_AREAS, True):
            info["suggested_area"] = area
        return info


_MODELS = {
    DeviceKind.PLANTOPS: "PlantOps node",
    DeviceKind.ESPHOME: "ESPHome node",
    DeviceKind.HTTP: "Source of readings",
}
