"""What is measured and foretold, in numbers: of plants, of devices, of the whole garden."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfElectricPotential,
    UnitOfRatio,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .entity import DeviceEntity, PlantEntity, ServerEntity, always, devices, follow, plants
from .judgement import felt, needs_water, tasks_due, told, uncalibrated
from .lib.aioplantops.metrics import METRICS, Metric
from .lib.aioplantops.models import Device, Plant
from .plant_sensors import METRIC_SENSORS, PLANT_SENSORS, MetricDescription, PlantDescription, Value
from .subjects import ALERTS, CLOCK, GARDEN, HEALTH, READING, TASKS

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class DeviceDescription(SensorEntityDescription):
    """Something of a physical device."""

    value: Callable[[Device], Value]
    exists: Callable[[Device], bool] = always
    metric: Metric | None = None
    """What a channel of it measures; None: nothing that was measured."""
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC


@dataclass(frozen=True, kw_only=True)
class ServerDescription(SensorEntityDescription):
    """Something of the garden as a whole, or of the backend."""

    value: Callable[[PlantOpsCoordinator, datetime], Value]


def _latest(metric: Metric) -> Callable[[Device], Value]:
    return lambda device: None if (latest := told(device, metric)) is None else latest.value


def _has(metric: Metric) -> Callable[[Device], bool]:
    return lambda device: any(channel.metric is metric for channel in device.channels)


DEVICE_SENSORS: tuple[DeviceDescription, ...] = (
    DeviceDescription(
        key="battery",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=METRICS[Metric.BATTERY].decimals,
        value=_latest(Metric.BATTERY),
        exists=_has(Metric.BATTERY),
        metric=Metric.BATTERY,
    ),
    DeviceDescription(
        key="battery_voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=METRICS[Metric.BATTERY_VOLTAGE].decimals,
        value=_latest(Metric.BATTERY_VOLTAGE),
        exists=_has(Metric.BATTERY_VOLTAGE),
        metric=Metric.BATTERY_VOLTAGE,
        entity_registry_enabled_default=False,
    ),
    DeviceDescription(
        key="signal_strength",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=METRICS[Metric.SIGNAL_STRENGTH].decimals,
        value=_latest(Metric.SIGNAL_STRENGTH),
        exists=_has(Metric.SIGNAL_STRENGTH),
        metric=Metric.SIGNAL_STRENGTH,
        entity_registry_enabled_default=False,
    ),
    DeviceDescription(
        key="last_seen",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda device: None if device.last_seen is None else device.last_seen.replace(second=0, microsecond=0),
        # Of a node that reports every minute, nothing else would be seen in its activity.
        entity_registry_enabled_default=False,
    ),
)


def _thirsty(coordinator: PlantOpsCoordinator, now: datetime) -> int:
    garden = coordinator.data
    return sum(1 for plant in garden.plants.values() if needs_water(garden, plant, now))


def _certificate_end(coordinator: PlantOpsCoordinator, now: datetime) -> datetime | None:
    shown = (coordinator.health.certificates or ()) if coordinator.health else ()
    return min((one.ends_at for one in shown if one.ends_at is not None), default=None)


SERVER_SENSORS: tuple[ServerDescription, ...] = (
    ServerDescription(key="thirsty_plants", state_class=SensorStateClass.MEASUREMENT, value=_thirsty),
    ServerDescription(
        key="problems",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda coordinator, now: len(coordinator.data.alerts),
    ),
    ServerDescription(
        key="tasks_due",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda coordinator, now: tasks_due(coordinator.data, None, now),
    ),
    ServerDescription(
        key="plants",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value=lambda coordinator, now: len(coordinator.data.plants),
    ),
    ServerDescription(
        key="certificate_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=_certificate_end,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Show the garden's numbers."""
    coordinator = entry.runtime_data
    add = async_add_entities
    add(ServerSensor(coordinator, line, ALERTS, GARDEN, TASKS, CLOCK, HEALTH) for line in SERVER_SENSORS)
    await follow(coordinator, add, plants, METRIC_SENSORS, lambda one, line: MetricSensor(coordinator, one, line))
    await follow(coordinator, add, plants, PLANT_SENSORS, lambda one, line: PlantSensor(coordinator, one, line))
    await follow(coordinator, add, devices, DEVICE_SENSORS, lambda one, line: DeviceSensor(coordinator, one, line))


class MetricSensor(PlantEntity, SensorEntity):
    """What a plant feels now."""

    entity_description: MetricDescription

    def __init__(self, coordinator: PlantOpsCoordinator, plant: Plant, description: MetricDescription) -> None:
        """Listen to the plant, and to its readings of this metric."""
        super().__init__(coordinator, plant, description, (READING, plant.id, description.metric))

    @property
    @override
    def native_value(self) -> float | None:
        """The newest reading."""
        return felt(self.plant, self.entity_description.metric)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Why there is none, although something is sent; nothing where all is well."""
        return {"calibrated": False} if uncalibrated(self.plant, self.entity_description.metric) else None


class PlantSensor(PlantEntity, SensorEntity):
    """Something derived."""

    entity_description: PlantDescription

    def __init__(self, coordinator: PlantOpsCoordinator, plant: Plant, description: PlantDescription) -> None:
        """Listen to the plant, its air and the clock."""
        air = ((READING, plant.id, metric) for metric in (Metric.TEMPERATURE, Metric.HUMIDITY))
        about = air if description.key in {"vpd", "dew_point"} else (CLOCK, TASKS)
        super().__init__(coordinator, plant, description, *about)

    @property
    @override
    def native_value(self) -> Value:
        """What is told of the plant now."""
        return self.entity_description.value(self.garden, self.plant, dt_util.utcnow())

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """How sure it is, and why."""
        attributes = self.entity_description.attributes
        return None if attributes is None else attributes(self.garden, self.plant)


class DeviceSensor(DeviceEntity, SensorEntity):
    """Something of a device."""

    entity_description: DeviceDescription

    @property
    @override
    def native_value(self) -> Value:
        """What the device says now."""
        return self.entity_description.value(self.device)


class ServerSensor(ServerEntity, SensorEntity):
    """Something of the whole garden."""

    entity_description: ServerDescription

    @property
    @override
    def native_value(self) -> Value:
        """What is so now."""
        return self.entity_description.value(self.coordinator, dt_util.utcnow())
