"""A sensor of Home Assistant that measures for plants: which it is, what it measures, and what of it is a reading.

It is kept as a subentry. On the backend it is a source of readings of its own, named after the sensor's entry in the
entity registry, so that renaming the entity changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from typing import Any, Final, Self
from uuid import UUID

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import instance_id

from .lib.aioplantops.metrics import METRICS, Metric, Scale, scale
from .plant_sensors import METRIC_SENSORS

SENSOR: Final = "sensor"
"""The kind of subentry."""

MEASURABLE: Final = tuple(line.metric for line in METRIC_SENSORS)
"""What can be measured for a plant."""


@dataclass(frozen=True, slots=True)
class Series:
    """Where readings go: a channel of a source, by the names that the backend has for them."""

    device_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Binding:
    """One sensor, and what it measures for which plants."""

    entity: str
    """Its id in the entity registry; the entity id of one that has no entry there."""
    metric: Metric
    unit: str
    """The unit that the readings are sent and kept in: the metric's own, or volts."""
    device_id: str
    plants: tuple[UUID, ...]
    name: str
    called: str
    """The entity id that it had then: only to be shown when the entity is gone."""

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> Self:
        """Read a subentry."""
        data = subentry.data
        return cls(
            entity=data["entity"],
            metric=Metric(data["metric"]),
            unit=data["unit"],
            device_id=data["device_id"],
            plants=tuple(UUID(plant_id) for plant_id in data["plants"]),
            name=subentry.title,
            called=data["called"],
        )

    @property
    def data(self) -> dict[str, Any]:
        """What is kept of it in a subentry, besides its title."""
        return {
            "entity": self.entity,
            "metric": self.metric.value,
            "unit": self.unit,
            "device_id": self.device_id,
            "plants": [str(plant_id) for plant_id in self.plants],
            "called": self.called,
        }

    @property
    def series(self) -> Series:
        """Where its readings go. What cannot be converted into each other (per cent, volts) never shares a channel."""
        own = self.unit == METRICS[self.metric].unit
        return Series(self.device_id, self.metric.value if own else f"{self.metric.value}_{self.unit.lower()}")

    @property
    def unique_id(self) -> str:
        """What there is only one of."""
        return f"{self.device_id}/{self.metric.value}"


def bindings(entry: ConfigEntry[Any]) -> Mapping[str, Binding]:
    """Give all bindings of an entry by their subentry's id."""
    return {
        subentry.subentry_id: Binding.of(subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SENSOR
    }


async def identify(hass: HomeAssistant, entity_id: str) -> tuple[str, str]:
    """Tell by what an entity is known here and on the backend.

    One without a unique id has no entry in the registry: it is known by its entity id, and as another one when that is
    changed. The installation goes into its name on the backend, where two of them may have the same entity id.
    """
    if (known := er.async_get(hass).async_get(entity_id)) is not None:
        return known.id, f"ha-{known.id}"
    digest = sha256(f"{await instance_id.async_get(hass)} {entity_id}".encode()).hexdigest()
    return entity_id, f"ha-{digest[:32]}"


def entity_id_of(hass: HomeAssistant, entity: str) -> str | None:
    """Tell what an entity is called now; None: it is gone."""
    if (known := er.async_get(hass).async_get(entity)) is not None:
        return known.entity_id
    return entity if "." in entity else None


def number(state: State | None) -> float | None:
    """Read the number that a state is; None: it is none, or no finite one."""
    try:
        value = float("nan" if state is None else state.state)
    except ValueError:
        return None
    return value if isfinite(value) else None


def unit_of(state: State | None) -> str | None:
    """Tell the unit that a state is in."""
    return None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)


def measure(binding: Binding, unit: str | None) -> Scale | None:
    """Tell how numbers in `unit` become readings; None: they cannot."""
    fits = scale(binding.metric, unit)
    return fits if fits is not None and fits.unit == binding.unit else None


def fitting(unit: str | None) -> Iterable[Metric]:
    """List what can be measured in a unit; without one, anything."""
    return (metric for metric in MEASURABLE if scale(metric, unit) is not None)
