"""When tasks fall due: on the right local day, whatever the clocks do, and never sooner than what was done."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from aioplantops.tasks import Basis, Recurrence, TaskRuleCreate, Unit
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.tasks import Due, Rhythm, first_due, foretold_again, next_due, snoozed, told_at
from pydantic import ValidationError

BERLIN = ZoneInfo("Europe/Berlin")
zones = st.sampled_from([BERLIN, ZoneInfo("UTC"), ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")])
moments = st.integers(0, 7_300 * 86_400).map(
    lambda second: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def local(year: int, month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@given(moments, st.integers(1, 3_650), zones, times)
def test_days_are_the_peoples_own(done: datetime, days: int, zone: ZoneInfo, at: time) -> None:
    due = next_due(Rhythm(Recurrence.INTERVAL, days, due_time=at), zone, done)
    assert due is not None
    begin, end = done.astimezone(zone).date(), due.at.astimezone(zone).date()
    skipped = zone.key == "Pacific/Apia"  # a day that was left out there in 2011 lies before these
    assert (end - begin).days == days or skipped
    assert due.at > done


@given(moments, st.integers(1, 120), st.sets(st.integers(1, 12), max_size=11), zones)
def test_what_rests_never_falls_due_in_its_months(done: datetime, months: int, rest: set[int], zone: ZoneInfo) -> None:
    rhythm = Rhythm(Recurrence.INTERVAL, months, Unit.MONTHS, rest_months=frozenset(rest))
    due = next_due(rhythm, zone, done)
    assert due is not None
    assert due.at.astimezone(zone).month not in rest
    usual = next_due(Rhythm(Recurrence.INTERVAL, months, Unit.MONTHS), zone, done)
    assert usual is not None
    assert due.at >= usual.at
    assert (due == usual) == (usual.at.astimezone(zone).month not in rest)


@given(moments, st.integers(1, 60), st.integers(1, 400), st.sets(st.integers(1, 12), min_size=1), zones)
def test_another_interval_in_some_months_is_never_shorter_than_both(
    done: datetime, usual: int, other: int, rest: set[int], zone: ZoneInfo
) -> None:
    rhythm = Rhythm(Recurrence.INTERVAL, usual, rest_months=frozenset(rest), rest_every=other)
    due = next_due(rhythm, zone, done)
    assert due is not None
    days = (due.at.astimezone(zone).date() - done.astimezone(zone).date()).days
    assert min(usual, other) <= days <= max(usual, other)


@given(moments, st.lists(st.dates(date(2020, 1, 1), date(2020, 12, 31)), min_size=1, max_size=6), zones)
def test_dates_of_every_year_come_in_turn(now: datetime, days: list[date], zone: ZoneInfo) -> None:
    rhythm = Rhythm(Recurrence.DATES, dates=tuple(day.strftime("%m-%d") for day in days))
    seen = []
    done = now
    for _ in range(len(set(rhythm.dates)) + 1):
        due = next_due(rhythm, zone, done)
        assert due is not None
        assert due.basis is Basis.DATE
        assert due.at.astimezone(zone).date() > done.astimezone(zone).date()
        seen.append(due.at)
        done = due.at
    assert seen[-1] - seen[0] >= timedelta(days=364), "a year goes round"


@pytest.mark.parametrize(
    ("rhythm", "done", "due"),
    [
        (Rhythm(Recurrence.INTERVAL, 7), local(2026, 3, 25, 22), local(2026, 4, 1)),  # over the change to summer time
        (Rhythm(Recurrence.INTERVAL, 1, due_time=time(2, 30)), local(2026, 3, 28), local(2026, 3, 29, 3, 30)),
        (Rhythm(Recurrence.INTERVAL, 1, Unit.MONTHS), local(2027, 1, 31), local(2027, 2, 28)),
        (Rhythm(Recurrence.INTERVAL, 2, Unit.WEEKS), local(2026, 12, 25), local(2027, 1, 8)),
        (
            Rhythm(Recurrence.INTERVAL, 14, rest_months=frozenset({11, 12, 1, 2})),
            local(2026, 10, 25),
            local(2027, 3, 1),
        ),
        (
            Rhythm(Recurrence.INTERVAL, 7, rest_months=frozenset({1, 12}), rest_every=21),
            local(2026, 12, 5),
            local(2026, 12, 26),
        ),
        (
            Rhythm(Recurrence.INTERVAL, 7, rest_months=frozenset({1, 12}), rest_every=60),
            local(2027, 1, 20),
            local(2027, 2, 1),
        ),
        (Rhythm(Recurrence.DATES, dates=("02-29",)), local(2026, 3, 1), local(2027, 2, 28)),
        (Rhythm(Recurrence.DATES, dates=("02-29",)), local(2027, 3, 1), local(2028, 2, 29)),
        (Rhythm(Recurrence.DATES, dates=("2026-01-01", "2026-06-01")), local(2026, 3, 1), local(2026, 6, 1)),
        (Rhythm(Recurrence.MODEL, 5), local(2026, 3, 1), local(2026, 3, 6)),
    ],
)
def test_examples(rhythm: Rhythm, done: datetime, due: datetime) -> None:
    told = next_due(rhythm, BERLIN, done)
    assert told is not None
    assert told.at == due


def test_a_date_that_was_done_early_does_not_come_again_and_the_last_one_ends_it() -> None:
    rhythm = Rhythm(Recurrence.DATES, dates=("2026-06-01",))
    assert next_due(rhythm, BERLIN, local(2026, 5, 28), not_before=local(2026, 6, 1)) is None
    assert next_due(rhythm, BERLIN, local(2026, 6, 3)) is None
    assert first_due(rhythm, BERLIN, local(2026, 6, 1, 20)) == Due(local(2026, 6, 1), Basis.DATE), "today still counts"


def test_the_model_comes_before_the_interval_and_what_is_due_stays_due() -> None:
    rhythm, now = Rhythm(Recurrence.MODEL, 7), local(2026, 6, 10)
    foretold = local(2026, 6, 12, 3) + timedelta(seconds=41)
    due = next_due(rhythm, BERLIN, now, foretold=foretold)
    assert due == Due(local(2026, 6, 12, 3), Basis.MODEL)
    late = Due(local(2026, 6, 8), Basis.MODEL)
    assert foretold_again(late, now, Due(now, Basis.MODEL)) == late, "it wants water still, not only now"
    assert foretold_again(late, now, due) == due, "it was wrong: there are days left"
    assert foretold_again(due, now, Due(now, Basis.MODEL)) == Due(now, Basis.MODEL), "it dries faster"


def test_people_hear_of_a_task_in_the_morning_of_its_day() -> None:
    assert told_at(Due(local(2026, 6, 12, 3), Basis.MODEL), None, BERLIN) == local(2026, 6, 12)
    assert told_at(Due(local(2026, 6, 12, 19), Basis.INTERVAL), None, BERLIN) == local(2026, 6, 12)
    assert told_at(Due(local(2026, 6, 12, 6), Basis.INTERVAL), None, BERLIN) == local(2026, 6, 12, 6)
    until = snoozed(local(2026, 3, 28, 23), 1, time(8), BERLIN)
    assert until == local(2026, 3, 29)
    assert told_at(Due(local(2026, 3, 20), Basis.INTERVAL), until, BERLIN) == until


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"every": 0}, "greater than or equal to 1"),
        ({"every": 3_651}, "less than or equal to 3650"),
        ({"every": 100 * 12, "unit": "months"}, "at most ten years: 120 months"),
        ({"every": 7, "rest_months": [1], "rest_every": 521, "unit": "weeks"}, "at most ten years: 520 weeks"),
        ({}, "after how long it comes again"),
        ({"every": 7, "kind": "eaten"}, "Input should be 'watered'"),
        ({"every": 7, "kind": "custom"}, "say what is to be done"),
        ({"by": "model"}, "only a plant's watering"),
        ({"by": "model", "kind": "fertilised", "plant_id": "0" * 32}, "only a plant's watering"),
        ({"by": "dates"}, "say on which days"),
        ({"by": "dates", "dates": ["02-30"]}, "no such day"),
        ({"by": "dates", "dates": ["2027-02-29"]}, "no such day"),
        ({"by": "dates", "dates": ["1999-02-01"]}, "pattern"),
        ({"by": "dates", "dates": ["03-01"], "every": 3}, "no interval"),
        ({"every": 3, "dates": ["03-01"]}, "dates belong to"),
        ({"every": 3, "rest_months": list(range(1, 13))}, "rest all year"),
        ({"every": 3, "rest_months": [13]}, "less than or equal to 12"),
        ({"every": 3, "rest_every": 5}, "in which months"),
        ({"every": 3, "due_time": "25:00"}, "due_time"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(wish: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        TaskRuleCreate.model_validate({"kind": "watered", **wish})
