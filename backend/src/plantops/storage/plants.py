"""Plants, and which channel serves which of them from when until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from aioplantops.metrics import Metric
from aioplantops.models import Assignment, PlantChange, PlantCreate
from aioplantops.needs import Needs

from plantops.domain.site import Kept

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A wish: let a channel serve a plant for a metric, from a UTC hour until another (None: until further notice)."""

    id: UUID
    plant_id: UUID
    channel_id: int
    metric: Metric
    from_: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The assignment that is in the way of another."""

    channel: str
    """The channel's name."""
    key: str
    device_id: str
    from_: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Own:
    """What a user set for one plant."""

    species_id: str | None
    bounds: Needs
    site: Kept
    """Only what is not the default."""


async def add(connection: Connection, plant_id: UUID, plant: PlantCreate, own: Own, now: datetime) -> None:
    """Plant a plant, with bounds and a site of its own."""
    fields = plant.model_dump(exclude={"thresholds", "site"})
    await queries.add(connection, id=plant_id, now=now, own=_json(own.bounds), site=own.site, **fields)


async def own(connection: Connection, plant_id: UUID) -> Own | None:
    """Tell what a user set for a plant, and hold it until the transaction ends; None: no such plant."""
    row = await queries.own(connection, id=plant_id)
    return None if row is None else Own(row["species_id"], Needs.model_validate(row["own_thresholds"]), row["site"])


async def change(connection: Connection, plant_id: UUID, wish: PlantChange, own: Own, now: datetime) -> bool:
    """Change the fields that the wish names, bounds and site to `own`; tell whether there is such a plant."""
    named, fields = sorted(wish.model_fields_set), wish.model_dump(exclude={"thresholds", "site"})
    return bool(
        await queries.change(
            connection, id=plant_id, now=now, fields=named, own=_json(own.bounds), site=own.site, **fields
        )
    )


def _json(own: Needs) -> dict[str, Any]:
    return own.model_dump(mode="json", exclude_none=True)


async def touch(connection: Connection, plant_id: UUID, now: datetime) -> bool:
    """Note a change, and hold the plant until the transaction ends; tell whether there is such a plant."""
    return bool(await queries.touch(connection, id=plant_id, now=now))


async def remove(connection: Connection, plant_id: UUID) -> bool:
    """Remove a plant with its assignments; tell whether there was one."""
    return bool(await queries.remove(connection, id=plant_id))


async def channel_metric(connection: Connection, channel_id: int) -> Metric | None:
    """Tell what a channel measures; None when there is no such channel."""
    metric = await queries.channel_metric(connection, channel_id=channel_id)
    return None if metric is None else Metric(metric)


async def assign(connection: Connection, wish: AssignmentRow) -> Obstacle | None:
    """Let a channel serve a plant that this transaction holds; what stands in the way is answered instead."""
    return await _unless_overlapping(
        connection,
        wish,
        queries.assign,
        plant_id=wish.plant_id,
        channel_id=wish.channel_id,
        metric=wish.metric,
    )


async def reassign(connection: Connection, wish: AssignmentRow) -> Obstacle | None:
    """Move the ends of an assignment of a plant that this transaction holds; see `assign`."""
    return await _unless_overlapping(connection, wish, queries.reassign)


async def _unless_overlapping(connection: Connection, wish: AssignmentRow, write: Any, **more: Any) -> Obstacle | None:
    try:
        async with connection.transaction():
            await write(connection, id=wish.id, from_time=wish.from_, until_time=wish.until, **more)
    except asyncpg.ExclusionViolationError:
        row = await queries.in_the_way(
            connection,
            plant_id=wish.plant_id,
            metric=wish.metric,
            from_time=wish.from_,
            until_time=wish.until,
            except_id=wish.id,
        )
        return Obstacle(row["channel"], row["key"], row["device_id"], row["from_time"], row["until_time"])
    return None


async def unassign(connection: Connection, plant_id: UUID, assignment_id: UUID) -> bool:
    """Remove an assignment; tell whether there was one."""
    return bool(await queries.unassign(connection, plant_id=plant_id, id=assignment_id))


async def assignment(connection: Connection, plant_id: UUID, assignment_id: UUID) -> Assignment | None:
    """Give one assignment of a plant."""
    row = await queries.assignment(connection, plant_id=plant_id, id=assignment_id)
    return None if row is None else _assignment(row)


async def assignment_page(
    connection: Connection, plant_id: UUID, after: tuple[datetime, UUID] | None, most: int
) -> list[Assignment]:
    """List a plant's assignments, the newest first, after one."""
    time, number = after or (None, None)
    rows = queries.assignment_page(connection, plant_id=plant_id, after_time=time, after_id=number, most=most)
    return [_assignment(row) async for row in rows]


def _assignment(row: Mapping[str, Any]) -> Assignment:
    return Assignment.model_validate({**row, "from": row["from_time"], "until": row["until_time"]})
