"""Days where people live: of 23 and 25 hours, and such that do not begin at midnight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.garden_day import ONE_DAY, Calendar

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", date(2026, 11, 20), "2026-11-19T23:00:00Z", 24),
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00:00Z", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00:00Z", 25),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00:00Z", 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00:00Z", 24.5),
        ("Asia/Kathmandu", date(2026, 6, 1), "2026-05-31T18:15:00Z", 24),
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00:00Z", 23),  # there is no midnight on this day
        ("UTC", date(2026, 3, 29), "2026-03-29T00:00:00Z", 24),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(zone: str, day: date, begins: str, hours: float) -> None:
    span = Calendar(ZoneInfo(zone)).span(day)
    assert span.from_ == datetime.fromisoformat(begins)
    assert span.until - span.from_ == hours * HOUR


def test_a_lamps_day_need_not_begin_at_midnight() -> None:
    calendar = Calendar.at(BERLIN, "18:30")
    assert calendar.span(date(2026, 11, 20)).from_ == datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    assert calendar.day(datetime(2026, 11, 20, 17, 29, tzinfo=UTC)) == date(2026, 11, 19)
    assert calendar.day(datetime(2026, 11, 20, 17, 30, tzinfo=UTC)) == date(2026, 11, 20)


def test_a_beginning_that_the_clock_jumps_over_is_the_moment_of_the_jump_or_after() -> None:
    calendar = Calendar.at(BERLIN, "02:30")
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert jump <= calendar.beginning(date(2026, 3, 29)) <= jump + HOUR / 2
    assert calendar.span(date(2026, 3, 28)).until == calendar.beginning(date(2026, 3, 29))


@given(
    moment=st.integers(0, 70 * 365 * 24 * 60).map(lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + minutes * MINUTE),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo"]
    ),
    begins=st.times().map(lambda time: time.strftime("%H:%M")),
)
def test_every_moment_lies_in_one_day(moment: datetime, zone: str, begins: str) -> None:
    calendar = Calendar.at(ZoneInfo(zone), begins)
    day = calendar.day(moment)
    span = calendar.span(day)
    assert span.from_ <= moment < span.until
    assert span.until == calendar.span(day + ONE_DAY).from_
