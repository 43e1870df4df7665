"""What a client asks about care tasks and their rules."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from .calls import Calls
from .models import Page
from .tasks import CareTask, TaskComplete, TaskRule, TaskRuleChange, TaskRuleCreate, TaskSnooze


class TaskCalls(Calls):
    """The part of a client that is about tasks."""

    def tasks(
        self, *, state: str = "open", plant_id: UUID | None = None, due_before: datetime | None = None
    ) -> AsyncIterator[CareTask]:
        """Walk through what is to be done (`open`, the most urgent first) or was (`completed`, the newest first)."""
        due = None if due_before is None else due_before.isoformat()
        wanted = {"state": state, "plant_id": plant_id, "due_before": due}
        query = {name: str(value) for name, value in wanted.items() if value is not None}
        return self._walk(Page[CareTask], "/api/v1/tasks", query)

    async def complete_task(self, task_id: UUID, done: TaskComplete | None = None) -> CareTask:
        """Say that a task was done; asking again answers the same. Raises TaskNotFound, TaskClosed."""
        path = f"/api/v1/tasks/{task_id}/complete"
        return await self.transport.send("POST", path, CareTask, body=done or TaskComplete())

    async def snooze_task(self, task_id: UUID, *, until: datetime | None = None, days: int | None = None) -> CareTask:
        """Put a task off, until a time or for some days. Raises TaskNotFound, TaskClosed."""
        ends = {name: value for name, value in (("until", until), ("days", days)) if value is not None}
        body = TaskSnooze.model_validate(ends)
        return await self.transport.send("POST", f"/api/v1/tasks/{task_id}/snooze", CareTask, body=body)

    async def skip_task(self, task_id: UUID) -> None:
        """Leave a task out this time. Raises TaskNotFound, TaskClosed."""
        await self.transport.tell("POST", f"/api/v1/tasks/{task_id}/skip")

    async def undo_task(self, task_id: UUID) -> CareTask:
        """Let a task be open again that was done or left out. Raises TaskNotFound, TaskNotUndone."""
        return await self.transport.send("POST", f"/api/v1/tasks/{task_id}/undo", CareTask)

    def task_rules(self, plant_id: UUID | None = None) -> AsyncIterator[TaskRule]:
        """Walk through the rules by which tasks come again, of a plant or all."""
        query = {} if plant_id is None else {"plant_id": str(plant_id)}
        return self._walk(Page[TaskRule], "/api/v1/task-rules", query)

    async def create_task_rule(self, rule: TaskRuleCreate) -> TaskRule:
        """Make a rule. Raises PlantNotFound, TooManyTaskRules."""
        return await self.transport.send("POST", "/api/v1/task-rules", TaskRule, body=rule)

    async def change_task_rule(self, rule_id: UUID, change: TaskRuleChange) -> TaskRule:
        """Change a rule; fields that were not set stay. Raises TaskRuleNotFound."""
        return await self.transport.send("PATCH", f"/api/v1/task-rules/{rule_id}", TaskRule, body=change)

    async def delete_task_rule(self, rule_id: UUID) -> None:
        """Remove a rule and its open task. Raises TaskRuleNotFound, TaskRuleAutomatic."""
        await self.transport.tell("DELETE", f"/api/v1/task-rules/{rule_id}")
