"""What a plant can need, and the spans in which it is content: one line for each need, with unit and what can be real.

A need is what people judge a plant by. Most are metrics; light is judged by the day (DLI), which no channel measures.
To add one, add a member to `Need`, a line to ``NEEDS``, and a field to each of the three models below.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, Self

from pydantic import model_validator

from .metrics import Span
from .wire import Answer, Request


class Need(StrEnum):
    """What a plant can need."""

    SOIL_MOISTURE = "soil_moisture"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    SOIL_CONDUCTIVITY = "soil_conductivity"
    DLI = "dli"


@dataclass(frozen=True, slots=True)
class NeedKind:
    """A need's unit for people, and the span that a bound can sensibly lie in."""

    need: Need
    name: str
    unit: str
    span: Span


NEEDS: Mapping[Need, NeedKind] = MappingProxyType(
    {
        kind.need: kind
        for kind in (
            NeedKind(Need.SOIL_MOISTURE, "soil moisture", "%", Span(0, 100)),
            # From hard frost to more than any leaf in a pot survives.
            NeedKind(Need.TEMPERATURE, "air temperature", "°C", Span(-40, 60)),
            NeedKind(Need.HUMIDITY, "humidity", "%", Span(0, 100)),
            NeedKind(Need.SOIL_CONDUCTIVITY, "soil conductivity", "µS/cm", Span(0, 20_000)),
            # A cloudless midsummer day brings 60 to 65 mol/m² (Faust & Logan 2018).
            NeedKind(Need.DLI, "daily light", "mol/m²/d", Span(0, 80)),
        )
    }
)


class Bounded(Protocol):
    """Anything with two ends, each of which may be open."""

    @property
    def low(self) -> float | None:
        """The lower end, in the need's unit."""

    @property
    def high(self) -> float | None:
        """The upper end, in the need's unit."""


class Band(Answer):
    """The span in which a plant is content, in the need's unit; None: no end on that side."""

    low: float | None = None
    high: float | None = None


class BandWish(Request):
    """A span as a person sets it; `null` takes an end away, and an absent one stays as it is."""

    low: float | None = None
    high: float | None = None


class _ByNeed:
    """Five fields, one for each need: what both kinds of paper below have in common."""

    def items(self) -> Iterator[tuple[Need, Bounded]]:
        """Give the needs that are named, with their spans."""
        for need in Need:
            if (band := getattr(self, need)) is not None:
                yield need, band

    def fitting(self) -> Self:
        """Give itself. Raises ValueError where a span is upside down or an end cannot be real."""
        for need, band in self.items():
            if (why := misfit(need, band.low, band.high)) is not None:
                raise ValueError(why)
        return self


class Needs(_ByNeed, Answer):
    """What a plant needs; a need that is not named is not known."""

    soil_moisture: Band | None = None
    """% of the calibrated span: 0 is the user's dry soil, 100 the soaked one."""
    temperature: Band | None = None
    """Of the air, °C."""
    humidity: Band | None = None
    """Relative humidity of the air, %."""
    soil_conductivity: Band | None = None
    """Of the bulk soil as a probe in the pot measures it, µS/cm."""
    dli: Band | None = None
    """Light as the daily light integral, mol/m²/d."""


class NeedsWish(_ByNeed, Request):
    """Spans as a person sets them, need by need; `null` takes a need's span away, and an absent one stays."""

    soil_moisture: BandWish | None = None
    temperature: BandWish | None = None
    humidity: BandWish | None = None
    soil_conductivity: BandWish | None = None
    dli: BandWish | None = None

    @model_validator(mode="after")
    def _fit(self) -> Self:
        return self.fitting()


def misfit(need: Need, low: float | None, high: float | None) -> str | None:
    """Tell in words why a span cannot be meant; None when it can."""
    kind = NEEDS[need]
    for end in (low, high):
        if end is not None and not kind.span.holds(end):
            ends = f"{kind.span.low:g} and {kind.span.high:g} {kind.unit}"
            return f"{kind.name}: {end:g} {kind.unit} cannot be meant, a bound lies between {ends}"
    if low is not None and high is not None and low >= high:
        return f"{kind.name}: the lower bound ({low:g} {kind.unit}) must lie below the upper one ({high:g} {kind.unit})"
    return None


class Origin(StrEnum):
    """Where a bound comes from; the later ones go before the earlier ones."""

    PROFILE = "profile"
    """The species' profile."""
    SEASON = "season"
    """The profile's resting season, which is now."""
    OWN = "own"
    """The user set it for this plant."""


class Threshold(Answer):
    """The span that holds for a plant now, and where each end comes from. An end is None where nobody knows one."""

    low: float | None = None
    high: float | None = None
    low_from: Origin | None = None
    high_from: Origin | None = None


class Thresholds(_ByNeed, Answer):
    """The spans that hold for a plant now; a need without any bound is None."""

    soil_moisture: Threshold | None = None
    """% of the calibrated span."""
    temperature: Threshold | None = None
    """Of the air, °C."""
    humidity: Threshold | None = None
    """Relative humidity of the air, %."""
    soil_conductivity: Threshold | None = None
    """Of the bulk soil, µS/cm."""
    dli: Threshold | None = None
    """Daily light integral, mol/m²/d."""
