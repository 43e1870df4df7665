"""The water in a pot: what leaves and soil give to the air, what drains, what a saucer gives back."""

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from virtualgarden.physics.air import Air

LATENT_HEAT = 2.45e6
"""Energy to evaporate a kilogram (a litre) of water, J (FAO-56, Allen et al. 1998, box 2)."""
EXTINCTION = 0.64
"""How leaves shade each other (Baille et al. 1994)."""
DRAIN_SECONDS = 900.0
SOAK_SECONDS = 5400.0
"""Time constants: water above container capacity runs out; a saucer's water rises into the soil."""


@dataclass(frozen=True, slots=True)
class Substrate:
    """What a pot is filled with; parts of its volume (Bilderback et al. 2005, HortTechnology 15, 742)."""

    name: str
    saturated: float
    """All pores full of water."""
    capacity: float
    """What stays after draining."""
    wilting: float
    """What no root can take."""


PEAT_MIX = Substrate("peat mix", 0.82, 0.60, 0.20)
CACTUS_MIX = Substrate("cactus mix", 0.58, 0.32, 0.07)
BARK = Substrate("bark", 0.75, 0.33, 0.11)
COCO = Substrate("coconut fibre", 0.86, 0.62, 0.22)
GARDEN_SOIL = Substrate("garden soil and compost", 0.55, 0.40, 0.14)


@dataclass(frozen=True, slots=True)
class Foliage:
    """How a plant drinks: the formula of Baille, Baille & Laury 1994 (Scientia Horticulturae 59, 217).

    λE = a·(1 - exp(-k·LAI))·G + b·LAI·D, per area of canopy.
    """

    canopy_m2: float
    leaf_area_index: float
    light_share: float = 0.45
    """`a`: part of the light's energy that evaporates water; 0.2 to 0.7 by species."""
    thirst: float = 18.0
    """`b` by day, W/m² per kPa of deficit and layer of leaves; 10 to 40 by species."""
    night_share: float = 0.25
    """Part of `thirst` left when the stomata close in the dark; more than 1 for plants that open at night (CAM)."""

    def demand(self, watts: float, deficit_kpa: float) -> float:
        """Tell the water that the plant would drink from wet soil, litres per second.

        `watts` is the irradiance, W/m²; stomata open by half at 8 W/m² (about 16 µmol/m²/s).
        """
        openness = watts / (watts + 8.0)
        thirst = self.thirst * (openness + (1.0 - openness) * self.night_share)
        heat = self.light_share * (1.0 - exp(-EXTINCTION * self.leaf_area_index)) * watts
        return self.canopy_m2 * (heat + thirst * self.leaf_area_index * deficit_kpa) / LATENT_HEAT


class Pot:
    """A pot with its substrate and saucer; every litre that goes in comes out somewhere, and is counted."""

    STATE: ClassVar[tuple[str, ...]] = ("water", "saucer", "poured", "drunk", "spilt", "salt")

    def __init__(
        self, litres: float, substrate: Substrate, *, saucer_litres: float = 0.0, holds_back: float = 0.5
    ) -> None:
        """Take the soil's and the saucer's volume, and the part of the water that is easy to take (FAO-56's p)."""
        self.litres = litres
        self.substrate = substrate
        self.saucer_litres = saucer_litres
        self._hard = 1.0 - holds_back
        self._wilting = substrate.wilting * litres
        self._capacity = substrate.capacity * litres
        self._full = substrate.saturated * litres
        self.water = self._capacity
        """Litres in the soil."""
        self.saucer = 0.0
        self.poured = self.drunk = self.spilt = 0.0
        """Litres so far: from cans, into the air, over the rim or out of the saucer."""
        self.salt = 1.2
        """Fertiliser in the pore water, mS/cm."""

    @property
    def wetness(self) -> float:
        """Part of the pores that holds water, 0 to 1: what a well calibrated probe shows."""
        return self.water / self._full

    @property
    def available(self) -> float:
        """Part of the water that the plant can use, 0 (wilting point) to 1 (container capacity), more when dripping."""
        return (self.water - self._wilting) / (self._capacity - self._wilting)

    @property
    def stress(self) -> float:
        """The factor by which dryness slows drinking: 1 when wet, falling to 0 (FAO-56's Ks, equation 84)."""
        return max(0.0, min(1.0, self.available / self._hard))

    @property
    def wanting(self) -> float:
        """Litres to container capacity."""
        return max(0.0, self._capacity - self.water)

    def pour(self, litres: float) -> None:
        """Water from above; what the pores cannot hold runs through at once."""
        self.poured += litres
        taken = min(litres, self._full - self.water)
        self.salt = (self.salt * self.water + 0.25 * taken) / max(1e-9, self.water + taken)
        self.water += taken
        self._into_saucer(litres - taken)

    def fill_saucer(self, litres: float) -> None:
        """Water from below."""
        self.poured += litres
        self._into_saucer(litres)

    def fertilise(self) -> None:
        """Bring the pore water back to a usual feed's strength."""
        self.salt = min(3.0, self.salt + 0.6)

    def _into_saucer(self, litres: float) -> None:
        taken = min(litres, self.saucer_litres - self.saucer)
        self.saucer += taken
        self.spilt += litres - taken

    def advance(self, seconds: float, *, watts: float, air: Air, foliage: Foliage) -> None:
        """Let `seconds` pass: drain, soak up from the saucer, drink."""
        if self.water > self._capacity:
            runs = (self.water - self._capacity) * (1.0 - exp(-seconds / DRAIN_SECONDS))
            self.water -= runs
            self._into_saucer(runs)
        elif self.saucer > 0.0:
            soaks = min(self.saucer, (self._capacity - self.water) * (1.0 - exp(-seconds / SOAK_SECONDS)))
            self.saucer -= soaks
            self.water += soaks
        self._drink(foliage.demand(watts, air.deficit_kpa) * seconds)

    def _drink(self, wish: float) -> None:
        """Take up to `wish` litres; below the threshold the soil gives ever less, below the wilting point none."""
        stress = self.stress
        usable = max(0.0, self.water - self._wilting)
        if stress < 1.0:
            # Falling rate: dW/dt = -wish·W/(hard·span), so the step is exact and never passes the wilting point.
            span = self._hard * (self._capacity - self._wilting)
            taken = usable * (1.0 - exp(-wish / span))
        else:
            taken = min(wish, usable)
        self.water -= taken
        self.drunk += taken
