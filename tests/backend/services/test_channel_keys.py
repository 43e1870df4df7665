"""Addresses of channels survive a change of keys, open at their own channel only, and lost ones are told."""

from collections.abc import AsyncIterator

import pytest
from plantops.ops.vault import Vault
from plantops.services import sealed
from plantops.storage.pool import Database

from tests.backend.services.strangers import says, stranger
from tests.backend.services.telling import Post

OLD, NEW = bytes([1]) * 32, bytes([2]) * 32


@pytest.fixture
async def post(embedded_database: str) -> AsyncIterator[Post]:
    """Give a notifier whose channels are sealed with the old key."""
    async with Database.open(embedded_database) as database:
        yield Post(database, vault=Vault(OLD))


async def test_a_change_of_keys_leaves_channels_as_they_are(post: Post) -> None:
    async with stranger(says(200)) as other:
        channel = await post.webhook(other.base)
        await sealed.reseal(post.database, Vault(NEW, [OLD]))
        assert (await Post(post.database, vault=Vault(NEW)).channels.test(channel)).delivered
        told = await post.channels.test(channel)
    assert not told.delivered
    assert told.words == "A stored secret does not open with ENCRYPTION_KEY, nor with a key of ENCRYPTION_KEYS_OLD."


async def test_an_address_does_not_open_at_another_channel(post: Post) -> None:
    async with stranger(says(200)) as other:
        first, second = [await post.webhook(f"{other.base}/{name}") for name in ("first", "second")]
        async with post.database.acquire() as connection:
            await connection.execute(
                "UPDATE notification_channel SET secret = (SELECT secret FROM notification_channel WHERE id = $1)"
                " WHERE id = $2",
                *(first, second),
            )
        assert not (await post.channels.test(second)).delivered
    assert other.heard == []


async def test_lost_keys_switch_a_channel_off_and_say_what_it_wants(post: Post) -> None:
    async with stranger(says(200)) as other:
        channel = await post.webhook(other.base)
        done = await sealed.reseal(post.database, Vault(NEW), replace_lost=True)
        assert done.replaced == (str(channel),)
        late = Post(post.database, vault=Vault(NEW))
        shown = await late.channel(channel)
        assert (shown.enabled, shown.last_failure) == (
            *(False, "Its address was lost with the encryption key: give it its address anew."),
        )
        assert not (await late.channels.test(channel)).delivered
