"""When what a sensor says cannot be true: it is stuck, jumps, says what cannot be, or says nothing. Pure.

A probe in really steady soil is not stuck. It is told by the sensor's own past: one that never said twice the same
for two weeks and now has said the very same number for a day is stuck; one that often stood still before is steady.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from types import MappingProxyType

from aioplantops.metrics import METRICS, Metric, Span

from .resolution import Line
from .tongue import Tongue

STUCK_HOURS = 20
"""Hours of the last day in which it must have said the same, at least twice in each."""
DAY = timedelta(hours=24)
PAST = timedelta(days=14)
PAST_HOURS = 72
"""Hours that must be known of its past."""
LIVELY = 0.8
"""Part of these in which a sensor that cannot be steady did not say the same all the time."""
RECENT = timedelta(hours=12)
JUMPY_HOURS, CALM_HOURS = 6, 2
"""Wild hours among the last twelve: from so many on it jumps, up to so few it does not any more."""
IMPOSSIBLE_HOURS = 3
"""The last hours that all say what cannot be."""
TWICE = 2

WILD: Mapping[Metric, float] = MappingProxyType(
    {
        # One watering makes one wild hour, a door or the sun two or three: more of them in a row is a loose wire.
        Metric.SOIL_MOISTURE: 25.0,
        Metric.SOIL_TEMPERATURE: 8.0,
        Metric.TEMPERATURE: 12.0,
        Metric.HUMIDITY: 40.0,
    }
)
"""What a sensor says within one hour, highest minus lowest, when it jumps."""

POSSIBLE: Mapping[Metric, Span] = MappingProxyType(
    {
        # A calibration by two points may miss the soil's ends by a few per cent; beyond, it or the probe is wrong.
        Metric.SOIL_MOISTURE: Span(-15, 115),
        # Where plants live. A DS18B20 says 85 °C after a power failure (Maxim data sheet 19-7487).
        Metric.TEMPERATURE: Span(-40, 60),
        Metric.SOIL_TEMPERATURE: Span(-25, 60),
        # The driest air on earth has more than none; a broken SHT3x says 0.
        Metric.HUMIDITY: Span(1, 100),
    }
)
"""What can be where plants live: narrower than what a sensor can say."""

RAILS: Mapping[Metric, Sequence[float]] = MappingProxyType(
    {
        Metric.SOIL_MOISTURE: (0.0, 100.0),
        Metric.HUMIDITY: (0.0, 100.0),
        Metric.SOIL_CONDUCTIVITY: (0.0,),
        Metric.ILLUMINANCE: (0.0,),
        Metric.PPFD: (0.0,),
        Metric.TEMPERATURE: (),
        Metric.SOIL_TEMPERATURE: (),
    }
)
"""Where a sensor may stand still for good, because its scale ends there; only these metrics are judged for it."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What a sensor said within an hour, as sent."""

    begin: datetime
    count: int
    low: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True)
class Sensor:
    """A channel that serves a plant, and its last day."""

    channel_id: int
    name: str
    metric: Metric
    unit: str
    """Of what it sends."""
    hours: Sequence[Hour]
    """The last 24, in order; those without a reading are missing."""
    line: Line | None = None
    """Its calibration."""


@dataclass(frozen=True, slots=True)
class Past:
    """How a sensor was in the two weeks before."""

    hours: int
    """In which it said something at least twice."""
    lively: int
    """Of them those in which it did not say the same all the time."""
    longest_gap: timedelta = timedelta()


def limits(sensor: Sensor) -> tuple[float, float, float]:
    """Tell what looks wrong at a glance, as sent: a swing of an hour, and the least and the greatest mean of one."""
    line = sensor.line or Line(1.0, 0.0)
    unjudged = sensor.line is None and sensor.unit != METRICS[sensor.metric].unit
    if unjudged or not line.factor:
        return inf, -inf, inf
    wild, span = WILD.get(sensor.metric, inf), POSSIBLE.get(sensor.metric, Span(-inf, inf))
    ends = sorted((end - line.shift) / line.factor for end in (span.low, span.high))
    return wild / abs(line.factor), ends[0], ends[1]


def still(sensor: Sensor, now: datetime) -> bool:
    """Tell whether a sensor has said the very same for a day: then its past must be asked for."""
    if sensor.metric not in RAILS:
        return False
    hours = [hour for hour in sensor.hours if hour.begin >= now - DAY and hour.count >= TWICE]
    if len(hours) < STUCK_HOURS:
        return False
    value = hours[0].low
    return value not in RAILS[sensor.metric] and all(hour.low == value == hour.high for hour in hours)


def fault(sensor: Sensor, past: Past | None, now: datetime, tongue: Tongue, *, is_open: bool) -> str | None:
    """Tell in words what is wrong with a sensor; None: nothing is. `is_open`: whether that was said before.

    `past` is needed only where the sensor is `still`.
    """
    if past is not None and still(sensor, now) and past.hours >= PAST_HOURS and past.lively >= LIVELY * past.hours:
        return tongue.alerts.stuck.format(name=sensor.name, value=_shown(sensor, sensor.hours[-1].mean, tongue))
    if (swing := _jumps(sensor, now, is_open=is_open)) is not None:
        return tongue.alerts.jumps.format(name=sensor.name, swing=tongue.amount(sensor.metric, swing))
    return _impossible(sensor, tongue)


def _jumps(sensor: Sensor, now: datetime, *, is_open: bool) -> float | None:
    limit = WILD.get(sensor.metric)
    if limit is None or (sensor.line is None and sensor.unit != METRICS[sensor.metric].unit):
        return None
    steep = 1.0 if sensor.line is None else abs(sensor.line.factor)
    wild = [hour for hour in sensor.hours if hour.begin >= now - RECENT and steep * (hour.high - hour.low) > limit]
    enough = CALM_HOURS + 1 if is_open else JUMPY_HOURS
    return limit if len(wild) >= enough else None


def _impossible(sensor: Sensor, tongue: Tongue) -> str | None:
    possible = POSSIBLE.get(sensor.metric)
    last = sensor.hours[-IMPOSSIBLE_HOURS:]
    values = [value for value in (_value(sensor, hour.mean) for hour in last) if value is not None]
    if possible is None or len(values) < IMPOSSIBLE_HOURS or any(possible.holds(value) for value in values):
        return None
    words = tongue.alerts.impossible if sensor.line is None else tongue.alerts.misjudged
    return words.format(name=sensor.name, value=tongue.amount(sensor.metric, values[-1]))


def _value(sensor: Sensor, sent: float) -> float | None:
    if sensor.line is not None:
        return sensor.line(sent)
    return sent if sensor.unit == METRICS[sensor.metric].unit else None


def _shown(sensor: Sensor, sent: float, tongue: Tongue) -> str:
    value = _value(sensor, sent)
    return f"{tongue.plain(sent)} {sensor.unit}" if value is None else tongue.amount(sensor.metric, value)


MUTE_LEAST = timedelta(hours=24)
MUTE_TIMES = 3
"""A sensor may say nothing for so many times its longest pause of the last two weeks: some only tell changes."""


def mute(silent_for: timedelta, past: Past, *, is_open: bool) -> bool:
    """Tell whether a sensor says nothing while its device does, longer than is usual for it.

    `is_open`: whether that was said before: its past is forgotten some day, its silence not.
    """
    if is_open:
        return silent_for > MUTE_LEAST
    return past.hours >= PAST_HOURS // 3 and silent_for > max(MUTE_LEAST, MUTE_TIMES * past.longest_gap)
