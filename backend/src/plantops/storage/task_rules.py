"""The rules by which care tasks come again, and which tasks do not agree with them, the log or the outlook."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from aioplantops.tasks import Basis, Recurrence, TaskKind, TaskRule, Unit

from plantops.domain.tasks import EARLY, SOAKS, Due, Rhythm, title
from plantops.domain.tongue import Tongue

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class IdleRule:
    """A rule without an open task, and what its next one is made from."""

    id: UUID
    plant_id: UUID | None
    kind: TaskKind
    title: str | None
    rhythm: Rhythm
    created_at: datetime
    closed_due_at: datetime | None
    """When its last task was due."""
    completed_at: datetime | None
    """When that was done."""
    skipped_at: datetime | None
    event_at: datetime | None
    """When such a thing was done last, by the log."""
    foretold: datetime | None
    judged_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """An open task for which the drying model says something else than it did."""

    id: UUID
    due: Due
    counted_from: datetime
    snoozed_until: datetime | None
    rhythm: Rhythm
    foretold: datetime | None


@dataclass(frozen=True, slots=True)
class ToTell:
    """An open task that people are to hear of."""

    id: UUID
    title: str
    plant_id: UUID | None
    plant_name: str | None
    area: str | None
    reason: str | None


async def page(
    connection: Connection, plant_id: UUID | None, after: UUID | None, most: int, tongue: Tongue
) -> list[TaskRule]:
    """List rules, the oldest first, after one: of a plant or of all."""
    rows = queries.page(connection, plant_id=plant_id, after_id=after, most=most)
    return [_rule(row, tongue) async for row in rows]


async def one(connection: Connection, rule_id: UUID, tongue: Tongue) -> tuple[TaskRule, str | None] | None:
    """Give a rule, and the title that a person gave it; None: there is no such rule."""
    row = await queries.one(connection, id=rule_id)
    return None if row is None else (_rule(row, tongue), row["title"])


async def count(connection: Connection) -> int:
    """Tell how many rules people made."""
    return int(await queries.count(connection))


async def keep(connection: Connection, rule_id: UUID, fields: Mapping[str, Any], now: datetime) -> None:
    """Keep a rule, or what was changed of it; `fields` are those of its wish."""
    names = ("plant_id", "kind", "title", "by", "every", "unit", "rest_every", "enabled")
    await queries.keep(
        connection,
        id=rule_id,
        **{name: fields[name] for name in names},
        dates=list(fields["dates"]),
        rest_months=sorted(set(fields["rest_months"])),
        due_time=time.fromisoformat(fields["due_time"]),
        now=now,
    )


async def remove(connection: Connection, rule_id: UUID) -> None:
    """Remove a rule; what was done by it stays."""
    await queries.remove(connection, id=rule_id)


async def add_automatic(connection: Connection, now: datetime) -> None:
    """Give each plant that has none its watering rule."""
    await queries.add_automatic(connection, now=now)


async def remove_unwanted(connection: Connection, *, watering: bool) -> list[UUID]:
    """Take away the open tasks of rules that are switched off; tell which."""
    return [row["id"] async for row in queries.remove_unwanted(connection, watering=watering)]


async def idle(connection: Connection, plant_ids: Collection[UUID] | None, *, watering: bool) -> list[IdleRule]:
    """Give rules that hold and have no open task."""
    rows = queries.idle(connection, plant_ids=_ids(plant_ids), watering=watering)
    return [
        IdleRule(
            row["id"],
            row["plant_id"],
            TaskKind(row["kind"]),
            row["title"],
            rhythm(row),
            row["created_at"],
            row["last_due_at"],
            row["last_completed_at"],
            row["last_skipped_at"],
            row["event_at"],
            row["foretold"],
            row["judged_at"],
        )
        async for row in rows
    ]


async def fulfilled(connection: Connection, plant_ids: Collection[UUID] | None) -> list[tuple[UUID, UUID, datetime]]:
    """Find open tasks that the log says are done: the task, the event, and when that was."""
    rows = queries.fulfilled(connection, plant_ids=_ids(plant_ids), early=EARLY)
    return [(row["id"], row["event_id"], row["at"]) async for row in rows]


async def unfounded(
    connection: Connection, plant_ids: Collection[UUID] | None, tolerance: Any
) -> list[tuple[UUID, UUID]]:
    """Find tasks that were done by an event which is no more, with their rules."""
    rows = queries.unfounded(connection, plant_ids=_ids(plant_ids), tolerance=tolerance)
    return [(row["id"], row["rule_id"]) async for row in rows]


async def reckoned_otherwise(connection: Connection, plant_ids: Collection[UUID] | None) -> list[OpenTask]:
    """Find open tasks for which the drying model says something else than it did."""
    return [
        OpenTask(
            row["id"],
            Due(row["due_at"], Basis(row["basis"])),
            row["counted_from"],
            row["snoozed_until"],
            rhythm(row),
            row["foretold"],
        )
        async for row in queries.reckoned_otherwise(connection, plant_ids=_ids(plant_ids), soaks=SOAKS)
    ]


async def to_tell(connection: Connection, now: datetime, tongue: Tongue) -> list[ToTell]:
    """Give open tasks that people are to hear of."""
    return [
        ToTell(
            row["id"],
            row["title"] or title(TaskKind(row["kind"]), row["plant_name"], tongue),
            row["plant_id"],
            row["plant_name"],
            row["area"],
            row["reason"],
        )
        async for row in queries.to_tell(connection, now=now)
    ]


def rhythm(row: Mapping[str, Any]) -> Rhythm:
    """Read how a task comes again."""
    return Rhythm(
        by=Recurrence(row["by"]),
        every=row["every"],
        unit=Unit(row["unit"]),
        dates=tuple(row["dates"]),
        rest_months=frozenset(row["rest_months"]),
        rest_every=row["rest_every"],
        due_time=row["due_time"],
    )


def _ids(plant_ids: Collection[UUID] | None) -> list[UUID] | None:
    return None if plant_ids is None else list(plant_ids)


def _rule(row: Mapping[str, Any], tongue: Tongue) -> TaskRule:
    fields = dict(row)
    plant = fields.pop("plant_name")
    fields["title"] = fields["title"] or title(TaskKind(fields["kind"]), plant, tongue)
    fields["due_time"] = fields["due_time"].isoformat("minutes")
    return TaskRule.model_validate(fields)
