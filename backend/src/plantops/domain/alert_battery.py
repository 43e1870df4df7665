"""When a battery is low, and when it will be empty: by a trend that a few odd days don't bend. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from statistics import median, quantiles

from aioplantops.alerts import AlertKind
from aioplantops.metrics import METRICS, Metric
from aioplantops.severity import Severity

from .alerts import Finding, Over, Subject, Verdict
from .tongue import Tongue

LEAST_DAYS = 10
"""Days from which a trend says something."""
MOST_DAYS = 30
"""Days that a trend is made of: more cost time and change little."""
SOON = timedelta(days=10)
"""So early it is told that a battery will be empty: time to buy one."""
FARTHEST = timedelta(days=365)
"""Nobody can tell further."""


@dataclass(frozen=True, slots=True)
class Chemistry:
    """What a battery's numbers mean."""

    low: float
    """Below it, it is low."""
    well: float
    """From it on, it is not low any more."""
    empty: float
    leap: float
    """A rise from one day to the next that means another battery, or a charge."""
    early: float
    """Below it, it is told early when it will be empty soon; a full one's trend is of no use yet."""


PERCENT = Chemistry(low=15.0, well=25.0, empty=0.0, leap=10.0, early=50.0)
LITHIUM_ION = Chemistry(low=3.5, well=3.65, empty=3.3, leap=0.15, early=3.7)
"""One cell, 4.2 V when full; its discharge falls steeply below 3.5 V, and a board's regulator needs 3.3 V."""
TWO_CELLS = Chemistry(low=2.4, well=2.6, empty=2.2, leap=0.2, early=2.7)
"""Two alkaline cells, or a coin cell: 3 V when new; nodes stop between 2.0 and 2.3 V."""
_LITHIUM_SPAN, _CELLS_SPAN = (3.6, 4.4), (2.5, 3.45)


@dataclass(frozen=True, slots=True)
class Battery:
    """A device's battery, by days."""

    device_id: str
    name: str
    channel_id: int
    metric: Metric
    days: Sequence[tuple[date, float]]
    """The mean of each day that has readings, in order, the last one perhaps not over."""


@dataclass(frozen=True, slots=True)
class End:
    """When a battery will be empty; in four cases of five between the outer two."""

    earliest: date
    likely: date
    latest: date | None
    """None: nobody can tell."""


def chemistry(battery: Battery) -> Chemistry | None:
    """Tell what a battery's numbers mean; None: nobody knows, or it hangs on a charger or the mains."""
    if battery.metric is Metric.BATTERY:
        return PERCENT
    top = max((value for _, value in battery.days), default=0.0)
    if _LITHIUM_SPAN[0] <= top <= _LITHIUM_SPAN[1]:
        return LITHIUM_ION
    if _CELLS_SPAN[0] <= top <= _CELLS_SPAN[1]:
        return TWO_CELLS
    return None


def end(battery: Battery, kind: Chemistry) -> End | None:
    """Tell when a battery will be empty; None: it does not fall, or too little is known.

    The trend is the median of the slopes between all pairs of days (H. Theil 1950; P. K. Sen, J. Am. Stat. Assoc. 63
    (1968), 1379-1389), its range their outer tenths; only days since the last new battery or charge count.
    """
    days = _since_the_last_leap(battery.days, kind.leap)
    if len(days) < LEAST_DAYS:
        return None
    stride = -(-len(days) // MOST_DAYS)
    few = days[::-1][::stride]
    slopes = [(a - b) / (day - earlier).days for (day, a), (earlier, b) in combinations(few, 2)]
    tenths = quantiles(slopes, n=10)
    last, level = days[-1][0], median(value for _, value in days[-3:])
    likely = _reaches(last, level - kind.empty, median(slopes))
    if likely is None:
        return None
    earliest, latest = _reaches(last, level - kind.empty, tenths[0]), _reaches(last, level - kind.empty, tenths[-1])
    return End(earliest or likely, likely, latest)


def _since_the_last_leap(days: Sequence[tuple[date, float]], leap: float) -> Sequence[tuple[date, float]]:
    begin = 0
    for index in range(1, len(days)):
        if days[index][1] - days[index - 1][1] >= leap:
            begin = index
    return days[begin:]


def _reaches(day: date, left: float, slope: float) -> date | None:
    if slope >= 0 or left / -slope > FARTHEST.days:
        return None
    return day + timedelta(days=max(0.0, left) / -slope)


def judge(battery: Battery, tongue: Tongue, *, is_open: bool) -> Verdict | None:
    """Tell whether a battery is low, or will be empty soon; None: nobody knows what its numbers mean."""
    subject = Subject(AlertKind.BATTERY_LOW, device_id=battery.device_id)
    kind = chemistry(battery)
    if kind is None or not battery.days:
        return None
    level = battery.days[-1][1]
    said = tongue.amount(battery.metric, level)
    last = end(battery, kind) if level < kind.early else None
    soon = last is not None and last.likely - battery.days[-1][0] <= SOON
    if level >= (kind.well if is_open else kind.low) and not soon:
        return Over(subject, tongue.alerts.battery_back.format(value=said))
    return Finding(
        subject,
        Severity.WARNING,
        _told(battery.name, said, last, tongue),
        channel_id=battery.channel_id,
        value=round(level, 2),
        unit=METRICS[battery.metric].unit,
        bound=kind.low,
        step=(kind.well - kind.low) / 2,
    )


def _told(name: str, value: str, last: End | None, tongue: Tongue) -> str:
    words = tongue.alerts
    if last is None:
        return words.battery.format(name=name, value=value)
    if last.latest is None or last.earliest == last.latest:
        return words.battery_about.format(name=name, value=value, day=tongue.day(last.likely))
    return words.battery_between.format(
        name=name, value=value, earliest=tongue.day(last.earliest), latest=tongue.day(last.latest)
    )
