"""Who has said nothing for too long: learnt from each device, not spoilt by outages, patient after a pause."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.alert_silence import EDGES, LEAST, TIMES, UNKNOWN, Rhythm, Signs, every, judge
from plantops.domain.alerts import Finding, Over
from plantops.domain.tongue import IN_ENGLISH, Speech

HERE = Speech(IN_ENGLISH, ZoneInfo("Europe/Berlin"))
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=400)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def heard(*pauses: timedelta, rhythm: Rhythm | None = None, until: datetime = NOON, alarmed: bool = False) -> Rhythm:
    """Learn some pauses, the last of which ends at a time."""
    rhythm = rhythm or Rhythm()
    at = until - sum(pauses, timedelta())
    for pause in pauses:
        at += pause
        rhythm = rhythm.after(pause, at, alarmed=alarmed)
    return rhythm


def silent(signs: Signs, after: timedelta, since: datetime = LONG_AGO) -> bool:
    """Tell whether a device that was heard at noon is silent after a while."""
    return isinstance(judge(signs, NOON + after, since, HERE), Finding)


def node(rhythm: Rhythm, **fields: object) -> Signs:
    """Make a device that was heard at noon."""
    return replace(Signs("node", "Sill", NOON, rhythm=rhythm), **fields)  # type: ignore[arg-type]


@given(minutes=st.integers(1, 48 * 60), jitter=st.lists(st.floats(0.9, 1.0), min_size=4, max_size=20))
def test_a_device_may_miss_a_report_and_not_four(minutes: int, jitter: list[float]) -> None:
    pause = minutes * MINUTE
    signs = node(heard(*(pause * share for share in jitter)))
    assert not silent(signs, 2 * pause * 0.99)
    assert silent(signs, max(6 * pause, UNKNOWN if minutes < 10 else 4.5 * pause, 2 * HOUR))


def test_twelve_hours_of_deep_sleep_are_no_silence() -> None:
    signs = node(heard(*[12 * HOUR] * 4))
    assert not silent(signs, 25 * HOUR)
    assert silent(signs, 31 * HOUR)


@pytest.mark.parametrize("outage", [2 * DAY, 5 * HOUR])
def test_an_outage_and_the_burst_after_it_teach_nothing(outage: timedelta) -> None:
    usual = heard(*[10 * MINUTE] * 50)
    after = heard(outage, *[MINUTE] * 30, *[10 * MINUTE] * 5, rhythm=usual)
    assert after.usual(NOON) == usual.usual(NOON) == 10 * MINUTE
    twice = heard(outage, *[10 * MINUTE] * 5, rhythm=after)
    assert twice.usual(NOON) == 10 * MINUTE


def test_a_pause_of_every_night_is_learnt_in_three_nights() -> None:
    rhythm = Rhythm()
    for night in range(3):
        rhythm = heard(*[10 * MINUTE] * 100, 7 * HOUR, rhythm=rhythm, until=NOON - (2 - night) * DAY)
    assert rhythm.usual(NOON) == 8 * HOUR
    assert not silent(node(rhythm), 19 * HOUR)


def test_another_rhythm_is_learnt_and_the_old_one_forgotten() -> None:
    rhythm = heard(*[12 * HOUR] * 60, until=NOON - 10 * DAY)
    rhythm = heard(*[10 * MINUTE] * 1_400, rhythm=rhythm)
    assert rhythm.usual(NOON) == 10 * MINUTE
    slower = heard(*[12 * HOUR] * 6, rhythm=rhythm, until=NOON + 3 * DAY, alarmed=True)
    assert slower.usual(NOON + 3 * DAY) == 12 * HOUR, "alarms too are a habit in the end"


def test_a_new_device_has_a_day_unless_it_says_how_long_it_sleeps() -> None:
    fresh = node(heard(10 * MINUTE))
    assert not silent(fresh, 25 * HOUR)
    assert silent(fresh, 27 * HOUR)
    assert silent(node(Rhythm(), sleep=HOUR), 3 * HOUR)
    assert not silent(node(heard(*[10 * MINUTE] * 9), sleep=12 * HOUR), 25 * HOUR)


def test_whom_the_broker_lost_has_less_time() -> None:
    signs = node(heard(*[HOUR] * 9))
    assert not silent(signs, 2 * HOUR)
    lost = replace(signs, lost_at=NOON + MINUTE)
    assert not silent(lost, HOUR)
    assert silent(lost, 2 * HOUR)
    verdict = judge(lost, NOON + 2 * HOUR, LONG_AGO, HERE)
    assert isinstance(verdict, Finding)
    assert verdict.words == (
        "Sill has said nothing since 24 November, 13:00; usually it is heard every hour. The broker lost it on"
        " 24 November, 13:01. Look at its power and Wi-Fi."
    )


def test_a_sleeper_that_the_broker_lost_still_has_its_night() -> None:
    assert not silent(node(heard(*[12 * HOUR] * 5), lost_at=NOON), 14 * HOUR)


def test_who_did_not_listen_waits_for_the_next_report() -> None:
    signs = node(heard(*[12 * HOUR] * 4))
    back = NOON + 3 * DAY
    assert not silent(signs, 3 * DAY + HOUR, since=back)
    assert silent(signs, 3 * DAY + 16 * HOUR, since=back)


def test_only_its_voice_ends_a_silence() -> None:
    signs = node(heard(*[10 * MINUTE] * 9))
    now = NOON + 3 * DAY
    assert isinstance(judge(signs, now, now, HERE, opened_at=NOON + HOUR), Finding)
    assert isinstance(judge(replace(signs, last_seen=now), now, now, HERE, opened_at=NOON + HOUR), Over)


@given(pauses=st.lists(st.integers(1, 100_000), max_size=60))
def test_patience_never_lies_below_the_least(pauses: list[int]) -> None:
    signs = node(heard(*(timedelta(seconds=pause) for pause in pauses)))
    assert LEAST <= signs.patience <= max(UNKNOWN, TIMES * EDGES[-1])


def test_pauses_are_told_in_words() -> None:
    assert [every(edge, IN_ENGLISH) for edge in (EDGES[0], 45 * MINUTE, HOUR, 90 * MINUTE, 12 * HOUR)] == [
        "every few minutes", "every 45 minutes", "every hour", "every 90 minutes", "every 12 hours"
    ]  # fmt: skip
