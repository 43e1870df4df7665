"""When a device has said nothing for too long: longer than it usually does, which is learnt from each by itself. Pure.

What counts is when something was heard of a device, not when its readings were taken, nor whether they changed: a
node that sleeps for 12 hours is well, a probe in steady soil too. A pause is usual when it happened three times
lately; one long outage, and the burst of kept readings after it, teaches nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aioplantops.alerts import AlertKind
from aioplantops.severity import Severity

from .alerts import Finding, Over, Subject, Verdict
from .tongue import Speech, Tongue

EDGES = tuple(
    timedelta(minutes=minutes)
    for minutes in (10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 960, 1440, 2160, 2880, 4320)
)
"""Lengths of pauses, as people set them; shorter ones need not be told apart. Weights are kept by their places."""
LATE = 1.1
"""A pause may be so much longer than its length: nodes need time to wake and to connect."""
FADES = timedelta(days=7)
"""After so long a pause counts half."""
MOST = 6.0
"""A length counts at most so much: what was usual for a year is forgotten in nine days."""
USUAL = 2.5
"""From so much on a pause is usual: one that is at least so long came three times within days."""
ENOUGH = 4.5
"""A length that counts so much need not be counted now."""
ALARMED = 0.5
"""What a pause counts for which there was an alert: an outage is not a habit, unless it becomes one."""
TIMES = 2.5
"""A device may miss two reports."""
LOST_TIMES = 1.25
"""It may miss none where the broker itself has lost it."""
LEAST = timedelta(minutes=30)
"""Restarts, updates and routers that go down for the night's update are over by then."""
UNKNOWN = timedelta(hours=26)
"""What a device may say nothing that nobody knows yet: one that reports once a day is well."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often lately a device said nothing for how long."""

    weights: Sequence[float] = (0.0,) * len(EDGES)
    """By length, see `EDGES`."""
    at: datetime | None = None
    """When they were so."""

    def faded(self, now: datetime) -> Sequence[float]:
        """Give the weights as they are now."""
        if self.at is None:
            return self.weights
        fading = 0.5 ** max(0.0, (now - self.at) / FADES)
        return tuple(weight * fading for weight in self.weights)

    def after(self, pause: timedelta, now: datetime, *, alarmed: bool = False) -> Rhythm:
        """Learn a pause that has just ended."""
        length = _length(pause)
        weights = list(self.faded(now))
        weights[length] = min(MOST, weights[length] + (ALARMED if alarmed else 1.0))
        return Rhythm(tuple(weights), now)

    def usual(self, now: datetime) -> timedelta | None:
        """Tell the longest pause that is usual; None: too little is known."""
        so_long = 0.0
        for weight, edge in zip(reversed(self.faded(now)), reversed(EDGES), strict=True):
            so_long += weight
            if so_long >= USUAL:
                return edge
        return None

    def knows(self, pause: timedelta, now: datetime) -> bool:
        """Tell whether a pause would teach nothing new: so that not every report is written down."""
        return self.faded(now)[_length(pause)] >= ENOUGH


def _length(pause: timedelta) -> int:
    return next((step for step, edge in enumerate(EDGES) if pause <= edge * LATE), len(EDGES) - 1)


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one device."""

    device_id: str
    name: str
    last_seen: datetime
    lost_at: datetime | None = None
    """Since when the broker has lost it; None: it has not, or does not say."""
    sleep: timedelta | None = None
    """How long it says that it sleeps."""
    rhythm: Rhythm = field(default_factory=Rhythm)

    @property
    def usual(self) -> timedelta | None:
        """Tell how long it usually says nothing, by what was learnt until it was heard, and by what it says itself."""
        known = [pause for pause in (self.rhythm.usual(self.last_seen), self.sleep) if pause is not None]
        return max(known, default=None)

    @property
    def patience(self) -> timedelta:
        """Tell for how long it may say nothing."""
        usual = self.usual
        if usual is None:
            return UNKNOWN
        return max(LEAST, usual * (TIMES if self.lost_at is None else LOST_TIMES))

    def due(self, listening_since: datetime) -> datetime:
        """Tell until when it must be heard; who began to listen only lately has to wait for its next report."""
        usual = self.usual or UNKNOWN
        return max(self.last_seen + self.patience, listening_since + max(LEAST, LOST_TIMES * usual))


def judge(
    signs: Signs, now: datetime, listening_since: datetime, speech: Speech, *, opened_at: datetime | None = None
) -> Verdict:
    """Tell whether a device has said nothing for too long.

    `opened_at`: since when that is told of it. Then only its voice ends it, not that nobody listened for a while.
    """
    subject = Subject(AlertKind.DEVICE_SILENT, device_id=signs.device_id)
    still = opened_at is not None and signs.last_seen <= opened_at
    if not still and now <= signs.due(listening_since):
        return Over(subject, speech.tongue.alerts.heard.format(at=speech.moment(signs.last_seen)))
    return Finding(subject, Severity.WARNING, _words(signs, speech))


def _words(signs: Signs, speech: Speech) -> str:
    words, usual = speech.tongue.alerts, signs.usual
    since = speech.moment(signs.last_seen)
    if usual is None:
        said = [words.silent.format(name=signs.name, since=since)]
    else:
        said = [words.silent_usually.format(name=signs.name, since=since, every=every(usual, speech.tongue))]
    if signs.lost_at is not None:
        said.append(words.lost.format(at=speech.moment(signs.lost_at)))
    return " ".join([*said, words.silent_advice])


def every(span: timedelta, tongue: Tongue) -> str:
    """Say how often something comes."""
    minutes = round(span / timedelta(minutes=1))
    if minutes <= EDGES[0] / timedelta(minutes=1):
        return tongue.alerts.every_few_minutes
    hours, rest = divmod(minutes, 60)
    if rest:
        return tongue.alerts.every_minutes.format(count=minutes)
    return tongue.counted(tongue.alerts.every_hours, hours)
