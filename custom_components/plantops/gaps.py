"""Hours of the past: how they are cut into pieces, and what the backend's answer makes of them. Pure."""

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .lib.aioplantops.history import History, Point
from .lib.aioplantops.metrics import METRICS

HOUR = timedelta(hours=1)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before everything: the backend takes it for "from the first reading on"."""

LATE = timedelta(days=35)
"""How late a reading may still come: nodes keep what they could not send, and an hour that is empty now may fill."""

PIECE = LATE
"""How much is looked at in one go: 840 hours, well below the 2,000 points that one answer may have."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What was measured in one hour of UTC."""

    start: datetime
    mean: float
    low: float
    high: float


def whole_hour(moment: datetime) -> datetime:
    """Go back to the beginning of an hour."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hours(begin: datetime, end: datetime) -> list[datetime]:
    """Give the beginnings of all hours from `begin` until `end`, both whole hours."""
    return [begin + number * HOUR for number in range(max(0, (end - begin) // HOUR))]


def forwards(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a span into pieces, the oldest first."""
    while begin < end:
        next_ = min(begin + PIECE, end)
        yield begin, next_
        begin = next_


def backwards(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a span into pieces, the newest first."""
    while begin < end:
        before = max(end - PIECE, begin)
        yield before, end
        end = before


def folded(history: History, wanted: Container[datetime]) -> list[Hour]:
    """Make hours of a chart's points, those that are wanted; the mean weighs every reading alike.

    A chart that was drawn from days tells nothing of hours. Values end where the sensor's do: see `Quantity.shown`.
    """
    if history.bucket_seconds is not None and history.bucket_seconds > HOUR.total_seconds():
        return []
    points: defaultdict[datetime, list[Point]] = defaultdict(list)
    for point in history.points:
        if point.count and (start := whole_hour(point.time)) in wanted:
            points[start].append(point)
    shown = METRICS[history.metric].shown

    def within(value: float) -> float:
        return min(max(value, shown.low), shown.high)

    return [
        Hour(start, within(_mean(same)), within(min(_lows(same))), within(max(_highs(same))))
        for start, same in sorted(points.items())
    ]


def _mean(points: list[Point]) -> float:
    total = sum(point.count * point.mean for point in points if point.mean is not None)
    return total / sum(point.count for point in points)


def _lows(points: list[Point]) -> list[float]:
    return [point.min for point in points if point.min is not None]


def _highs(points: list[Point]) -> list[float]:
    return [point.max for point in points if point.max is not None]
