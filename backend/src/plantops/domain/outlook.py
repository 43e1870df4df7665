"""When a plant will want water next, how sure that is, and why: from its soil, or from what people wrote down."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, hypot, log
from statistics import median

from aioplantops.care import Basis, Confidence, Verdict

from plantops.domain.dry_down import DAY, DryDown, dry_downs
from plantops.domain.drying import LEVEL_DOUBT, RANGE, Drying, Forecast, learn
from plantops.domain.moisture import Moisture
from plantops.domain.tongue import Tongue
from plantops.domain.watering import Watering

KNOWN_HABIT = 2
"""Waterings after which it is known at which level a person waters."""
RECENT = 8
"""Waterings that tell the habit."""
BEGINNING_SHARE = 0.4
"""Part of the water above the driest level imaginable at which most people water (FAO-56's p of about 0.5)."""
SURE_CYCLES, SOME_CYCLES = 5, 2
SURE_SHARE = 0.5
"""A range narrower than this part of the time to go is called sure."""
SILENT_HOURS = 36.0
"""After so much silence nobody knows whether somebody has watered."""
LOG_DOUBT = 0.2
EARLY_SHARE = 0.6
"""A watering is trusted for at least this part of the time that it usually lasts."""
HABIT_TIMES = 1.5


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next watering; times are Unix times, levels %."""

    at: float
    earliest: float
    latest: float
    basis: Basis
    confidence: Confidence
    cycles: int
    """Complete dry-downs, or intervals, that it was learnt from."""
    lasts_days: float | None
    """How long a thorough watering would last now; None: not known, or longer than anybody can tell."""
    level: float | None = None
    target: float | None = None
    """The level at which it wants water."""
    per_day: float | None = None
    """What the soil loses in a day at its level, %."""
    read_at: float | None = None
    """The last reading that it was told from."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a plant's next watering is told from."""

    drying: Drying
    current: DryDown
    targets: Sequence[tuple[Basis, float, float]]
    """Levels, %, at which the plant may want water, the weightiest first, with what each is uncertain by."""

    def at(self, now: float) -> Outlook | None:
        """Tell the next watering as of now; None: it is not in sight."""
        for basis, target, doubt in self.targets:
            forecast = self.drying.falls_to(target, self.current, now, level_doubt=doubt)
            if forecast is not None:
                return _outlook(self.drying, self.current, forecast, (basis, target), now)
        return None


def prospect(series: Moisture, found: Sequence[Watering], *, threshold: float | None = None) -> Prospect | None:
    """Learn from a plant's soil what its next watering depends on; None: there is too little to say anything.

    `threshold` is the level, %, below which the plant shall not fall, where one is set.
    """
    seen = dry_downs(series, found)
    drying = learn(seen)
    if drying is None or not seen or seen[-1].ended:
        return None
    return Prospect(drying, seen[-1], _targets(found, drying, series, threshold))


def look_ahead(
    series: Moisture, found: Sequence[Watering], now: float, *, threshold: float | None = None
) -> Outlook | None:
    """Tell a plant's next watering from its soil; None: there is too little to say anything, or it is not in sight."""
    learnt = prospect(series, found, threshold=threshold)
    return None if learnt is None else learnt.at(now)


def _targets(
    found: Sequence[Watering], drying: Drying, series: Moisture, threshold: float | None
) -> list[tuple[Basis, float, float]]:
    targets = []
    if threshold is not None:
        targets.append((Basis.THRESHOLD, threshold, LEVEL_DOUBT))
    before = [one.before for one in found[-RECENT:]]
    if len(before) >= KNOWN_HABIT:
        middle = median(before)
        spread = HABIT_TIMES * median(abs(level - middle) for level in before)
        targets.append((Basis.HABIT, middle, hypot(LEVEL_DOUBT, spread)))
    else:
        top = max(series.levels)
        bottom = max(0.0, drying.curve.floor)
        target = before[0] if before else bottom + BEGINNING_SHARE * (top - bottom)
        targets.append((Basis.BEGINNING, target, 3 * LEVEL_DOUBT))
    return targets


def _outlook(drying: Drying, current: DryDown, forecast: Forecast, aim: tuple[Basis, float], now: float) -> Outlook:
    basis, target = aim
    level = drying.level_now(current, now)
    speed = drying.speed(now)
    silent = now - current.times[-1] > SILENT_HOURS * 3600.0
    return Outlook(
        at=forecast.at,
        earliest=forecast.earliest,
        latest=forecast.latest,
        basis=basis,
        confidence=_confidence(drying.cycles, forecast, now, silent=silent or basis is Basis.BEGINNING),
        cycles=drying.cycles,
        lasts_days=drying.lasts(target, now),
        level=level,
        target=target,
        per_day=speed / drying.curve.slowness(level),
        read_at=current.times[-1],
    )


def _confidence(cycles: int, forecast: Forecast, now: float, *, silent: bool) -> Confidence:
    width = (forecast.latest - forecast.earliest) / max(DAY, forecast.at - now)
    if silent or cycles < SOME_CYCLES:
        return Confidence.LOW
    return Confidence.HIGH if cycles >= SURE_CYCLES and width <= 2 * SURE_SHARE else Confidence.MEDIUM


def look_at_log(waterings: Sequence[float], now: float) -> Outlook | None:
    """Tell the next watering of a plant without a probe from the times that were written down; None: fewer than two.

    People water in rhythm: the median of the last intervals, and their spread as logarithms.
    """
    times = sorted(waterings)[-RECENT - 1 :]
    intervals = [later - earlier for earlier, later in pairwise(times) if later - earlier > DAY / 2]
    if not intervals:
        return None
    usual = median(intervals)
    strays = [log(interval / usual) ** 2 for interval in intervals]
    doubt = ((2 * LOG_DOUBT**2 + sum(strays)) / (2 + len(strays))) ** 0.5
    at = times[-1] + usual
    return Outlook(
        at=max(now, at),
        earliest=max(now, times[-1] + usual * exp(-RANGE * doubt)),
        latest=max(now, times[-1] + usual * exp(RANGE * doubt)),
        basis=Basis.CARE_LOG,
        confidence=Confidence.MEDIUM if len(intervals) > SOME_CYCLES and doubt < LOG_DOUBT else Confidence.LOW,
        cycles=len(intervals),
        lasts_days=usual / DAY,
    )


def reason(outlook: Outlook, tongue: Tongue) -> str:
    """Say in one sentence why."""
    words = tongue.outlook
    if outlook.basis is Basis.CARE_LOG:
        return words.by_log.format(span=_days(outlook.lasts_days or 0.0, tongue))
    level, target, loss = outlook.level or 0.0, outlook.target or 0.0, outlook.per_day or 0.0
    aim = words.aims[outlook.basis].format(target=tongue.fixed(target))
    if level <= target:
        return words.reached.format(level=tongue.fixed(level), aim=aim)
    learnt = tongue.counted(words.learnt, outlook.cycles) if outlook.cycles else words.by_others
    return words.falling.format(level=tongue.fixed(level), loss=tongue.fixed(loss, 1), aim=aim, learnt=learnt)


def _days(days: float, tongue: Tongue) -> str:
    if days >= 2.5:  # noqa: PLR2004
        return tongue.outlook.days.format(count=tongue.fixed(days))
    return tongue.outlook.hours.format(count=tongue.fixed(days * 24))


@dataclass(frozen=True, slots=True)
class Absence:
    """One plant while its people are away; times are Unix times."""

    verdict: Verdict
    visit_by: float | None = None
    """When somebody must have watered it at the latest, if it was watered before they left."""


def away(
    expected: tuple[float, float], lasts_days: float | None, *, judged: float, span: tuple[float, float]
) -> Absence:
    """Tell what becomes of a plant between two moments. In doubt it needs water: the early end of the range counts.

    `expected` is the next watering and its early end as they were judged, `span` when people leave and come back.
    """
    (at, earliest), (leave, back) = expected, span
    if earliest >= back:
        return Absence(Verdict.FINE)
    if lasts_days is None:
        return Absence(Verdict.WATER_BEFORE)
    share = (earliest - judged) / (at - judged) if at > judged else 0.0
    until = leave + lasts_days * DAY * max(share, EARLY_SHARE)
    return Absence(Verdict.WATER_BEFORE) if until >= back else Absence(Verdict.NEEDS_VISIT, until)
