"""The weather outside: clouds that come and go, warmth by season and hour, and the moisture of the air."""

from dataclasses import dataclass
from math import cos, exp, pi
from random import Random
from typing import ClassVar

from virtualgarden.physics.air import Air, saturation_kpa
from virtualgarden.physics.chance import Wander
from virtualgarden.physics.sun import Place, Sun, clear_sky, sun_at, year_angle

HOUR = 3600.0
BERLIN = Place(52.46, 13.30)


@dataclass(frozen=True, slots=True)
class Outdoors:
    """The sky and the air of one moment."""

    unix: float
    hour: float
    """Mean solar hour."""
    sun: Sun
    cloud: float
    """Cover, 0 to 1."""
    beam: float
    """Direct irradiance on level ground, W/m²."""
    diffuse: float
    """Irradiance from the rest of the sky on level ground, W/m²."""
    air: Air


@dataclass(frozen=True, slots=True)
class Climate:
    """What is usual at a place: Berlin, unless said otherwise (DWD, mean of 1991 to 2020 at Dahlem)."""

    place: Place = BERLIN
    mean_celsius: float = 10.0
    season_celsius: float = 9.3
    """The warmest days lie this much above the mean, the coldest below."""
    day_celsius: float = 4.0
    """A clear day's afternoon lies this much above the day's mean."""


class Weather:
    """Weather that goes on from one moment to the next."""

    STATE: ClassVar[tuple[str, ...]] = ("_fronts", "_clouds", "_warmth", "_dew")

    def __init__(self, climate: Climate, random: Random) -> None:
        """Take what is usual here and the source of chance."""
        self.climate = climate
        self._fronts = Wander(1.6, 30 * HOUR, random)
        self._clouds = Wander(0.9, 1.5 * HOUR, random)
        self._warmth = Wander(2.4, 60 * HOUR, random)
        self._dew = Wander(1.0, 20 * HOUR, random)

    def advance(self, unix: float, seconds: float) -> Outdoors:
        """Let `seconds` pass until Unix time `unix`; answer the weather then."""
        place = self.climate.place
        sun, hour = sun_at(place, unix), place.hour(unix)
        cloud = 1.0 / (1.0 + exp(-(0.7 + self._fronts.advance(seconds) + self._clouds.advance(seconds))))
        beam, diffuse = _split(clear_sky(sun), cloud)
        celsius, dew = self._warm(unix, hour, cloud, seconds)
        return Outdoors(unix, hour, sun, cloud, beam, diffuse, Air(celsius, saturation_kpa(min(dew, celsius))))

    def _warm(self, unix: float, hour: float, cloud: float, seconds: float) -> tuple[float, float]:
        """Tell temperature and dew point, °C; the warmest day is 25 July, the warmest hour 15."""
        usual = self.climate
        season = usual.mean_celsius + usual.season_celsius * cos(year_angle(unix) - 3.53)
        mean = season + self._warmth.advance(seconds)
        swing = usual.day_celsius * (1.0 - 0.7 * cloud) * cos((hour - 15.0) * pi / 12.0)
        dew = mean - usual.day_celsius * 0.8 + self._dew.advance(seconds)
        return mean + swing, dew


def _split(clear: float, cloud: float) -> tuple[float, float]:
    """Part a clear sky's irradiance under clouds into direct and diffuse.

    Kasten & Czeplak 1980, Solar Energy 24, 177.
    """
    total = clear * (1.0 - 0.75 * cloud**3.4)
    diffuse = total * (0.3 + 0.7 * cloud * cloud)
    return total - diffuse, diffuse
