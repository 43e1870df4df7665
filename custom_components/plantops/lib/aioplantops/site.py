"""What must be known of the place where a plant stands, to make light, air and growth out of readings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from .wire import Answer, Request


class LightSource(StrEnum):
    """What shines on a plant."""

    SUN = "sun"
    WHITE_LED = "white_led"
    FLUORESCENT = "fluorescent"
    HPS = "hps"
    METAL_HALIDE = "metal_halide"


@dataclass(frozen=True, slots=True)
class Shine:
    """A kind of light: how much of it is good for photosynthesis for what the eye sees of it."""

    source: LightSource
    name: str
    factor: float
    """µmol/m²/s of photosynthetic light in 1,000 lx."""


LIGHT_SOURCES: Mapping[LightSource, Shine] = MappingProxyType(
    {
        shine.source: shine
        for shine in (
            # R. W. Thimijan & R. D. Heins, HortScience 18 (1983), 818-822, table 3, in lx for 1 µmol/m²/s;
            # they go back to K. J. McCree, Agric. Meteorol. 10 (1972), 443-453. White LEDs are younger:
            # A. Sharakshane, bioRxiv 289280 (2018): 1,000 lx = 15 µmol/m²/s, whatever the colour temperature.
            Shine(LightSource.SUN, "daylight", 1000 / 54),
            Shine(LightSource.WHITE_LED, "white LED", 15.0),
            Shine(LightSource.FLUORESCENT, "cool-white fluorescent lamp", 1000 / 74),
            Shine(LightSource.HPS, "high-pressure sodium lamp", 1000 / 82),
            Shine(LightSource.METAL_HALIDE, "metal-halide lamp", 1000 / 71),
        )
    }
)

GROWTH_BASE = 10.0
GROWTH_UPPER = 30.0
"""°C: 50 and 86 °F, as the thermal time of maize and of most summer vegetables is counted."""

MIDNIGHT = "00:00"

type LightFactor = Annotated[float, Field(ge=5, le=100)]
_DAY_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"


def _day_time(text: str) -> str:
    if re.fullmatch(_DAY_TIME, text) is None:
        raise ValueError("should be a time of the day from 00:00 to 23:59, such as 06:30")
    return text


type DayTime = Annotated[
    str, AfterValidator(_day_time), WithJsonSchema({"type": "string", "pattern": f"^{_DAY_TIME}$"})
]
"""A time of the day, ``HH:MM``."""
type LeafOffset = Annotated[float, Field(ge=-10, le=10)]
type GrowthTemperature = Annotated[float, Field(ge=-10, le=50)]


class Site(Answer):
    """The place where a plant stands."""

    light_source: LightSource = LightSource.SUN
    """What illuminance (lx) is taken for; a channel of ppfd needs no such guess."""
    light_factor: float | None = None
    """µmol/m²/s in 1,000 lx, measured by yourself, e.g. of a red and blue LED; None: that of the light source."""
    day_begins: DayTime = MIDNIGHT
    """When the plant's day begins, in the garden's time zone; a lamp's day need not end at midnight."""
    leaf_offset: float = 0.0
    """How much warmer than the air the leaves are, °C; below 0: cooler."""
    growth_base: float = GROWTH_BASE
    """Below it nothing grows, °C."""
    growth_upper: float = GROWTH_UPPER
    """Above it nothing grows faster, °C."""
    outdoors: bool = False
    """Whether frost can reach it."""

    @property
    def factor(self) -> float:
        """Tell the µmol/m²/s in 1,000 lx."""
        return LIGHT_SOURCES[self.light_source].factor if self.light_factor is None else self.light_factor


class SiteWish(Request):
    """What to change of a plant's site; absent fields stay, `null` is the default again."""

    light_source: LightSource | None = None
    light_factor: LightFactor | None = None
    day_begins: DayTime | None = None
    leaf_offset: LeafOffset | None = None
    growth_base: GrowthTemperature | None = None
    growth_upper: GrowthTemperature | None = None
    outdoors: bool | None = None
