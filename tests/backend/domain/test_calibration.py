"""A line says the same of readings and of their roll-ups, meets its points, and refuses what no probe can mean."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import linear_regression

import pytest
from aioplantops.calibration import CalibrationInvalid
from aioplantops.metrics import Metric
from hypothesis import assume, given
from hypothesis import strategies as st
from plantops.domain.calibration import CLOSEST, VOLTS_NOISE, Calibration, Version, fit
from plantops.domain.chart import draw_buckets, draw_readings
from plantops.domain.resolution import HOUR, Bucket, Layout, Line, Segment, Span

BEGIN = datetime(2026, 11, 1, 8, tzinfo=UTC)
SOIL = Metric.SOIL_MOISTURE


def volts() -> st.SearchStrategy[float]:
    return st.floats(0, 36)


def percent() -> st.SearchStrategy[float]:
    return st.floats(0, 100)


def lines() -> st.SearchStrategy[Line]:
    factors = st.floats(-1_000, 1_000).filter(lambda factor: abs(factor) > 1e-3)
    return st.builds(Line, factors, st.floats(-1_000, 1_000))


@given(line=lines(), sent=st.lists(volts(), min_size=1, max_size=50))
def test_calibrating_a_roll_up_is_rolling_up_what_is_calibrated(line: Line, sent: list[float]) -> None:
    segment = Segment(1, Span(BEGIN, BEGIN + HOUR), line)
    rolled_up = Bucket(0, BEGIN, len(sent), sum(sent), min(sent), max(sent))
    point = draw_buckets([segment], [rolled_up], Layout(HOUR))[0]
    told = [line(value) for value in sent]
    assert (point.time, point.count) == (BEGIN, len(sent))
    assert (point.min, point.max) == (min(told), max(told)), "with a negative factor they swap"
    assert point.mean == pytest.approx(sum(told) / len(told), rel=1e-9, abs=1e-6)
    times = [BEGIN + number * HOUR / 60 for number in range(len(sent))]
    drawn = draw_readings([segment], [(0, time, value) for time, value in zip(times, sent, strict=True)])
    assert [one.mean for one in drawn if one.count] == told


@given(sent=st.tuples(volts(), volts()), value=st.tuples(percent(), percent()))
def test_two_points_are_met(sent: tuple[float, float], value: tuple[float, float]) -> None:
    assume(abs(sent[0] - sent[1]) >= CLOSEST * VOLTS_NOISE)
    assume(abs(value[0] - value[1]) > 1e-6)
    line = fit(list(zip(sent, value, strict=True)), SOIL, "V")
    assert [line(one) for one in sent] == pytest.approx(list(value), abs=1e-6)


@given(
    sent=st.lists(st.integers(10, 66), min_size=3, max_size=20, unique=True),
    astray=st.lists(st.floats(-0.6, 0.6), min_size=20, max_size=20),
    slope=st.sampled_from((-25, 25)),
)
def test_more_points_get_the_best_line(sent: list[int], astray: list[float], slope: int) -> None:
    points = [(one / 20, 50 + slope * (one / 20 - 1.9) + off) for one, off in zip(sent, astray, strict=False)]
    made = fit(points, SOIL, "V")
    closed = linear_regression([one for one, _ in points], [value for _, value in points])
    assert made.factor == pytest.approx(closed.slope)
    assert made(1.9) == pytest.approx(1.9 * closed.slope + closed.intercept)


@pytest.mark.parametrize(
    ("points", "unit", "words"),
    [
        ([(2.8, 0), (2.77, 100)], "V", "too close: what was sent differs by 0.03 V only"),
        ([(40, 0), (43, 100)], "%", "too close: what was sent differs by 3 % only"),
        ([(2.8, 50), (1.2, 50)], "V", "two different values are needed"),
        ([(2.8, 0), (1.2, 100), (2.0, 100), (2.4, 60), (2.6, 70)], "V", "upside down: 2.4 V as 60 % and 2.6 V as 70 %"),
        ([(2.8, 0), (float("nan"), 100)], "V", "finite"),
        ([(2.8, 0), (1.2, float("inf"))], "V", "finite"),
        ([(40, 0), (1.2, 100)], "V", "40 V is nothing that this channel can send"),
        ([(2.8, 0), (1.2, 140)], "V", "140 % is nothing that soil moisture can be"),
        ([(1.0, 0), (2.0, 100), (3.0, 0)], "V", "upside down"),
    ],
)
def test_what_no_probe_can_mean_is_refused_in_words(
    points: Sequence[tuple[float, float]], unit: str, words: str
) -> None:
    with pytest.raises(CalibrationInvalid, match=words):
        fit(points, SOIL, unit)


def test_other_metrics_can_be_corrected_too() -> None:
    line = fit([(0.4, 0.0), (100.9, 100.0)], Metric.TEMPERATURE, "°C")
    assert line(50.65) == pytest.approx(50.0)


@st.composite
def calibrations(draw: st.DrawFn, sent_unit: str) -> Calibration:
    """Make up a channel's versions."""
    hours = draw(st.lists(st.integers(0, 200), min_size=1, max_size=6, unique=True).map(sorted))
    return Calibration("plant-1", SOIL, sent_unit, [Version(BEGIN + hour * HOUR, draw(lines())) for hour in hours])


@given(one=calibrations("V"), minutes=st.tuples(st.integers(-5_000, 20_000), st.integers(1, 20_000)))
def test_a_span_is_cut_where_another_line_begins(one: Calibration, minutes: tuple[int, int]) -> None:
    from_ = BEGIN + timedelta(minutes=minutes[0])
    span = Span(from_, from_ + timedelta(minutes=minutes[1]))
    cut = one.cut(span)
    assert [cut[0][0].from_, *(part.until for part, _, _ in cut)] == [*(part.from_ for part, _, _ in cut), span.until]
    for part, unit, line in cut:
        last = part.until - timedelta(microseconds=1)
        assert line is one.line_at(part.from_)
        assert line is one.line_at(last)
        assert unit == ("V" if line is None else "%")


@given(sent=volts(), hours=st.integers(-10, 210), unit=st.sampled_from(("V", "%")), data=st.data())
def test_what_is_shown_lies_in_the_span_for_people(sent: float, hours: int, unit: str, data: st.DataObject) -> None:
    one = data.draw(calibrations(unit))
    shown = one.shown(BEGIN + hours * HOUR, sent)
    line = one.line_at(BEGIN + hours * HOUR)
    if line is None:
        assert shown == (None if unit == "V" else sent), "volts cannot be told in per cent"
    else:
        assert shown == min(max(line(sent), 0), 100)
