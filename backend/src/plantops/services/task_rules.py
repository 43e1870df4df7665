"""The rules by which care tasks come again, as people make and change them."""

from datetime import datetime
from uuid import UUID, uuid7

from aioplantops.errors import Invalid, PlantNotFound
from aioplantops.models import Page
from aioplantops.tasks import (
    Basis,
    Recurrence,
    TaskRule,
    TaskRuleAutomatic,
    TaskRuleChange,
    TaskRuleCreate,
    TaskRuleNotFound,
    TooManyTaskRules,
    check_rhythm,
)

from plantops.domain.tasks import Due, Rhythm, first_due, told_at
from plantops.ops.logs import Clock
from plantops.storage import care, tasks
from plantops.storage import task_rules as store
from plantops.storage.pool import Connection, Database
from plantops.storage.tasks import Planned

from .cursor import foreign_cursor, read_cursor, write_cursor
from .garden import Garden
from .task_keeping import TaskKeeper

MOST_RULES = 5_000
FURTHEST_YEAR = 2199


class TaskRules:
    """Keeps rules, and their open tasks in step with them."""

    def __init__(self, database: Database, garden: Garden, *, keeper: TaskKeeper, clock: Clock) -> None:
        """Take the store, who reads the garden, who keeps tasks in step, and the clock (aware UTC)."""
        self._database = database
        self._garden = garden
        self._keeper = keeper
        self._clock = clock

    async def page(self, cursor: str | None, limit: int, plant_id: UUID | None = None) -> Page[TaskRule]:
        """List rules, of a plant or all. Raises PlantNotFound and Invalid."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.snapshot("task_rule_page") as connection:
            found = await store.page(connection, plant_id, after, limit + 1, self._keeper.tongue)
            if not found and plant_id is not None:
                await self._garden.plant_within(connection, plant_id)
        more = write_cursor([str(found[limit - 1].id)]) if len(found) > limit else None
        return Page[TaskRule](items=tuple(found[:limit]), next=more)

    async def show(self, rule_id: UUID) -> TaskRule:
        """Give a rule. Raises TaskRuleNotFound."""
        async with self._database.acquire("task_rule") as connection:
            return (await self._rule(connection, rule_id))[0]

    async def create(self, wish: TaskRuleCreate) -> TaskRule:
        """Make a rule; its first task is planned at once. Raises PlantNotFound, TooManyTaskRules and Invalid."""
        now = self._clock()
        rule_id = uuid7()
        self._check_dates(wish.dates, now)
        if wish.first_due is not None and (wish.first_due < now or wish.first_due.year > FURTHEST_YEAR):
            raise Invalid("first_due: a task can't be due in the past, nor after our time.")
        first = self._first(rule_id, wish, wish.first_due, now) if wish.first_due is not None and wish.enabled else None
        async with self._database.transaction("add_task_rule") as connection:
            if wish.plant_id is not None and not await care.hold(connection, wish.plant_id):
                raise PlantNotFound
            await tasks.alone(connection)
            if await store.count(connection) >= MOST_RULES:
                raise TooManyTaskRules
            await store.keep(connection, rule_id, wish.model_dump(), now)
            if first is not None:
                await tasks.add(connection, first, now)
            rule, _ = await self._rule(connection, rule_id)
        self._keeper.tell([] if first is None else [first.id])
        await self._settle(rule)
        return rule

    async def change(self, rule_id: UUID, wish: TaskRuleChange) -> TaskRule:
        """Change a rule, and plan its open task anew. Raises TaskRuleNotFound and Invalid."""
        now = self._clock()
        async with self._database.transaction("change_task_rule") as connection:
            await tasks.alone(connection)
            old, title = await self._rule(connection, rule_id)
            fields = {**old.model_dump(), "title": title, **wish.model_dump(include=wish.model_fields_set)}
            fields["title"] = fields["title"] or None
            try:
                check_rhythm(fields)
            except ValueError as error:
                raise Invalid(f"{error}.") from None
            if "dates" in wish.model_fields_set:
                self._check_dates(wish.dates, now)
            await store.keep(connection, rule_id, fields, now)
            gone = await tasks.remove_open(connection, rule_id)
            rule, _ = await self._rule(connection, rule_id)
        self._keeper.tell(gone)
        await self._settle(rule)
        return rule

    async def remove(self, rule_id: UUID) -> None:
        """Remove a rule and its open task. Raises TaskRuleNotFound, TaskRuleAutomatic."""
        async with self._database.transaction("remove_task_rule") as connection:
            await tasks.alone(connection)
            rule, _ = await self._rule(connection, rule_id)
            if rule.automatic:
                raise TaskRuleAutomatic
            gone = await tasks.remove_open(connection, rule_id)
            await store.remove(connection, rule_id)
        self._keeper.tell(gone)

    def _first(self, rule_id: UUID, wish: TaskRuleCreate, at: datetime, now: datetime) -> Planned:
        due = Due(at, Basis.DATE if wish.by is Recurrence.DATES else Basis.INTERVAL)
        return Planned(
            id=uuid7(),
            rule_id=rule_id,
            plant_id=wish.plant_id,
            kind=wish.kind,
            title=wish.title,
            due=due,
            counted_from=now,
            tell_at=told_at(due, None, self._keeper.zone),
        )

    def _check_dates(self, dates: tuple[str, ...], now: datetime) -> None:
        """Make sure that not all dates are past. Raises Invalid."""
        if dates and first_due(Rhythm(Recurrence.DATES, dates=dates), self._keeper.zone, now) is None:
            raise Invalid("dates: all of them are past; a task can't be due in the past.")

    async def _rule(self, connection: Connection, rule_id: UUID) -> tuple[TaskRule, str | None]:
        found = await store.one(connection, rule_id, self._keeper.tongue)
        if found is None:
            raise TaskRuleNotFound
        return found

    async def _settle(self, rule: TaskRule) -> None:
        await self._keeper.settle(None if rule.plant_id is None else [rule.plant_id])


def _cursor(cursor: str) -> UUID:
    (number,) = read_cursor(cursor, 1)
    try:
        return UUID(number)
    except ValueError:
        raise foreign_cursor() from None
