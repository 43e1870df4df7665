"""What an answer means, and how long to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.delivery import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    RATE_LIMIT_PAUSE,
    Outcome,
    judge,
    parse_retry_after,
    pause,
)

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ((200, 201, 202, 204), Outcome.DELIVERED),
        ((301, 302, 307, 401, 403, 404, 405, 410), Outcome.REFUSED),
        ((400, 413, 422), Outcome.UNFIT),
        ((408, 429, 500, 502, 503, 504, 418, 599, 799), Outcome.LATER),
    ],
)
def test_each_answer_means_one_thing(statuses: tuple[int, ...], outcome: Outcome) -> None:
    assert {judge(status, None, NOW).outcome for status in statuses} == {outcome}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("7", 7), ("0.3", 0.3), ("-3", 0), ("1e9", LONGEST_WAIT.total_seconds()), ("inf", None), ("nan", None)),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW - timedelta(minutes=2), usegmt=True), 0),
        *(("soon", None), ("", None), (None, None)),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, NOW) == (None if seconds is None else timedelta(seconds=seconds))


def test_who_is_told_too_often_is_left_in_peace() -> None:
    assert judge(429, "90", NOW).wait == timedelta(seconds=90)
    assert judge(429, None, NOW).wait == RATE_LIMIT_PAUSE
    assert judge(503, "90", NOW).wait == timedelta(seconds=90)
    assert judge(500, "90", NOW).wait is None


@given(failures=st.integers(0, 10_000), chance=st.floats(0, 1))
def test_pauses_grow_and_have_an_end(failures: int, chance: float) -> None:
    assert FIRST_PAUSE * 0.75 <= pause(failures, chance) <= LONGEST_PAUSE * 1.25
    assert pause(failures, chance) <= pause(failures + 1, chance)
