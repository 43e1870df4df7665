"""The to-do list: what is to be done in the garden, and what people do about it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid7

from aioplantops.care import CareEvent, CareKind, CareSource, check_details
from aioplantops.errors import Invalid, PlantNotFound
from aioplantops.models import Page
from aioplantops.tasks import CareTask, TaskClosed, TaskComplete, TaskKind, TaskNotFound, TaskNotUndone, TaskSnooze

from plantops.domain.tasks import MORNING, snoozed, told_at
from plantops.ops.logs import Clock
from plantops.storage import care, care_log, notices
from plantops.storage import tasks as store
from plantops.storage.pool import Connection, Database
from plantops.storage.tasks import DoneBy, State

from .care import CareBook, possible
from .cursor import foreign_cursor, read_cursor, write_cursor
from .garden import Garden
from .task_keeping import TaskKeeper

FURTHEST = timedelta(days=366)
"""So long a task may be put off."""


class TaskBook:
    """Lists tasks, and closes them."""

    def __init__(
        self, database: Database, garden: Garden, care_book: CareBook, *, keeper: TaskKeeper, clock: Clock
    ) -> None:
        """Take the store, who reads the garden, who writes the log, who keeps tasks in step, and the clock."""
        self._database = database
        self._garden = garden
        self._care = care_book
        self._keeper = keeper
        self._clock = clock

    async def page(
        self,
        cursor: str | None,
        limit: int,
        *,
        plant_id: UUID | None = None,
        due_before: datetime | None = None,
        done: bool = False,
    ) -> Page[CareTask]:
        """List what is to be done, the most urgent first, or what was done, the newest first.

        Raises PlantNotFound and Invalid.
        """
        after = None if cursor is None else _cursor(cursor)
        async with self._database.snapshot("task_page") as connection:
            if done:
                found = await store.done_page(connection, plant_id, after, limit + 1, self._keeper.tongue)
            else:
                wanted = (plant_id, due_before)
                found = await store.open_page(connection, wanted, after, limit + 1, self._keeper.tongue)
            if not found and plant_id is not None:
                await self._garden.plant_within(connection, plant_id)
        last = found[limit - 1] if len(found) > limit else None
        at = None if last is None else (last.completed_at if done else last.due_at)
        more = None if last is None or at is None else write_cursor([at.isoformat(), str(last.id)])
        return Page[CareTask](items=tuple(found[:limit]), next=more)

    async def complete(self, task_id: UUID, wish: TaskComplete) -> CareTask:
        """Say that a task was done; it is written into the plant's log. Asking again answers the same.

        Raises TaskNotFound, TaskClosed, Invalid.
        """
        now = self._clock()
        at = possible(wish.at or now, now)
        event = None
        async with self._database.transaction("complete_task") as connection:
            task = await self._hold(connection, task_id)
            if task.completed_at is None:
                if not task.is_open:
                    raise TaskClosed
                event = await self._event(connection, task, wish, at)
                if event is not None:
                    await self._care.write(connection, event, now)
                done_by = DoneBy.HAND if event is None else DoneBy.TASK
                await store.complete(connection, task_id, at, None if event is None else event.id, done_by)
                await notices.withdraw(connection, f"task:{task_id}")
            told = await self._told(connection, task_id)
        if event is not None:
            await self._care.tell(event, now)
        if task.completed_at is None:
            await self._closed(task)
        return told

    async def skip(self, task_id: UUID) -> None:
        """Leave a task out this time; asking again changes nothing. Raises TaskNotFound, TaskClosed."""
        async with self._database.transaction("skip_task") as connection:
            task = await self._hold(connection, task_id)
            if task.completed_at is not None:
                raise TaskClosed
            if task.is_open:
                await store.skip(connection, task_id, self._clock())
                await notices.withdraw(connection, f"task:{task_id}")
        await self._closed(task)

    async def snooze(self, task_id: UUID, wish: TaskSnooze) -> CareTask:
        """Put a task off. Raises TaskNotFound, TaskClosed and Invalid."""
        now = self._clock()
        async with self._database.transaction("snooze_task") as connection:
            task = await self._hold(connection, task_id)
            if not task.is_open:
                raise TaskClosed
            until = wish.until or snoozed(now, wish.days or 1, task.due_time or MORNING, self._keeper.zone)
            if until <= now:
                raise Invalid("until: that is past already; a task can only be put off.")
            if until > now + FURTHEST:
                raise Invalid(
                    "until: a task can be put off for a year at most; its rule can be changed or switched off."
                )
            await store.snooze(connection, task_id, until, told_at(task.due, until, self._keeper.zone))
            await notices.withdraw(connection, f"task:{task_id}")
            told = await self._told(connection, task_id)
        self._keeper.tell([task_id])
        return told

    async def undo(self, task_id: UUID) -> CareTask:
        """Let a task be open again that was completed or left out; what completing wrote down is taken back.

        Raises TaskNotFound, and TaskNotUndone where the log says by itself that it was done, or more was done since.
        """
        now = self._clock()
        event = None
        async with self._database.transaction("undo_task") as connection:
            task = await self._hold(connection, task_id)
            changed: set[UUID] = set()
            if not task.is_open:
                _check_undone(task)
                if task.care_event_id is not None:
                    event = (await care_log.some(connection, [task.care_event_id])).get(task.care_event_id)
                    await care_log.remove(connection, task.care_event_id)
                if task.rule_id is not None:
                    changed = await self._keeper.reopen(connection, task_id, task.rule_id)
            told = await self._told(connection, task_id)
        if event is not None:
            await self._care.tell(event, now)
        self._keeper.tell(changed)
        return told

    async def _closed(self, task: State) -> None:
        """Plan what follows, and tell everybody."""
        await self._keeper.settle(None if task.plant_id is None else [task.plant_id])
        self._keeper.tell([task.id])

    async def _hold(self, connection: Connection, task_id: UUID) -> State:
        """Give a task that nobody else changes until the transaction ends. Raises TaskNotFound."""
        task = await store.state(connection, task_id)
        if task is None:
            raise TaskNotFound
        if task.plant_id is not None and not await care.hold(connection, task.plant_id):
            raise PlantNotFound
        await store.alone(connection)
        task = await store.state(connection, task_id)
        if task is None:
            raise TaskNotFound
        return task

    async def _told(self, connection: Connection, task_id: UUID) -> CareTask:
        task = (await store.some(connection, [task_id], self._keeper.tongue)).get(task_id)
        if task is None:
            raise TaskNotFound
        return task

    async def _event(self, connection: Connection, task: State, wish: TaskComplete, at: datetime) -> CareEvent | None:
        """Tell what is to be written down; None: the log is about plants, and this is of the house. Raises Invalid."""
        said = wish.model_dump(exclude={"at"})
        kind = CareKind.NOTE
        if task.kind not in {TaskKind.CUSTOM, TaskKind.PHOTO} and (task.kind is not TaskKind.MOVED or wish.area):
            kind = CareKind(task.kind)
        if kind is CareKind.NOTE:
            told = await self._told(connection, task.id)
            said["note"] = (
                f"{told.title}: {wish.note}" if wish.note else self._keeper.tongue.care.ticked.format(title=told.title)
            )
        try:
            check_details(kind, said)
        except ValueError as error:
            raise Invalid(f"{error}.") from None
        if task.plant_id is None:
            return None
        return CareEvent(id=uuid7(), plant_id=task.plant_id, kind=kind, source=CareSource.LOGGED, at=at, **said)


def _check_undone(task: State) -> None:
    """Make sure that a task can be opened again. Raises TaskNotUndone."""
    if task.rule_id is None:
        raise TaskNotUndone("Its rule is gone: there is nothing that it could be a task of any more.")
    if task.outlived:
        raise TaskNotUndone("A later task of the same rule was closed since: undo that first.")
    if task.done_by is DoneBy.LOG:
        raise TaskNotUndone("The care log says by itself that it was done: take that entry back instead.")


def _cursor(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time).astimezone(UTC), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None
