"""Alerts: how others open and resolve them, and what people may do about them.

`open_alert` and `resolve_alert` are for whoever finds something wrong: they write in the caller's transaction. Give
what they answer to `tell` once it is committed.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid7

from aioplantops.alerts import Alert, AlertNotFound, AlertResolved
from aioplantops.errors import Invalid
from aioplantops.models import Page

from plantops.domain.alert_words import again_notice, begin_notice, end_notice
from plantops.domain.alerts import SAME_WITHIN, Changes, Finding, Over, Subject, Verdict, Wanted, changes
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.storage import alerts as store
from plantops.storage import garden_settings, notices
from plantops.storage.pool import Connection, Database

from .cursor import foreign_cursor, read_cursor, write_cursor
from .news import News, Thing

LONGEST_SNOOZE = timedelta(days=366)


async def open_alert(connection: Connection, finding: Finding, now: datetime, tongue: Tongue) -> set[UUID]:
    """Open an alert, or say its open one anew; give the ids of the alerts with news. Needs a transaction."""
    return await keep(connection, [finding], now, tongue)


async def resolve_alert(
    connection: Connection, subject: Subject, ending: str, now: datetime, tongue: Tongue
) -> set[UUID]:
    """Say that what an alert is about is over, and why; give the ids of the alerts with news. Needs a transaction."""
    return await keep(connection, [Over(subject, ending)], now, tongue)


async def keep(connection: Connection, verdicts: Collection[Verdict], now: datetime, tongue: Tongue) -> set[UUID]:
    """Keep what somebody found out, one verdict for each subject; give the ids of the alerts with news.

    Nothing is written where nothing changes. Needs a transaction.
    """
    alerts = await known(connection, [one.subject for one in verdicts], now)
    return await settle(connection, verdicts, alerts, now, tongue)


async def known(connection: Connection, subjects: Collection[Subject], now: datetime) -> Sequence[Alert]:
    """Give the alerts of some subjects (perhaps some more) that are open, or could go on, and keep them for oneself."""
    return await store.latest_of(connection, subjects, now - SAME_WITHIN)


async def settle(
    connection: Connection, verdicts: Collection[Verdict], alerts: Sequence[Alert], now: datetime, tongue: Tongue
) -> set[UUID]:
    """Keep what somebody found out, as `keep`, who knows the subjects' alerts already."""
    found = changes(verdicts, alerts)
    return await _write(connection, found, now, tongue) if found else set()


async def _write(connection: Connection, found: Changes, now: datetime, tongue: Tongue) -> set[UUID]:
    begun = [(uuid7(), finding) for finding in found.begun]
    news = await store.add(connection, begun, now) if begun else set()
    fresh = [(alert_id, finding) for alert_id, finding in begun if alert_id in news]
    if found.back:
        await store.reopen(connection, found.back)
    if found.reworded:
        await store.reword(connection, found.reworded)
    if found.over:
        await store.resolve(connection, found.over, now)
    await _tell(connection, fresh, found.over, now, tongue)
    return news | _ids(alert for alert, _ in (*found.back, *found.reworded, *found.over))


async def _tell(
    connection: Connection,
    begun: Collection[tuple[UUID, Finding]],
    over: Collection[tuple[Alert, Over]],
    now: datetime,
    tongue: Tongue,
) -> None:
    """Write the news for people. What came back untold is over untold."""
    stories = await store.stories(connection, [*(number for number, _ in begun), *(alert.id for alert, _ in over)])
    for alert_id, finding in begun:
        await notices.happen(connection, begin_notice(alert_id, finding, stories[alert_id].name, now, tongue))
    for alert, past in over:
        if stories[alert.id].times == 1:
            await notices.happen(connection, end_notice(alert, past, stories[alert.id].name, now, tongue))


async def escalate(connection: Connection, now: datetime, tongue: Tongue) -> set[UUID]:
    """Tell again what nobody has acknowledged for hours, once; give the ids of those alerts. Needs a transaction."""
    hours = (await garden_settings.garden_settings(connection)).escalate_after_hours
    escalated = await store.escalate(connection, now - timedelta(hours=hours), now)
    stories = await store.stories(connection, _ids(escalated)) if escalated else {}
    for alert in escalated:
        await notices.happen(connection, again_notice(alert, stories[alert.id].name, now, tongue))
    return _ids(escalated)


def _ids(alerts: Iterable[Alert]) -> set[UUID]:
    return {alert.id for alert in alerts}


def tell(news: News, alerts: Iterable[UUID]) -> None:
    """Tell which alerts have news."""
    for alert_id in alerts:
        news.thing(Thing.ALERT, str(alert_id))


class AlertBook:
    """What people see of alerts, and do about them."""

    def __init__(self, database: Database, *, news: News, clock: Clock) -> None:
        """Take the store, who wants to hear of changes, and the clock (aware UTC)."""
        self._database = database
        self._news = news
        self._clock = clock

    async def page(self, wanted: Wanted, cursor: str | None, limit: int) -> Page[Alert]:
        """List alerts, the newest first. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.acquire("alert_page") as connection:
            found = await store.page(connection, wanted, after, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.opened_at.isoformat(), str(last.id)])
        return Page[Alert](items=tuple(found[:limit]), next=more)

    async def alert(self, alert_id: UUID) -> Alert:
        """Give one alert. Raises AlertNotFound."""
        async with self._database.acquire("alert") as connection:
            found = await store.some(connection, [alert_id])
        if not found:
            raise AlertNotFound
        return found[0]

    async def acknowledge(self, alert_id: UUID) -> Alert:
        """Say that a person knows of an alert; who knew first, counts. Raises AlertNotFound, AlertResolved."""
        async with self._database.transaction("acknowledge_alert") as connection:
            await _held_open(connection, alert_id)
            await store.acknowledge(connection, alert_id, self._clock())
            await notices.withdraw(connection, f"alert:{alert_id}")  # whoever knows need not be told
            changed = await store.some(connection, [alert_id])
        self._news.thing(Thing.ALERT, str(alert_id))
        return changed[0]

    async def snooze(self, alert_id: UUID, until: datetime) -> Alert:
        """Hear no more of an alert until a time. Raises AlertNotFound, AlertResolved, Invalid."""
        now = self._clock()
        if until <= now:
            raise Invalid("until: that is over already; name a time that is still to come.")
        if until > now + LONGEST_SNOOZE:
            raise Invalid("until: nobody snoozes for more than a year; acknowledge it instead.")
        return await self._snoozed(alert_id, until)

    async def unsnooze(self, alert_id: UUID) -> Alert:
        """Hear of an alert again. Raises AlertNotFound, AlertResolved."""
        return await self._snoozed(alert_id, None)

    async def _snoozed(self, alert_id: UUID, until: datetime | None) -> Alert:
        async with self._database.transaction("snooze_alert") as connection:
            await _held_open(connection, alert_id)
            await store.snooze(connection, alert_id, until)
            if until is not None:
                await notices.withdraw(connection, f"alert:{alert_id}")
            changed = await store.some(connection, [alert_id])
        self._news.thing(Thing.ALERT, str(alert_id))
        return changed[0]


async def _held_open(connection: Connection, alert_id: UUID) -> None:
    """Let nobody else change an open alert until this transaction ends. Raises AlertNotFound, AlertResolved."""
    alert = await store.hold(connection, alert_id)
    if alert is None:
        raise AlertNotFound
    if alert.resolved_at is not None:
        raise AlertResolved


def _cursor(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time).astimezone(UTC), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None
