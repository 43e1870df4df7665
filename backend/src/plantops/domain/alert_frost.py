"""When it will get too cold outside, by a weather forecast that somebody gives us. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.alerts import AlertKind
from aioplantops.metrics import Metric
from aioplantops.severity import Severity

from .alert_needs import amount
from .alert_silence import when
from .alerts import Finding, Over, Subject, Verdict

AHEAD = timedelta(hours=36)
"""So far it is looked ahead: early enough to carry pots in by daylight, late enough to be true."""
STALE = timedelta(hours=24)
"""An older forecast is worth nothing."""
GROUND_FROST = 3.0
"""°C, of plants of which nothing is known: at 3 °C in two metres' height the ground may freeze in a clear night."""
LONGEST_PAST = timedelta(days=2)
FARTHEST = timedelta(days=20)
"""Weather services tell 16 days at most."""
FREEZES = 0.0
SLACK = 1.0
"""°C by which a forecast must be milder to end an alert: forecasts waver by that from one to the next."""


@dataclass(frozen=True, slots=True)
class Weather:
    """A forecast."""

    received_at: datetime
    points: Sequence[tuple[datetime, float]]
    """Times and temperatures, °C."""

    def coldest(self, now: datetime) -> tuple[datetime, float] | None:
        """Give the coldest point of the hours to come; None: it tells nothing of them, or is too old."""
        if now - self.received_at > STALE:
            return None
        ahead = [point for point in self.points if now <= point[0] <= now + AHEAD]
        return min(ahead, key=lambda point: point[1], default=None)


@dataclass(frozen=True, slots=True)
class Outside:
    """A plant that stands outdoors."""

    plant_id: UUID
    name: str
    low: float | None
    """Its lower bound of temperature, °C; None: nobody knows one."""


def misfit(times: Sequence[datetime], now: datetime) -> str | None:
    """Tell in words why a forecast cannot be meant; None when it can."""
    if max(times) <= now:
        return "all of them are over; a forecast tells what is to come"
    if min(times) < now - LONGEST_PAST:
        return "the first of them lies more than two days back"
    if max(times) > now + FARTHEST:
        return f"the last of them lies more than {FARTHEST.days} days ahead; nobody can tell that"
    if len(set(times)) != len(times):
        return "two of them have the same time"
    return None


def judge(plant: Outside, weather: Weather | None, now: datetime, zone: ZoneInfo, *, is_open: bool) -> Verdict:
    """Tell whether it will get too cold for a plant outside."""
    subject = Subject(AlertKind.FROST, plant.plant_id)
    coldest = None if weather is None else weather.coldest(now)
    if coldest is None:
        return Over(subject, "Nobody tells the weather any more.")
    at, degrees = coldest
    bound = GROUND_FROST if plant.low is None else plant.low
    if degrees > bound + (SLACK if is_open else 0.0):
        return Over(subject, f"At least {amount(Metric.TEMPERATURE, degrees)} are forecast for the next days.")
    return Finding(
        subject,
        Severity.CRITICAL if degrees <= min(FREEZES, bound) else Severity.WARNING,
        f"{amount(Metric.TEMPERATURE, degrees)} are forecast for {when(at, zone)}: too cold for {plant.name} outside,"
        f" which bears no less than {amount(Metric.TEMPERATURE, bound)}. Take it in, or cover it.",
        value=degrees,
        unit="°C",
        bound=bound,
        step=2.0,
    )
