"""What a node lives on and how far it shouts: battery and radio."""

from bisect import bisect_right
from random import Random
from typing import ClassVar

from virtualgarden.physics.chance import Wander, happens

CURVE = (
    (0.00, 3.00),
    (0.05, 3.45),
    (0.10, 3.60),
    (0.20, 3.68),
    (0.40, 3.76),
    (0.60, 3.86),
    (0.80, 4.00),
    (0.95, 4.12),
    (1.00, 4.19),
)
"""Charge (0 to 1) and rest voltage (V) of a lithium-ion cell, e.g. Samsung INR18650-25R's data sheet at 0.2 C."""
FULL_AGAIN = 0.97
EMPTY = 0.04


class Battery:
    """A lithium-ion cell: it empties in small steps, sags in the cold and when the radio sends, and is charged."""

    STATE: ClassVar[tuple[str, ...]] = ("charge",)

    def __init__(self, random: Random, *, days: float) -> None:
        """Begin somewhere between full and half empty; `days`: how long a charge lasts."""
        self.charge = random.uniform(0.45, 0.98)
        self._per_second = 1.0 / (days * 86_400.0)
        self._random = random

    def advance(self, seconds: float, celsius: float) -> None:
        """Let `seconds` pass; the cold takes a little more, and an empty cell is charged overnight."""
        self.charge -= seconds * self._per_second * (1.0 + max(0.0, 20.0 - celsius) * 0.01)
        if happens(self._random, 0.4, seconds):
            self.charge -= self._random.uniform(0.0, 0.004)  # a search for the access point
        if self.charge < EMPTY:
            self.charge = FULL_AGAIN

    def volts(self, celsius: float) -> float:
        """Tell the voltage under the radio's load, V."""
        index = min(len(CURVE) - 1, max(1, bisect_right(CURVE, (self.charge, 9.0))))
        (low, low_volts), (high, high_volts) = CURVE[index - 1], CURVE[index]
        rest = low_volts + (high_volts - low_volts) * (self.charge - low) / (high - low)
        return rest - 0.03 - 0.002 * max(0.0, 20.0 - celsius) + self._random.gauss(0.0, 0.004)

    def percent(self) -> float:
        """Tell the charge as a gauge shows it, whole %."""
        return float(max(0, min(100, round(100.0 * self.charge))))


class Radio:
    """Wi-Fi between a node and its access point."""

    STATE: ClassVar[tuple[str, ...]] = ("_fading",)

    def __init__(self, random: Random, *, dbm: float) -> None:
        """Take the usual signal strength, dBm."""
        self._dbm = dbm
        self._fading = Wander(2.5, 3600.0, random)
        self._random = random

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._fading.advance(seconds)

    def strength(self) -> float:
        """Tell the signal strength, whole dBm; now and then somebody stands in between."""
        body = self._random.uniform(4.0, 10.0) if self._random.random() < 0.03 else 0.0  # noqa: PLR2004
        return float(round(max(-95.0, self._dbm + self._fading.value - body + self._random.gauss(0.0, 0.8))))
