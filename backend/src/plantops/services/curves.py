"""What a plant's channels sent in some time, as calibrated curves."""

from collections.abc import Sequence
from datetime import timedelta

from aioplantops.metrics import METRICS, Metric

from plantops.domain.curve import MOST_GAP, Curve, Point
from plantops.domain.daily import Series
from plantops.domain.resolution import HOUR, INSTANT, Span, floor
from plantops.storage import days as store
from plantops.storage.days import Served
from plantops.storage.pool import Connection


async def read_series(connection: Connection, pieces: Sequence[Served]) -> Series:
    """Read some pieces as curves, calibrated."""
    series: dict[Metric, list[Curve]] = {}
    for piece, points in zip(pieces, await store.readings(connection, pieces), strict=True):
        series.setdefault(piece.metric, []).append(Curve(_calibrated(piece, points)))
    return series


def _calibrated(piece: Served, points: Sequence[Point]) -> Sequence[Point]:
    if piece.line is None:
        return points
    line, shown = piece.line, METRICS[piece.metric].shown
    return [(time, shown.nearest(line(sent))) for time, sent in points]


def window(span: Span) -> Span:
    """Give the whole hours whose readings count for a span: lines may lead into it and out of it."""
    gap = timedelta(seconds=MOST_GAP)
    return Span(floor(span.from_ - gap, HOUR), floor(span.until + gap + HOUR - INSTANT, HOUR))
