"""What is told to people when an alert begins, goes on, and is over. Pure."""

from datetime import datetime, timedelta
from uuid import UUID

from aioplantops.alerts import Alert
from aioplantops.severity import Severity

from plantops.domain.alerts import Finding, Over
from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.tongue import Tongue

TWO_DAYS = 48
"""Hours."""


def begin_notice(alert_id: UUID, finding: Finding, name: str, now: datetime, tongue: Tongue) -> Notice:
    """Tell people that something is wrong."""
    subject = finding.subject
    return Notice(
        kind=NoticeKind.ALERT_OPENED,
        severity=finding.severity,
        subject=f"alert:{alert_id}",
        at=now,
        title=tongue.alerts.begun[subject.kind].format(name=name),
        body=finding.words,
        plant_id=subject.plant_id,
        device_id=subject.device_id,
    )


def again_notice(alert: Alert, name: str, now: datetime, tongue: Tongue) -> Notice:
    """Tell people again that something is wrong: nobody has acknowledged it for hours."""
    title = tongue.alerts.begun[alert.kind].format(name=name)
    span = _long(now - alert.opened_at, tongue)
    return Notice(
        kind=NoticeKind.ALERT_ESCALATED,
        severity=alert.severity,
        subject=f"alert:{alert.id}",
        at=now,
        title=tongue.news.still.format(title=title),
        body=tongue.news.unacknowledged.format(words=alert.words, span=span),
        plant_id=alert.plant_id,
        device_id=alert.device_id,
    )


def end_notice(alert: Alert, past: Over, name: str, now: datetime, tongue: Tongue) -> Notice:
    """Tell people that something is over; good news wakes nobody."""
    return Notice(
        kind=NoticeKind.ALERT_RESOLVED,
        severity=Severity.INFO,
        subject=f"alert:{alert.id}",
        at=now,
        title=tongue.alerts.past[alert.kind].format(name=name),
        body=past.ending,
        plant_id=alert.plant_id,
        device_id=alert.device_id,
    )


def _long(span: timedelta, tongue: Tongue) -> str:
    hours = round(span / timedelta(hours=1))
    if hours < TWO_DAYS:
        return tongue.counted(tongue.news.for_hours, hours)
    return tongue.counted(tongue.news.for_days, hours // 24)
