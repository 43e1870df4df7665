"""When a plant gets too little or too much light: by several whole days, never by one. Pure.

A cloudy day is no problem: leaves live on what several days bring, and growers therefore reckon with weekly means of
the daily light integral (J. E. Faust & J. Logan, HortScience 53 (2018), 1250-1257, map monthly ones). Today is never
judged: it is not over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from types import MappingProxyType

from aioplantops.alerts import AlertKind
from aioplantops.needs import NEEDS, Need, Threshold
from aioplantops.severity import Severity

from .alerts import Finding, Held, Over, Subject, Verdict

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


def judge(lit: Lit, *, open_kinds: frozenset[AlertKind]) -> list[Verdict]:
    """Judge a plant's light, too little and too much."""
    return [_judge(lit, kind, is_open=kind in open_kinds) for kind in (AlertKind.DLI_LOW, AlertKind.DLI_HIGH)]


def _judge(lit: Lit, kind: AlertKind, *, is_open: bool) -> Verdict:
    low = kind is AlertKind.DLI_LOW
    bound = None if lit.threshold is None else (lit.threshold.low if low else lit.threshold.high)
    subject = Subject(kind, lit.plant.plant_id)
    if bound is None:
        return Over(subject, "It has no such bound any more.")
    since = lit.yesterday - timedelta(days=(BACK_DAYS if is_open else DAYS) - 1)
    known = [day.dli for day in lit.days if since <= day.day <= lit.yesterday and day.coverage >= COVERED]
    if len(known) < (BACK_DAYS - 1 if is_open else LEAST_DAYS):
        return Held(subject, "Too little was measured of its light lately.")
    mean = fmean(known)
    sign = 1 if low else -1
    if is_open:
        limit = bound * (SLACK if low else 2 - SLACK)
        if sign * mean >= sign * limit:
            return Over(subject, f"The last days brought {_amount(mean)} a day.")
    elif sign * mean >= sign * bound or sum(sign * dli < sign * bound for dli in known) < len(known) - 1:
        return Over(subject, f"The last days brought {_amount(mean)} a day.")
    return Finding(
        subject,
        Severity.WARNING,
        WORDS[kind].format(name=lit.name, value=_amount(mean), bound=_amount(bound)),
        value=round(mean, 2),
        unit=NEEDS[Need.DLI].unit,
        bound=bound,
        step=0.2 * bound,
    )


def _amount(dli: float) -> str:
    return f"{dli:.1f} mol/m²"


WORDS: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.DLI_LOW: (
            "{name} has got {value} of light a day lately, less than its {bound}: move it to the window, or light it."
        ),
        AlertKind.DLI_HIGH: "{name} has got {value} of light a day lately, more than its {bound}: shade it.",
    }
)
