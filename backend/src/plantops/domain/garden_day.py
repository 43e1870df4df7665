"""When a day begins and ends where people live: in a time zone, and not necessarily at midnight. Pure.

A day with a change of the clock has 23 or 25 hours. A beginning that the clock jumps over is the moment of the jump.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .resolution import Span

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A time zone, and the time of the day at which days begin."""

    zone: ZoneInfo
    begins: time = time()

    @classmethod
    def at(cls, zone: ZoneInfo, begins: str) -> Calendar:
        """Read the beginning from ``HH:MM``."""
        return cls(zone, time.fromisoformat(begins))

    def beginning(self, day: date) -> datetime:
        """Tell when a day begins, UTC."""
        return datetime.combine(day, self.begins, self.zone).astimezone(UTC)

    def span(self, day: date) -> Span:
        """Give a day from its beginning to that of the next one, UTC."""
        return Span(self.beginning(day), self.beginning(day + ONE_DAY))

    def day(self, moment: datetime) -> date:
        """Tell which day a moment belongs to."""
        guess = moment.astimezone(self.zone).date()
        return guess if self.beginning(guess) <= moment else guess - ONE_DAY
