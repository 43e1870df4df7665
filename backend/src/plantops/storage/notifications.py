"""The way of news to people: given to channels, gathered into messages, sent, and kept for a while."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aioplantops.notifications import Notification, NotificationState
from aioplantops.severity import Severity

from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.telling import Message, Outgoing

from .locks import LOCK_CLASS, Lock
from .notification_channels import KeptChannel, channel, kept
from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """News as it is stored."""

    id: int
    notice: Notice
    areas: frozenset[str] = frozenset()
    """Those of its plant and device."""
    gone: bool = False
    """Whether its plant was removed meanwhile."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that was taken to be sent."""

    outgoing: Outgoing
    channel: KeptChannel
    attempts: int


@dataclass(frozen=True, slots=True)
class Lost:
    """News that could not be told in time."""

    channel: str
    count: int


async def to_route(connection: Connection, most: int) -> list[KeptNotice]:
    """Give the oldest news that no channel was given; none where somebody else gives news out at this moment."""
    if not await queries.route_alone(connection, lock_class=LOCK_CLASS, lock=Lock.NEWS):
        return []
    return [
        KeptNotice(row["id"], _notice(row), areas=frozenset(row["areas"]))
        async for row in queries.to_route(connection, most=most)
    ]


async def routed(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Note that news was given out."""
    await queries.routed(connection, ids=list(ids), now=now)


async def ended(connection: Connection, subject: str) -> set[UUID]:
    """Forget what was not told yet of something that is over; give the channels that were told of it."""
    await queries.drop_subject(connection, subject=subject)
    return {row["channel_id"] async for row in queries.told_channels(connection, subject=subject)}


async def give(connection: Connection, channel_id: UUID, news: KeptNotice, due: datetime) -> None:
    """Give a piece of news to a channel."""
    await queries.add_item(
        connection, channel_id=channel_id, notice_id=news.id, subject=news.notice.subject, due_at=due
    )


async def channel_to_tell(connection: Connection, now: datetime) -> KeptChannel | None:
    """Give a channel for which a message is to be written, which nobody else does until the transaction ends."""
    row = await queries.channel_to_tell(connection, now=now)
    return None if row is None else kept(row)


async def items(connection: Connection, channel_id: UUID, due_before: datetime, most: int) -> list[KeptNotice]:
    """Give the news that is due for a channel, the oldest first."""
    rows = queries.items(connection, channel_id=channel_id, due_before=due_before, most=most)
    return [KeptNotice(row["id"], _notice(row), gone=row["gone"]) async for row in rows]


async def put_off(connection: Connection, channel_id: UUID, ids: Collection[int], due: datetime) -> None:
    """Let news wait longer."""
    await queries.put_off(connection, channel_id=channel_id, notice_ids=list(ids), due_at=due)


async def drop(connection: Connection, channel_id: UUID, ids: Collection[int]) -> None:
    """Forget news that needs not be told any more."""
    await queries.drop_items(connection, channel_id=channel_id, notice_ids=list(ids))


@dataclass(frozen=True, slots=True)
class Written:
    """A message that was written, and the news in it."""

    id: UUID
    message: Message
    notice_ids: Sequence[int]


async def add_message(connection: Connection, channel_id: UUID, written: Written, now: datetime) -> None:
    """Keep a message that is to be sent; from now on it does not change."""
    message = written.message
    await queries.add_message(
        connection,
        id=written.id,
        channel_id=channel_id,
        severity=message.severity,
        title=message.title,
        body=message.body,
        notice_ids=list(written.notice_ids),
        now=now,
    )


async def claim(connection: Connection, now: datetime, until: datetime) -> Claimed | None:
    """Take a message to send; if whoever took it dies, others take it from `until` on."""
    row = await queries.claim(connection, now=now, until=until)
    if row is None:
        return None
    news = [_notice(one) async for one in queries.news_of(connection, id=row["id"])]
    message = Message(row["title"], row["body"], Severity(row["severity"]))
    outgoing = Outgoing(row["id"], message, row["created_at"], tuple(news))
    found = await channel(connection, row["channel_id"])
    return None if found is None else Claimed(outgoing, found, row["attempts"])


async def finish(
    connection: Connection, claimed: Claimed, state: NotificationState, now: datetime, error: str | None = None
) -> bool:
    """Note what became of a message; false where somebody else took it meanwhile."""
    number, attempts = claimed.outgoing.id, claimed.attempts
    done = await queries.finish(connection, id=number, attempts=attempts, state=state, now=now, error=error)
    if done and state is not NotificationState.SENT:
        await queries.lose(connection, id=number)
    return bool(done)


async def retry(connection: Connection, claimed: Claimed, at: datetime, error: str) -> None:
    """Let a message wait for another attempt, unless somebody else took it meanwhile."""
    await queries.retry(connection, id=claimed.outgoing.id, attempts=claimed.attempts, next_at=at, error=error)


async def expire(connection: Connection, now: datetime, before: datetime) -> list[Lost]:
    """Give up what waits since before a time, and count it at its channel."""
    return [Lost(row["name"], row["count"]) async for row in queries.expire(connection, now=now, before=before)]


async def waiting(connection: Connection) -> int:
    """Count the news that waits."""
    return int(await queries.waiting(connection))


async def page(connection: Connection, after: tuple[datetime, UUID] | None, most: int) -> list[Notification]:
    """Give messages, the newest first."""
    created_at, number = after or (None, None)
    rows = queries.page(connection, created_at=created_at, id=number, most=most)
    return [_told(row) async for row in rows]


async def sweep(connection: Connection, before: datetime) -> None:
    """Forget what is older than a time."""
    await queries.sweep(connection, before=before)


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(
        kind=NoticeKind(row["kind"]),
        severity=Severity(row["severity"]),
        subject=row["subject"],
        at=row["at"],
        title=row["title"],
        body=row["body"],
        plant_id=row["plant_id"],
        device_id=row["device_id"],
    )


def _told(row: Mapping[str, Any]) -> Notification:
    told = dict(row)
    if not told["will_be_tried"]:
        told["next_at"] = None
    return Notification.model_validate(told)
