"""What sensors make of the world: each with its own gain, offset, noise, drift and moods."""

import math
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from virtualgarden.physics.chance import Wander, happens

DRY_VOLTS = 2.72
WET_VOLTS = 1.42
"""A common capacitive probe in air and in water (Apollo PLT-1's defaults are 2.7 and 1.55 V)."""


FILM_SECONDS = 3600.0
"""A sprayed surface dries in about this time (time constant)."""


@dataclass(slots=True)
class Sensor:
    """A plain sensor: `value * gain + offset`, with noise."""

    gain: float
    offset: float
    noise: float
    random: Random

    def read(self, value: float) -> float:
        """Tell what the sensor shows for the true `value`."""
        return value * self.gain + self.offset + self.random.gauss(0.0, self.noise)


class SoilProbe:
    """A capacitive probe in a pot: slow to see water, moved by warmth, drifting, and now and then pushed by a hand."""

    STATE: ClassVar[tuple[str, ...]] = ("seen", "seat", "celsius", "film", "_drift")

    def __init__(self, random: Random, *, lag_seconds: float = 600.0, reseats_per_day: float = 1 / 12) -> None:
        """Draw the probe's own gain, offset and drift; `lag_seconds`: how long water takes to its depth."""
        self.gain = random.gauss(1.0, 0.04)
        self.offset = random.gauss(0.0, 2.0)
        self.per_celsius = random.gauss(0.12, 0.04)
        """Swing with the soil's temperature, % per °C (0.1 to 0.2 for capacitive probes at 70 MHz and below)."""
        self.noise = random.uniform(0.08, 0.25)
        self.seen: float | None = None
        """The wetness at the probe, 0 to 1."""
        self.seat = 0.0
        """What the last push changed, %."""
        self.film = 0.0
        """What drops on the probe's neck and on the surface add, %, until they have dried."""
        self.celsius: float | None = None
        """The soil's temperature, °C."""
        self._lag = lag_seconds
        self._cools = random.gauss(0.8, 0.25)
        """How much cooler than the air wet soil is, °C: it evaporates."""
        self._reseats = reseats_per_day
        self._drift = Wander(0.8, 20 * 86_400.0, random)
        self._random = random

    def advance(self, seconds: float, wetness: float, celsius: float) -> None:
        """Let `seconds` pass in soil of this wetness (0 to 1) that air and sun draw towards this temperature, °C."""
        if self.seen is None or self.celsius is None:
            self.seen, self.celsius = wetness, celsius
        self.seen += (wetness - self.seen) * (1.0 - math.exp(-seconds / self._lag))
        self.celsius += (celsius - self._cools - self.celsius) * (1.0 - math.exp(-seconds / (6.0 * self._lag)))
        self.film *= math.exp(-seconds / FILM_SECONDS)
        self._drift.advance(seconds)
        if happens(self._random, self._reseats, seconds):
            self.seat = self._random.gauss(0.0, 2.2)

    def sprinkle(self) -> None:
        """Let a spray wet the surface around the probe."""
        self.film += self._random.uniform(0.5, 4.0)

    def percent(self) -> float:
        """Tell what the node shows, %: the pores' filling as the factory's calibration sees it."""
        shown = 100.0 * (self.seen or 0.0) * self.gain + self.offset + self.seat + self.film + self._drift.value
        warmth = self.per_celsius * (self.temperature - 20.0)
        return shown + warmth + self._random.gauss(0.0, self.noise)

    def volts(self) -> float:
        """Tell the raw output, V: high when dry, low when wet."""
        part = max(0.0, min(1.05, self.percent() / 100.0))
        return DRY_VOLTS - (DRY_VOLTS - WET_VOLTS) * math.pow(part, 0.85)

    @property
    def temperature(self) -> float:
        """The soil's temperature, °C."""
        return 20.0 if self.celsius is None else self.celsius + self._random.gauss(0.0, 0.03)

    def conductivity(self, salt: float) -> float:
        """Tell the bulk conductivity, µS/cm, of soil whose water holds `salt` mS/cm.

        Bulk conductivity grows with wetness to about the power 1.5 (Archie 1942), two per cent per °C.
        """
        warmth = 1.0 + 0.02 * (self.temperature - 25.0)
        return 1000.0 * salt * math.pow(self.seen or 0.0, 1.5) * 0.55 * warmth + self._random.gauss(0.0, 4.0)
