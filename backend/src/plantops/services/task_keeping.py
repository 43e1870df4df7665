"""Keeps care tasks in step with their rules, the care log and the drying model, and tells people what is due.

Nothing has to report that a task was done: what stands in the store is compared, in one transaction at a time, after
each change over the API and every few seconds for what the soil told. Doing so twice changes nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid7
from zoneinfo import ZoneInfo

from aioplantops.severity import Severity
from aioplantops.tasks import Basis, Recurrence

from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.tasks import SOAKS, Due, believed, details, first_due, foretold_again, next_due, snoozed, told_at
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.storage import notices
from plantops.storage import task_rules as rules
from plantops.storage import tasks as store
from plantops.storage.garden_settings import garden_settings
from plantops.storage.pool import Connection, Database
from plantops.storage.task_rules import IdleRule
from plantops.storage.tasks import DoneBy, Planned

from .news import News, Thing

SAME = timedelta(hours=6)
"""A time that is corrected by less is still the same time."""
KEPT = timedelta(days=800)
"""How long closed tasks are remembered."""


class TaskKeeper:
    """Keeps tasks as they ought to be."""

    def __init__(self, database: Database, zone: ZoneInfo, *, news: News, clock: Clock, tongue: Tongue) -> None:
        """Take the store, the garden's time zone, who hears of changes, the clock (aware UTC), the house's language."""
        self._database = database
        self.zone = zone
        self.tongue = tongue
        self._news = news
        self._clock = clock

    async def settle(self, plant_ids: Collection[UUID] | None = None) -> None:
        """Bring the tasks of some plants, or all, in step at once."""
        async with self._database.transaction("settle_tasks") as connection:
            await store.alone(connection)
            changed = await self._settle(connection, plant_ids)
        self.tell(changed)

    async def round(self) -> bool:
        """Bring all tasks in step and tell what is due; False: another replica is at it."""
        async with self._database.transaction("task_round") as connection:
            if not await store.try_alone(connection):
                return False
            changed = await self._settle(connection, None)
            await self._tell_people(connection)
            await store.sweep(connection, self._clock() - KEPT)
        self.tell(changed)
        return True

    async def plant_changed(self, plant_id: UUID) -> None:
        """Tell the tasks of a plant anew that may have another name."""
        async with self._database.acquire("plant_tasks") as connection:
            changed = await store.open_ids(connection, plant_id)
        self.tell(changed)

    def tell(self, task_ids: Collection[UUID]) -> None:
        """Tell listeners that tasks are new, were changed or are gone."""
        for task_id in task_ids:
            self._news.thing(Thing.TASK, str(task_id))

    async def _settle(self, connection: Connection, plant_ids: Collection[UUID] | None) -> set[UUID]:
        """Do what is to be done, in the order in which it follows from each other; tell which tasks changed."""
        now = self._clock()
        watering = (await garden_settings(connection)).watering_tasks
        if watering:
            await rules.add_automatic(connection, now)
        changed = set(await rules.remove_unwanted(connection, watering=watering))
        for task_id, rule_id in await rules.unfounded(connection, plant_ids, SAME):
            changed |= await self.reopen(connection, task_id, rule_id)
        for task_id, event_id, at in await rules.fulfilled(connection, plant_ids):
            await store.complete(connection, task_id, at, event_id, DoneBy.LOG)
            await notices.withdraw(connection, f"task:{task_id}")
            changed.add(task_id)
        for rule in await rules.idle(connection, plant_ids, watering=watering):
            if (task := self._plan(rule, now)) is not None:
                await store.add(connection, task, now)
                changed.add(task.id)
        return changed | await self._follow(connection, plant_ids, now)

    async def _follow(self, connection: Connection, plant_ids: Collection[UUID] | None, now: datetime) -> set[UUID]:
        """Let tasks follow what the drying model says now; tell which fall due at another time."""
        changed = set()
        for task in await rules.reckoned_otherwise(connection, plant_ids):
            due = next_due(task.rhythm, self.zone, task.counted_from, foretold=task.foretold)
            if due is None:
                continue
            due = foretold_again(task.due, now, due)
            times = (told_at(due, task.snoozed_until, self.zone), now)
            await store.replan(connection, task.id, due, task.foretold, times)
            if due != task.due:
                changed.add(task.id)
        return changed

    async def reopen(self, connection: Connection, task_id: UUID, rule_id: UUID) -> set[UUID]:
        """Let a task be open again, in place of the one that followed it; tell which tasks changed."""
        gone = await store.remove_open(connection, rule_id)
        await store.reopen(connection, task_id)
        return {task_id, *gone}

    def _plan(self, rule: IdleRule, now: datetime) -> Planned | None:
        """Plan a rule's next task; None: there is none."""
        closed = rule.completed_at or (rule.skipped_at and max(rule.skipped_at, rule.closed_due_at or rule.skipped_at))
        begun = min(now, rule.event_at + SAME) if rule.event_at else rule.created_at - SOAKS
        counted_from = closed or begun
        model = rule.rhythm.by is Recurrence.MODEL
        foretold = believed(rule.foretold, rule.judged_at, rule.completed_at or begun) if model else None
        if closed is not None:
            due = next_due(rule.rhythm, self.zone, closed, foretold=foretold, not_before=rule.closed_due_at)
        elif rule.event_at is not None and rule.rhythm.by is not Recurrence.DATES:
            due = next_due(rule.rhythm, self.zone, rule.event_at, foretold=foretold)
            due = None if due is None else Due(due.at if due.basis is Basis.MODEL else max(due.at, now), due.basis)
        else:
            due = first_due(rule.rhythm, self.zone, now, foretold=foretold)
        return None if due is None else self.planned(rule, due, counted_from, foretold)

    def planned(self, rule: IdleRule, due: Due, counted_from: datetime, foretold: datetime | None = None) -> Planned:
        """Make a rule's next task; what the model foretells again right after it was left out waits until tomorrow."""
        rest = None
        if rule.skipped_at is not None and due.basis is Basis.MODEL:
            rest = snoozed(rule.skipped_at, 1, rule.rhythm.due_time, self.zone)
        return Planned(
            id=uuid7(),
            rule_id=rule.id,
            plant_id=rule.plant_id,
            kind=rule.kind,
            title=rule.title,
            due=due,
            counted_from=counted_from,
            tell_at=told_at(due, rest, self.zone),
            foretold_at=foretold,
            snoozed_until=rest,
        )

    async def _tell_people(self, connection: Connection) -> None:
        """Write down what people are to hear of."""
        now = self._clock()
        due = await rules.to_tell(connection, now, self.tongue)
        for task in due:
            notice = Notice(
                kind=NoticeKind.TASK_DUE,
                severity=Severity.INFO,
                subject=f"task:{task.id}",
                at=now,
                plant_id=task.plant_id,
                device_id=None,
                title=task.title,
                body=details(task.plant_name, task.area, task.reason),
            )
            await notices.happen(connection, notice)
        if due:
            await store.told(connection, [task.id for task in due], now)
