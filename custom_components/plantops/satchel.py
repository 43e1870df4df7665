"""Readings on their way to the backend: kept in their order until it has them, and never more than fit. Pure."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from .binding import Series
from .lib.aioplantops.telemetry import MAX_READINGS
from .pace import Reading

MOST = 100_000
"""Twenty sensors that tell something each minute fill it in three and a half days; it takes about 20 MB then."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings of one series that are sent together."""

    series: Series
    readings: tuple[Reading, ...]
    last: int
    """The number of the last one in the satchel."""


class Satchel:
    """The readings that the backend does not have yet."""

    def __init__(self, most: int = MOST) -> None:
        """Take how many readings fit."""
        self._most = most
        self._numbers = count()
        self._kept: dict[Series, deque[tuple[int, Reading]]] = {}
        self._count = 0
        self.lost = 0
        """How many did not fit."""

    def __len__(self) -> int:
        """Tell how many readings are in it."""
        return self._count

    def put(self, series: Series, reading: Reading) -> None:
        """Put a reading in; where there is no room, the oldest of all is lost."""
        self._kept.setdefault(series, deque()).append((next(self._numbers), reading))
        self._count += 1
        while self._count > self._most:
            self._drop(min(self._kept, key=lambda series: self._kept[series][0][0]))
            self.lost += 1

    def batch(self) -> Batch | None:
        """Give the oldest readings of one series, which stay in the satchel; None: it is empty."""
        for series, kept in self._kept.items():
            taken = tuple(islice(kept, MAX_READINGS))
            return Batch(series, tuple(reading for _, reading in taken), taken[-1][0])
        return None

    def remove(self, batch: Batch) -> None:
        """Take out what the backend has, as far as it is still there; the next batch is another series'."""
        while (kept := self._kept.get(batch.series)) is not None and kept[0][0] <= batch.last:
            self._drop(batch.series)
        if kept is not None:
            self._kept[batch.series] = self._kept.pop(batch.series)

    def _drop(self, series: Series) -> None:
        kept = self._kept[series]
        kept.popleft()
        self._count -= 1
        if not kept:
            del self._kept[series]

    def told(self) -> list[Mapping[str, Any]]:
        """Tell everything as it is written down."""
        return [
            {"device_id": series.device_id, "key": series.key, "readings": [reading for _, reading in kept]}
            for series, kept in self._kept.items()
        ]

    def recall(self, told: Iterable[Mapping[str, Any]]) -> None:
        """Take in what was written down."""
        for one in told:
            series = Series(one["device_id"], one["key"])
            for time, value in one["readings"]:
                self.put(series, (float(time), float(value)))
