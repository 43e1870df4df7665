"""The garden's to-do list: what is to be done in the next days, to be ticked off, put off or left out."""

from datetime import date, datetime, timedelta
from typing import override
from uuid import UUID

from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.todo.entity import TodoItem, TodoListEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .answers import in_utc
from .coordinator import PlantOpsConfigEntry
from .entity import ServerEntity
from .judgement import due_at, title_of
from .lib.aioplantops.tasks import CareTask
from .problems import told
from .subjects import CLOCK, GARDEN, TASKS

PARALLEL_UPDATES = 1

HORIZON = timedelta(days=7)
"""What is due later is in the calendar; the list is for this week."""

LIST = EntityDescription(key="care_tasks")


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Offer one list for the whole garden."""
    async_add_entities([CareList(entry.runtime_data, LIST, TASKS, GARDEN, CLOCK)])


class CareList(ServerEntity, TodoListEntity):
    """What is to be done, the most urgent first."""

    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
    )

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """The tasks of the next days, and those that are overdue."""
        end = dt_util.utcnow() + HORIZON
        tasks = sorted(self.garden.tasks.values(), key=due_at)
        return [self._item(task) for task in tasks if due_at(task) <= end]

    def _item(self, task: CareTask) -> TodoItem:
        return TodoItem(
            uid=str(task.id),
            summary=title_of(self.garden, task),
            status=TodoItemStatus.NEEDS_ACTION,
            due=dt_util.as_local(due_at(task)),
        )

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Tick a task off, or put it off until its new due time."""
        task_id = UUID(str(item.uid))
        with told(self.coordinator):
            if item.status == TodoItemStatus.COMPLETED:
                await self.coordinator.client.complete_task(task_id)
            elif item.due is not None and (task := self.garden.tasks.get(task_id)) is not None:
                until = _moment(item.due)
                if until > due_at(task):
                    await self.coordinator.client.snooze_task(task_id, until=until)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Leave tasks out this time; their rules bring them again."""
        with told(self.coordinator):
            for uid in uids:
                await self.coordinator.client.skip_task(UUID(uid))


def _moment(due: date) -> datetime:
    return in_utc(due) if isinstance(due, datetime) else in_utc(datetime(due.year, due.month, due.day))  # noqa: DTZ001
