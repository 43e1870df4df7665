"""The place where a plant stands: how much of the sky's light, and of a lamp's, it gets."""

from dataclasses import dataclass
from math import cos, radians

from virtualgarden.physics.sky import Outdoors
from virtualgarden.physics.sun import LUMENS_PER_WATT, LUX_PER_PPFD

GLASS = 0.7
"""Double glazing lets this part of the sunlight through (EN 410 values run from 0.6 to 0.75)."""
GROUND = 0.2
"""Part of the light that the ground sends back (albedo of grass and paving, Duffie & Beckman, section 2.16)."""
LOWEST_SUN = 0.09
"""Below 5° houses and trees hide the sun (sine of the elevation)."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp that burns every day from one hour to another, with its light at the plant."""

    lux: float
    from_hour: float
    to_hour: float

    def light(self, hour: float) -> float:
        """Tell the light at the solar hour `hour`, lx."""
        return self.lux if self.from_hour <= hour < self.to_hour else 0.0


@dataclass(frozen=True, slots=True)
class Light:
    """What falls on the leaves."""

    watts: float
    """Irradiance, W/m²."""
    lux: float

    @property
    def ppfd(self) -> float:
        """Photosynthetic photon flux density, µmol/m²/s."""
        return self.lux / LUX_PER_PPFD


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a plant stands."""

    facing: float | None
    """The window's azimuth, degrees clockwise from north; None: under the open sky."""
    reach: float
    """Part of the window's (or sky's) light that gets to the plant, 0 to 1."""
    lamp: Lamp | None = None

    def light(self, outdoors: Outdoors) -> Light:
        """Tell the light that falls on the plant now."""
        watts = self._daylight(outdoors) * self.reach
        lamp = self.lamp.light(outdoors.hour) if self.lamp else 0.0
        # A white lamp gives about 3 lx per mW/m²: 330 lm per watt of radiation.
        return Light(watts + lamp / 330.0, watts * LUMENS_PER_WATT + lamp)

    def _daylight(self, outdoors: Outdoors) -> float:
        """Tell the irradiance behind the glass: sun, half of the sky, and what the ground sends back, W/m²."""
        level = outdoors.beam + outdoors.diffuse
        if self.facing is None:
            return level
        direct = 0.0
        if outdoors.beam > 0.0 and outdoors.sun.height > LOWEST_SUN:
            height = outdoors.sun.height
            towards = (1.0 - height * height) ** 0.5 * cos(outdoors.sun.azimuth - radians(self.facing))
            direct = max(0.0, outdoors.beam / height * towards)
        return GLASS * (direct + 0.5 * outdoors.diffuse + 0.5 * GROUND * level)
