"""The garden's to-do list: what is to be done in the next days, to be ticked off, put off or left out."""

from collections.abc import Hashable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import override
from uuid import UUID

from homeassistant.components.todo.const import TodoItemStatus, TodoListEntityFeature
from homeassistant.components.todo.entity import TodoItem, TodoListEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .answers import in_utc
from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .entity import ServerEntity
from .judgement import due_at, title_of
from .lib.aioplantops.errors import PlantOpsError
from .lib.aioplantops.events import Event, TaskEvent, TaskRemovedEvent
from .lib.aioplantops.tasks import CareTask
from .problems import told
from .subjects import CLOCK, GARDEN, TASKS

PARALLEL_UPDATES = 1

HORIZON = timedelta(days=7)
"""What is due later is in the calendar; the list is for this week."""

DONE_FOR = timedelta(days=1)
"""So long what was done stays in the list, ticked: it can be taken back there."""

MOST_DONE = 200

SLACK = timedelta(minutes=1)
"""Pages leave the seconds of a due time out: that brings nothing forward."""

LIST = EntityDescription(key="care_tasks")


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Offer one list for the whole garden."""
    async_add_entities([CareList(entry.runtime_data, LIST, TASKS, GARDEN, CLOCK)])


class CareList(ServerEntity, TodoListEntity):
    """What is to be done, the most urgent first."""

    _was_there = True

    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
    )

    def __init__(self, coordinator: PlantOpsCoordinator, description: EntityDescription, *about: Hashable) -> None:
        """Know of nothing that was done."""
        super().__init__(coordinator, description, *about)
        self._done: dict[UUID, CareTask] = {}

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what is done, and ask what was."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_hear(self._hear))
        self._ask()

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """The tasks of the next days, those that are overdue, and what was done since yesterday."""
        now = dt_util.utcnow()
        tasks = sorted(self.garden.tasks.values(), key=due_at)
        todo = [self._item(task) for task in tasks if due_at(task) <= now + HORIZON]
        done = [task for task in self._done.values() if task.id not in self.garden.tasks and _fresh(task, now)]
        return [*todo, *(self._item(task, TodoItemStatus.COMPLETED) for task in done)]

    def _item(self, task: CareTask, status: TodoItemStatus = TodoItemStatus.NEEDS_ACTION) -> TodoItem:
        title = title_of(self.garden, task, self.hass.config.language)
        return TodoItem(uid=str(task.id), summary=title, status=status, due=dt_util.as_local(due_at(task)))

    @callback
    def _hear(self, event: Event) -> None:
        """Notice what is done, here or elsewhere, and what is to be done after all."""
        if isinstance(event, TaskEvent):
            self._keep(event.task)
        elif isinstance(event, TaskRemovedEvent) and self._done.pop(event.task_id, None) is not None:
            self.async_write_ha_state()

    @callback
    def _keep(self, task: CareTask) -> None:
        now = dt_util.utcnow()
        self._done = {key: one for key, one in self._done.items() if _fresh(one, now) and key != task.id}
        if task.completed_at is not None:
            self._done[task.id] = task
        self.async_write_ha_state()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show the tasks; where the backend was away, ask what was done meanwhile."""
        back = not self._was_there and self.available
        self._was_there = self.available
        super()._handle_coordinator_update()
        if back:
            self._ask()

    @callback
    def _ask(self) -> None:
        self._was_there = self.available
        self.coordinator.config_entry.async_create_background_task(self.hass, self._load(), f"{DOMAIN} tasks done")

    async def _load(self) -> None:
        """Ask for what was done since yesterday; without an answer the list begins with what is done from now on."""
        now = dt_util.utcnow()
        with suppress(PlantOpsError):
            async for task in self.coordinator.client.tasks(state="completed"):
                if not _fresh(task, now) or len(self._done) >= MOST_DONE:
                    break
                self._done[task.id] = task
            self.async_write_ha_state()

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Tick a task off or, where that was a slip, take it back; or put it off until its new due time."""
        task_id = UUID(str(item.uid))
        client, done = self.coordinator.client, task_id in self._done
        with told(self.coordinator):
            if item.status == TodoItemStatus.COMPLETED:
                if not done:
                    self._keep(await client.complete_task(task_id))
            elif done:
                self._keep(await client.undo_task(task_id))
            elif (task := self.garden.tasks.get(task_id)) is not None:
                await self._put_off(task, item)

    async def _put_off(self, task: CareTask, item: TodoItem) -> None:
        """Put a task off until its new due time. Raises ServiceValidationError where something else shall change."""
        due, until = due_at(task), None if item.due is None else _moment(item.due)
        if until is not None and until > due:
            await self.coordinator.client.snooze_task(task.id, until=until)
        elif until is None or until < due - SLACK or item.summary != self._item(task).summary:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="task_stays")

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Leave tasks out this time, their rules bring them again; what is done is only shown no longer."""
        with told(self.coordinator):
            for task_id in map(UUID, uids):
                if self._done.pop(task_id, None) is None:
                    await self.coordinator.client.skip_task(task_id)
        self.async_write_ha_state()


def _fresh(task: CareTask, now: datetime) -> bool:
    """Tell whether it was done since yesterday."""
    return task.completed_at is not None and task.completed_at > now - DONE_FOR


def _moment(due: date) -> datetime:
    return in_utc(due) if isinstance(due, datetime) else in_utc(datetime(due.year, due.month, due.day))  # noqa: DTZ001
