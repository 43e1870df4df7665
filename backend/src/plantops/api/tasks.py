"""The to-do list and its rules as the API shows them."""

from typing import Literal
from uuid import UUID

from aioplantops.models import Page
from aioplantops.tasks import CareTask, TaskComplete, TaskRule, TaskRuleChange, TaskRuleCreate, TaskSnooze

from .call import TASK, TASK_RULE, Call
from .keys import TASK_BOOK, TASK_RULES
from .lists import ListQuery, Moment


class TaskQuery(ListQuery):
    """Which tasks."""

    state: Literal["open", "completed"] = "open"
    """What is to be done, the most urgent first; or what was done, the newest first."""
    plant_id: UUID | None = None
    due_before: Moment | None = None
    """Of what is to be done, only what is due before: ISO 8601 with a time zone, or Unix seconds."""


class TaskRuleQuery(ListQuery):
    """Which rules."""

    plant_id: UUID | None = None


async def list_all(call: Call[None, TaskQuery]) -> Page[CareTask]:
    """List tasks."""
    query = call.query
    return await call.app[TASK_BOOK].page(
        query.cursor,
        query.limit,
        plant_id=query.plant_id,
        due_before=query.due_before,
        done=query.state == "completed",
    )


async def complete(call: Call[TaskComplete]) -> CareTask:
    """Say that a task was done. It is written into the plant's log, and comes again by its rule."""
    return await call.app[TASK_BOOK].complete(call.at(TASK), call.body)


async def snooze(call: Call[TaskSnooze]) -> CareTask:
    """Put a task off, until a time or for some days."""
    return await call.app[TASK_BOOK].snooze(call.at(TASK), call.body)


async def skip(call: Call) -> None:
    """Leave a task out this time; it comes again by its rule."""
    await call.app[TASK_BOOK].skip(call.at(TASK))


async def undo(call: Call) -> CareTask:
    """Let a task be open again; what completing it wrote into the log is taken back."""
    return await call.app[TASK_BOOK].undo(call.at(TASK))


async def list_rules(call: Call[None, TaskRuleQuery]) -> Page[TaskRule]:
    """List rules."""
    return await call.app[TASK_RULES].page(call.query.cursor, call.query.limit, call.query.plant_id)


async def show_rule(call: Call) -> TaskRule:
    """Give a rule."""
    return await call.app[TASK_RULES].show(call.at(TASK_RULE))


async def create_rule(call: Call[TaskRuleCreate]) -> TaskRule:
    """Make a rule; its first task is there at once."""
    return await call.app[TASK_RULES].create(call.body)


async def change_rule(call: Call[TaskRuleChange]) -> TaskRule:
    """Change a rule."""
    return await call.app[TASK_RULES].change(call.at(TASK_RULE), call.body)


async def remove_rule(call: Call) -> None:
    """Remove a rule; what was done by it stays in the log."""
    await call.app[TASK_RULES].remove(call.at(TASK_RULE))
