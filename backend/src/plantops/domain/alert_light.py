"""When a plant gets too little or too much light: by several whole days, never by one. Pure.

A cloudy day is no problem: leaves live on what several days bring, and growers therefore reckon with weekly means of
the daily light integral (J. E. Faust & J. Logan, HortScience 53 (2018), 1250-1257, map monthly ones). Today is never
judged: it is not over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from aioplantops.alerts import AlertKind
from aioplantops.needs import NEEDS, Need, Threshold
from aioplantops.severity import Severity

from .alerts import Finding, Held, Over, Subject, Verdict
from .tongue import Tongue

DAYS = 5
"""Days that are looked at."""
LEAST_DAYS = 4
"""Days of them that must be known, and of which but one must be beyond the bound."""
COVERED = 0.8
"""Part of a day that readings must cover."""
BACK_DAYS = 3
SLACK = 1.05
"""Three days whose mean is well by 5 % end it."""


@dataclass(frozen=True, slots=True)
class LightDay:
    """What light a day brought."""

    day: date
    dli: float
    """mol/m²."""
    coverage: float
    """Part of the day that readings cover."""


@dataclass(frozen=True, slots=True)
class Lit:
    """A plant and its last days that are over."""

    plant: Subject
    """Its kind is of no matter."""
    name: str
    days: Sequence[LightDay]
    """In order."""
    yesterday: date
    threshold: Threshold | None


def judge(lit: Lit, tongue: Tongue, *, open_kinds: frozenset[AlertKind]) -> list[Verdict]:
    """Judge a plant's light, too little and too much."""
    return [_judge(lit, kind, tongue, is_open=kind in open_kinds) for kind in (AlertKind.DLI_LOW, AlertKind.DLI_HIGH)]


def _judge(lit: Lit, kind: AlertKind, tongue: Tongue, *, is_open: bool) -> Verdict:
    low = kind is AlertKind.DLI_LOW
    bound = None if lit.threshold is None else (lit.threshold.low if low else lit.threshold.high)
    subject = Subject(kind, lit.plant.plant_id)
    if bound is None:
        return Over(subject, tongue.alerts.unbounded)
    since = lit.yesterday - timedelta(days=(BACK_DAYS if is_open else DAYS) - 1)
    known = [day.dli for day in lit.days if since <= day.day <= lit.yesterday and day.coverage >= COVERED]
    if len(known) < (BACK_DAYS - 1 if is_open else LEAST_DAYS):
        return Held(subject, tongue.alerts.dim)
    mean = fmean(known)
    over = Over(subject, tongue.alerts.light.format(value=_amount(mean, tongue)))
    sign = 1 if low else -1
    if is_open:
        limit = bound * (SLACK if low else 2 - SLACK)
        if sign * mean >= sign * limit:
            return over
    elif sign * mean >= sign * bound or sum(sign * dli < sign * bound for dli in known) < len(known) - 1:
        return over
    return Finding(
        subject,
        Severity.WARNING,
        tongue.alerts.felt[kind].format(name=lit.name, value=_amount(mean, tongue), bound=_amount(bound, tongue)),
        value=round(mean, 2),
        unit=NEEDS[Need.DLI].unit,
        bound=bound,
        step=0.2 * bound,
    )


def _amount(dli: float, tongue: Tongue) -> str:
    return f"{tongue.fixed(dli, 1)} mol/m²"
