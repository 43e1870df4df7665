"""When a plant has too little or too much of what it needs: by its spans, for long enough, and without flapping. Pure.

A value is judged by the median over a window, so that a short draught, a passing cloud of steam or a single wrong
reading is no alert. An alert ends when the median is back by some slack, so that a value that dances around its bound
does not begin and end it all the time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from aioplantops.alerts import AlertKind
from aioplantops.metrics import METRICS, Metric
from aioplantops.needs import Need
from aioplantops.severity import Severity

from .alerts import Finding, Held, Over, Subject, Verdict
from .tongue import Tongue

FEWEST = 3
"""Readings in a window from which their median says something."""
COVERED = 0.6
"""Part of a window that readings must span."""
SLACK_SHARE = 0.1
"""Part of the plant's span by which a value must be back: of the bound itself where the span has one end."""
MOST_SLACK = 1 / 3
"""Part of the plant's span that slack takes at most: a value in the middle is always well."""
COLD = 3.0
"""°C from which it is about life and death for nearly all plants in pots."""
LEAST_SLACK: Mapping[Need, float] = MappingProxyType(
    {
        # The swing of a capacitive probe between day and night: 0.2 %/°C (see domain/moisture.py) by 10 °C.
        Need.SOIL_MOISTURE: 2.0,
        # The accuracy of a DHT22 or DS18B20 (data sheets): 0.5 °C.
        Need.TEMPERATURE: 0.5,
        # The accuracy of an SHT3x or BME280 (data sheets): 2 to 3 %.
        Need.HUMIDITY: 3.0,
        # A tenth of what a leaf plant's potting soil has at least; bulk conductivity moves with every degree by 2 %.
        Need.SOIL_CONDUCTIVITY: 35.0,
    }
)
"""What a sensor wavers by itself, in the need's unit: less slack than that would be none."""


class Side(StrEnum):
    """Which end of a span."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one end of a need is judged."""

    need: Need
    side: Side
    window: timedelta
    """What is beyond the bound for half of it (its median) is an alert."""
    hourly: bool
    """Whether the hours' levels are judged, not single readings: for windows of many hours."""
    settles: timedelta = timedelta()
    """How long after a watering nothing is said: the surplus runs out first."""
    severity: Severity = Severity.WARNING

    @property
    def kind(self) -> AlertKind:
        """Name the alert."""
        return AlertKind(f"{self.need}_{self.side}")

    @property
    def metric(self) -> Metric:
        """Name the metric that tells of it."""
        return Metric(self.need)

    def beyond(self, value: float, bound: float, by: float = 0.0) -> bool:
        """Tell whether a value lies beyond a bound that is moved inwards by a slack."""
        return value < bound + by if self.side is Side.LOW else value > bound - by


HOUR = timedelta(hours=1)
FIELD_CAPACITY = timedelta(hours=24)
"""What a watering brings too much runs out of a pot within hours, out of a large one within a day; a field's takes two
or three (F. J. Veihmeyer & A. H. Hendrickson, Soil Sci. 32 (1931), 181-193)."""

RULES: Sequence[Rule] = (
    Rule(Need.SOIL_MOISTURE, Side.LOW, 2 * HOUR, hourly=False),
    Rule(Need.SOIL_MOISTURE, Side.HIGH, 6 * HOUR, hourly=True, settles=FIELD_CAPACITY),
    Rule(Need.TEMPERATURE, Side.LOW, HOUR, hourly=False),
    Rule(Need.TEMPERATURE, Side.HIGH, HOUR, hourly=False),
    Rule(Need.HUMIDITY, Side.LOW, 6 * HOUR, hourly=True, severity=Severity.INFO),
    Rule(Need.HUMIDITY, Side.HIGH, 6 * HOUR, hourly=True, severity=Severity.INFO),
    Rule(Need.SOIL_CONDUCTIVITY, Side.LOW, 24 * HOUR, hourly=True, settles=FIELD_CAPACITY, severity=Severity.INFO),
    Rule(Need.SOIL_CONDUCTIVITY, Side.HIGH, 24 * HOUR, hourly=True, settles=FIELD_CAPACITY),
)
"""Draughts are short, rooms warm up in an hour, soil dries in days; humid air and salt do harm only if they stay."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What a channel said within a window before its newest reading, in the need's unit."""

    count: int
    first: datetime
    """When the first of them was taken."""
    low: float
    high: float
    median: float
    before: float | None = None
    """The last reading before the window; asked for only where the window has few."""


@dataclass(frozen=True, slots=True)
class Now:
    """The newest reading of the channel that serves a plant, in the need's unit."""

    channel_id: int
    time: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Case:
    """One end of one need of one plant, and all that there is to know about it."""

    subject: Subject
    rule: Rule
    name: str
    """The plant's."""
    low: float | None
    high: float | None
    now: Now | None = None
    """None: no channel serves it, or none in the need's unit."""
    felt: Felt | None = None
    watered_at: datetime | None = None
    held: str | None = None
    """Why what its channel says is not to be believed."""
    unjudged: str | None = None
    """Why there is nothing to judge, where `now` is None; None: no channel measures it."""

    @property
    def bound(self) -> float | None:
        """Give the end that is judged."""
        return self.low if self.rule.side is Side.LOW else self.high

    @property
    def slack(self) -> float:
        """Tell by how much a value must be back behind the bound, in the need's unit."""
        least = LEAST_SLACK[self.rule.need]
        if self.low is None or self.high is None:
            return max(least, SLACK_SHARE * abs(self.bound or 0.0))
        span = self.high - self.low
        return min(max(least, SLACK_SHARE * span), MOST_SLACK * span)

    def dense(self, felt: Felt) -> bool:
        """Tell whether a window holds enough to believe its median; a node that sleeps for hours has few readings."""
        covered = self.now is not None and self.now.time - felt.first >= COVERED * self.rule.window
        return felt.count >= FEWEST and covered


def judge(case: Case, tongue: Tongue, *, is_open: bool) -> Verdict:
    """Judge one end of one need; `is_open`: whether an alert of it is open."""
    rule, bound, now = case.rule, case.bound, case.now
    if bound is None:
        return Over(case.subject, tongue.alerts.unbounded)
    if case.held is not None:
        return Held(case.subject, case.held)
    if now is None:
        return Over(case.subject, case.unjudged or tongue.alerts.unserved)
    if case.watered_at is not None and now.time < case.watered_at + rule.settles:
        return Held(case.subject, tongue.alerts.settling)
    if _goes_on(case, now, bound) if is_open else _begins(case, now, bound):
        return _finding(case, now, bound, tongue)
    return Over(case.subject, tongue.alerts.back.format(value=tongue.amount(rule.metric, now.value)))


def _begins(case: Case, now: Now, bound: float) -> bool:
    rule, felt = case.rule, case.felt
    if felt is None or not rule.beyond(now.value, bound):
        return False
    if case.dense(felt):
        return rule.beyond(felt.median, bound)
    farthest_in = felt.high if rule.side is Side.LOW else felt.low
    return felt.before is not None and rule.beyond(farthest_in, bound) and rule.beyond(felt.before, bound)


def _goes_on(case: Case, now: Now, bound: float) -> bool:
    rule, felt = case.rule, case.felt
    value = felt.median if felt is not None and case.dense(felt) else now.value
    return rule.beyond(value, bound, case.slack) or rule.beyond(now.value, bound)


def _finding(case: Case, now: Now, bound: float, tongue: Tongue) -> Finding:
    rule = case.rule
    severity = rule.severity
    said, limit = tongue.told_apart(rule.metric, now.value, bound)
    if rule.kind is AlertKind.TEMPERATURE_LOW and now.value < COLD:
        severity = Severity.CRITICAL
    return Finding(
        case.subject,
        severity,
        tongue.alerts.felt[rule.kind].format(name=case.name, value=said, bound=limit),
        channel_id=now.channel_id,
        value=now.value,
        unit=METRICS[rule.metric].unit,
        bound=bound,
        step=case.slack,
    )
