"""What is told to people when an alert begins, goes on, and is over. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind
from aioplantops.severity import Severity

from plantops.domain.alerts import Finding, Over
from plantops.domain.notice import Notice, NoticeKind

TWO_DAYS = 48
"""Hours."""

TITLES: Mapping[AlertKind, tuple[str, str]] = MappingProxyType(
    {
        AlertKind.SOIL_MOISTURE_LOW: ("{} is too dry", "{} is moist enough again"),
        AlertKind.SOIL_MOISTURE_HIGH: ("{} is too wet", "{} is no longer too wet"),
        AlertKind.TEMPERATURE_LOW: ("{} is too cold", "{} is warm enough again"),
        AlertKind.TEMPERATURE_HIGH: ("{} is too warm", "{} is no longer too warm"),
        AlertKind.HUMIDITY_LOW: ("{} stands in air that is too dry", "{} has humid enough air again"),
        AlertKind.HUMIDITY_HIGH: ("{} stands in air that is too humid", "{} has dry enough air again"),
        AlertKind.SOIL_CONDUCTIVITY_LOW: ("{} has too few nutrients", "{} has enough nutrients again"),
        AlertKind.SOIL_CONDUCTIVITY_HIGH: ("{} has too much salt in its soil", "{} has less salt in its soil again"),
        AlertKind.DLI_LOW: ("{} gets too little light", "{} gets enough light again"),
        AlertKind.DLI_HIGH: ("{} gets too much light", "{} no longer gets too much light"),
        AlertKind.DEVICE_SILENT: ("{} says nothing any more", "{} is heard again"),
        AlertKind.SENSOR_FAULT: ("{} has a sensor that cannot be right", "{} makes sense again"),
        AlertKind.BATTERY_LOW: ("{} needs a fresh battery", "{} has a good battery again"),
        AlertKind.FROST: ("{} may get too cold outside", "{} need not fear the cold outside any more"),
        AlertKind.IRRIGATION_FAILED: (
            "{} was not watered as it should have been",
            "{} is watered as it should be again",
        ),
        AlertKind.LEAK: ("{} may be leaking", "{} no longer seems to leak"),
        AlertKind.RESERVOIR_EMPTY: ("{} has no water left", "{} has water again"),
    }
)
"""What it is called when it begins, and when it is over; the place is for the name of the plant or device."""


def begin_notice(alert_id: UUID, finding: Finding, name: str, now: datetime) -> Notice:
    """Tell people that something is wrong."""
    subject = finding.subject
    return Notice(
        kind=NoticeKind.ALERT_OPENED,
        severity=finding.severity,
        subject=f"alert:{alert_id}",
        at=now,
        title=TITLES[subject.kind][0].format(name),
        body=finding.words,
        plant_id=subject.plant_id,
        device_id=subject.device_id,
    )


def again_notice(alert: Alert, name: str, now: datetime) -> Notice:
    """Tell people again that something is wrong: nobody has acknowledged it for hours."""
    return Notice(
        kind=NoticeKind.ALERT_ESCALATED,
        severity=alert.severity,
        subject=f"alert:{alert.id}",
        at=now,
        title=f"Still: {TITLES[alert.kind][0].format(name)}",
        body=f"{alert.words} Since {_long(now - alert.opened_at)}; nobody has acknowledged it.",
        plant_id=alert.plant_id,
        device_id=alert.device_id,
    )


def end_notice(alert: Alert, past: Over, name: str, now: datetime) -> Notice:
    """Tell people that something is over; good news wakes nobody."""
    return Notice(
        kind=NoticeKind.ALERT_RESOLVED,
        severity=Severity.INFO,
        subject=f"alert:{alert.id}",
        at=now,
        title=TITLES[alert.kind][1].format(name),
        body=past.ending,
        plant_id=alert.plant_id,
        device_id=alert.device_id,
    )


def _long(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return f"{hours} hours" if hours < TWO_DAYS else f"{hours // 24} days"
