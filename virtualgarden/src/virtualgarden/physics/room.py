"""The air in a room: heated by day, cooler by night, dry in winter, stuffy when people sleep in it."""

from dataclasses import dataclass
from math import cos, exp, pi
from random import Random
from typing import ClassVar

from virtualgarden.physics.air import Air, saturation_kpa
from virtualgarden.physics.chance import Wander, happens
from virtualgarden.physics.sky import Outdoors

OUTDOOR_CO2_PPM = 425.0
PERSON_PPM_PER_HOUR = 600.0
"""18 litres of CO₂ an hour (sitting adult, EN 16798) into a room of 30 m³."""
AIR_CHANGES_PER_HOUR = 0.5


@dataclass(frozen=True, slots=True)
class RoomKind:
    """What a room is like."""

    name: str
    day_celsius: float = 21.0
    night_celsius: float = 18.0
    damp_kpa: float = 0.35
    """Vapour that people, cooking and plants add to the outdoor air's."""
    slack_hours: float = 2.5
    """Time constant of the room's temperature."""
    open_air: bool = False
    showers_per_day: float = 0.0
    sleepers: int = 0
    """People in the room by night."""
    visitors: int = 0
    """People in the room by day."""


class Room:
    """A room whose air goes on from one moment to the next."""

    STATE: ClassVar[tuple[str, ...]] = ("celsius", "steam_kpa", "co2_ppm", "_thermostat", "_draught")

    def __init__(self, kind: RoomKind, random: Random) -> None:
        """Take what the room is like and the source of chance."""
        self.kind = kind
        self.celsius = kind.day_celsius
        self.steam_kpa = 0.0
        """What the last shower left in the air."""
        self.co2_ppm = 600.0
        self._random = random
        self._thermostat = Wander(0.25, 1200.0, random)
        self._draught = Wander(0.06, 5400.0, random)

    def advance(self, outdoors: Outdoors, seconds: float) -> Air:
        """Let `seconds` pass; answer the room's air."""
        wobble, draught = self._thermostat.advance(seconds), self._draught.advance(seconds)
        if self.kind.open_air:
            self.celsius = outdoors.air.celsius + wobble
            return Air(self.celsius, min(outdoors.air.vapour_kpa, saturation_kpa(self.celsius)), OUTDOOR_CO2_PPM)
        target = self._heating(outdoors) + wobble
        self.celsius += (target - self.celsius) * (1.0 - exp(-seconds / (self.kind.slack_hours * 3600.0)))
        self._steam(outdoors.hour, seconds)
        self._breathe(outdoors.hour, seconds)
        # In warm weather windows are open, and less of what people add stays (as in EN ISO 13788's humidity classes).
        damp = self.kind.damp_kpa * max(0.2, min(1.0, 1.0 - outdoors.air.celsius / 20.0))
        vapour = outdoors.air.vapour_kpa + damp + self.steam_kpa + draught
        return Air(self.celsius, max(0.05, min(vapour, saturation_kpa(self.celsius))), self.co2_ppm)

    def _heating(self, outdoors: Outdoors) -> float:
        """Tell where the temperature is drawn: the thermostat's wish, or what summer and sun force upon it, °C."""
        kind = self.kind
        mean, swing = (kind.day_celsius + kind.night_celsius) / 2, (kind.day_celsius - kind.night_celsius) / 2
        wish = mean + swing * cos((outdoors.hour - 16.0) * pi / 12.0)
        return max(wish, outdoors.air.celsius * 0.7 + 6.0) + (outdoors.beam + outdoors.diffuse) / 400.0

    def _steam(self, hour: float, seconds: float) -> None:
        self.steam_kpa *= exp(-seconds / 2400.0)
        if 6.0 <= hour < 22.0 and happens(self._random, self.kind.showers_per_day * 1.5, seconds):  # noqa: PLR2004
            self.steam_kpa = min(1.2, self.steam_kpa + self._random.uniform(0.5, 0.9))

    def _breathe(self, hour: float, seconds: float) -> None:
        """Mix what people breathe out with the outdoor air: a well-stirred room's mass balance."""
        people = self.kind.visitors if 7.0 <= hour < 22.5 else self.kind.sleepers  # noqa: PLR2004
        steady = OUTDOOR_CO2_PPM + people * PERSON_PPM_PER_HOUR / AIR_CHANGES_PER_HOUR
        self.co2_ppm += (steady - self.co2_ppm) * (1.0 - exp(-seconds * AIR_CHANGES_PER_HOUR / 3600.0))
