"""The bounds between which a plant is content, to be set."""

from dataclasses import dataclass
from typing import Literal, override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory, UnitOfConductivity, UnitOfRatio, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PlantOpsConfigEntry
from .entity import PlantEntity, follow, plants
from .lib.aioplantops.models import Plant, PlantChange
from .lib.aioplantops.needs import NEEDS, BandWish, Need, NeedsWish
from .problems import told

PARALLEL_UPDATES = 1

type End = Literal["low", "high"]


@dataclass(frozen=True, kw_only=True)
class ThresholdDescription(NumberEntityDescription):
    """One end of one need."""

    need: Need
    end: End

    def exists(self, plant: Plant) -> bool:
        """Whether something measures the need: else nobody would ever notice that the bound is left."""
        if self.need is Need.DLI:
            return plant.light is not None
        return any(assignment.metric.value == self.need.value for assignment in plant.assignments)


@dataclass(frozen=True, slots=True)
class _Scale:
    need: Need
    unit: str
    step: float
    device_class: NumberDeviceClass | None = None


SCALES = (
    _Scale(Need.SOIL_MOISTURE, UnitOfRatio.PERCENTAGE, 1, NumberDeviceClass.MOISTURE),
    _Scale(Need.TEMPERATURE, UnitOfTemperature.CELSIUS, 0.5, NumberDeviceClass.TEMPERATURE),
    _Scale(Need.HUMIDITY, UnitOfRatio.PERCENTAGE, 1, NumberDeviceClass.HUMIDITY),
    _Scale(Need.SOIL_CONDUCTIVITY, UnitOfConductivity.MICROSIEMENS_PER_CM, 10, NumberDeviceClass.CONDUCTIVITY),
    _Scale(Need.DLI, "mol/m²/d", 0.5),
)


def _end(scale: _Scale, end: End) -> ThresholdDescription:
    span = NEEDS[scale.need].span
    return ThresholdDescription(
        key=f"{scale.need.value}_{end}",
        need=scale.need,
        end=end,
        device_class=scale.device_class,
        native_unit_of_measurement=scale.unit,
        native_min_value=span.low,
        native_max_value=span.high,
        native_step=scale.step,
        mode=NumberMode.BOX,
        entity_category=EntityCategory.CONFIG,
    )


ENDS: tuple[End, ...] = ("low", "high")
THRESHOLDS = tuple(_end(scale, end) for scale in SCALES for end in ENDS)


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Offer the bounds of what is measured for each plant."""
    coordinator = entry.runtime_data
    await follow(
        coordinator, async_add_entities, plants, THRESHOLDS, lambda one, line: Threshold(coordinator, one, line)
    )


class Threshold(PlantEntity, NumberEntity):
    """One end of a plant's span for one need."""

    entity_description: ThresholdDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The bound that holds now; unknown: nobody set one."""
        band = getattr(self.plant.thresholds, self.entity_description.need.value)
        value: float | None = None if band is None else getattr(band, self.entity_description.end)
        return value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the bound for this plant alone."""
        line = self.entity_description
        wish = NeedsWish.model_validate({line.need.value: BandWish.model_validate({line.end: value})})
        with told(self.coordinator):
            await self.coordinator.client.change_plant(self.plant_id, PlantChange(thresholds=wish))
