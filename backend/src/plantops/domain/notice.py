"""Something that happened and that people shall hear of; whom, when and how often is the notifier's business. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from aioplantops.severity import Severity


class NoticeKind(StrEnum):
    """What happened."""

    ALERT_OPENED = "alert_opened"
    ALERT_ESCALATED = "alert_escalated"
    ALERT_RESOLVED = "alert_resolved"
    """It takes back what was not told yet of its subject, and is told where the beginning was told."""
    TASK_DUE = "task_due"
    IRRIGATION = "irrigation"
    DIGEST = "digest"
    """What somebody sums up for people, such as the week's care."""
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Notice:
    """One piece of news, in words for people."""

    kind: NoticeKind
    severity: Severity
    subject: str
    """What it is news of, such as ``alert:<id>``, ``task:<id>``, ``watering:<id>``: the newest news replaces older."""
    at: datetime
    title: str
    """A short line that names the plant or device, e.g. "Monstera is too dry"."""
    body: str = ""
    """Sentences with values and what to do; may be empty."""
    plant_id: UUID | None = None
    device_id: str | None = None
