"""Vapour in the air: how much it can hold, and how strongly it drinks from leaves."""

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Air:
    """The air around a plant."""

    celsius: float
    vapour_kpa: float
    """Vapour pressure, kPa."""
    co2_ppm: float = 420.0

    @property
    def humidity(self) -> float:
        """Relative humidity, %, at most 100."""
        return min(100.0, 100.0 * self.vapour_kpa / saturation_kpa(self.celsius))

    @property
    def deficit_kpa(self) -> float:
        """Vapour pressure deficit (VPD), kPa: what the air could still take up."""
        return max(0.0, saturation_kpa(self.celsius) - self.vapour_kpa)


def saturation_kpa(celsius: float) -> float:
    """Tell the vapour pressure, kPa, of saturated air.

    The Magnus form with the constants of Alduchov & Eskridge 1996, Journal of Applied Meteorology 35, 601.
    """
    return 0.61094 * exp(17.625 * celsius / (celsius + 243.04))
