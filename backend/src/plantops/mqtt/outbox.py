"""Carries to the broker what other parts of the house, on any replica, want to be published."""

import asyncio
from contextlib import suppress
from datetime import datetime
from math import floor
from typing import Never

import structlog

from plantops.mqtt.broker import PublishRefused
from plantops.mqtt.link import Link
from plantops.ops.logs import Clock
from plantops.storage import outbox
from plantops.storage.lease import Lease
from plantops.storage.outbox import OutboxRow

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How often to look without having been told."""


async def run(lease: Lease, link: Link, clock: Clock) -> Never:
    """Publish what is put into the outbox, in order, at least once. What the broker refuses is logged and dropped."""
    told = asyncio.Event()
    async with lease.hold() as connection:
        await connection.add_listener(outbox.CHANNEL, lambda *_: told.set())
    while True:
        told.clear()
        if await _carry(lease, link, clock):
            continue
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_SECONDS)


async def _carry(lease: Lease, link: Link, clock: Clock) -> bool:
    """Publish what is due now; tell whether there was anything. The lease is not held while the broker answers."""
    async with lease.hold() as connection, connection.transaction():
        due = await outbox.take_due(connection, clock())
    for row in due:
        try:
            await link.publish(row.topic, row.payload, qos=row.qos, keep_seconds=_left(row, clock()))
        except PublishRefused as error:
            log.warning("publish_refused", topic=row.topic, problem=str(error))
    if due:
        async with lease.hold() as connection:
            await outbox.done(connection, [row.id for row in due])
    return bool(due)


def _left(row: OutboxRow, now: datetime) -> int | None:
    """Tell for how many seconds the broker may keep a message; None: as long as it likes."""
    return None if row.expires_at is None else max(1, floor((row.expires_at - now).total_seconds()))
