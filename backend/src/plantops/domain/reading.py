"""Whether a reading can be true: its time judged by the clock, its value by what nature allows. Pure.

Times are whole microseconds since 1970 (UTC) in here, as exact as the store keeps them and cheap to compare.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite

from aioplantops.metrics import METRICS, Scale
from aioplantops.telemetry import Sample

from .intake import Reason

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

FIRST_SANE = datetime(2020, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier time was never set."""

AHEAD = timedelta(minutes=10)
"""How far a device's clock may run ahead of ours."""


def microseconds(moment: datetime) -> int:
    """Give a moment as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def moment(microseconds_: int) -> datetime:
    """Give microseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(microseconds_ / 1_000_000, UTC)  # rounds to microseconds: exact until the year 2100


@dataclass(frozen=True, slots=True)
class Window:
    """The times that a reading can have, seen from when it arrived; limits in seconds since 1970, both allowed."""

    now: int
    """When it arrived, microseconds: the time of a reading that has none."""
    oldest: float
    latest: float

    @classmethod
    def at(cls, received_at: datetime, keep_raw: timedelta) -> Window:
        """Tell the window of what arrives at `received_at`, when raw readings are kept for `keep_raw`."""
        return cls(
            microseconds(received_at),
            max(received_at - keep_raw, FIRST_SANE).timestamp(),
            (received_at + AHEAD).timestamp(),
        )


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a reading is refused, as a stable word and as a sentence for its owner."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A channel that takes readings."""

    id: int
    scale: Scale


type Key = tuple[int, int]
"""A reading's identity: channel id, and time in microseconds since 1970."""

type Fit = tuple[Key, float]
"""A reading that may be stored, with its value in the channel's stored unit."""


def judge(sample: Sample, slot: Slot, window: Window) -> Fit | Unfit:
    """Convert a reading to the stored unit and tell when it was taken, or why it cannot be true."""
    scale = slot.scale
    value = scale.convert(sample.v)
    if not scale.span.holds(value):
        return _no_value(sample.v, value, scale)
    if sample.t is None:
        return (slot.id, window.now), value
    if window.oldest <= sample.t <= window.latest:
        return (slot.id, round(sample.t * 1e6)), value
    return _no_time(sample.t, window)


def _no_value(sent: float, value: float, scale: Scale) -> Unfit:
    if not isfinite(sent):
        return Unfit(Reason.NOT_FINITE, f"{sent} is no number that a probe can measure.")
    name = METRICS[scale.metric].name.lower()
    came = "" if value == sent else f" (sent as {sent:g})"
    span = f"{scale.span.low:g} and {scale.span.high:g} {scale.unit}"
    return Unfit(Reason.RANGE, f"{value:g} {scale.unit}{came} cannot be: {name} lies between {span}.")


def _no_time(sent: float, window: Window) -> Unfit:
    arrived = moment(window.now)
    if sent > window.latest:
        return Unfit(Reason.CLOCK, f"{_shown(sent)} is more than 10 minutes ahead of {arrived:%Y-%m-%d %H:%M:%S} UTC.")
    if sent >= FIRST_SANE.timestamp():
        kept = f"{moment(round(window.oldest * 1e6)):%Y-%m-%d}"
        return Unfit(Reason.TOO_OLD, f"{_shown(sent)} is older than what raw readings are kept for (since {kept}).")
    return Unfit(Reason.CLOCK, f"{_shown(sent)} is before 2020: the device's clock is not set.")


def _shown(seconds: float) -> str:
    """Write Unix seconds as a date where that is possible."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError, ValueError, OSError:
        return f"t={seconds:g}"
