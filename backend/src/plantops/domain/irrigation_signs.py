"""What follows a watering: what its results mean, whether the soil got wetter, and what looks like a leak. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from aioplantops.irrigation import Soil, WateringReason, WateringState
from aioplantops.telemetry import CommandState

from .irrigation import WET, Gauge, Level
from .tongue import Tongue

EXPIRES = timedelta(seconds=30)
"""So long may a command travel: it is for now, or not at all."""

ANSWER = timedelta(seconds=30)
"""So long after its time a watering's last word may take."""

SETTLE = timedelta(hours=1)
"""So long water may take to the probe. It sinks through potting mix within minutes, and is felt once it surrounds the
probe's blade; mixes that have dried out need most of an hour to take water up again."""

RISE = 2.0
"""Per cent by which the soil must get wetter. Capacitive probes waver by half a per cent, and with the temperature of
the day by one more."""

LEAST_SHARE = 0.02
"""A dose below this share of the pot's volume is too small for a probe to see for sure."""

FLOWS = 0.05
"""L/min; below it a flow meter's wheel stands, or drips."""

AFTERWARDS = timedelta(seconds=60)
"""So long after its end a hose may still run, and a device's clock be wrong."""

FALL = 5.0
"""Per cent by which a reservoir falls only where water leaves it: level sensors waver by one or two."""

FALL_WITHIN = timedelta(hours=1)
LEAST_READINGS = 3

_ENDS = {
    CommandState.RUNNING: WateringState.RUNNING,
    CommandState.DONE: WateringState.DONE,
    CommandState.STOPPED: WateringState.STOPPED,
    CommandState.REFUSED: WateringState.REFUSED,
    CommandState.EXPIRED: WateringState.EXPIRED,
    CommandState.FAILED: WateringState.FAILED,
}


def after(state: WateringState, told: CommandState, *, given_up: bool) -> WateringState | None:
    """Tell what a watering is once its device has said something; None: that is no news.

    The last word stands, with one exception: a watering that was given up without an answer is better known later.
    """
    if not (state.open or given_up):
        return None
    new = _ENDS[told]
    if new is state or (new is WateringState.RUNNING and given_up):
        return None
    if state is WateringState.RUNNING and not new.flowed:
        return WateringState.FAILED  # it said that water flows, and now that nothing was done
    return new


def due(sent: datetime, seconds: float) -> datetime:
    """Tell when a watering's last word must have come."""
    return sent + EXPIRES + timedelta(seconds=seconds) + ANSWER


@dataclass(frozen=True, slots=True)
class Felt:
    """What a plant's probe said around a watering, %."""

    before: Sequence[float]
    after: Sequence[float]
    """In the order of time, since water flowed."""
    enough: bool = True
    """Whether the dose was large enough to be seen."""


@dataclass(frozen=True, slots=True)
class Rise:
    """What the soil says of a watering."""

    soil: Soil
    before: float | None = None
    after: float | None = None


def rise(felt: Felt, *, settled: bool) -> Rise:
    """Judge whether the soil got wetter. One reading alone is not believed where there are three or more."""
    if not felt.before or not felt.after:
        return Rise(Soil.UNKNOWN if settled else Soil.WAITING, median(felt.before) if felt.before else None)
    before = median(felt.before)
    highest = sorted(felt.after)
    after_ = highest[-2] if len(highest) >= LEAST_READINGS else highest[-1]
    if after_ - before >= RISE:
        return Rise(Soil.RISEN, before, after_)
    if not settled:
        return Rise(Soil.WAITING, before, after_)
    return Rise(Soil.NOT_RISEN if felt.enough else Soil.UNKNOWN, before, after_)


def enough(litres: float | None, pot_litres: float | None) -> bool:
    """Tell whether a dose can be seen by a probe: where the flow or the pot is not known, it is thought to."""
    return litres is None or pot_litres is None or litres >= LEAST_SHARE * pot_litres


def together(rises: Sequence[Rise]) -> Rise:
    """Judge a hose by its plants: one that stayed dry is enough to look after it; then one that still waits."""
    for soil in (Soil.NOT_RISEN, Soil.WAITING, Soil.RISEN):
        if (found := next((one for one in rises if one.soil is soil), None)) is not None:
            return found
    return rises[0] if rises else Rise(Soil.UNKNOWN)


def leaks(leak: Gauge, flow: Gauge, tongue: Tongue, *, valve: bool, idle_since: datetime | None) -> str | None:
    """Tell in words what looks like a leak; None: nothing does. `idle_since` None: a watering is under way.

    `valve` tells that `flow` is a valve's own word whether it is open, not litres per minute.
    """
    if leak.level is not None and leak.level.value >= WET:
        return tongue.water.objections[WateringReason.LEAK]
    if idle_since is None or flow.level is None or flow.level.at <= idle_since + AFTERWARDS:
        return None
    if valve:
        return tongue.water.leak_valve if flow.level.value >= WET else None
    return tongue.water.leak_flow.format(flow=tongue.plain(flow.level.value)) if flow.level.value > FLOWS else None


def falls(levels: Sequence[Level], tongue: Tongue) -> str | None:
    """Tell in words that a reservoir falls while nothing runs; `levels` are those of an idle time, in its order."""
    if len(levels) < 2 * LEAST_READINGS:
        return None
    first = median(level.value for level in levels[:LEAST_READINGS])
    last = median(level.value for level in levels[-LEAST_READINGS:])
    if first - last < FALL:
        return None
    return tongue.water.falls.format(first=tongue.fixed(first), last=tongue.fixed(last))


def idle_window(now: datetime, idle_since: datetime) -> datetime:
    """Tell since when a reservoir's level must have stood still."""
    return max(now - FALL_WITHIN, idle_since + AFTERWARDS)


def allowed(now: datetime, zone: ZoneInfo, from_: time, until: time) -> bool:
    """Tell whether a moment lies in the hours of the day in which the automatic may water; they may span midnight."""
    local = now.astimezone(UTC).astimezone(zone).time()
    return from_ <= local < until if from_ < until else local >= from_ or local < until
