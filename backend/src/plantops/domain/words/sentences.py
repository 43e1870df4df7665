"""Which sentences there are. Each language has all of them, with the same places in braces. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from aioplantops.alerts import AlertKind
from aioplantops.care import Basis, CareKind
from aioplantops.irrigation import WateringReason
from aioplantops.tasks import TaskKind

type Counted = tuple[str, str]
"""The same for one thing, and for any other count of them: `{count}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWords:
    """What alerts are called, what they tell, and why they are over or wait."""

    begun: Mapping[AlertKind, str]
    """What it is called when it begins; the name is the plant's, or the device's."""
    past: Mapping[AlertKind, str]
    """What it is called when it is over."""
    felt: Mapping[AlertKind, str]
    """What a plant feels, with what to do about it."""
    back: str
    unbounded: str
    unserved: str
    unmeasured: str
    uncalibrated: str
    settling: str
    dry: str
    old: str
    battery: str
    battery_about: str
    battery_between: str
    battery_back: str
    stuck: str
    jumps: str
    impossible: str
    misjudged: str
    """As `impossible`, where the sensor is calibrated."""
    mute: str
    doubted: str
    sound: str
    frost: str
    mild: str
    no_forecast: str
    inside: str
    dim: str
    """Too little is known of a plant's light."""
    light: str
    silent: str
    silent_usually: str
    lost: str
    silent_advice: str
    heard: str
    every_few_minutes: str
    every_minutes: str
    every_hours: Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWords:
    """What messages say around their news."""

    still: str
    unacknowledged: str
    for_hours: Counted
    for_days: Counted
    refused_title: str
    refused: str
    untold: Counted
    more_news: str
    more: str
    test_title: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookWords:
    """Why a plant will want water then, and when its probe should be calibrated again."""

    by_log: str
    days: str
    hours: str
    aims: Mapping[Basis, str]
    reached: str
    falling: str
    by_others: str
    learnt: Counted
    drift_dry: str
    drift: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeWords:
    """What a probe still has to do before what it sends becomes a point of its calibration."""

    none: str
    apart: str
    silent: str
    few: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterWords:
    """What irrigation says."""

    objections: Mapping[WateringReason, str]
    pause: Counted
    no_probe: str
    unread_probe: str
    leak_valve: str
    leak_flow: str
    falls: str
    stays_off: str
    empty: str
    filled: str
    refused: str
    expired: str
    failed: str
    unanswered: str
    answered: str
    dry: str
    the_plant: str
    wetter: str
    looked_after: str
    begun_title: str
    begun: str
    begun_litres: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareWords:
    """What is to be done and was done, as lists and calendars call it."""

    to_do: Mapping[TaskKind, str]
    the_plants: str
    done: Mapping[CareKind, str]
    a_plant: str
    seen: str
    ticked: str
    """What the log says of a task that was done, where nobody says more."""
    plants: str
    to_be_done: str
    was_done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that is said in one language, and how it writes numbers and days."""

    point: str
    """What stands before decimals."""
    months: tuple[str, ...]
    day: str
    moment: str
    """A day with its time, within a sentence."""
    stamp: str
    """The same, beside one."""
    alerts: AlertWords
    news: NewsWords
    outlook: OutlookWords
    probe: ProbeWords
    water: WaterWords
    care: CareWords
