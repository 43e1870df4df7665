"""What was filled of the hours that Home Assistant had missed, and what is settled for good."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self


@dataclass(slots=True)
class Filled:
    """What one look at the statistics filled, and what it left open."""

    hours: int = 0
    sensors: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    open: int = 0
    """Hours without a row of which the backend knows nothing either: readings may still come."""

    def add(self, entity_id: str, starts: Sequence[datetime]) -> None:
        """Count some hours of a sensor."""
        self.hours += len(starts)
        self.sensors.add(entity_id)
        self.first = min(starts) if self.first is None else min(self.first, *starts)
        self.last = max(starts) if self.last is None else max(self.last, *starts)


type Written = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Settled:
    """Between which hours a series needs no look any more."""

    number: int
    """The series' own in Home Assistant's database; another one: it was deleted, and everything is to be looked at."""
    begin: datetime
    end: datetime

    @classmethod
    def read(cls, written: Written) -> Self:
        """Take what was kept in a file."""
        number, begin, end = written
        return cls(number, datetime.fromisoformat(begin), datetime.fromisoformat(end))

    def written(self) -> Written:
        """Give what is kept in a file."""
        return self.number, self.begin.isoformat(), self.end.isoformat()
