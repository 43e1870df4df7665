"""The area below readings: trapezoids, and gaps that stay gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.curve import MOST_GAP, Area, Curve, Point

HOUR = 3600.0


def test_between_readings_the_line_is_straight() -> None:
    curve = Curve([(0, 0.0), (HOUR, 100.0)])
    assert curve.at(HOUR / 4) == 25
    assert curve.area(0, HOUR) == Area(50 * HOUR, HOUR)
    assert curve.area(HOUR / 2, HOUR) == Area(75 * HOUR / 2, HOUR / 2)
    assert curve.area(-HOUR, 2 * HOUR) == Area(50 * HOUR, HOUR), "nothing is known before the first and after the last"
    assert curve.area(0, HOUR).mean == 50


def test_a_gap_stays_a_gap() -> None:
    just, over = Curve([(0, 10.0), (MOST_GAP, 10.0)]), Curve([(0, 10.0), (MOST_GAP + 1, 10.0), (MOST_GAP + 61, 10.0)])
    assert just.area(0, MOST_GAP) == Area(10 * MOST_GAP, MOST_GAP)
    assert over.at(60) is None
    assert over.area(0, 3 * MOST_GAP) == Area(600, 60)


def test_of_nothing_nothing_is_known() -> None:
    assert Curve([]).area(0, HOUR) == Area()
    assert Curve([(0, 5.0)]).area(-HOUR, HOUR).mean is None
    assert Curve([(0, 5.0)]).at(0) == 5


points = st.dictionaries(st.integers(0, 100_000), st.floats(0, 2_000), max_size=40).map(
    lambda found: [(float(time), value) for time, value in sorted(found.items())]
)
moments = st.floats(-1_000, 101_000)


@given(points=points, ends=st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_parts_add_up_to_the_whole(points: list[Point], ends: list[float]) -> None:
    curve = Curve(points)
    first, middle, last = ends
    parts, whole = curve.area(first, middle) + curve.area(middle, last), curve.area(first, last)
    assert parts.total == pytest.approx(whole.total, abs=1e-3)
    assert parts.covered == pytest.approx(whole.covered, abs=1e-6)
    assert -1e-6 <= whole.covered <= last - first + 1e-6


@given(points=points, ends=st.tuples(moments, moments).map(sorted))
def test_the_mean_lies_between_the_least_and_the_most(points: list[Point], ends: list[float]) -> None:
    area = Curve(points).area(*ends)
    if area.covered > 1:
        values = [value for _, value in points]
        assert area.mean is not None
        assert min(values) - 1e-3 <= area.mean <= max(values) + 1e-3
