"""Actions that only tell: the past, what is to come, and who holds out while its people are away."""

from datetime import datetime, timedelta

import probatio as vol
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from .answers import in_utc, plain
from .judgement import due_at, needs_water
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.metrics import Metric
from .lib.aioplantops.models import Plant
from .lib.aioplantops.tasks import TaskKind
from .problems import told
from .targets import backend_of, plant_of
from .wording import to_do, watering

FEWEST_POINTS, MOST_POINTS = 2, 2_000
"""What the backend draws."""
MOST_DAYS = 366

type Item = tuple[datetime, JsonValueType]
"""When something is to be done, and what."""

GET_HISTORY = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required("metric"): vol.In([metric.value for metric in Metric]),
        vol.Required("from"): cv.datetime,
        vol.Optional("until"): cv.datetime,
        vol.Optional("points", default=100): vol.All(vol.Coerce(int), vol.Range(min=FEWEST_POINTS, max=MOST_POINTS)),
    }
)


async def get_history(call: ServiceCall) -> ServiceResponse:
    """Tell what a plant felt, from the backend's own memory."""
    target = plant_of(call.hass, call.data[ATTR_DEVICE_ID])
    until = call.data.get("until")
    with told(target.coordinator):
        return plain(
            await target.coordinator.client.plant_history(
                target.plant.id,
                Metric(call.data["metric"]),
                in_utc(call.data["from"]),
                None if until is None else in_utc(until),
                points=call.data["points"],
            )
        )


GET_SCHEDULE = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Optional("days", default=7): vol.All(vol.Coerce(int), vol.Range(min=1, max=MOST_DAYS)),
    }
)


async def get_schedule(call: ServiceCall) -> ServiceResponse:
    """Tell what is to be done in the next days, the most urgent first."""
    coordinator = backend_of(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    now = dt_util.utcnow()
    garden, end, language = coordinator.data, now + timedelta(days=call.data["days"]), call.hass.config.language
    items = [*_tasks(garden, now, end, language), *_waterings(garden, now, end, language)]
    return {"items": [words for _, words in sorted(items, key=lambda item: item[0])]}


def _tasks(garden: Garden, now: datetime, end: datetime, language: str) -> list[Item]:
    items: list[Item] = []
    for task in garden.tasks.values():
        plant = None if task.plant_id is None else garden.plants.get(task.plant_id)
        if (due := due_at(task)) <= end:
            words: JsonValueType = {
                "plant": None if plant is None else plant.name,
                "plant_id": None if plant is None else str(plant.id),
                "area": None if plant is None else plant.area,
                "kind": "task",
                "task_id": str(task.id),
                "task_kind": task.kind.value,
                "title": to_do(language, task.title, task.kind, None if plant is None else plant.name),
                "due": due.isoformat(),
                "now": due <= now,
                **(_foretold(plant) if plant is not None and task.kind is TaskKind.WATERED else {}),
            }
            items.append((due, words))
    return items


def _waterings(garden: Garden, now: datetime, end: datetime, language: str) -> list[Item]:
    items: list[Item] = []
    tasks = {task.plant_id for task in garden.tasks.values() if task.kind is TaskKind.WATERED}
    for plant in garden.plants.values():
        told_at = plant.next_watering
        if told_at is None or told_at.at > end or plant.id in tasks:
            continue
        words: JsonValueType = {
            "plant": plant.name,
            "plant_id": str(plant.id),
            "area": plant.area,
            "kind": "watering",
            "title": watering(language, plant.name),
            "due": told_at.at.isoformat(),
            "now": needs_water(garden, plant, now),
            **_foretold(plant),
        }
        items.append((told_at.at, words))
    return items


def _foretold(plant: Plant) -> dict[str, JsonValueType]:
    """Tell how sure a plant's next watering is, and why it is told so."""
    if (told_at := plant.next_watering) is None:
        return {}
    span = {"earliest": told_at.earliest.isoformat(), "latest": told_at.latest.isoformat()}
    return {**span, "reason": told_at.reason}


PLAN_ABSENCE = vol.Schema({vol.Required("until"): cv.datetime, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string})


async def plan_absence(call: ServiceCall) -> ServiceResponse:
    """Tell who must be watered before leaving now, and who needs a visit."""
    coordinator = backend_of(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    with told(coordinator):
        return plain(await coordinator.client.plan_absence(in_utc(call.data["until"])))
