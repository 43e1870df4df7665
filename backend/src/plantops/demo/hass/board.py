"""The dashboard that the demo shows in Home Assistant: rooms with their plants, what is to be done, the last day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

TITLE, PATH, ICON = "Plants", "plantops-garden", "mdi:sprout"
ROOM_ICONS = {
    "living room": "mdi:sofa",
    "kitchen": "mdi:silverware-fork-knife",
    "bathroom": "mdi:shower",
    "bedroom": "mdi:bed",
    "study": "mdi:desk",
    "winter garden": "mdi:greenhouse",
    "balcony": "mdi:balcony",
}
"""The rooms of the virtual garden, in the order in which they are shown. Home Assistant has some of its own, and writes
them otherwise."""
BADGES = {"thirsty_plants": "Thirsty", "problems": "Problems", "tasks_due": "To do", "connected": "PlantOps"}
ELSEWHERE = "Elsewhere"
HALF = {"columns": 6}
HOURS = 24

type Card = dict[str, Any]
type Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Thing:
    """A plant, or the server, as Home Assistant knows it."""

    id: str
    name: str
    room: str
    entities: Mapping[str, str]
    """Entity ids by what they are: `soil_moisture`, `problem` …"""

    def some(self, *keys: str) -> list[str]:
        """Give those of its entities that there are."""
        return [self.entities[key] for key in keys if key in self.entities]


NO_SERVER = Thing("", "", "", {})


def things(entities: Rows, devices: Rows, areas: Rows) -> tuple[Thing, list[Thing]]:
    """Read Home Assistant's registries: the server, and the plants by name."""
    rooms = {area["area_id"]: area["name"] for area in areas}
    server, plants = NO_SERVER, list[Thing]()
    rows = [row for row in entities if row["platform"] == "plantops" and not row["disabled_by"]]
    for device in devices:
        for domain, name in device["identifiers"]:
            if domain != "plantops" or "/" in name:  # the others are physical devices
                continue
            own = {
                row["unique_id"].removeprefix(f"{name}_"): row["entity_id"]
                for row in rows
                if row["device_id"] == device["id"]
            }
            room = rooms.get(device["area_id"], ELSEWHERE)
            thing = Thing(name, device["name_by_user"] or device["name"], room, own)
            if device["via_device_id"]:
                plants.append(thing)
            else:
                server = thing
    return server, sorted(plants, key=lambda plant: plant.name)


BY_ITSELF: Card = {"strategy": {"type": "custom:plantops"}}
"""The dashboard that lays itself out, where the release holds the card that does so."""


def board(server: Thing, plants: Iterable[Thing]) -> Card:
    """Make the dashboard of what Home Assistant has itself, for a release without the card."""
    plants = sorted(plants, key=lambda plant: (_rank(plant.room), plant.room, plant.name))
    rooms = [(room, list(its)) for room, its in groupby(plants, key=lambda plant: plant.room)]
    garden = _view("Garden", "garden", "mdi:sprout", [_room(*one) for one in rooms])
    badges = [
        {"type": "entity", "entity": server.entities[key], "name": name, "show_name": True}
        for key, name in BADGES.items()
        if key in server.entities
    ]
    care = _view("Care", "care", "mdi:calendar-heart", [_to_do(server), _calendar(server), _next(plants)])
    past = _view("Past", "past", "mdi:chart-line", [_past(*one) for one in rooms])
    return {"views": [garden | {"badges": badges}, care, past]}


def _rank(room: str) -> int:
    order = list(ROOM_ICONS)
    return order.index(room.lower()) if room.lower() in order else len(order)


def _view(title: str, path: str, icon: str, sections: list[Card]) -> Card:
    return {"title": title, "path": path, "icon": icon, "type": "sections", "max_columns": 4, "sections": sections}


def _section(title: str, icon: str, cards: Iterable[Card]) -> Card:
    heading = {"type": "heading", "heading": title, "heading_style": "title", "icon": icon}
    return {"type": "grid", "cards": [heading, *cards]}


def _room(room: str, plants: list[Thing]) -> Card:
    return _section(room, ROOM_ICONS.get(room.lower(), "mdi:sprout"), (_tile(plant) for plant in plants))


def _tile(plant: Thing) -> Card:
    """Show how wet the soil is, in a number and as a bar."""
    about = plant.some("soil_moisture", "health")[0]
    tile: Card = {"type": "tile", "entity": about, "name": plant.name, "color": "green", "grid_options": HALF}
    if about == plant.entities.get("soil_moisture"):
        tile["features"] = [{"type": "bar-gauge"}]
    return tile


def _to_do(server: Thing) -> Card:
    lists = ({"type": "todo-list", "entity": entity, "hide_create": True} for entity in server.some("care_tasks"))
    return _section("To do", "mdi:clipboard-check-outline", lists)


def _next(plants: Iterable[Thing]) -> Card:
    rows = [
        {"entity": entity, "name": plant.name, "secondary_info": "none"}
        for plant in plants
        for entity in plant.some("next_watering")
    ]
    return _section("Next watering", "mdi:watering-can", [{"type": "entities", "entities": rows}] if rows else [])


def _calendar(server: Thing) -> Card:
    months = (
        {"type": "calendar", "entities": [entity], "initial_view": "listWeek"}
        for entity in server.some("care_calendar")
    )
    return _section("Calendar", "mdi:calendar-heart", months)


def _past(room: str, plants: list[Thing]) -> Card:
    lines = [{"entity": entity, "name": plant.name} for plant in plants for entity in plant.some("soil_moisture")]
    graph = {"type": "history-graph", "hours_to_show": HOURS, "entities": lines}
    return _section(room, ROOM_ICONS.get(room.lower(), "mdi:sprout"), [graph] if lines else [])
