"""The ways on which people are told, as people set them up, change and try them."""

import secrets
from datetime import datetime
from uuid import UUID, uuid7

import structlog
from aioplantops.errors import Invalid
from aioplantops.models import Page
from aioplantops.notifications import (
    ChannelKind,
    ChannelNotKnown,
    ChannelSetOutside,
    ChannelSource,
    Notification,
    NotificationChannel,
    NotificationChannelChange,
    NotificationChannelCreate,
    NotificationChannelCreated,
    NotificationTest,
    TargetRefused,
    TooManyChannels,
)
from aioplantops.severity import Severity

from plantops.domain.delivery import Outcome, Verdict
from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.telling import Message, Outgoing, channel_subject
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.ops.vault import CannotOpen
from plantops.storage import notices, notifications
from plantops.storage import notification_channels as store
from plantops.storage.notification_channels import KeptChannel
from plantops.storage.pool import Connection, Database

from .channel_keys import ChannelKeys
from .cursor import foreign_cursor, read_cursor, write_cursor
from .messenger import Keys, Messenger, Place
from .outside import OutsideFailed

log = structlog.get_logger()

MOST_CHANNELS = 50
SECRET_BYTES = 32
SET_OUTSIDE = {"name", "url", "secret"}
"""What a channel of the settings has from there."""
ADDRESS = {"url", "secret"}


class NotificationChannels:
    """Keeps the channels, and tries them."""

    def __init__(
        self,
        database: Database,
        keys: ChannelKeys,
        messenger: Messenger,
        *,
        clock: Clock,
        tongue: Tongue,
    ) -> None:
        """Take the store, who opens addresses, who carries messages, the clock (aware UTC), the house's language."""
        self._database = database
        self._keys = keys
        self._messenger = messenger
        self._clock = clock
        self._tongue = tongue

    async def list_all(self) -> Page[NotificationChannel]:
        """Give all channels by name."""
        async with self._database.acquire("channels") as connection:
            found = await store.channels(connection)
        return Page[NotificationChannel](items=tuple(channel.shown for channel in found), next=None)

    async def create(self, wish: NotificationChannelCreate) -> NotificationChannelCreated:
        """Keep a new channel. Raises TargetRefused, Invalid and TooManyChannels."""
        secret, made = _signed_with(wish)
        place = await self._look(wish.kind, wish.url)
        shown = NotificationChannel.model_validate(
            {
                **wish.model_dump(exclude=ADDRESS),
                "id": uuid7(),
                "source": ChannelSource.USER,
                "service": place.service,
                "host": place.host,
                "created_at": self._clock(),
            }
        )
        channel = KeptChannel(shown, self._keys.seal(shown.id, Keys(wish.url, secret)))
        async with self._database.transaction("add_channel") as connection:
            if await store.count_alone(connection) >= MOST_CHANNELS:
                raise TooManyChannels
            await store.add(connection, channel)
        return NotificationChannelCreated(**dict(shown), secret=secret if made else None)

    async def change(self, channel_id: UUID, wish: NotificationChannelChange) -> NotificationChannel:
        """Change what a wish names. Raises ChannelNotKnown, ChannelSetOutside, TargetRefused and Invalid."""
        named = wish.model_fields_set
        kind = (await self._find(channel_id)).shown.kind
        if "secret" in named and kind is not ChannelKind.WEBHOOK:
            raise _no_secret()
        place = await self._look(kind, wish.url) if "url" in named else None
        async with self._database.transaction("change_channel") as connection:
            old = await self._to_change(connection, channel_id)
            if old.shown.source is ChannelSource.SETTINGS and named & SET_OUTSIDE:
                raise ChannelSetOutside
            changes = {name: getattr(wish, name) for name in named - ADDRESS}
            if place is not None:
                changes |= {"service": place.service, "host": place.host}
            channel = KeptChannel(
                old.shown.model_copy(update={**changes, "refused_at": None, "paused_until": None}),
                self._changed_secret(old, wish) if named & ADDRESS else old.secret,
            )
            await store.change(connection, channel, self._clock())
            await notices.withdraw(connection, channel_subject(channel_id))
        return channel.shown

    async def remove(self, channel_id: UUID) -> None:
        """Remove a channel with all that it told. Raises ChannelNotKnown and ChannelSetOutside."""
        async with self._database.transaction("remove_channel") as connection:
            if (await self._to_change(connection, channel_id)).shown.source is ChannelSource.SETTINGS:
                raise ChannelSetOutside
            await store.remove(connection, channel_id)

    async def test(self, channel_id: UUID) -> NotificationTest:
        """Send a test message now, and tell what the other side says. Raises ChannelNotKnown."""
        channel = await self._find(channel_id)
        verdict = await self._try(channel)
        delivered = verdict.outcome is Outcome.DELIVERED
        async with self._database.transaction("test_channel") as connection:
            if delivered:
                await store.succeeded(connection, channel_id, self._clock())
                await notices.withdraw(connection, channel_subject(channel_id))
            else:
                await store.test_failed(connection, channel_id, self._clock(), verdict.words)
        log.info("channel_tested", channel=channel.shown.name, delivered=delivered, words=verdict.words)
        return NotificationTest(delivered=delivered, words=verdict.words, status=verdict.status)

    async def told(self, cursor: str | None, limit: int) -> Page[Notification]:
        """List what people were told, the newest first. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.acquire("notifications") as connection:
            found = await notifications.page(connection, after, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.created_at.isoformat(), str(last.id)])
        return Page[Notification](items=tuple(found[:limit]), next=more)

    async def _try(self, channel: KeptChannel) -> Verdict:
        try:
            keys = self._keys.open(channel)
        except CannotOpen as error:
            return Verdict(Outcome.REFUSED, error.detail)
        return await self._messenger.carry(channel.shown.kind, keys, _hello(channel.shown, self._clock(), self._tongue))

    async def _look(self, kind: ChannelKind, url: str) -> Place:
        try:
            return await self._messenger.look(kind, url)
        except OutsideFailed as error:
            raise TargetRefused(error.detail[:1].upper() + error.detail[1:]) from None

    def _changed_secret(self, old: KeptChannel, wish: NotificationChannelChange) -> bytes:
        try:
            keys = self._keys.open(old)
        except CannotOpen:  # then everything must be given anew, or the next attempt says so
            keys = Keys("")
        url = wish.url or keys.url
        return self._keys.seal(old.shown.id, Keys(url, wish.secret or keys.secret))

    async def _find(self, channel_id: UUID) -> KeptChannel:
        async with self._database.acquire("channel") as connection:
            found = await store.channel(connection, channel_id)
        if found is None:
            raise ChannelNotKnown
        return found

    async def _to_change(self, connection: Connection, channel_id: UUID) -> KeptChannel:
        found = await store.channel(connection, channel_id, to_change=True)
        if found is None:
            raise ChannelNotKnown
        return found


def _signed_with(wish: NotificationChannelCreate) -> tuple[str | None, bool]:
    """Give what requests are signed with, and whether it was made here."""
    if wish.kind is not ChannelKind.WEBHOOK:
        if wish.secret is not None:
            raise _no_secret()
        return None, False
    return (wish.secret, False) if wish.secret else (secrets.token_urlsafe(SECRET_BYTES), True)


def _no_secret() -> Invalid:
    why = "only a `webhook` is signed with a secret"
    return Invalid(f"secret: {why}.", errors=({"where": "secret", "why": why},))


def _hello(channel: NotificationChannel, now: datetime, tongue: Tongue) -> Outgoing:
    title, body = tongue.news.test_title, tongue.news.test.format(name=channel.name)
    number = uuid7()
    notice = Notice(NoticeKind.TEST, Severity.INFO, f"test:{number}", now, title, body)
    return Outgoing(number, Message(title, body, Severity.INFO), now, (notice,))


def _cursor(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None
