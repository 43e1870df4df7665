"""Tells people what happened: gives news to the channels that want it, writes messages, sends them until taken.

Any replica does it, several at once. A message is written down before it is sent and does not change any more: whoever
dies between sending and noting it leaves it to be sent again, with the same id (at least once; a receiver that
remembers ids hears it exactly once).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid7
from zoneinfo import ZoneInfo

import structlog
from aioplantops.notifications import ChannelKind, ChannelSource, NotificationChannel, NotificationState
from aioplantops.severity import Severity

from plantops.domain.delivery import Outcome, Verdict, pause
from plantops.domain.notice import NoticeKind
from plantops.domain.quiet import QuietHours
from plantops.domain.telling import GATHER, Hours, Wanted, channel_subject, compose, refused_notice
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics
from plantops.ops.vault import CannotOpen
from plantops.storage import notices
from plantops.storage import notification_channels as channels
from plantops.storage import notifications as store
from plantops.storage.garden_settings import garden_settings
from plantops.storage.notification_channels import Failure, KeptChannel
from plantops.storage.notifications import Claimed, KeptNotice, Written
from plantops.storage.pool import Connection, Database

from .channel_keys import DISCORD_CHANNEL, ChannelKeys
from .messenger import Messenger

log = structlog.get_logger()

ROUTED_AT_ONCE = 200
MOST_ITEMS = 500
"""Pieces of news in one message; of more, the rest goes into the next one."""
SENT_AT_ONCE = 4
"""So many channels are spoken to at the same time: one that hangs holds up nobody else."""
CLAIM = timedelta(minutes=2)
"""Whoever has not come back from sending by then is dead. Longer than any attempt can take."""
LASTS = timedelta(hours=24)
"""News that could not be told for so long is old."""
KEPT = timedelta(days=90)
"""How long it can be seen what was told."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How the notifier speaks: with whose keys, by which messenger, by which clock on the wall, in which language."""

    keys: ChannelKeys
    messenger: Messenger
    zone: ZoneInfo
    chance: Callable[[], float]
    """Numbers from 0 to 1 that spread attempts."""
    tongue: Tongue


class Notifier:
    """Gives out news, writes messages, sends them."""

    def __init__(self, database: Database, voice: Voice, *, metrics: Metrics, clock: Clock) -> None:
        """Take the store, how to speak, the gauges, and the clock (aware UTC)."""
        self._database = database
        self._voice = voice
        self._metrics = metrics
        self._clock = clock
        self._settled = False

    async def round(self) -> int:
        """Do all that is due now; give the number of messages that were tried."""
        if not self._settled:
            await self._settle()
            self._settled = True
        await self._expire()
        while await self._route() == ROUTED_AT_ONCE:
            pass
        while await self._write():
            pass
        tried = 0
        while claimed := [one for _ in range(SENT_AT_ONCE) if (one := await self._claim()) is not None]:
            done = await asyncio.gather(*(self._send(one) for one in claimed), return_exceptions=True)
            if failed := [error for error in done if error is not None]:
                raise failed[0]
            tried += len(claimed)
        await self._count()
        return tried

    async def sweep(self) -> None:
        """Forget what was told long ago."""
        async with self._database.transaction("sweep_notifications") as connection:
            await store.sweep(connection, self._clock() - KEPT)

    async def _settle(self) -> None:
        """Make the channel that DISCORD_WEBHOOK_URL sets, or remove it where that is not set any more."""
        async with self._database.transaction("settle_channels") as connection:
            if self._voice.keys.discord_url is None:
                await channels.remove(connection, DISCORD_CHANNEL)
                return
            shown = NotificationChannel(
                id=DISCORD_CHANNEL,
                kind=ChannelKind.DISCORD,
                source=ChannelSource.SETTINGS,
                name="Discord",
                service="Discord",
                host="",
                enabled=True,
                min_severity=Severity.INFO,
                created_at=self._clock(),
            )
            await channels.add(connection, KeptChannel(shown, None))

    async def _route(self) -> int:
        """Give news to the channels that want it; give the number of pieces."""
        now = self._clock()
        async with self._database.transaction("route_news") as connection:
            news = await store.to_route(connection, ROUTED_AT_ONCE)
            if not news:
                return 0
            hours = await self._hours(connection)
            open_channels = [one.shown for one in await channels.channels(connection) if one.shown.enabled]
            for one in news:
                await _give(connection, one, open_channels, hours, now)
            await store.routed(connection, [one.id for one in news], now)
        return len(news)

    async def _write(self) -> bool:
        """Write a message for one channel for which news is due; tell whether there was one."""
        now = self._clock()
        async with self._database.transaction("write_message") as connection:
            channel = await store.channel_to_tell(connection, now)
            if channel is None:
                return False
            shown = channel.shown
            hours = await self._hours(connection)
            found = await store.items(connection, shown.id, now + GATHER, MOST_ITEMS)
            found = await _still_due(connection, shown, found, hours, now)
            if not found:
                return True
            news, voice = [one.notice for one in found], self._voice
            message = compose(news, voice.tongue, untold=shown.untold, now=now, zone=voice.zone)
            written = Written(uuid7(), message, [one.id for one in found])
            await store.add_message(connection, shown.id, written, now)
        return True

    async def _claim(self) -> Claimed | None:
        now = self._clock()
        async with self._database.transaction("claim_message") as connection:
            return await store.claim(connection, now, now + CLAIM)

    async def _send(self, claimed: Claimed) -> None:
        shown = claimed.channel.shown
        try:
            keys = self._voice.keys.open(claimed.channel)
            verdict = await self._voice.messenger.carry(shown.kind, keys, claimed.outgoing)
        except CannotOpen as error:
            verdict = Verdict(Outcome.REFUSED, error.detail)
        self._metrics.notifications.labels(shown.kind, verdict.outcome).inc()
        async with self._database.transaction("note_message") as connection:
            await self._note(connection, claimed, verdict)
        say = log.info if verdict.outcome is Outcome.DELIVERED else log.warning
        say(
            f"notification_{verdict.outcome}",
            channel=shown.name,
            notification=str(claimed.outgoing.id),
            attempt=claimed.attempts,
            why=verdict.words,
        )

    async def _note(self, connection: Connection, claimed: Claimed, verdict: Verdict) -> None:
        """Write down what became of an attempt."""
        now, shown = self._clock(), claimed.channel.shown
        if verdict.outcome is Outcome.DELIVERED:
            await store.finish(connection, claimed, NotificationState.SENT, now)
            await channels.succeeded(connection, shown.id, now)
            return
        until = None
        if verdict.outcome is Outcome.LATER:
            until = now + max(verdict.wait or timedelta(), pause(claimed.channel.failures + 1, self._voice.chance()))
        if verdict.outcome is Outcome.UNFIT:
            await store.finish(connection, claimed, NotificationState.FAILED, now, verdict.words)
        else:
            await store.retry(connection, claimed, until or now, verdict.words)
        failure = Failure(verdict.words, until, refused=verdict.outcome is Outcome.REFUSED)
        await channels.failed(connection, shown.id, now, failure)
        if failure.refused:
            await notices.happen(
                connection, refused_notice(shown.id, shown.name, verdict.words, now, self._voice.tongue)
            )

    async def _expire(self) -> None:
        now = self._clock()
        async with self._database.transaction("expire_news") as connection:
            lost = await store.expire(connection, now, now - LASTS)
        for one in lost:
            self._metrics.news_expired.inc(one.count)
            log.warning("news_expired", channel=one.channel, count=one.count)

    async def _count(self) -> None:
        async with self._database.acquire("count_news") as connection:
            self._metrics.news_waiting.set(await store.waiting(connection))

    async def _hours(self, connection: Connection) -> Hours:
        settings = await garden_settings(connection)
        zone = self._voice.zone
        quiet = None
        if settings.quiet_from is not None and settings.quiet_until is not None:
            quiet = QuietHours(time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until), zone)
        return Hours(quiet, settings.critical_breaks_quiet, time.fromisoformat(settings.digest_at), zone)


async def _give(
    connection: Connection, news: KeptNotice, to: Sequence[NotificationChannel], hours: Hours, now: datetime
) -> None:
    """Give one piece of news to whom it concerns."""
    notice = news.notice
    concerned = None
    if notice.kind is NoticeKind.ALERT_RESOLVED:
        concerned = await store.ended(connection, notice.subject)
    for channel in to:
        if notice.subject == channel_subject(channel.id):
            continue  # it cannot tell of itself
        if (concerned is None or channel.id in concerned) and _wanted(channel).takes(notice, news.areas):
            await store.give(connection, channel.id, news, hours.due(notice.severity, now, digest=channel.digest))


async def _still_due(
    connection: Connection, channel: NotificationChannel, found: Sequence[KeptNotice], hours: Hours, now: datetime
) -> list[KeptNotice]:
    """Leave away what is over or replaced, and put off what may not be told now (the settings may have changed)."""
    newest = {one.notice.subject: one.id for one in found if not one.gone}
    over = {one.id for one in found} - set(newest.values())
    await store.drop(connection, channel.id, over)
    found = [one for one in found if one.id not in over]
    end = hours.quiet.until(now) if hours.quiet else None
    if end is None:
        return list(found)
    awake = [one for one in found if one.notice.severity is Severity.CRITICAL and hours.critical_breaks_quiet]
    asleep = {one.id for one in found} - {one.id for one in awake}
    await store.put_off(connection, channel.id, asleep, end)
    return awake


def _wanted(channel: NotificationChannel) -> Wanted:
    return Wanted(
        channel.min_severity,
        None if channel.kinds is None else frozenset(NoticeKind(kind) for kind in channel.kinds),
        None if channel.plant_ids is None else frozenset(channel.plant_ids),
        None if channel.areas is None else frozenset(channel.areas),
    )
