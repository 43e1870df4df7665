"""When a task falls due: in days of the people who do it, whatever their clocks do meanwhile. Pure.

An interval is counted from the day on which a task was done, not from when it was due: who waters two days late has
the next watering two days later too. A day is a day of the garden's time zone; the time of the day at which a task
falls due is that of its rule, also where clocks changed in between (a time that the clock jumps over is the moment of
the jump).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aioplantops.tasks import MONTHS, Basis, Recurrence, TaskKind, Unit

from .tongue import Tongue

MORNING = time(8)
"""By then people hear of what is due on the day."""
FALLBACK_DAYS = 7
"""How long a plant is taken to hold out of which nothing is known."""
EARLY = timedelta(days=7)
"""So long before its day a task with a date is done by what was done then."""
SOAKS = timedelta(hours=12)
"""So long after a watering the model may not know: water takes its time to the probe, and the probe to speak."""
STAYS_DUE = timedelta(hours=12)
"""What is due stays so, unless it would be due so much later than now."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a task comes again."""

    by: Recurrence
    every: int | None = None
    unit: Unit = Unit.DAYS
    dates: tuple[str, ...] = ()
    rest_months: frozenset[int] = frozenset()
    rest_every: int | None = None
    due_time: time = MORNING


@dataclass(frozen=True, slots=True)
class Due:
    """When a task falls due, and what that is told from."""

    at: datetime
    basis: Basis


def next_due(
    rhythm: Rhythm,
    zone: ZoneInfo,
    done: datetime,
    *,
    foretold: datetime | None = None,
    not_before: datetime | None = None,
) -> Due | None:
    """Tell when a task falls due after it was done; None: never again.

    `foretold` is when the plant will want water, `not_before` the due time of the task that was done: a date that was
    done early does not come again.
    """
    if rhythm.by is Recurrence.MODEL and foretold is not None:
        return Due(foretold.replace(second=0, microsecond=0), Basis.MODEL)
    if rhythm.by is Recurrence.DATES:
        after = max(done, not_before or done).astimezone(zone).date()
        day = _next_date(rhythm.dates, after)
        return None if day is None else Due(_moment(day, rhythm.due_time, zone), Basis.DATE)
    day = _after_interval(rhythm, done.astimezone(zone).date())
    return Due(_moment(day, rhythm.due_time, zone), Basis.INTERVAL)


def _after_interval(rhythm: Rhythm, done: date) -> date:
    usual = rhythm.every or FALLBACK_DAYS
    resting = done.month in rhythm.rest_months
    day = _later(done, usual, rhythm.unit)
    if rhythm.rest_every is None:
        return _awake(day, rhythm.rest_months)
    if not resting:
        return day
    in_rest = _later(done, rhythm.rest_every, rhythm.unit)
    return in_rest if rhythm.rest_every <= usual else min(in_rest, max(day, _awake(done, rhythm.rest_months)))


def _awake(day: date, rest: frozenset[int]) -> date:
    """Give the day, or the first one after it in a month without rest."""
    if len(rest) == MONTHS:
        return date.max
    while day.month in rest:
        day = _later(day.replace(day=1), 1, Unit.MONTHS)
    return day


def _later(day: date, count: int, unit: Unit) -> date:
    """Go on by some days, weeks, or months (the 31st of January and a month are the last of February)."""
    if unit is not Unit.MONTHS:
        return day + timedelta(days=count * (7 if unit is Unit.WEEKS else 1))
    years, month = divmod(day.month - 1 + count, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _next_date(dates: tuple[str, ...], after: date) -> date | None:
    """Tell the first of some days after one."""
    days = []
    for text in dates:
        if len(text) > len("MM-DD"):
            days.append(date.fromisoformat(text))
            continue
        month, day = int(text[:2]), int(text[3:])
        days += [date(year, month, min(day, monthrange(year, month)[1])) for year in (after.year, after.year + 1)]
    return min((day for day in days if day > after), default=None)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def first_due(rhythm: Rhythm, zone: ZoneInfo, now: datetime, *, foretold: datetime | None = None) -> Due | None:
    """Tell when a task falls due first that was never done: a date of today still counts."""
    if rhythm.by is not Recurrence.DATES:
        return next_due(rhythm, zone, now, foretold=foretold)
    return next_due(rhythm, zone, now - timedelta(days=1))


def believed(foretold: datetime | None, judged: datetime | None, done: datetime) -> datetime | None:
    """Give what the model foretold, if it can know of what was done; None: not yet."""
    if foretold is None or judged is None or judged < done:
        return None
    return foretold if max(foretold, judged) >= done + SOAKS else None


def foretold_again(old: Due, now: datetime, foretold: Due) -> Due:
    """Tell when a task falls due for which something else is foretold now: what is due does not become fresh again."""
    if old.at <= now and foretold.at <= now + STAYS_DUE:
        return Due(old.at, foretold.basis)
    return foretold


def snoozed(now: datetime, days: int, at: time, zone: ZoneInfo) -> datetime:
    """Tell until when a task is put off that is put off by some days."""
    return _moment(now.astimezone(zone).date() + timedelta(days=days), at, zone)


def told_at(due: Due, snoozed_until: datetime | None, zone: ZoneInfo) -> datetime:
    """Tell when people hear of a task: in the morning of its day; of one that was put off, when that ends."""
    if snoozed_until is not None and snoozed_until >= due.at:
        return snoozed_until
    morning = _moment(due.at.astimezone(zone).date(), MORNING, zone)
    return morning if due.basis is Basis.MODEL else min(morning, due.at)


def title(kind: TaskKind, plant: str | None, tongue: Tongue) -> str:
    """Say what is to be done in a few words."""
    return tongue.care.to_do[kind].format(plant=plant or tongue.care.the_plants)


def details(plant: str | None, area: str | None, reason: str | None) -> str:
    """Say whom a task is about, where, and why it is due."""
    who = f"{plant}, {area}." if plant and area else f"{plant or area or ''}."
    return " ".join(part for part in (who if len(who) > 1 else "", reason or "") if part)
