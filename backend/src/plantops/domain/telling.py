"""Who is told what, when, and in which words: one message for all that happened in a short while. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.severity import Severity

from .notice import Notice, NoticeKind
from .quiet import QuietHours, next_time
from .tongue import Tongue

GATHER = timedelta(seconds=30)
"""So long a message waits for others: what dries in the same hour is often judged in the same minute."""
GATHER_CRITICAL = timedelta(seconds=5)
MOST_LINES = 20
LONGEST_LINE = 400
LONGEST_BODY = 3_500
"""Discord takes 4,096 characters, Telegram and Pushover cut theirs themselves."""
LONGEST_TITLE = 200
FRESH = timedelta(minutes=15)
"""News older than this tells its time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a channel wants to hear of; None: all."""

    min_severity: Severity
    kinds: frozenset[NoticeKind] | None = None
    plant_ids: frozenset[UUID] | None = None
    areas: frozenset[str] | None = None

    def takes(self, notice: Notice, areas: frozenset[str]) -> bool:
        """Tell whether it wants this news; `areas` are those of its plant and device.

        How bad the end of something is does not matter: whoever heard of its beginning hears of its end.
        """
        if self.kinds is not None and notice.kind not in self.kinds:
            return False
        if notice.kind is not NoticeKind.ALERT_RESOLVED and notice.severity.weight < self.min_severity.weight:
            return False
        if self.plant_ids is None and self.areas is None:
            return True
        return (notice.plant_id is not None and notice.plant_id in (self.plant_ids or ())) or bool(
            areas & (self.areas or frozenset())
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """When people may be told."""

    quiet: QuietHours | None
    critical_breaks_quiet: bool
    digest_at: time
    zone: ZoneInfo

    def due(self, severity: Severity, now: datetime, *, digest: bool) -> datetime:
        """Tell when news may go out that is there now: what is critical also does not wait for a digest."""
        if severity is Severity.CRITICAL and self.critical_breaks_quiet:
            return now + GATHER_CRITICAL
        due = now + GATHER
        if digest and severity is not Severity.CRITICAL:
            due = next_time(now, self.digest_at, self.zone)
        return (self.quiet.until(due) if self.quiet else None) or due


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads."""

    title: str
    body: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to one channel; sent again it is the same."""

    id: UUID
    """The same at each attempt, so that a receiver can tell that it has it already."""
    message: Message
    created_at: datetime
    news: tuple[Notice, ...]
    """What it is made of."""


def channel_subject(channel_id: UUID) -> str:
    """Name the subject of news about a channel itself."""
    return f"notification_channel:{channel_id}"


def refused_notice(channel_id: UUID, name: str, words: str, now: datetime, tongue: Tongue) -> Notice:
    """Say to whom else can be told that a channel leads nowhere any more."""
    title = tongue.news.refused_title.format(name=name)
    body = tongue.news.refused.format(words=words)
    return Notice(NoticeKind.CHANNEL_REFUSED, Severity.WARNING, channel_subject(channel_id), now, title, body)


def compose(notices: Sequence[Notice], tongue: Tongue, *, untold: int, now: datetime, zone: ZoneInfo) -> Message:
    """Write one message of some news (at least one), the worst first."""
    ordered = sorted(notices, key=lambda notice: (-notice.severity.weight, notice.at))
    first = ordered[0]
    lost = "" if untold == 0 else tongue.counted(tongue.news.untold, untold)
    if len(ordered) == 1:
        when = _when(first.at, now, zone, tongue)
        body = "\n".join(part for part in (first.body + when, lost) if part)
        return Message(_cut(first.title, LONGEST_TITLE), _cut(body.strip(), LONGEST_BODY), first.severity)
    lines, length = [], 0
    for notice in ordered[:MOST_LINES]:
        said = f"{notice.title}: {notice.body}" if notice.body else notice.title
        line = "• " + _cut(" ".join(said.split()), LONGEST_LINE) + _when(notice.at, now, zone, tongue)
        length += len(line) + 1
        if length > LONGEST_BODY:
            break
        lines.append(line)
    if len(lines) < len(ordered):
        lines.append(tongue.news.more_news.format(count=len(ordered) - len(lines)))
    if lost:
        lines.append(lost)
    return Message(_title(ordered, tongue), "\n".join(lines), first.severity)


def _title(ordered: Sequence[Notice], tongue: Tongue) -> str:
    more = tongue.news.more.format(count=len(ordered) - 1)
    return _cut(ordered[0].title, LONGEST_TITLE - len(more)) + more


def _when(at: datetime, now: datetime, zone: ZoneInfo, tongue: Tongue) -> str:
    if now - at < FRESH:
        return ""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f" ({local:%H:%M})"
    return f" ({tongue.stamp(at, zone)})"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
