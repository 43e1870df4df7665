"""Alerts as they are kept: at most one open one of a plant, or of a device, and kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind

from plantops.domain.alerts import Finding, Held, Over, Subject, Wanted

from .pool import Connection
from .queries import load

queries = load(__file__)


async def open_alerts(connection: Connection) -> list[Alert]:
    """Give all open alerts, the oldest first."""
    return [Alert.model_validate(dict(row)) async for row in queries.open_alerts(connection)]


async def some(connection: Connection, ids: Collection[UUID]) -> list[Alert]:
    """Give some alerts, open or over."""
    return [Alert.model_validate(dict(row)) async for row in queries.some(connection, ids=list(ids))]


async def page(connection: Connection, wanted: Wanted, after: tuple[datetime, UUID] | None, most: int) -> list[Alert]:
    """List alerts, the newest first, after one."""
    time, number = after or (None, None)
    rows = queries.page(
        connection,
        is_open=wanted.is_open,
        plant_id=wanted.plant_id,
        device_id=wanted.device_id,
        kind=wanted.kind,
        after_time=time,
        after_id=number,
        most=most,
    )
    return [Alert.model_validate(dict(row)) async for row in rows]


async def hold(connection: Connection, alert_id: UUID) -> Alert | None:
    """Give an alert, and let nobody else change it until this transaction ends; None: there is no such alert."""
    row = await queries.hold(connection, id=alert_id)
    return None if row is None else Alert.model_validate(dict(row))


async def latest_of(connection: Connection, subjects: Collection[Subject], since: datetime) -> list[Alert]:
    """Give the alerts of some subjects, and perhaps some more, that are open, or were over only since a time."""
    rows = queries.latest_of(
        connection,
        plant_ids=list({subject.plant_id for subject in subjects if subject.plant_id is not None}),
        device_ids=list({subject.device_id for subject in subjects if subject.plant_id is None}),
        kinds=list({subject.kind for subject in subjects}),
        since=since,
    )
    return [Alert.model_validate(dict(row)) async for row in rows]


async def add(connection: Connection, begun: Sequence[tuple[UUID, Finding]], now: datetime) -> set[UUID]:
    """Open alerts; give the ids of those of which none was open."""
    rows = queries.add(
        connection,
        ids=[alert_id for alert_id, _ in begun],
        kinds=[finding.subject.kind for _, finding in begun],
        plant_ids=[finding.subject.plant_id for _, finding in begun],
        device_ids=[finding.subject.device_id for _, finding in begun],
        now=now,
        **_said([finding for _, finding in begun]),
    )
    return {row["id"] async for row in rows}


async def reopen(connection: Connection, back: Sequence[tuple[Alert, Finding]]) -> None:
    """Go on with alerts that were over."""
    await queries.reopen(connection, ids=[alert.id for alert, _ in back], **_said([finding for _, finding in back]))


async def reword(connection: Connection, reworded: Sequence[tuple[Alert, Finding | Held]]) -> None:
    """Say anew what open alerts are about, or why they are held."""
    await queries.reword(
        connection,
        ids=[alert.id for alert, _ in reworded],
        holds=[news.why if isinstance(news, Held) else None for _, news in reworded],
        **_said([alert if isinstance(news, Held) else news for alert, news in reworded]),
    )


def _said(findings: Sequence[Finding | Alert]) -> dict[str, list[object]]:
    return {
        "severities": [finding.severity for finding in findings],
        "channel_ids": [finding.channel_id for finding in findings],
        "readings": [finding.value for finding in findings],
        "units": [finding.unit for finding in findings],
        "bounds": [finding.bound for finding in findings],
        "texts": [finding.words for finding in findings],
    }


async def resolve(connection: Connection, over: Sequence[tuple[Alert, Over]], now: datetime) -> None:
    """Say that alerts are over, and why."""
    ids, endings = [alert.id for alert, _ in over], [past.ending for _, past in over]
    await queries.resolve(connection, ids=ids, endings=endings, now=now)


async def acknowledge(connection: Connection, alert_id: UUID, now: datetime) -> None:
    """Say that a person knows of an alert."""
    await queries.acknowledge(connection, id=alert_id, now=now)


async def snooze(connection: Connection, alert_id: UUID, until: datetime | None) -> None:
    """Say until when nobody wants to hear of an alert; None: from now on again."""
    await queries.snooze(connection, id=alert_id, until=until)


async def escalate(connection: Connection, since: datetime, now: datetime) -> list[Alert]:
    """Give the open alerts that nobody has acknowledged since a time, and say that they are told again."""
    return [Alert.model_validate(dict(row)) async for row in queries.escalate(connection, since=since, now=now)]


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of an alert beside what is told of it."""

    name: str
    """Of the plant or device that it is about."""
    times: int
    """How often it came: it was over in between, but not for long."""


async def stories(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Story]:
    """Give the stories of some alerts."""
    return {row["id"]: Story(row["name"], row["times"]) async for row in queries.stories(connection, ids=list(ids))}


async def trim(connection: Connection, before: datetime) -> None:
    """Forget alerts that were over before a time."""
    await queries.trim(connection, before=before)


async def counts(connection: Connection) -> dict[AlertKind, int]:
    """Count the open alerts by kind."""
    return {AlertKind(row["kind"]): row["alerts"] async for row in queries.counts(connection)}
