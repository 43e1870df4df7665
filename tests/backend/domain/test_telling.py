"""Who is told what, when, and in which words."""

import json
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from aioplantops.severity import Severity
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.discord import discord_body
from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.quiet import QuietHours
from plantops.domain.telling import (
    LONGEST_BODY,
    LONGEST_TITLE,
    MOST_LINES,
    Hours,
    Message,
    Wanted,
    compose,
)
from plantops.domain.tongue import IN_ENGLISH

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
"""Nine in the evening in Berlin."""
HOURS = Hours(QuietHours(time(22), time(7), BERLIN), critical_breaks_quiet=True, digest_at=time(8), zone=BERLIN)
INFO, WARNING, CRITICAL = Severity


def news(title: str = "Basil is too dry", **changes: object) -> Notice:
    fields = {"kind": NoticeKind.ALERT_OPENED, "severity": WARNING, "subject": f"alert:{title}", "at": NOW, **changes}
    return Notice(title=title, **fields)  # type: ignore[arg-type]


def test_people_are_told_soon_or_in_the_morning_or_with_the_digest() -> None:
    night = NOW + timedelta(hours=3)
    morning = datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert NOW < HOURS.due(WARNING, NOW, digest=False) <= NOW + timedelta(minutes=1)
    assert HOURS.due(WARNING, night, digest=False) == morning
    assert HOURS.due(WARNING, NOW, digest=True) == morning + timedelta(hours=1)
    for digest in (True, False):
        assert HOURS.due(CRITICAL, night, digest=digest) <= night + timedelta(seconds=10)
    strict = Hours(HOURS.quiet, critical_breaks_quiet=False, digest_at=time(8), zone=BERLIN)
    assert strict.due(CRITICAL, night, digest=True) == morning, "critical news never waits for a digest"
    never = Hours(None, critical_breaks_quiet=True, digest_at=time(8), zone=BERLIN)
    assert never.due(WARNING, night, digest=False) < night + timedelta(minutes=1)
    late = Hours(HOURS.quiet, critical_breaks_quiet=True, digest_at=time(23), zone=BERLIN)
    assert late.due(INFO, NOW, digest=True) == morning, "a digest in the night comes in the morning"


def test_a_channel_hears_what_it_wants() -> None:
    plant, other = uuid4(), uuid4()
    nowhere = frozenset[str]()
    assert Wanted(INFO).takes(news(), nowhere)
    assert not Wanted(CRITICAL).takes(news(), nowhere)
    assert Wanted(CRITICAL).takes(news(kind=NoticeKind.ALERT_RESOLVED, severity=INFO), nowhere)
    assert not Wanted(INFO, kinds=frozenset({NoticeKind.TASK_DUE})).takes(news(), nowhere)
    mine = Wanted(INFO, plant_ids=frozenset({plant}), areas=frozenset({"Balcony"}))
    assert mine.takes(news(plant_id=plant), nowhere)
    assert mine.takes(news(plant_id=other), frozenset({"Balcony"}))
    assert not mine.takes(news(plant_id=other), frozenset({"Kitchen"}))
    assert not mine.takes(news(device_id="plant-1"), nowhere)
    assert mine.takes(news(device_id="plant-1"), frozenset({"Balcony"}))


def test_one_piece_of_news_is_told_as_it_is() -> None:
    one = news(body="Its soil moisture is 12 %, below 20 %.")
    told = compose([one], IN_ENGLISH, untold=0, now=NOW, zone=BERLIN)
    assert told == Message("Basil is too dry", "Its soil moisture is 12 %, below 20 %.", WARNING)


def test_many_pieces_of_news_become_one_message_with_the_worst_first() -> None:
    many = [
        news("Basil is too dry", body="12 %."),
        news("Frost is coming", severity=CRITICAL, body="-3 °C at 05:00."),
        news("Sensor battery is low", severity=INFO, at=NOW - timedelta(hours=2)),
        news("Fern is too dry", at=NOW - timedelta(days=1)),
    ]
    told = compose(many, IN_ENGLISH, untold=3, now=NOW, zone=BERLIN)
    assert told.severity is CRITICAL
    assert told.title == "Frost is coming, and 3 more"
    assert told.body.splitlines() == [
        "• Frost is coming: -3 °C at 05:00.",
        "• Fern is too dry (24 November, 21:00)",
        "• Basil is too dry: 12 %.",
        "• Sensor battery is low (19:00)",
        "3 pieces of news before could not be told in time: see the garden.",
    ]


texts = st.text(max_size=600)


@given(titles=st.lists(st.text(min_size=1, max_size=600), min_size=1, max_size=60), body=texts)
def test_no_message_is_too_long_for_anybody(titles: list[str], body: str) -> None:
    told = compose([news(title, body=body) for title in titles], IN_ENGLISH, untold=1, now=NOW, zone=BERLIN)
    assert len(told.title) <= LONGEST_TITLE
    assert len(told.body) <= LONGEST_BODY + 200
    assert len(told.body.splitlines()) <= MOST_LINES + 2 or len(titles) == 1


def test_nothing_that_people_wrote_acts_on_discord() -> None:
    told = json.loads(discord_body(Message("@everyone **x**", "<@123> [a](https://evil)", WARNING), NOW))
    assert told["allowed_mentions"] == {"parse": []}
    (embed,) = told["embeds"]
    assert embed["title"] == r"\@everyone \*\*x\*\*"
    assert embed["description"] == r"\<\@123\> \[a\]\(https://evil\)"
