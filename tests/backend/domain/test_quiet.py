"""Nights in which nobody is told anything, also those in which the clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.quiet import QuietHours, moment, next_time

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
zones = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            *("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
            *("Africa/Casablanca", "America/St_Johns", "Pacific/Chatham"),
        )
    ]
)
moments = st.datetimes(datetime(2022, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
changes = st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])
near_changes = st.builds(lambda at, by: at + timedelta(minutes=by), changes, st.integers(-300, 300))


@st.composite
def nights(draw: st.DrawFn) -> QuietHours:
    begins, ends = draw(st.lists(minutes, min_size=2, max_size=2, unique=True))
    return QuietHours(begins, ends, draw(zones))


@given(night=nights(), now=moments | near_changes)
def test_every_night_ends_later_within_a_day_and_at_its_time(night: QuietHours, now: datetime) -> None:
    end = night.until(now)
    if end is None:
        return
    assert now < end <= now + timedelta(hours=25)
    shown = end.astimezone(night.zone)
    assert shown.time() == night.ends or moment(shown.date(), night.ends, night.zone) == end, "or the clock jumps there"


@given(night=nights(), now=moments | near_changes, ahead=st.integers(0, 3600 * 25))
def test_nobody_hears_twice_that_one_night_ends(night: QuietHours, now: datetime, ahead: int) -> None:
    end = night.until(now)
    later = now + timedelta(seconds=ahead)
    if end is not None and later < end:
        assert night.until(later) == end


@given(night=nights(), now=moments)
def test_far_from_a_change_the_clock_on_the_wall_decides(night: QuietHours, now: datetime) -> None:
    offsets = {(now + day * timedelta(days=1)).astimezone(night.zone).utcoffset() for day in (-2, -1, 0, 1, 2)}
    shown = now.astimezone(night.zone).time()
    inside = (
        night.begins <= shown < night.ends if night.begins < night.ends else shown >= night.begins or shown < night.ends
    )
    if len(offsets) == 1:
        assert (night.until(now) is not None) == inside


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        (datetime(2026, 3, 28, 23, tzinfo=BERLIN), 8),
        (datetime(2026, 3, 27, 23, tzinfo=BERLIN), 9),
        (datetime(2026, 10, 24, 23, tzinfo=BERLIN), 10),
    ],
)
def test_a_night_is_an_hour_shorter_in_spring_and_longer_in_autumn(night: datetime, hours: int) -> None:
    quiet = QuietHours(time(22), time(7), BERLIN)
    begun = night.astimezone(UTC) - HOUR
    assert quiet.until(begun) == begun + hours * HOUR
    assert quiet.until(begun - timedelta(seconds=1)) is None
    assert quiet.until(begun + hours * HOUR) is None


def test_a_skipped_time_is_the_jump_and_a_doubled_one_its_first_coming() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert {moment(spring, time(2, minute), BERLIN) for minute in (0, 1, 30, 59)} == {jump}
    assert moment(autumn, time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    quiet = QuietHours(time(22), time(2, 30), BERLIN)
    assert quiet.until(datetime(2026, 10, 25, 1, 15, tzinfo=UTC)) is None, "2:15 comes again, the night does not"
    assert QuietHours(time(2, 10), time(2, 50), BERLIN).until(jump) is None, "a night that is skipped"


@given(now=moments | near_changes, at=minutes, zone=zones)
def test_the_hour_of_the_digest_comes_once_a_day(now: datetime, at: time, zone: ZoneInfo) -> None:
    first = next_time(now, at, zone)
    second = next_time(first, at, zone)
    assert now < first <= now + timedelta(hours=25)
    assert timedelta(hours=22) < second - first < timedelta(hours=26)
