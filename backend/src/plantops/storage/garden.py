"""The garden as it is now, read with a few queries into the very shape in which it is told.

For the whole garden the rows are laid out as plain mappings, which pydantic's serializer writes as they are: with
200 plants that takes half the time of making models of them. `services/garden.py` is the only reader.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from aioplantops.air import Air, air_of
from aioplantops.metrics import Metric
from aioplantops.site import Site

from plantops.domain.calibration import Calibrations

from . import calibration
from .bounds import Bounds
from .pool import Connection
from .queries import load

queries = load(__file__)

OF_THE_BOUNDS = ("own_thresholds", "profile_source", "profile_name", "profile")
"""What the plants' spans are made from."""

REMEMBERED = 1_024
"""Different sites that are remembered: most plants have the same as others."""

OF_THE_OUTLOOK = ("at", "earliest", "latest", "reason", "basis", "confidence")
"""What the plants' next waterings are made from."""

OF_A_VALVE = ("key", "name", "max_seconds", "litres_per_minute")

type Tree = dict[str, Any]
"""A device or a plant with all that belongs to it, keyed as its model's fields are on the wire."""


async def devices(connection: Connection, calibrations: Calibrations, ids: Collection[str] | None = None) -> list[Tree]:
    """Give devices with their channels, ordered by id: those named, or all. Their calibrations must be among those."""
    wanted = None if ids is None else list(ids)
    trees: dict[str, Tree] = {}
    async for row in queries.devices(connection, ids=wanted):
        tree = dict(row)
        tree["channels"] = []
        tree["valves"] = []
        trees[tree["id"]] = tree
    async for row in queries.channels(connection, device_ids=wanted):
        if (device := trees.get(row["device_id"])) is not None:
            device["channels"].append(channel_tree(row, calibrations))
    async for row in queries.valves(connection, device_ids=wanted):
        if (device := trees.get(row["device_id"])) is not None:
            device["valves"].append({name: row[name] for name in OF_A_VALVE})
    return list(trees.values())


def channel_tree(row: Mapping[str, Any], calibrations: Calibrations) -> Tree:
    """Lay a channel out as it is told: its newest reading is calibrated, if the channel is."""
    number, device_id, key, name, metric, unit, time, value, reason, since, shift = row.values()
    if (known := calibrations.get(number)) is not None:
        unit, value = known.unit, None if time is None else known.shown(time, value)
    return {
        "id": number,
        "device_id": device_id,
        "key": key,
        "name": name,
        "metric": metric,
        "unit": unit,
        "calibrated": known is not None,
        "calibration_hint": None if reason is None else {"reason": reason, "since": since, "shift": shift},
        "latest": None if value is None else {"time": time, "value": value},
    }


class AssignmentRow(NamedTuple):
    """A channel that serves a plant for one metric, now or later."""

    plant_id: UUID
    channel_id: int
    device_id: str
    metric: str
    unit: str
    from_: datetime
    until: datetime | None

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in the assignment."""
        return self.from_ <= moment and (self.until is None or moment < self.until)


async def plants(
    connection: Connection, now: datetime, month: int, ids: Collection[UUID]
) -> tuple[list[Tree], list[AssignmentRow]]:
    """Give some plants, ordered by name, with their assignments, values, and spans of a month as profiles count them.

    The assignments are given by themselves too.
    """
    wanted = list(ids)
    rows = [row async for row in queries.assigned_channels(connection, plant_ids=wanted, now=now)]
    calibrations = await calibration.of_channels(connection, [row["id"] for row in rows])
    channels = {row["id"]: channel_tree(row, calibrations) for row in rows}
    return await _plants(connection, wanted, now, channels, Bounds(month))


@dataclass(frozen=True, slots=True)
class Everything:
    """The whole garden."""

    devices: list[Tree]
    plants: list[Tree]
    assignments: list[AssignmentRow]
    """Those that hold now or later."""
    calibrations: Calibrations


async def everything(connection: Connection, now: datetime, month: int) -> Everything:
    """Give the whole garden, its plants as `plants` does."""
    calibrations = await calibration.everywhere(connection)
    told = await devices(connection, calibrations)
    channels = {channel["id"]: channel for device in told for channel in device["channels"]}
    return Everything(told, *(await _plants(connection, None, now, channels, Bounds(month))), calibrations)


async def _plants(
    connection: Connection,
    ids: Sequence[UUID] | None,
    now: datetime,
    channels: Mapping[int, Tree],
    bounds: Bounds,
) -> tuple[list[Tree], list[AssignmentRow]]:
    trees = await _bare_plants(connection, ids, bounds)
    words = {number: str(number) for number in trees}  # written much faster than the driver's UUIDs
    assignments = []
    async for row in queries.assignments(connection, plant_ids=ids, now=now):
        number, plant_id, channel_id, metric, from_time, until_time = row
        channel, tree = channels[channel_id], trees[plant_id]
        device_id, unit, latest = channel["device_id"], channel["unit"], channel["latest"]
        assignment = AssignmentRow(plant_id, channel_id, device_id, metric, unit, from_time, until_time)
        assignments.append(assignment)
        tree["assignments"].append(
            {
                "id": number,
                "plant_id": words[plant_id],
                "channel_id": channel_id,
                "device_id": device_id,
                "metric": metric,
                "from": from_time,
                "until": until_time,
            }
        )
        if latest is not None and assignment.holds(now) and assignment.holds(latest["time"]):
            time, value = latest["time"], latest["value"]
            tree["values"].append(
                {"metric": metric, "unit": unit, "value": value, "time": time, "channel_id": channel_id}
            )
    for tree in trees.values():
        tree["air"] = _air(tree)
    return list(trees.values()), assignments


async def _bare_plants(connection: Connection, ids: Sequence[UUID] | None, bounds: Bounds) -> dict[UUID, Tree]:
    """Give plants with all that is not said by their channels, and room for assignments and values."""
    trees: dict[UUID, Tree] = {}
    async for row in queries.plants(connection, ids=ids):
        tree = dict(row)
        own, source, name, profile = (tree.pop(column) for column in OF_THE_BOUNDS)
        site, light = _site(tree.pop("site")), tree.pop("light")
        spans = bounds.of(tree["species_id"], (source, name, profile) if source else None, own)
        watered = tree.pop("last_watered_at")
        wants = {column: tree.pop(column) for column in OF_THE_OUTLOOK}
        tree |= {"assignments": [], "values": [], "thresholds": spans, "site": site, "air": None, "light": light}
        tree |= {"next_watering": None if wants["at"] is None else wants, "last_watered_at": watered}
        trees[tree["id"]] = tree
    return trees


@lru_cache(maxsize=REMEMBERED)
def _site(kept: str) -> Tree:
    """Lay out a site, of which only what was set is kept."""
    return Site.model_validate_json(kept).model_dump(mode="json")


def _air(plant: Tree) -> Air | None:
    """Tell how the air around a plant is, by the values that are told of it."""
    felt = {value["metric"]: (value["time"], value["value"]) for value in plant["values"]}
    temperature, humidity = felt.get(Metric.TEMPERATURE), felt.get(Metric.HUMIDITY)
    if temperature is None or humidity is None:
        return None
    return air_of(temperature, humidity, plant["site"]["leaf_offset"])


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest readings of one device by channel id: time and value as stored."""

    device_id: str
    last_seen: datetime
    latest: dict[int, tuple[datetime, float]]


async def newest_readings(connection: Connection, device_ids: Collection[str]) -> list[Newest]:
    """Give the newest readings of some devices."""
    found: dict[str, Newest] = {}
    async for device_id, last_seen, channel_id, time, value in queries.newest_readings(
        connection, device_ids=list(device_ids)
    ):
        newest = found.setdefault(device_id, Newest(device_id, last_seen or time, {}))
        newest.latest[channel_id] = (time, value)
    return list(found.values())


async def device_page(connection: Connection, after: str | None, most: int) -> list[str]:
    """List device ids in order, after one."""
    return [row["id"] async for row in queries.device_page(connection, after=after, most=most)]


async def plant_page(connection: Connection, after: tuple[str, UUID] | None, most: int) -> list[tuple[str, UUID]]:
    """List the names and ids of plants in order, after one."""
    name, number = after or (None, None)
    rows = queries.plant_page(connection, after_name=name, after_id=number, most=most)
    return [(row["name"], row["id"]) async for row in rows]


async def turning_plants(connection: Connection, hour: datetime) -> list[UUID]:
    """List the plants that may look different from a UTC hour on: by an assignment, or by the season."""
    return [row["plant_id"] async for row in queries.turning_plants(connection, hour=hour)]


async def installation(connection: Connection) -> UUID:
    """Tell the installation's identity."""
    identity: UUID = await queries.installation(connection)
    return identity
