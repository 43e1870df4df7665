"""Something that happened and that people shall hear of; whom, when and how often is the notifier's business. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.notifications import NewsKind
from aioplantops.severity import Severity

NoticeKind = NewsKind
"""What happened: the word on the wire is the word inside."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One piece of news, in words for people."""

    kind: NewsKind
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
