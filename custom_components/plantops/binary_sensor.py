"""What is so or not: problems, thirst, whether a device is heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import PlantOpsConfigEntry
from .entity import DeviceEntity, PlantEntity, ServerEntity, always, devices, follow, plants
from .judgement import alerts_of_device, alerts_of_plant, battery_low, connected, needs_water
from .lib.aioplantops.alerts import Alert, AlertKind
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.metrics import Metric
from .lib.aioplantops.models import Device, Plant
from .subjects import CLOCK

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PlantDescription(BinarySensorEntityDescription):
    """Something that is so or not with a plant; it may name the alerts that make it so."""

    value: Callable[[Garden, Plant, datetime], bool | None]
    alerts: Callable[[Garden, Plant], tuple[Alert, ...]] | None = None
    exists: Callable[[Plant], bool] = always


@dataclass(frozen=True, kw_only=True)
class DeviceDescription(BinarySensorEntityDescription):
    """Something that is so or not with a device."""

    value: Callable[[Garden, Device], bool | None]
    exists: Callable[[Device], bool] = always
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC


KINDS_OF_PLANTS = tuple(kind for kind in AlertKind if kind not in {AlertKind.DEVICE_SILENT, AlertKind.BATTERY_LOW})
"""What can be wrong with a plant; the other kinds are a device's."""


def _of_plant(garden: Garden, plant: Plant) -> tuple[Alert, ...]:
    return tuple(alerts_of_plant(garden, plant))


def _kind(kind: AlertKind) -> PlantDescription:
    return PlantDescription(
        key=f"problem_{kind.value}",
        translation_key=kind.value,
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda garden, plant, now: any(alert.kind is kind for alert in alerts_of_plant(garden, plant)),
    )


PLANT_BINARIES: tuple[PlantDescription, ...] = (
    PlantDescription(
        key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value=lambda garden, plant, now: bool(_of_plant(garden, plant)),
        alerts=_of_plant,
    ),
    PlantDescription(key="needs_water", value=needs_water),
    *map(_kind, KINDS_OF_PLANTS),
)

DEVICE_BINARIES: tuple[DeviceDescription, ...] = (
    DeviceDescription(
        key="connectivity",
        translation_key="heard",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        value=connected,
    ),
    DeviceDescription(
        key="battery_low",
        device_class=BinarySensorDeviceClass.BATTERY,
        value=battery_low,
        exists=lambda device: any(channel.metric is Metric.BATTERY for channel in device.channels),
    ),
    DeviceDescription(
        key="sensor_fault",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value=lambda garden, device: any(
            alert.kind is AlertKind.SENSOR_FAULT for alert in alerts_of_device(garden, device)
        ),
    ),
)

SERVER = BinarySensorEntityDescription(
    key="connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Show what is so or not."""
    coordinator = entry.runtime_data
    add = async_add_entities
    add([ServerConnected(coordinator, SERVER)])
    await follow(coordinator, add, plants, PLANT_BINARIES, lambda one, line: PlantBinary(coordinator, one, line, CLOCK))
    await follow(coordinator, add, devices, DEVICE_BINARIES, lambda one, line: DeviceBinary(coordinator, one, line))


class PlantBinary(PlantEntity, BinarySensorEntity):
    """Something that is so or not with a plant."""

    entity_description: PlantDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so now."""
        return self.entity_description.value(self.garden, self.plant, dt_util.utcnow())

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """The alerts that make it so, and their sentences."""
        if self.entity_description.alerts is None:
            return None
        alerts = self.entity_description.alerts(self.garden, self.plant)
        return {"problems": [alert.kind.value for alert in alerts], "reasons": [alert.words for alert in alerts]}


class DeviceBinary(DeviceEntity, BinarySensorEntity):
    """Something that is so or not with a device."""

    entity_description: DeviceDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so now."""
        return self.entity_description.value(self.garden, self.device)


class ServerConnected(ServerEntity, BinarySensorEntity):
    """Whether the backend is heard; the one entity that is never unavailable."""

    @property
    @override
    def available(self) -> bool:
        """Always: it tells of the absence."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether the stream stands."""
        return self.coordinator.last_update_success
