"""What is to be done and what was, as a calendar reads it (iCalendar, RFC 5545). Pure; the library folds and escapes.

A task is told on its day, or at its time where its rule has one of its own. What was done stands at its time. A thing
keeps its UID as long as it lives, so that calendars move it and don't copy it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.care import CareEvent, CareSource
from aioplantops.tasks import Basis, CareTask

from .tasks import MORNING
from .tongue import Tongue

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//PlantOps//garden calendar//{language}"
LASTS = timedelta(minutes=15)
"""How long care is drawn to have taken."""
BESIDE = timedelta(days=800)
"""Around when things came into the world, changes of the clock are told for so long: what was done lies a year back."""
REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A task or a care event, and of which plant it is."""

    thing: CareTask | CareEvent
    stamp: datetime
    """When it came into the world."""
    plant: str | None = None
    area: str | None = None


def calendar(entries: Sequence[Entry], tongue: Tongue, zone: ZoneInfo, installation: UUID) -> bytes:
    """Write a calendar in a time zone; the same things make the same bytes."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - 3 MB, which a house without a calendar does not pay

    book = Calendar()
    book.add("prodid", PRODUCT.format(language=tongue.language.upper()))
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", "PlantOps")
    book.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    book.add("x-published-ttl", "PT1H")
    for entry in entries:
        event, thing = Event(), entry.thing
        if isinstance(thing, CareTask):
            _to_do(event, thing, tongue, zone)
        else:
            _done(event, thing, entry, tongue, zone)
        event.add("uid", f"{entry.thing.id}@{installation}.plantops")
        event.add("dtstamp", entry.stamp)
        event.add("transp", "TRANSPARENT")
        if entry.area:
            event.add("location", entry.area)
        book.add_component(event)
    if days := [entry.stamp.date() for entry in entries]:
        book.add_missing_timezones(min(days) - BESIDE, max(days) + BESIDE)
    return bytes(book.to_ical())


def _to_do(event: Event, task: CareTask, tongue: Tongue, zone: ZoneInfo) -> None:
    moment = max(task.due_at, task.snoozed_until or task.due_at).astimezone(zone)
    if task.basis is Basis.MODEL or moment.time() == MORNING:
        event.add("dtstart", moment.date())
        event.add("dtend", moment.date() + timedelta(days=1))
    else:
        event.add("dtstart", moment)
        event.add("dtend", moment + LASTS)
    event.add("summary", task.title)
    event.add("categories", [tongue.care.plants, tongue.care.to_be_done])


def _done(event: Event, care: CareEvent, entry: Entry, tongue: Tongue, zone: ZoneInfo) -> None:
    moment = care.at.astimezone(zone)
    event.add("dtstart", moment)
    event.add("dtend", moment + LASTS)
    amount = f" ({tongue.plain(care.litres)} l)" if care.litres else ""
    event.add("summary", tongue.care.done[care.kind].format(plant=entry.plant or tongue.care.a_plant) + amount)
    said = [care.note, tongue.care.seen if care.source is CareSource.DETECTED else ""]
    if words := " ".join(part for part in said if part):
        event.add("description", words)
    event.add("categories", [tongue.care.plants, tongue.care.was_done])
