"""Care tasks: what is to be done, and what was done of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from aioplantops.tasks import Basis, CareTask, Recurrence, TaskKind

from plantops.domain.tasks import Due, title
from plantops.domain.tongue import Tongue

from .locks import LOCK_CLASS, Lock
from .pool import Connection
from .queries import load

queries = load(__file__)


class DoneBy(StrEnum):
    """How a task was completed."""

    TASK = "task"
    """Completing it wrote an event into the care log."""
    LOG = "log"
    """The care log had it already."""
    HAND = "hand"
    """Nothing is written down of it."""


@dataclass(frozen=True, slots=True)
class State:
    """How a task stands."""

    id: UUID
    rule_id: UUID | None
    plant_id: UUID | None
    kind: TaskKind
    title: str | None
    due: Due
    snoozed_until: datetime | None
    completed_at: datetime | None
    skipped_at: datetime | None
    care_event_id: UUID | None
    done_by: DoneBy | None
    due_time: time | None
    """The rule's; None: the rule is gone."""
    by: Recurrence | None
    outlived: bool
    """Whether a later task of its rule was closed too."""

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to be done."""
        return self.completed_at is None and self.skipped_at is None


@dataclass(frozen=True, slots=True)
class Planned:
    """A task that is to be done."""

    id: UUID
    rule_id: UUID
    plant_id: UUID | None
    kind: TaskKind
    title: str | None
    due: Due
    counted_from: datetime
    """What is done later fulfils it."""
    tell_at: datetime
    foretold_at: datetime | None = None
    """The outlook that it was made from."""
    snoozed_until: datetime | None = None


async def alone(connection: Connection) -> None:
    """Let nobody else change tasks until this transaction ends; hold the plant first, if you do."""
    await queries.alone(connection, lock_class=LOCK_CLASS, lock=Lock.TASKS)


async def try_alone(connection: Connection) -> bool:
    """Be the only one to change tasks until this transaction ends; tell whether nobody else is."""
    return bool(await queries.try_alone(connection, lock_class=LOCK_CLASS, lock=Lock.TASKS))


async def some(connection: Connection, ids: Collection[UUID], tongue: Tongue) -> dict[UUID, CareTask]:
    """Give some tasks that are open or were done; others are gone, or were left out."""
    return {row["id"]: read_task(row, tongue) async for row in queries.some(connection, ids=list(ids))}


async def open_page(
    connection: Connection,
    wanted: tuple[UUID | None, datetime | None],
    after: tuple[datetime, UUID] | None,
    most: int,
    tongue: Tongue,
) -> list[CareTask]:
    """List what is to be done, the most urgent first, after one; wanted: of a plant, due before a time."""
    plant_id, due_before = wanted
    moment, number = after or (None, None)
    rows = queries.open_page(
        connection, plant_id=plant_id, due_before=due_before, after_time=moment, after_id=number, most=most
    )
    return [read_task(row, tongue) async for row in rows]


async def done_page(
    connection: Connection, plant_id: UUID | None, after: tuple[datetime, UUID] | None, most: int, tongue: Tongue
) -> list[CareTask]:
    """List what was done, the newest first, after one."""
    moment, number = after or (None, None)
    rows = queries.done_page(connection, plant_id=plant_id, after_time=moment, after_id=number, most=most)
    return [read_task(row, tongue) async for row in rows]


async def state(connection: Connection, task_id: UUID) -> State | None:
    """Tell how a task stands; None: there is none."""
    row = await queries.state(connection, id=task_id)
    if row is None:
        return None
    fields = dict(row)
    due = Due(fields.pop("due_at"), Basis(fields.pop("basis")))
    by, done_by = fields.pop("by"), fields.pop("done_by")
    return State(
        **{**fields, "kind": TaskKind(fields["kind"])},
        due=due,
        by=None if by is None else Recurrence(by),
        done_by=None if done_by is None else DoneBy(done_by),
    )


async def add(connection: Connection, task: Planned, now: datetime) -> None:
    """Plan a task."""
    await queries.add(
        connection,
        id=task.id,
        rule_id=task.rule_id,
        plant_id=task.plant_id,
        kind=task.kind,
        title=task.title,
        due_at=task.due.at,
        basis=task.due.basis,
        counted_from=task.counted_from,
        foretold_at=task.foretold_at,
        snoozed_until=task.snoozed_until,
        tell_at=task.tell_at,
        now=now,
    )


async def complete(connection: Connection, task_id: UUID, at: datetime, event_id: UUID | None, done_by: DoneBy) -> None:
    """Close a task that was done."""
    await queries.complete(connection, id=task_id, at=at, event_id=event_id, done_by=done_by)


async def skip(connection: Connection, task_id: UUID, at: datetime) -> None:
    """Close a task that is left out this time."""
    await queries.skip(connection, id=task_id, at=at)


async def snooze(connection: Connection, task_id: UUID, until: datetime, tell_at: datetime) -> None:
    """Put a task off."""
    await queries.snooze(connection, id=task_id, until=until, tell_at=tell_at)


async def remove_open(connection: Connection, rule_id: UUID) -> list[UUID]:
    """Take a rule's open task away."""
    return [row["id"] async for row in queries.remove_open(connection, rule_id=rule_id)]


async def reopen(connection: Connection, task_id: UUID) -> None:
    """Let a task be open again."""
    await queries.reopen(connection, id=task_id)


async def sweep(connection: Connection, before: datetime) -> None:
    """Forget tasks that were closed before a time."""
    await queries.sweep(connection, before=before)


async def every_open(connection: Connection, tongue: Tongue) -> list[dict[str, Any]]:
    """Give all open tasks, laid out as `CareTask`, the most urgent first."""
    return [_task_tree(row, tongue) async for row in queries.open_trees(connection)]


async def open_ids(connection: Connection, plant_id: UUID) -> list[UUID]:
    """Give the open tasks of a plant."""
    return [row["id"] async for row in queries.open_ids(connection, plant_id=plant_id)]


async def told(connection: Connection, ids: Collection[UUID], now: datetime) -> None:
    """Remember that people heard of some tasks."""
    await queries.told(connection, ids=list(ids), now=now)


async def replan(
    connection: Connection, task_id: UUID, due: Due, foretold_at: datetime | None, times: tuple[datetime, datetime]
) -> None:
    """Let a task fall due at another time; `times` are when people hear of it, and now."""
    tell_at, now = times
    await queries.replan(
        connection, id=task_id, due_at=due.at, basis=due.basis, foretold_at=foretold_at, tell_at=tell_at, now=now
    )


def read_task(row: Mapping[str, Any], tongue: Tongue) -> CareTask:
    """Read a task from a row that has its columns and its plant's name; what nobody has named is named here."""
    return CareTask.model_validate(_task_tree(row, tongue))


def _task_tree(row: Mapping[str, Any], tongue: Tongue) -> dict[str, Any]:
    tree = dict(row)
    plant = tree.pop("plant_name")
    tree["title"] = tree["title"] or title(TaskKind(tree["kind"]), plant, tongue)
    return tree
