"""What becomes of the open alerts when somebody has looked: which begin, go on, are held, or are over. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind
from aioplantops.severity import Severity

SAME_WITHIN = timedelta(hours=24)
"""What comes back within this goes on as the same alert, untold: a value that dances around its bound for a day, or a
window sill that is too cold every night, is one problem."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about: a plant, or a device, and what is wrong with it."""

    kind: AlertKind
    plant_id: UUID | None = None
    device_id: str | None = None
    """Of a plant's alert: who told of it; it does not tell two alerts apart."""

    @property
    def key(self) -> tuple[AlertKind, UUID | str | None]:
        """Give what at most one alert is open of."""
        return self.kind, self.plant_id or self.device_id


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong."""

    subject: Subject
    severity: Severity
    words: str
    """One sentence for people, which names the plant or device."""
    channel_id: int | None = None
    value: float | None = None
    unit: str | None = None
    bound: float | None = None
    step: float | None = None
    """What the value must change by to be told again; None: it is not told again."""


@dataclass(frozen=True, slots=True)
class Over:
    """It is not so, or not any more."""

    subject: Subject
    ending: str
    """Why, as a sentence."""


@dataclass(frozen=True, slots=True)
class Held:
    """Nobody can tell now: what is open stays open, and nothing is opened."""

    subject: Subject
    why: str
    """As a sentence."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts somebody wants to see; what is None is any."""

    is_open: bool | None = None
    plant_id: UUID | None = None
    device_id: str | None = None
    kind: AlertKind | None = None


type Verdict = Finding | Over | Held


@dataclass(slots=True)
class Changes:
    """What has to be written down."""

    begun: list[Finding] = field(default_factory=list)
    back: list[tuple[Alert, Finding]] = field(default_factory=list)
    """Those that were over only for a short while."""
    reworded: list[tuple[Alert, Finding | Held]] = field(default_factory=list)
    over: list[tuple[Alert, Over]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.begun or self.back or self.reworded or self.over)


def subject_of(alert: Alert) -> Subject:
    """Tell what an alert is about."""
    return Subject(alert.kind, alert.plant_id, alert.device_id)


def changes(verdicts: Iterable[Verdict], known: Sequence[Alert]) -> Changes:
    """Tell what changes by some verdicts, one for each subject.

    `known` are the alerts of these subjects that are open or were over less than `SAME_WITHIN` ago.
    """
    newest = {subject_of(alert).key: alert for alert in sorted(known, key=_openness)}
    found = Changes()
    for verdict in verdicts:
        _settle(found, verdict, newest.get(verdict.subject.key))
    return found


def _openness(alert: Alert) -> tuple[bool, datetime]:
    return alert.resolved_at is None, alert.opened_at


def _settle(found: Changes, verdict: Verdict, alert: Alert | None) -> None:
    if alert is None:
        if isinstance(verdict, Finding):
            found.begun.append(verdict)
        return
    if alert.resolved_at is not None:
        if isinstance(verdict, Finding):
            found.back.append((alert, verdict))
        return
    match verdict:
        case Over():
            found.over.append((alert, verdict))
        case Finding() if _tells_more(alert, verdict):
            found.reworded.append((alert, verdict))
        case Held() if alert.held != verdict.why:
            found.reworded.append((alert, verdict))
        case _:
            pass


def _tells_more(alert: Alert, finding: Finding) -> bool:
    """Tell whether a finding says so much more than its open alert that it is told again."""
    if alert.held is not None or (alert.severity, alert.bound) != (finding.severity, finding.bound):
        return True
    if alert.channel_id != finding.channel_id or alert.unit != finding.unit:
        return True
    if finding.step is None or finding.value is None or alert.value is None:
        return False
    return abs(finding.value - alert.value) >= finding.step
