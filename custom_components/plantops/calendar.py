"""The garden's calendar: what was done, what is to be done, and when plants will want water."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import PlantOpsConfigEntry
from .entity import ServerEntity
from .judgement import due_at, title_of
from .lib.aioplantops.tasks import TaskKind
from .problems import told
from .subjects import CLOCK, GARDEN, TASKS
from .wording import done

PARALLEL_UPDATES = 0

LONG = timedelta(minutes=30)
"""Care has no length; a calendar wants one."""

MOST_PAST = 1_000
"""Care events that one view may show."""

CALENDAR = CalendarEntityDescription(key="care_calendar")


async def async_setup_entry(
    hass: HomeAssistant, entry: PlantOpsConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Offer one calendar for the whole garden."""
    async_add_entities([CareCalendar(entry.runtime_data, CALENDAR, TASKS, GARDEN, CLOCK)])


class CareCalendar(ServerEntity, CalendarEntity):
    """Care, past and to come."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """What is to be done next."""
        now = dt_util.utcnow()
        coming = (event for event in self._to_come() if event.end > now)
        return min(coming, key=lambda event: event.start, default=None)

    def _to_come(self) -> Iterator[CalendarEvent]:
        garden, language = self.garden, self.hass.config.language
        watered = {task.plant_id for task in garden.tasks.values() if task.kind is TaskKind.WATERED}
        for task in garden.tasks.values():
            yield _event(due_at(task), title_of(garden, task, language), "")
        for plant in garden.plants.values():
            if plant.next_watering is not None and plant.id not in watered:
                words = done(language, "water")
                yield _event(plant.next_watering.at, f"{plant.name}: {words}", plant.next_watering.reason)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Give what lies in a span: the past from the care log, the future from the tasks."""
        coming = [event for event in self._to_come() if event.start < end_date and event.end > start_date]
        past: list[CalendarEvent] = []
        if start_date < dt_util.utcnow():
            with told(self.coordinator):
                async for care in self.coordinator.client.house_care(since=dt_util.as_utc(start_date)):
                    if len(past) == MOST_PAST:
                        break
                    if care.at < end_date:
                        words = done(hass.config.language, care.kind.value)
                        past.append(_event(care.at, f"{self.coordinator.plant_of(care.plant_id)}: {words}", care.note))
        return sorted((*past, *coming), key=lambda event: event.start)


def _event(at: datetime, summary: str, description: str) -> CalendarEvent:
    start = dt_util.as_local(at)
    return CalendarEvent(start=start, end=start + LONG, summary=summary, description=description or None)
