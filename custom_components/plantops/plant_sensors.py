"""What is shown of a plant in numbers: one line for each metric, and one for each thing that is derived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import (
    LIGHT_LUX,
    UnitOfConductivity,
    UnitOfPressure,
    UnitOfRatio,
    UnitOfTemperature,
    UnitOfTime,
)

from .entity import always
from .judgement import PlantHealth, days_to_dry, health, last_heard, silent, tasks_due
from .lib.aioplantops.days import LightSum
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.metrics import METRICS, Metric
from .lib.aioplantops.models import Plant

PPFD = "µmol/m²/s"
DAILY_LIGHT = "mol/m²"

type Value = float | str | datetime | None


@dataclass(frozen=True, kw_only=True)
class MetricDescription(SensorEntityDescription):
    """A metric that a channel measures for a plant."""

    metric: Metric
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    device_class: SensorDeviceClass | None = None

    def exists(self, plant: Plant) -> bool:
        """Whether a channel serves the plant for it."""
        return any(assignment.metric is self.metric for assignment in plant.assignments)


@dataclass(frozen=True, kw_only=True)
class PlantDescription(SensorEntityDescription):
    """Something that is derived of a plant."""

    value: Callable[[Garden, Plant, datetime], Value]
    attributes: Callable[[Garden, Plant], Mapping[str, Any]] | None = None
    exists: Callable[[Plant], bool] = always


def _metric(metric: Metric, unit: str, device_class: SensorDeviceClass | None = None) -> MetricDescription:
    return MetricDescription(
        key=metric.value,
        metric=metric,
        device_class=device_class,
        native_unit_of_measurement=unit,
        suggested_display_precision=METRICS[metric].decimals,
    )


METRIC_SENSORS: tuple[MetricDescription, ...] = (
    _metric(Metric.SOIL_MOISTURE, UnitOfRatio.PERCENTAGE, SensorDeviceClass.MOISTURE),
    _metric(Metric.SOIL_TEMPERATURE, UnitOfTemperature.CELSIUS, SensorDeviceClass.TEMPERATURE),
    _metric(Metric.SOIL_CONDUCTIVITY, UnitOfConductivity.MICROSIEMENS_PER_CM, SensorDeviceClass.CONDUCTIVITY),
    MetricDescription(
        key=Metric.SOIL_PH.value,
        metric=Metric.SOIL_PH,
        device_class=SensorDeviceClass.PH,
        suggested_display_precision=METRICS[Metric.SOIL_PH].decimals,
    ),
    _metric(Metric.TEMPERATURE, UnitOfTemperature.CELSIUS, SensorDeviceClass.TEMPERATURE),
    _metric(Metric.HUMIDITY, UnitOfRatio.PERCENTAGE, SensorDeviceClass.HUMIDITY),
    _metric(Metric.PRESSURE, UnitOfPressure.HPA, SensorDeviceClass.ATMOSPHERIC_PRESSURE),
    _metric(Metric.ILLUMINANCE, LIGHT_LUX, SensorDeviceClass.ILLUMINANCE),
    _metric(Metric.PPFD, PPFD),
    _metric(Metric.CO2, UnitOfRatio.PARTS_PER_MILLION, SensorDeviceClass.CO2),
    _metric(Metric.WATER_LEVEL, UnitOfRatio.PERCENTAGE),
)
"""What a plant feels. Battery, voltage and signal belong to the device; see below."""


def _light(choose: Callable[[Plant], LightSum | None]) -> Callable[[Garden, Plant, datetime], Value]:
    def value(garden: Garden, plant: Plant, now: datetime) -> Value:
        return None if (light := choose(plant)) is None else light.dli

    return value


def _measures_light(plant: Plant) -> bool:
    return plant.light is not None


def _measures_air(plant: Plant) -> bool:
    return {Metric.TEMPERATURE, Metric.HUMIDITY} <= {assignment.metric for assignment in plant.assignments}


def _range(garden: Garden, plant: Plant) -> Mapping[str, Any]:
    """Tell how sure the next watering is, and why it is told so."""
    if (told := plant.next_watering) is None:
        return {}
    return {
        "earliest": told.earliest,
        "latest": told.latest,
        "reason": told.reason,
        "basis": told.basis.value,
        "confidence": told.confidence.value,
    }


def _hearing(garden: Garden, plant: Plant) -> Mapping[str, Any]:
    """Tell whether the plant's probes still speak, and when they did last where they don't: how it is may be old."""
    is_silent = silent(garden, plant)
    return {"silent": is_silent, "last_heard": last_heard(garden, plant) if is_silent else None}


PLANT_SENSORS: tuple[PlantDescription, ...] = (
    PlantDescription(
        key="dli",
        native_unit_of_measurement=DAILY_LIGHT,
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        value=_light(lambda plant: None if plant.light is None else plant.light.today),
        exists=_measures_light,
    ),
    PlantDescription(
        key="dli_yesterday",
        native_unit_of_measurement=DAILY_LIGHT,
        suggested_display_precision=1,
        value=_light(lambda plant: None if plant.light is None else plant.light.yesterday),
        exists=_measures_light,
    ),
    PlantDescription(
        key="dli_last_24_hours",
        native_unit_of_measurement=DAILY_LIGHT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value=_light(lambda plant: None if plant.light is None else plant.light.last_24_hours),
        exists=_measures_light,
        entity_registry_enabled_default=False,
    ),
    PlantDescription(
        key="vpd",
        device_class=SensorDeviceClass.PRESSURE,
        native_unit_of_measurement=UnitOfPressure.KPA,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value=lambda garden, plant, now: None if plant.air is None else plant.air.vpd,
        exists=_measures_air,
    ),
    PlantDescription(
        key="dew_point",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value=lambda garden, plant, now: None if plant.air is None else plant.air.dew_point,
        exists=_measures_air,
        entity_registry_enabled_default=False,
    ),
    PlantDescription(
        key="last_watered",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda garden, plant, now: plant.last_watered_at,
    ),
    PlantDescription(
        key="next_watering",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda garden, plant, now: None if plant.next_watering is None else plant.next_watering.at,
        attributes=_range,
    ),
    PlantDescription(
        key="days_to_dry",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.DAYS,
        suggested_display_precision=1,
        value=lambda garden, plant, now: days_to_dry(plant, now),
    ),
    PlantDescription(
        key="tasks_due",
        state_class=SensorStateClass.MEASUREMENT,
        value=tasks_due,
    ),
    PlantDescription(
        key="health",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in PlantHealth],
        value=health,
        attributes=_hearing,
    ),
)
