"""Care tasks: what is to be done to plants, or in the house, and the rules by which it comes again."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from .care import Litres, PotLitres
from .errors import NotFound, PlantOpsError
from .site import DayTime
from .wire import Answer, Name, Request, Utc, Words


class TaskKind(StrEnum):
    """What is to be done: a kind of care, or something of your own."""

    WATERED = "watered"
    FERTILISED = "fertilised"
    REPOTTED = "repotted"
    PRUNED = "pruned"
    MISTED = "misted"
    MOVED = "moved"
    PHOTO = "photo"
    CUSTOM = "custom"


class Recurrence(StrEnum):
    """When a task comes again."""

    INTERVAL = "interval"
    """So long after it was done last."""
    DATES = "dates"
    """On fixed days."""
    MODEL = "model"
    """When the plant will want water, as it was foretold; after an interval as long as nothing is known."""


class Basis(StrEnum):
    """What a task's due time is told from."""

    INTERVAL = "interval"
    DATE = "date"
    MODEL = "model"


class Unit(StrEnum):
    """What an interval is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


LONGEST: Mapping[Unit, int] = {Unit.DAYS: 3_650, Unit.WEEKS: 520, Unit.MONTHS: 120}
"""Ten years: longer intervals are slips of the pen."""
YEARS = range(2000, 2200)
LEAP_YEAR = 2000
MONTHS = 12


def _known_date(text: str) -> str:
    try:
        date.fromisoformat(text if text.count("-") == 2 else f"{LEAP_YEAR}-{text}")  # noqa: PLR2004
    except ValueError:
        raise ValueError("there is no such day") from None
    return text


type YearDay = Annotated[str, Field(pattern=r"^(2[01]\d\d-)?[01]\d-[0-3]\d$"), AfterValidator(_known_date)]
"""A day: ``03-15`` of every year (``02-29`` is the last of February), or ``2027-03-15`` once."""

type Every = Annotated[int, Field(ge=1, le=max(LONGEST.values()))]
type Month = Annotated[int, Field(ge=1, le=MONTHS)]
type Dates = Annotated[tuple[YearDay, ...], Field(max_length=24)]
type RestMonths = Annotated[tuple[Month, ...], Field(max_length=MONTHS)]


class TaskRule(Answer):
    """How a task comes again. It has one open task at a time."""

    id: UUID
    plant_id: UUID | None = None
    """None: it is about the house."""
    kind: TaskKind
    title: str
    by: Recurrence
    every: int | None = None
    """The interval, in `unit`; by `model`: as long as nothing is known."""
    unit: Unit = Unit.DAYS
    dates: tuple[str, ...] = ()
    rest_months: tuple[int, ...] = ()
    """Months of the calendar, 1 to 12, in which it rests, or has another interval."""
    rest_every: int | None = None
    """That interval, in `unit`; None: it rests."""
    due_time: str = "08:00"
    """When on its day it falls due, in the garden's time zone."""
    enabled: bool = True
    automatic: bool = False
    """It came with the plant."""
    created_at: Utc
    updated_at: Utc


class _Rhythm(Request):
    every: Every | None = None
    """The interval, in `unit`, at most ten years."""
    unit: Unit = Unit.DAYS
    dates: Dates = ()
    """`03-15` of every year, or `2027-03-15` once; by `dates` only."""
    rest_months: RestMonths = ()
    """Months of the calendar in which it rests, or has another interval."""
    rest_every: Every | None = None
    """That interval, in `unit`; absent: it rests, and falls due with the next month that is not among them."""
    due_time: DayTime = "08:00"
    """When on its day it falls due, in the garden's time zone."""
    enabled: bool = True


class TaskRuleCreate(_Rhythm):
    """A new rule, of a plant or of the house."""

    plant_id: UUID | None = None
    kind: TaskKind
    title: Name | None = None
    """Absent: what the kind says; `custom` needs one."""
    by: Recurrence = Recurrence.INTERVAL
    first_due: Utc | None = None
    """When it falls due first; absent: so long after it was done last, or after now."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_rhythm(dict(self))
        return self


class TaskRuleChange(_Rhythm):
    """What to change of a rule; absent fields stay, `null` empties. Its open task is planned anew."""

    title: Name = ""
    by: Recurrence = Recurrence.INTERVAL


def check_rhythm(rule: Mapping[str, object]) -> None:
    """Make sure that a rule can be meant. Raises ValueError with a sentence."""
    by, kind, every, unit = rule["by"], rule["kind"], rule["every"], Unit(str(rule["unit"]))
    dates, months, rest_every = rule["dates"], rule["rest_months"], rule["rest_every"]
    if kind is TaskKind.CUSTOM and not rule["title"]:
        raise ValueError("say what is to be done: title")
    if by is Recurrence.MODEL and (kind is not TaskKind.WATERED or rule["plant_id"] is None):
        raise ValueError("only a plant's watering can follow the drying model: by")
    if by is Recurrence.INTERVAL and every is None:
        raise ValueError("say after how long it comes again: every")
    if (by is Recurrence.DATES) != bool(dates):
        raise ValueError("say on which days it comes: dates" if not dates else "dates belong to by “dates”")
    if by is Recurrence.DATES and (every or months or rest_every):
        raise ValueError("fixed dates have no interval and no rest: every, rest_months, rest_every")
    for interval in (every, rest_every):
        if isinstance(interval, int) and interval > LONGEST[unit]:
            raise ValueError(f"an interval is at most ten years: {LONGEST[unit]} {unit}")
    if rest_every is not None and not months:
        raise ValueError("say in which months it has the other interval: rest_months")
    if isinstance(months, tuple) and len(set(months)) == MONTHS and rest_every is None:
        raise ValueError("it would rest all year: switch the rule off instead (enabled)")


class CareTask(Answer):
    """Something to be done once."""

    id: UUID
    rule_id: UUID | None = None
    """The rule by which it comes again; None: the rule is gone."""
    plant_id: UUID | None = None
    kind: TaskKind
    title: str
    due_at: Utc
    basis: Basis
    """What `due_at` is told from."""
    snoozed_until: Utc | None = None
    """Nobody wants to hear of it before."""
    completed_at: Utc | None = None
    """When it was done."""
    care_event_id: UUID | None = None
    """What is written down of it in the plant's care log."""


class TaskComplete(Request):
    """What was done, if it is worth a word; an empty body will do."""

    at: Utc | None = None
    """Absent: now."""
    note: Words = ""
    litres: Litres | None = None
    """Of water; of a watering only."""
    pot_litres: PotLitres | None = None
    """The new pot's; of a repotting only."""
    substrate: Name | None = None
    """The new one; of a repotting only."""
    area: Name | None = None
    """Where it stands now; of a move only."""


class TaskSnooze(Request):
    """Put a task off: until a time, or for some days."""

    until: Utc | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.until is None) == (self.days is None):
            raise ValueError("say until when, or for how many days: until, or days")
        return self


class TaskNotFound(NotFound):
    """There is no such task."""

    code = "task_not_found"


class TaskRuleNotFound(NotFound):
    """There is no such rule for tasks."""

    code = "task_rule_not_found"


class TaskClosed(PlantOpsError):
    """This task is not open any more: undo that first (`POST /tasks/{task_id}/undo`)."""

    code, status = "task_closed", HTTPStatus.CONFLICT


class TaskNotUndone(PlantOpsError):
    """This cannot be undone."""

    code, status = "task_not_undone", HTTPStatus.CONFLICT


class TaskRuleAutomatic(PlantOpsError):
    """This rule came with the plant: switch it off (PATCH with `"enabled": false`) instead of removing it."""

    code, status = "task_rule_automatic", HTTPStatus.CONFLICT


class TooManyTaskRules(PlantOpsError):
    """There are as many rules as can be looked after: remove some first."""

    code, status = "too_many_task_rules", HTTPStatus.CONFLICT
