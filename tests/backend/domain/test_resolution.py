"""Charts of any span, of any channels, with any number of points."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from aioplantops.errors import SpanInvalid
from aioplantops.history import Resolution
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.chart import draw_buckets, draw_readings
from plantops.domain.resolution import (
    DAY,
    EARLIEST,
    HOUR,
    LATEST,
    LONGEST,
    WIDTHS,
    Bucket,
    Line,
    Segment,
    Span,
    chart_span,
    floor,
    hole_between,
    joined,
    lay_out,
    pieces,
)

BEGIN = datetime(2024, 3, 1, 5, 30, 17, 250_000, tzinfo=UTC)


def moments() -> st.SearchStrategy[datetime]:
    return st.timedeltas(timedelta(0), timedelta(days=365 * 170)).map(lambda since: EARLIEST + since)


@st.composite
def charts(draw: st.DrawFn) -> list[Segment]:
    """Draw the segments of a chart: cut on hours within, ragged at both ends, with and without holes between them."""
    begin = draw(moments())
    until = begin + draw(st.timedeltas(timedelta(microseconds=1), LATEST - begin))
    hours = int((until - begin) / HOUR)
    cuts = sorted(draw(st.sets(st.integers(1, max(1, hours)), max_size=12)))
    ends = [begin, *(floor(begin, HOUR) + cut * HOUR for cut in cuts if floor(begin, HOUR) + cut * HOUR < until), until]
    return [
        Segment(number, Span(one, two))
        for number, (one, two) in enumerate(pairwise(ends))
        if one < two and (number == 0 or draw(st.integers(0, 3)))
    ]


@given(segments=charts(), points=st.integers(2, 2_000), finest=st.sampled_from(Resolution))
def test_buckets_never_need_more_points_than_asked(segments: list[Segment], points: int, finest: Resolution) -> None:
    layout = lay_out(segments, points, finest)
    full = [
        Bucket(index, start, 1, 1.0, 1.0, 1.0)
        for index, segment in enumerate(segments)
        for start in _starts(segment.span, layout.width)
    ]
    drawn = draw_buckets(segments, full, layout)
    assert len(drawn) <= points
    assert all(one.time < two.time for one, two in pairwise(drawn))
    assert layout.width >= {Resolution.RAW: timedelta(0), Resolution.HOURLY: HOUR, Resolution.DAILY: DAY}[finest]


@given(segments=charts(), points=st.integers(2, 300), chosen=st.randoms())
def test_gaps_are_marked_once_and_only_between_points(segments: list[Segment], points: int, chosen: object) -> None:
    layout = lay_out(segments, points, Resolution.RAW)
    some = [
        Bucket(index, start, chosen.randint(1, 90), 1.0, 0.0, 1.0)  # type: ignore[attr-defined]
        for index, segment in enumerate(segments)
        for start in _starts(segment.span, layout.width)
        if chosen.random() < 0.6  # type: ignore[attr-defined]
    ]
    drawn = draw_buckets(segments, some, layout)
    assert len(drawn) <= points
    assert all(one.time < two.time for one, two in pairwise(drawn))
    assert all(one.count or two.count for one, two in pairwise(drawn))
    assert not drawn or (drawn[0].count and drawn[-1].count)


def _starts(span: Span, width: timedelta) -> list[datetime]:
    first = floor(span.from_, width)
    return [first + number * width for number in range(span.touches(width))]


@given(segments=charts(), source=st.sampled_from(Resolution))
def test_pieces_cover_each_moment_exactly_once(segments: list[Segment], source: Resolution) -> None:
    cut = list(pieces(segments, source))
    for index, segment in enumerate(segments):
        mine = [piece for piece in cut if piece.segment == index]
        assert mine[0].span.from_ == segment.span.from_
        assert mine[-1].span.until == segment.span.until
        assert all(one.span.until == two.span.from_ for one, two in pairwise(mine))
        for piece in mine:
            step = {Resolution.RAW: timedelta(microseconds=1), Resolution.HOURLY: HOUR, Resolution.DAILY: DAY}
            assert floor(piece.span.from_, step[piece.source]) == piece.span.from_
            assert floor(piece.span.until, step[piece.source]) == piece.span.until


@given(segments=charts())
def test_what_one_channel_says_is_joined_where_it_has_no_break(segments: list[Segment]) -> None:
    same = [Segment(1, segment.span, Line(2, number)) for number, segment in enumerate(segments)]
    breaks = sum(hole_between(one, two) for one, two in pairwise(same))
    whole = joined(same)
    assert len(whole) == breaks + 1
    assert sum((one.span.until - one.span.from_ for one in whole), timedelta(0)) == sum(
        (one.span.until - one.span.from_ for one in same), timedelta(0)
    )
    assert joined(segments) == segments, "of several channels each stays"


@given(moment=moments(), width=st.sampled_from(WIDTHS))
def test_buckets_lie_on_utc(moment: datetime, width: timedelta) -> None:
    start = floor(moment, width)
    assert start <= moment < start + width
    if width <= DAY:
        assert DAY % width == timedelta(0)
        assert floor(start, DAY) == floor(start + width - timedelta(microseconds=1), DAY)


@given(
    steps=st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=3)), min_size=1, max_size=60),
    cut=st.integers(0, 60),
)
def test_every_reading_is_drawn_and_long_silences_break_the_line(steps: list[timedelta], cut: int) -> None:
    times = [BEGIN]
    for step in steps:
        times.append(times[-1] + step)
    middle = floor(times[min(cut, len(times) - 1)], HOUR)
    end = times[-1] + HOUR
    segments = [Segment(1, Span(BEGIN, max(middle, BEGIN))), Segment(2, Span(max(middle, BEGIN), end))]
    readings = [(0 if time < segments[0].span.until else 1, time, 1.5) for time in times]
    drawn = draw_readings(segments, readings)
    assert [point.time for point in drawn if point.count] == times
    assert all(one.time < two.time for one, two in pairwise(drawn))
    assert all(one.count or two.count for one, two in pairwise(drawn))
    longest = max(steps)
    if longest <= timedelta(minutes=15):
        assert len(drawn) == len(times)


def test_a_regular_series_has_one_gap_where_the_device_was_away() -> None:
    times = [BEGIN + timedelta(minutes=5 * number) for number in (0, 1, 2, 3, 40, 41, 42)]
    segment = Segment(1, Span(BEGIN, BEGIN + DAY))
    drawn = draw_readings([segment], [(0, time, 1.0) for time in times])
    assert [bool(point.count) for point in drawn] == [True] * 4 + [False] + [True] * 3
    assert drawn[4].time == times[3] + timedelta(minutes=5)


def test_a_time_without_a_channel_breaks_the_line_however_short() -> None:
    start = floor(BEGIN, HOUR)
    segments = [Segment(1, Span(start, start + HOUR)), Segment(2, Span(start + 2 * HOUR, start + 3 * HOUR))]
    readings = [(0, start + HOUR * 0.99, 1.0), (1, start + HOUR * 2.01, 2.0)]
    assert [point.count for point in draw_readings(segments, readings)] == [1, 0, 1]


def test_sparse_series_are_not_torn_apart() -> None:
    times = [BEGIN + timedelta(hours=6 * number) for number in range(20)]
    drawn = draw_readings([Segment(1, Span(BEGIN, BEGIN + 30 * DAY))], [(0, time, 1.0) for time in times])
    assert all(point.count for point in drawn)


@pytest.mark.parametrize(
    ("from_", "until", "words"),
    [
        (BEGIN, BEGIN, "ends before it begins"),
        (BEGIN, BEGIN - HOUR, "ends before it begins"),
        (datetime(1969, 12, 31, tzinfo=UTC), BEGIN, "between the years 1970 and 2200"),
        (BEGIN, datetime(2200, 1, 2, tzinfo=UTC), "between the years 1970 and 2200"),
    ],
)
def test_spans_that_nobody_can_mean_are_refused_in_words(from_: datetime, until: datetime, words: str) -> None:
    with pytest.raises(SpanInvalid, match=words):
        chart_span(from_, until)


def test_everything_there_can_be_fits_two_points() -> None:
    span = chart_span(EARLIEST, LATEST)
    assert span.until - span.from_ == LONGEST
    layout = lay_out([Segment(1, span)], 2, Resolution.DAILY)
    assert span.touches(layout.width) <= 2
