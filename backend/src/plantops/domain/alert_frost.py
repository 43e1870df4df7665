"""When it will get too cold outside, by a weather forecast that somebody gives us. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aioplantops.alerts import AlertKind
from aioplantops.metrics import Metric
from aioplantops.severity import Severity

from .alerts import Finding, Over, Subject, Verdict
from .tongue import Speech

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


def judge(plant: Outside, weather: Weather | None, now: datetime, speech: Speech, *, is_open: bool) -> Verdict:
    """Tell whether it will get too cold for a plant outside."""
    tongue = speech.tongue
    subject = Subject(AlertKind.FROST, plant.plant_id)
    coldest = None if weather is None else weather.coldest(now)
    if coldest is None:
        return Over(subject, tongue.alerts.no_forecast)
    at, degrees = coldest
    bound = GROUND_FROST if plant.low is None else plant.low
    if degrees > bound + (SLACK if is_open else 0.0):
        return Over(subject, tongue.alerts.mild.format(value=tongue.amount(Metric.TEMPERATURE, degrees)))
    return Finding(
        subject,
        Severity.CRITICAL if degrees <= min(FREEZES, bound) else Severity.WARNING,
        tongue.alerts.frost.format(
            name=plant.name,
            at=speech.moment(at),
            value=tongue.amount(Metric.TEMPERATURE, degrees),
            bound=tongue.amount(Metric.TEMPERATURE, bound),
        ),
        value=degrees,
        unit="°C",
        bound=bound,
        step=2.0,
    )
