"""Mail for the broker: from any replica, to the one that sends it."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
from plantops.storage import outbox
from plantops.storage.pool import Database

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def test_mail_is_sent_in_order_and_then_forgotten(database: str) -> None:
    async with Database.open(database) as store:
        async with store.transaction() as connection:
            first = await outbox.put(connection, "plantops/plant-1/command", b"1", now=NOON)
            await outbox.put(connection, "plantops/plant-1/command", b"2", now=NOON, qos=0)
        async with store.transaction() as connection:
            due = await outbox.take_due(connection, NOON)
            assert [(row.topic, row.payload, row.qos) for row in due] == [
                ("plantops/plant-1/command", b"1", 1),
                ("plantops/plant-1/command", b"2", 0),
            ]
            await outbox.done(connection, [first])
        async with store.transaction() as connection:
            assert [row.payload for row in await outbox.take_due(connection, NOON)] == [b"2"]


async def test_mail_that_comes_too_late_is_dropped(database: str) -> None:
    async with Database.open(database) as store, store.transaction() as connection:
        await outbox.put(connection, "a", b"late", now=NOON, expires_at=NOON + timedelta(seconds=60))
        await outbox.put(connection, "a", b"good", now=NOON, expires_at=NOON + timedelta(seconds=61))
        due = await outbox.take_due(connection, NOON + timedelta(seconds=60))
        assert [row.payload for row in due] == [b"good"]


async def test_two_senders_never_take_the_same_mail(database: str) -> None:
    async with Database.open(database) as store:
        async with store.transaction() as connection:
            await outbox.put(connection, "a", b"1", now=NOON)
        async with store.transaction() as one, store.transaction() as two:
            assert len(await outbox.take_due(one, NOON)) == 1
            assert await outbox.take_due(two, NOON) == []


async def test_new_mail_rings_after_the_commit(database: str) -> None:
    rung = asyncio.Event()
    listener = await asyncpg.connect(database)
    await listener.add_listener(outbox.CHANNEL, lambda *_: rung.set())
    async with Database.open(database) as store:
        async with store.transaction() as connection:
            await outbox.put(connection, "a", b"1", now=NOON)
            await asyncio.sleep(0.1)
            assert not rung.is_set()
        async with asyncio.timeout(60):
            await rung.wait()
    await listener.close()
