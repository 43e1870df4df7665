"""The weather to come, as somebody who knows it tells PlantOps: Home Assistant, or a weather service's script."""

from typing import Annotated

from pydantic import Field

from .wire import Answer, Name, Request, Utc

type OutdoorTemperature = Annotated[float, Field(ge=-80, le=60)]
"""°C: it was never colder than -89 nor warmer than 57 on earth, and nobody gardens at the poles."""


class ForecastPoint(Answer):
    """How warm it will be at one time."""

    time: Utc
    temperature: float
    """In two metres' height, °C."""


class Forecast(Answer):
    """The newest forecast."""

    source: str | None = None
    """Who told it; None: nobody ever did."""
    received_at: Utc | None = None
    points: tuple[ForecastPoint, ...] = ()
    """In the order of time."""


class ForecastPointWish(Request):
    """How warm it will be at one time."""

    time: Utc
    temperature: OutdoorTemperature
    """In two metres' height, °C."""


class ForecastWish(Request):
    """A forecast, in place of the one before."""

    source: Name
    """Who tells it, e.g. "Home Assistant: Met.no"."""
    points: Annotated[tuple[ForecastPointWish, ...], Field(min_length=1, max_length=1_000)]
