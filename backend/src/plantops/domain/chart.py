"""How the line of a chart is drawn: one point for a reading or a bucket, and a mark where a gap begins. Pure.

A silence breaks the line when it is longer than three usual steps of that channel and longer than `SHORTEST_GAP`:
then one empty point stands where it begins. A time in which no channel served the plant breaks it always.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from aioplantops.history import Point

from .resolution import Bucket, Layout, Line, Segment, Span, hole_between

SHORTEST_GAP = timedelta(minutes=15)
"""A silence that is shorter never breaks a line: nodes report every few minutes and Wi-Fi stumbles."""

MISSED_STEPS = 3
"""A silence of so many usual steps is a gap; less may be a lost report or two."""

type SegmentReading = tuple[int, datetime, float]
"""Index of the segment, time, and value of one reading, as sent."""


def draw_readings(segments: Sequence[Segment], readings: Sequence[SegmentReading]) -> list[Point]:
    """Draw every reading, given in the order of time, and an empty point at each gap."""
    steps = _usual_steps(readings)
    drawn: list[Point] = []
    for index, (segment, time, value) in enumerate(readings):
        if index:
            before, earlier, _ = readings[index - 1]
            silence = time - earlier
            if silence > _limit(steps, before, segment) or _parted(segments, before, segment):
                drawn.append(_gap(earlier + min(steps.get(before, SHORTEST_GAP), silence / 2)))
        line = segments[segment].line
        told = value if line is None else line(value)
        drawn.append(Point.model_construct(time=time, mean=told, min=told, max=told, count=1))
    return drawn


def draw_buckets(segments: Sequence[Segment], buckets: Iterable[Bucket], layout: Layout) -> list[Point]:
    """Draw one point for each bucket that has readings, and an empty one at each gap."""
    kept = _fullest(buckets) if layout.crowded else sorted(buckets, key=lambda bucket: (bucket.segment, bucket.start))
    steps = _usual_buckets(kept, layout.width)
    drawn: list[Point] = []
    before: tuple[int, Span] | None = None
    for bucket in kept:
        extent = _extent(segments, bucket, layout)
        if before is not None:
            segment, earlier = before
            silence = extent.from_ - earlier.until
            silent = silence > timedelta(0) and silence >= _limit(steps, segment, bucket.segment)
            if silent or (not layout.crowded and _parted(segments, segment, bucket.segment)):
                drawn.append(_gap(earlier.until))
        drawn.append(_point(extent.from_, bucket, segments[bucket.segment].line))
        before = (bucket.segment, extent)
    return drawn


def _point(time: datetime, bucket: Bucket, line: Line | None) -> Point:
    low, high = bucket.low, bucket.high
    mean = min(max(bucket.total / bucket.count, low), high)  # a sum's last bits may stray
    if line is not None:
        low, mean, high = line.fold(low, mean, high)
    return Point.model_construct(time=time, mean=mean, min=low, max=high, count=bucket.count)


def _gap(time: datetime) -> Point:
    return Point.model_construct(time=time, mean=None, min=None, max=None, count=0)


def _extent(segments: Sequence[Segment], bucket: Bucket, layout: Layout) -> Span:
    """Tell which time a bucket speaks for: its own, cut where its segment begins and ends."""
    extent = Span(bucket.start, bucket.start + layout.width)
    return extent if layout.crowded else extent.within(segments[bucket.segment].span)


def _parted(segments: Sequence[Segment], before: int, after: int) -> bool:
    """Tell whether there was a time without a channel between two segments."""
    return before != after and any(hole_between(a, b) for a, b in pairwise(segments[before : after + 1]))


def _limit(steps: Mapping[int, timedelta], before: int, after: int) -> timedelta:
    """Tell how long the silence between readings of two segments (or of one) must be to be a gap."""
    longest = max(steps.get(before, timedelta(0)), steps.get(after, timedelta(0)))
    return max(MISSED_STEPS * longest, SHORTEST_GAP)


def _usual_steps(readings: Sequence[SegmentReading]) -> dict[int, timedelta]:
    """Tell the median time between two readings, for each segment that has two."""
    steps: dict[int, list[timedelta]] = {}
    for (before, earlier, _), (segment, time, _) in pairwise(readings):
        if before == segment:
            steps.setdefault(segment, []).append(time - earlier)
    return {segment: median_low(known) for segment, known in steps.items()}


def _usual_buckets(buckets: Iterable[Bucket], width: timedelta) -> dict[int, timedelta]:
    """Tell the usual time between two readings from how many fell into a usual bucket, for each segment."""
    counts: dict[int, list[int]] = {}
    for bucket in buckets:
        counts.setdefault(bucket.segment, []).append(bucket.count)
    return {segment: width / median_low(known) for segment, known in counts.items()}


def _fullest(buckets: Iterable[Bucket]) -> list[Bucket]:
    """Keep the part with the most readings of each bucket."""
    fullest: dict[datetime, Bucket] = {}
    for bucket in buckets:
        known = fullest.get(bucket.start)
        if known is None or bucket.count > known.count:
            fullest[bucket.start] = bucket
    return sorted(fullest.values(), key=lambda bucket: bucket.start)
