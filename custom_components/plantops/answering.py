"""What an assistant is told of plants, as far as the user has exposed it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType

from .exposure import Exposed
from .judgement import alerts_of_plant, days_to_dry, due_at, felt, health, needs_water, tasks_due
from .lib.aioplantops.care import CareEvent
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.metrics import METRICS, Metric
from .lib.aioplantops.models import Plant

THIRST = frozenset({"needs_water", "health", "next_watering", "days_to_dry"})
"""The facts of a plant any of which tells whether it wants water."""

MOST_PLANTS = 40
MOST_CARE = 8

type Fact = Callable[[Garden, Plant, datetime], JsonValueType]


def who(known: Exposed) -> JsonObjectType:
    """Name a plant, so that it is told apart from others of the same name."""
    named: JsonObjectType = {"plant": known.name, "area": known.area, "species": known.plant.species}
    return {key: value for key, value in named.items() if value is not None}


def moment(when: datetime | None) -> str | None:
    """Tell a moment in the house's own time."""
    return None if when is None else dt_util.as_local(when).isoformat(timespec="minutes")


def _next_watering(garden: Garden, plant: Plant, now: datetime) -> JsonValueType:
    if (told := plant.next_watering) is None:
        return None
    span = {"at": moment(told.at), "earliest": moment(told.earliest), "latest": moment(told.latest)}
    return {**span, "reason": told.reason, "confidence": told.confidence.value}


def _problems(garden: Garden, plant: Plant, now: datetime) -> JsonValueType:
    return [alert.words for alert in alerts_of_plant(garden, plant)]


def _tasks(garden: Garden, plant: Plant, now: datetime) -> JsonValueType:
    ours = sorted((task for task in garden.tasks.values() if task.plant_id == plant.id), key=due_at)
    open_ones: list[JsonValueType] = [{"title": task.title, "due": moment(due_at(task))} for task in ours]
    return {"due_now": tasks_due(garden, plant, now), "open": open_ones}


FACTS: Mapping[str, Fact] = {
    "health": health,
    "needs_water": needs_water,
    "next_watering": _next_watering,
    "days_to_dry": lambda garden, plant, now: days_to_dry(plant, now),
    "last_watered": lambda garden, plant, now: moment(plant.last_watered_at),
    "problem": _problems,
    "tasks_due": _tasks,
    "dli": lambda garden, plant, now: None if plant.light is None else _dli(plant.light.today.dli),
    "vpd": lambda garden, plant, now: None if plant.air is None else f"{plant.air.vpd:.2f} kPa",
}
"""By the key of the entity that shows it."""


def _dli(light: float | None) -> JsonValueType:
    return None if light is None else f"{light:.1f} mol/m²"


def report(known: Exposed, now: datetime) -> JsonObjectType:
    """Tell of a plant what is exposed of it; what nobody knows is None."""
    garden, plant = known.coordinator.data, known.plant
    told = who(known)
    told |= {key: fact(garden, plant, now) for key, fact in FACTS.items() if key in known.facts}
    measured: JsonObjectType = {
        metric.value: _measured(plant, metric) for metric in METRICS if metric.value in known.facts
    }
    return {**told, "measured": measured} if measured else told


def _measured(plant: Plant, metric: Metric) -> JsonValueType:
    value = felt(plant, metric)
    when = next((one.time for one in plant.values if one.metric is metric), None)
    if value is None:
        return None
    figure = f"{value:.{METRICS[metric].decimals}f} {METRICS[metric].unit}".strip()
    return {"value": figure, "at": moment(when)}


def thirst(known: Exposed, now: datetime) -> JsonObjectType:
    """Tell of a plant that wants water, or will: when, and why, as far as that is exposed."""
    told = who(known)
    if (next_one := known.plant.next_watering) is not None:
        told["wants_water_at"] = moment(next_one.at)
        told["reason"] = next_one.reason
    if Metric.SOIL_MOISTURE.value in known.facts:
        told["soil_moisture"] = _measured(known.plant, Metric.SOIL_MOISTURE)
    told["now"] = needs_water(known.coordinator.data, known.plant, now)
    return told


def wants_water_within(known: Exposed, now: datetime, days: float) -> bool | None:
    """Tell whether a plant wants water now, or in so many days; None: nobody knows."""
    told = needs_water(known.coordinator.data, known.plant, now)
    if told or known.plant.next_watering is None:
        return told
    return known.plant.next_watering.at <= now + timedelta(days=days)


def written(care: CareEvent) -> JsonObjectType:
    """Tell what was done to a plant."""
    told: JsonObjectType = {"kind": care.kind.value, "at": moment(care.at), "source": care.source.value}
    return told | ({"note": care.note} if care.note else {}) | ({"litres": care.litres} if care.litres else {})
