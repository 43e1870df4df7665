"""Where the sun stands and what a clear sky sends down, by place and time."""

from dataclasses import dataclass
from math import acos, asin, cos, exp, pi, radians, sin, tau

DAY = 86_400.0
YEAR_DAYS = 365.2425
LUMENS_PER_WATT = 110.0
"""Luminous efficacy of daylight, lm/W; 105 to 120 by sky (Littlefair 1985, Lighting Research & Technology 17, 162)."""
LUX_PER_PPFD = 54.0
"""Lux per µmol/m²/s of sunlight (Thimijan & Heins 1983, HortScience 18, 818)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the Earth, degrees north and east."""

    latitude: float
    longitude: float

    def hour(self, unix: float) -> float:
        """Tell the mean solar hour, 0 to 24: the clock that windows and habits follow."""
        return ((unix / DAY + self.longitude / 360.0) % 1.0) * 24.0


@dataclass(frozen=True, slots=True)
class Sun:
    """Where the sun stands."""

    height: float
    """Sine of the elevation; negative below the horizon."""
    azimuth: float
    """Radians clockwise from north."""

    @property
    def elevation(self) -> float:
        """The angle above the horizon, radians."""
        return asin(max(-1.0, min(1.0, self.height)))


def year_angle(unix: float) -> float:
    """Tell how far the year has come, radians from its first of January (UTC)."""
    return tau * ((unix / DAY) % YEAR_DAYS) / YEAR_DAYS


def sun_at(place: Place, unix: float) -> Sun:
    """Tell where the sun stands at Unix time `unix`.

    Declination and equation of time: Spencer 1971, as Duffie & Beckman, Solar Engineering of Thermal Processes,
    4th edition, equations 1.6.1b and 1.5.3; elevation and azimuth: equations 1.6.5 and 1.6.6. Good to half a degree.
    """
    b = year_angle(unix)
    declination = (
        0.006918
        - 0.399912 * cos(b)
        + 0.070257 * sin(b)
        - 0.006758 * cos(2 * b)
        + 0.000907 * sin(2 * b)
        - 0.002697 * cos(3 * b)
        + 0.00148 * sin(3 * b)
    )
    minutes = 229.2 * (0.000075 + 0.001868 * cos(b) - 0.032077 * sin(b) - 0.014615 * cos(2 * b) - 0.04089 * sin(2 * b))
    angle = (place.hour(unix) + minutes / 60.0 - 12.0) * pi / 12.0
    latitude = radians(place.latitude)
    height = sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(angle)
    return Sun(height, _azimuth(latitude, declination, height, afternoon=sin(angle) > 0))


def _azimuth(latitude: float, declination: float, height: float, *, afternoon: bool) -> float:
    beside = cos(latitude) * (1.0 - height * height) ** 0.5
    if beside < 1e-9:  # noqa: PLR2004 - at the zenith or at a pole every direction is as good
        return pi
    from_north = acos(max(-1.0, min(1.0, (sin(declination) - sin(latitude) * height) / beside)))
    return tau - from_north if afternoon else from_north


def clear_sky(sun: Sun) -> float:
    """Tell the irradiance, W/m² on level ground, under a clear sky (Haurwitz 1945, Journal of Meteorology 2, 154)."""
    if sun.height <= 0.0:
        return 0.0
    return 1098.0 * sun.height * exp(-0.057 / sun.height)
