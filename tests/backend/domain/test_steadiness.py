"""A probe that has settled is told from one that drifts, sleeps or has hardly spoken, and people are told why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.steadiness import FEWEST, SHORTEST, Judgement, judge
from plantops.domain.tongue import IN_ENGLISH

BEGIN = datetime(2026, 11, 1, 8, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def judged(values: list[float], every: float = 30, later: float = 5, noise: float = 0.01) -> Judgement:
    """Judge values sent every so many seconds, so many seconds after the last one."""
    readings = [(BEGIN + number * every * SECOND, value) for number, value in enumerate(values)]
    now = (readings[-1][0] if readings else BEGIN) + later * SECOND
    return judge(readings, IN_ENGLISH, noise=noise, unit="V", now=now)


@given(values=st.lists(st.floats(0.5, 3.0), max_size=60), every=st.floats(0.2, 7_200), later=st.floats(0, 100_000))
def test_steady_means_many_and_close_and_live(values: list[float], every: float, later: float) -> None:
    found = judged(values, every, later)
    assert (found.missing is None) <= (found.readings >= FEWEST)
    if found.missing is None:
        assert found.spread is not None
        assert found.tolerance is not None
        assert found.spread <= found.tolerance
        assert (len(values) - 1) * every * SECOND >= SHORTEST
        assert later <= max(600, 3 * every)
    newest = values[len(values) - found.readings :]
    assert found.sent is None or min(newest) <= found.sent <= max(newest)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (judged([]), "No reading came yet"),
        (judged([2.0, 2.0, 2.0]), "3 of 5 readings came: wait for 2 more"),
        (judged([2.0] * 30, every=1), "cover 29 s only: wait for another 31 s"),
        (judged([2.0] * 9, later=1_500), "The last reading came 25 minutes ago"),
        (judged([2.4, 2.3, 2.2, 2.15, 2.1, 2.08]), "The last 5 readings lie 0.22 V apart, and should within 0.02"),
    ],
)
def test_what_is_missing_is_said_in_words(found: Judgement, words: str) -> None:
    assert found.missing is not None
    assert words in found.missing


def test_only_the_newest_readings_count() -> None:
    found = judged([2.8, 2.6, 2.1, 2.005, 2.0, 2.01, 2.0, 2.004])
    assert (found.missing, found.readings, found.sent) == (None, 5, 2.004)
    often = judged([2.8] * 10 + [2.0] * 140, every=1)
    assert (often.missing, often.readings, often.sent) == (None, 121, 2.0)


def test_a_node_that_sleeps_for_an_hour_is_live() -> None:
    assert judged([2.0] * 5, every=3_600, later=3_000).missing is None
