"""People are told what happened: once, together, when they are awake."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from aioplantops.notifications import NotificationChannelChange, NotificationState
from aioplantops.settings import GardenSettingsChange
from aioplantops.severity import Severity
from plantops.domain.notice import NoticeKind
from plantops.services.channel_keys import DISCORD_CHANNEL
from plantops.services.garden_settings import GardenRules
from plantops.services.notifier import KEPT
from plantops.storage.notices import withdraw
from plantops.storage.pool import Database

from tests.backend.services.strangers import says, stranger
from tests.backend.services.telling import MINUTE, Post, Wall

HOUR = timedelta(hours=1)
INFO, WARNING, CRITICAL = Severity


@pytest.fixture
async def post(embedded_database: str) -> AsyncIterator[Post]:
    """Give a notifier with a database of its own."""
    async with Database.open(embedded_database, max_size=6) as database:
        yield Post(database)


async def test_what_happens_together_is_told_in_one_signed_message(post: Post) -> None:
    async with stranger(says(200)) as other:
        await post.webhook(other.base)
        for number in range(12):
            await post.happen(f"Plant {number} is too dry", device_id=f"plant-{number}")
            post.clock.time += timedelta(seconds=1)
        assert await post.notifier.round() == 0, "news waits a little for other news"
        assert await post.after() == 1
        assert await post.after() == 0
    (heard,) = other.heard
    told = json.loads(heard.body)
    assert told["title"] == "Plant 0 is too dry, and 11 more"
    assert [one["device_id"] for one in told["news"]] == [f"plant-{number}" for number in range(12)]
    signed = f"{heard.headers['X-PlantOps-Timestamp']}.".encode() + heard.body
    signature = hmac.new(b"s" * 16, signed, sha256).hexdigest()
    assert heard.headers["X-PlantOps-Signature"] == f"sha256={signature}"
    (kept,) = await post.told()
    assert heard.headers["X-PlantOps-Delivery"] == told["id"] == str(kept.id)
    assert (kept.state, kept.items, kept.attempts, kept.error) == (NotificationState.SENT, 12, 1, None)


async def test_of_one_thing_the_newest_is_told_and_nothing_that_is_over(post: Post) -> None:
    async with stranger(says(200)) as other:
        await post.webhook(other.base)
        await post.happen("Basil is too dry", subject="alert:1")
        await post.happen("Basil is too dry since yesterday", subject="alert:1", kind=NoticeKind.ALERT_ESCALATED)
        await post.happen("Fern is too dry", subject="alert:2")
        await post.happen("Fern is well again", subject="alert:2", kind=NoticeKind.ALERT_RESOLVED)
        await post.happen("Repot the palm", subject="task:1", kind=NoticeKind.TASK_DUE)
        await post.notifier.round()
        async with post.database.transaction() as connection:
            await withdraw(connection, "task:1")
        await post.after()
        assert other.titles == ["Basil is too dry since yesterday"]
        await post.happen("Basil is well again", subject="alert:1", kind=NoticeKind.ALERT_RESOLVED, severity=INFO)
        await post.after()
        await post.happen("Basil is well again", subject="alert:1", kind=NoticeKind.ALERT_RESOLVED, severity=INFO)
        await post.after()
    assert other.titles == ["Basil is too dry since yesterday", "Basil is well again"]


async def test_the_night_is_quiet_and_the_morning_tells_what_is_left(post: Post) -> None:
    post.clock.time = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
    async with stranger(says(200)) as other:
        await post.webhook(other.base)
        await post.happen("Basil is too dry", subject="alert:1")
        await post.happen("Fern is too dry", subject="alert:2")
        await post.happen("Frost is coming", severity=CRITICAL)
        await post.after()
        assert other.titles == ["Frost is coming"]
        await post.happen("Fern is well again", subject="alert:2", kind=NoticeKind.ALERT_RESOLVED)
        await post.after(7 * HOUR)
        assert len(other.heard) == 1
        await post.after(30 * MINUTE)
        assert other.titles[1:] == ["Basil is too dry"]
        assert "(25 November, 23:30)" in json.loads(other.heard[1].body)["body"]


async def test_quiet_hours_that_are_set_meanwhile_hold(post: Post) -> None:
    async with stranger(says(200)) as other:
        await post.webhook(other.base)
        await post.happen()
        await post.notifier.round()
        wish = GardenSettingsChange(quiet_from="11:00", quiet_until="13:00", critical_breaks_quiet=False)
        await GardenRules(post.database).change(wish)
        assert await post.after() == 0
        assert await post.after(HOUR) == 1


async def test_a_channel_with_a_digest_is_told_once_a_day(post: Post) -> None:
    async with stranger(says(200)) as other:
        await post.webhook(other.base, digest=True)
        for hour in range(3):
            await post.happen(f"Plant {hour} is too dry")
            await post.after(HOUR)
        assert other.heard == []
        await post.after(18 * HOUR)
        assert other.titles == ["Plant 0 is too dry, and 2 more"]


async def test_two_at_once_tell_everything_once(post: Post) -> None:
    second = Post(post.database, post.clock)
    async with stranger(says(200)) as other:
        for number in range(6):
            await post.webhook(f"{other.base}/{number}")
        for number in range(20):
            await post.happen(f"News {number}")
        for _ in range(3):
            await asyncio.gather(post.notifier.round(), second.notifier.round())
            post.clock.time += MINUTE
    assert sorted(heard.path for heard in other.heard) == [f"/{number}" for number in range(6)]
    assert {len(json.loads(heard.body)["news"]) for heard in other.heard} == {20}


async def test_a_channel_hears_what_it_wants_and_only_while_it_is_on(post: Post) -> None:
    async with stranger(says(200)) as other:
        channel = await post.webhook(other.base, min_severity="critical", kinds=["alert_opened"])
        await post.happen("Not bad enough")
        await post.happen("Another kind", kind=NoticeKind.TASK_DUE, severity=CRITICAL)
        await post.happen("Bad", severity=CRITICAL)
        await post.after()
        await post.happen("Waits", severity=CRITICAL)
        await post.notifier.round()
        await post.channels.change(channel, NotificationChannelChange(enabled=False))
        await post.after()
        await post.channels.change(channel, NotificationChannelChange(enabled=True))
        await post.after(2 * HOUR)
    assert other.titles == ["Bad"]


async def test_the_discord_channel_of_the_settings_is_there_by_itself(embedded_database: str) -> None:
    async with Database.open(embedded_database) as database, stranger(says(204)) as other:
        post = Post(database, discord_url=other.discord)
        await post.notifier.round()
        await post.happen("@everyone: Basil is too dry")
        await post.after()
        (heard,) = other.heard
        assert heard.path == "/api/webhooks/1234/sEcReT-token?wait=true"
        assert json.loads(heard.body)["embeds"][0]["title"] == r"\@everyone: Basil is too dry"
        assert (await post.channel(DISCORD_CHANNEL)).last_success_at == post.clock()
        await Post(database).notifier.round()
        assert (await post.channels.list_all()).items == ()


async def test_what_was_told_is_forgotten_after_a_season_and_what_waits_is_not(post: Post) -> None:
    async with stranger(says(200)) as other:
        await post.webhook(other.base)
        await post.happen()
        await post.after()
        late = Post(post.database, Wall(post.clock() + KEPT + HOUR))
        await late.notifier.sweep()
        assert await post.told() == []
        async with post.database.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM notice") == 0


async def test_the_gauges_tell_how_it_goes(post: Post) -> None:
    async with stranger(says(500), says(200)) as other:
        await post.webhook(other.base)
        await post.happen()
        await post.after()
        shown = post.metrics.render().decode()
        assert 'plantops_notifications_total{kind="webhook",outcome="later"} 1.0' in shown
        assert "plantops_news_waiting 1.0" in shown
        await post.after()
    shown = post.metrics.render().decode()
    assert 'plantops_notifications_total{kind="webhook",outcome="delivered"} 1.0' in shown
    assert "plantops_news_waiting 0.0" in shown
