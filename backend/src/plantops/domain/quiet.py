"""The night in which nobody wants to be told anything, and the hour at which the day's news comes. Pure.

Both are times of the day in the garden's zone. When the clock changes, a time that is skipped is the moment of the
jump, and one that comes twice is its first coming: so every night is one span, and none begins again in itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Tell when a day's clock shows a time, UTC."""
    local = datetime.combine(day, at, zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    late, early = found, local.replace(fold=1).astimezone(UTC)  # skipped: the jump lies between the two
    before = early.astimezone(zone).utcoffset()
    while late - early > ONE_MINUTE:
        middle = early + (late - early) / 2
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return late.replace(second=0, microsecond=0)  # clocks change at full minutes


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day until another, perhaps over midnight."""

    begins: time
    ends: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """Tell when the quiet hours end in which a moment lies, UTC; None: it lies in none."""
        return next((end for begin, end in self._around(now) if begin <= now < end), None)

    def _around(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        today = now.astimezone(self.zone).date()
        over_midnight = self.ends <= self.begins
        for day in (today - ONE_DAY, today, today + ONE_DAY):
            last = day + ONE_DAY if over_midnight else day
            yield moment(day, self.begins, self.zone), moment(last, self.ends, self.zone)


def next_time(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """Tell when the clock shows a time of the day next, after now, UTC."""
    today = now.astimezone(zone).date()
    days = (today + number * ONE_DAY for number in range(-1, 4))
    return next(found for day in days if (found := moment(day, at, zone)) > now)
