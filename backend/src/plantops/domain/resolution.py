"""Where the points of a chart come from: how wide its buckets are, and which store each part is read from. Pure.

Buckets lie on UTC: those of a day or less divide the day, longer ones are whole days counted from a fixed Monday.
A bucket never mixes two channels, nor two calibrations of one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from aioplantops.errors import SpanInvalid
from aioplantops.history import Resolution

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)

ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)
"""A Monday: weeks begin on it."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST = LATEST - EARLIEST
"""The longest span that one chart may show: `from` 1970 simply means everything."""

WIDTHS = (
    *(timedelta(seconds=n) for n in (1, 2, 5, 10, 15, 20, 30)),
    *(timedelta(minutes=n) for n in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 4, 6, 8, 12)),
    *(timedelta(days=n) for n in (1, 2, 3, 4, 5, 7, 14, 21, 28, 56, 91, 182, 364, 728, 1456, 2912, 8736, 26208, 78624)),
)
"""The widths that a bucket may have, in rising order. Of the last one, two span `LONGEST`."""
_STEPS = {Resolution.RAW: timedelta(0), Resolution.HOURLY: HOUR, Resolution.DAILY: DAY}
"""The steps of UTC in which each store counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until another; the end does not belong to it. May be empty."""

    from_: datetime
    until: datetime

    @property
    def empty(self) -> bool:
        """Tell whether no moment lies in it."""
        return self.until <= self.from_

    def within(self, other: Span) -> Span:
        """Give the part that lies in ``other`` too; empty when there is none."""
        return Span(max(self.from_, other.from_), min(self.until, other.until))

    def inner(self, step: timedelta) -> Span:
        """Give the part that consists of whole steps (hours, days) of UTC; empty when there is none."""
        first = floor(self.from_ + step - INSTANT, step)
        return Span(first, max(first, floor(self.until, step)))

    def touches(self, width: timedelta) -> int:
        """Count the buckets of a width in which some of it lies."""
        if self.empty:
            return 0
        return (self.until - INSTANT - ORIGIN) // width - (self.from_ - ORIGIN) // width + 1


def floor(moment: datetime, step: timedelta) -> datetime:
    """Go back to the beginning of a moment's bucket."""
    return moment - (moment - ORIGIN) % step


def chart_span(from_: datetime, until: datetime) -> Span:
    """Make the span of a chart. Raises SpanInvalid, in words, for one that nobody can have meant."""
    if until <= from_:
        raise SpanInvalid("The span ends before it begins: `until` must lie after `from`.")
    if from_ < EARLIEST or until > LATEST:
        raise SpanInvalid(f"The span must lie between the years {EARLIEST.year} and {LATEST.year}.")
    return Span(from_, until)


@dataclass(frozen=True, slots=True)
class Line:
    """``factor * sent + shift``: what a calibration makes of what was sent."""

    factor: float
    shift: float

    def __call__(self, sent: float) -> float:
        """Apply it to one value."""
        return self.factor * sent + self.shift

    def fold(self, low: float, mean: float, high: float) -> tuple[float, float, float]:
        """Apply it to the least, the mean and the greatest of many values at once; a negative factor swaps the ends."""
        low, mean, high = self(low), self(mean), self(high)
        return (low, mean, high) if self.factor > 0 else (high, mean, low)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a chart's span in which one channel speaks, by one calibration."""

    channel_id: int
    span: Span
    line: Line | None = None
    """None: as sent."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a segment, and the store that it is read from."""

    source: Resolution
    segment: int
    """Index of the segment in its chart."""
    channel_id: int
    span: Span


@dataclass(frozen=True, slots=True)
class Bucket:
    """All readings of one segment in one bucket."""

    segment: int
    start: datetime
    count: int
    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The buckets that a chart is cut into."""

    width: timedelta
    crowded: bool = False
    """True when there are more segments than points: then the fullest part of a bucket stands for it."""

    @property
    def source(self) -> Resolution:
        """The coarsest store that such buckets can be built from."""
        if self.width < HOUR:
            return Resolution.RAW
        return Resolution.HOURLY if self.width < DAY else Resolution.DAILY


def lay_out(segments: Sequence[Segment], points: int, finest: Resolution) -> Layout:
    """Choose the narrowest buckets that need at most so many points (two or more), gap marks included.

    ``finest`` is the finest store that can be used.
    """
    widths = [width for width in WIDTHS if width >= _STEPS[finest]]
    holes = sum(hole_between(before, after) for before, after in pairwise(segments))
    if holes + len(segments) <= points:
        room = points - holes
        length = sum((segment.span.until - segment.span.from_ for segment in segments), timedelta(0))
        for width in widths:
            if length / width <= room and sum(segment.span.touches(width) for segment in segments) <= room:
                return Layout(width)
    whole = Span(segments[0].span.from_, segments[-1].span.until)
    return Layout(next(width for width in widths if whole.touches(width) <= points), crowded=True)


def hole_between(before: Segment, after: Segment) -> bool:
    """Tell whether there is a time between two segments in which no channel speaks."""
    return before.span.until < after.span.from_


def joined(segments: Iterable[Segment]) -> list[Segment]:
    """Join what one channel says without a break, where no calibration matters."""
    whole: list[Segment] = []
    for segment in segments:
        if whole and whole[-1].channel_id == segment.channel_id and whole[-1].span.until == segment.span.from_:
            begin = whole.pop().span.from_
            segment = Segment(segment.channel_id, Span(begin, segment.span.until))  # noqa: PLW2901
        whole.append(segment)
    return whole


def pieces(segments: Iterable[Segment], source: Resolution) -> Iterator[Piece]:
    """Cut segments by store: whole days from daily roll-ups, whole hours from hourly ones, the rest raw."""
    for index, segment in enumerate(segments):
        yield from _cut(index, segment.channel_id, segment.span, source)


def _cut(index: int, channel_id: int, span: Span, source: Resolution) -> Iterator[Piece]:
    if span.empty:
        return
    if source is Resolution.RAW:
        yield Piece(source, index, channel_id, span)
        return
    finer = Resolution.HOURLY if source is Resolution.DAILY else Resolution.RAW
    inner = span.inner(_STEPS[source])
    if inner.empty:
        yield from _cut(index, channel_id, span, finer)
        return
    yield from _cut(index, channel_id, Span(span.from_, inner.from_), finer)
    yield Piece(source, index, channel_id, inner)
    yield from _cut(index, channel_id, Span(inner.until, span.until), finer)
