"""People are told what happened: once, together, when they are awake, and again where the other side was away."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aioplantops.notifications import NotificationChannelChange, NotificationState
from aioplantops.severity import Severity
from plantops.services.notifier import CLAIM, LASTS
from plantops.storage.pool import Database

from tests.backend.services.listening import until
from tests.backend.services.strangers import hangs, hangs_up, never_ends, says, stranger
from tests.backend.services.telling import MINUTE, NOON, Post

HOUR = timedelta(hours=1)
INFO, WARNING, CRITICAL = Severity


@pytest.fixture
async def post(embedded_database: str) -> AsyncIterator[Post]:
    """Give a notifier with a database of its own."""
    async with Database.open(embedded_database, max_size=6) as database:
        yield Post(database)


async def test_who_fails_is_asked_again_later_and_later_and_hears_all_of_it_once(post: Post) -> None:
    async with stranger(says(500), hangs_up, says(200)) as other:
        channel = await post.webhook(other.base)
        await post.happen("First")
        assert await post.after() == 1
        await post.happen("Second")
        pauses = []
        while len(other.heard) < 3:
            shown = await post.channel(channel)
            assert shown.paused_until is not None
            pauses.append(shown.paused_until - post.clock())
            post.clock.time = shown.paused_until
            await post.notifier.round()
        assert pauses == [timedelta(seconds=30), timedelta(seconds=60)]
        await post.after()
    assert other.titles == ["First", "First", "First", "Second"]
    assert len({heard.headers["X-PlantOps-Delivery"] for heard in other.heard[:3]}) == 1
    assert len({heard.body for heard in other.heard[:3]}) == 1
    shown = await post.channel(channel)
    assert (shown.paused_until, shown.last_failure) == (
        None,
        "127.0.0.1 cannot be reached: it does not speak HTTP, or closed the connection.",
    )


@pytest.mark.parametrize("as_date", [False, True])
async def test_who_says_too_often_is_left_in_peace(post: Post, *, as_date: bool) -> None:
    asked = format_datetime(NOON + 11 * MINUTE, usegmt=True) if as_date else "600"
    async with stranger(says(429, headers={"Retry-After": asked}), says(200)) as other:
        await post.webhook(other.base)
        await post.happen()
        await post.after()
        assert await post.after(9 * MINUTE) == 0
        assert await post.after(MINUTE) == 1
    assert len(other.heard) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410, 302])
async def test_who_refuses_for_good_is_not_asked_again_until_mended(post: Post, status: int) -> None:
    async with stranger(says(status, headers={"Location": "http://127.0.0.1:1/"}), says(200)) as other:
        channel = await post.webhook(other.base)
        await post.happen()
        await post.after()
        for _ in range(5):
            await post.happen("More")
            await post.after(HOUR)
        shown = await post.channel(channel)
        assert len(other.heard) == 1
        assert shown.refused_at == NOON + MINUTE
        assert [one.next_at for one in await post.told()] == [None]
        assert str(status) in (shown.last_failure or "")
        await post.channels.change(channel, NotificationChannelChange(enabled=True))
        await post.after()
        assert other.titles == ["Basil is too dry", "Basil is too dry", "More"]
        assert (await post.channel(channel)).refused_at is None


async def test_that_a_channel_leads_nowhere_is_told_on_the_others(post: Post) -> None:
    async with stranger(says(404)) as gone, stranger(says(200)) as well:
        await post.webhook(gone.base, name="Phone", kinds=["alert_opened"])
        await post.webhook(well.base)
        await post.happen()
        await post.after()
        await post.after()
        await post.after(HOUR)
    assert well.titles == ["Basil is too dry", "Nobody is told any more on the channel “Phone”"]
    assert len(gone.heard) == 1


async def test_a_message_that_is_not_taken_stands_in_nobodys_way(post: Post) -> None:
    async with stranger(says(400), says(200)) as other:
        await post.webhook(other.base)
        await post.happen("Bad")
        await post.after()
        await post.happen("Good")
        await post.after()
    assert other.titles == ["Bad", "Good"]
    assert [one.state for one in await post.told()] == [NotificationState.SENT, NotificationState.FAILED]
    assert json.loads(other.heard[1].body)["body"].endswith(
        "One piece of news before could not be told in time: see the garden."
    )


async def test_what_could_not_be_told_for_a_day_is_counted(post: Post) -> None:
    async with stranger(says(500)) as other:
        channel = await post.webhook(other.base)
        for title in ("One", "Two"):
            await post.happen(title)
        await post.after()
        await post.happen("Three")
        await post.after(LASTS + HOUR)
        await post.after(2 * HOUR)
        assert (await post.channel(channel)).untold == 3
        assert {one.state for one in await post.told()} == {NotificationState.EXPIRED}
        other.answers[:] = [says(200)]
        await post.happen("Four")
        await post.after(2 * HOUR)
        assert json.loads(other.heard[-1].body)["body"].splitlines()[1].startswith("3 pieces of news before")
        assert (await post.channel(channel)).untold == 0


async def test_who_dies_while_sending_leaves_it_to_others(post: Post) -> None:
    async with stranger(hangs, says(200)) as other:
        await post.webhook(other.base)
        await post.happen()
        await post.notifier.round()
        post.clock.time += MINUTE
        dying = asyncio.create_task(post.notifier.round())
        await until(lambda: bool(other.heard))
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        second = Post(post.database, post.clock)
        assert await second.notifier.round() == 0, "it may still be under way"
        post.clock.time += CLAIM
        assert await second.notifier.round() == 1
    assert other.heard[0].headers["X-PlantOps-Delivery"] == other.heard[1].headers["X-PlantOps-Delivery"]
    assert [one.state for one in await post.told()] == [NotificationState.SENT]


async def test_one_that_hangs_or_talks_without_end_holds_up_nobody(embedded_database: str) -> None:
    async with (
        Database.open(embedded_database, max_size=6) as database,
        stranger(hangs) as silent,
        stranger(never_ends) as talker,
        stranger(says(204)) as well,
    ):
        post = Post(database)
        hanging, *others = [await post.webhook(one.base) for one in (silent, talker, well)]
        await post.happen()
        await post.notifier.round()
        post.clock.time += MINUTE
        telling = asyncio.create_task(post.notifier.round())
        for channel in others:
            while (await post.channel(channel)).last_success_at is None:
                assert not telling.done()
        await until(lambda: bool(silent.heard))
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        assert len(well.heard) == 1
        post.clock.time += CLAIM
        assert await Post(database, post.clock, timeout_seconds=0.3).notifier.round() == 1
        assert (await post.channel(hanging)).last_failure == "127.0.0.1 did not answer in time."
