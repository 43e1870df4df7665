"""Who waters: somewhat forgetful people with habits, and a drip hose with a timer."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import ClassVar

from virtualgarden.physics.soil import Pot

DAY = 86_400.0


class Way(StrEnum):
    """How water comes to a plant."""

    CAN = "can"
    SIP = "sip"
    """A fixed small amount."""
    SAUCER = "saucer"
    DRIP = "drip"
    MIST = "mist"
    """A spray over the leaves: the air's humidity rises, the soil gets next to nothing."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody looks after one plant."""

    every_days: float
    """Days between two looks at the plant."""
    hour: float = 8.0
    """The solar hour of the look, give or take one."""
    waters_below: float = 0.45
    """Waters when less than this part of the available water is left."""
    way: Way = Way.CAN
    sip_litres: float = 0.15
    forgets: float = 0.15
    """Chance that a look doesn't happen."""
    rescues_below: float = 0.08
    """Below this the leaves hang, and anybody passing by waters."""
    mists: float = 0.0
    """Chance of a spray with each look."""
    fertilises: float = 0.2
    """Chance of fertiliser in the can."""


@dataclass(frozen=True, slots=True)
class Care:
    """Something that was done to a plant."""

    unix: float
    plant: str
    way: Way
    litres: float


class Gardener:
    """One plant's carer, with the time of the next look."""

    STATE: ClassVar[tuple[str, ...]] = ("next_look", "next_glance")

    def __init__(self, plant: str, habit: Habit, random: Random) -> None:
        """Take the plant's name, the habit and the source of chance."""
        self.plant = plant
        self.habit = habit
        self.next_look = 0.0
        """Unix time of the next look; 0: not yet planned."""
        self.next_glance = 0.0
        self._random = random

    def advance(self, unix: float, hour: float, pot: Pot) -> Care | None:
        """Do what is due at Unix time `unix`, which is the solar hour `hour`; answer what was done."""
        if self.next_look == 0.0:
            self._plan(unix, hour, self._random.uniform(0.0, self.habit.every_days))
        if unix >= self.next_look:
            self._plan(unix, hour, self.habit.every_days)
            if self._random.random() >= self.habit.forgets:
                return self._look(unix, pot)
        if unix >= self.next_glance:
            # Somebody passes twice a day or so, but only hanging leaves catch the eye.
            self.next_glance = unix + self._random.uniform(0.3, 0.9) * DAY
            if pot.available < self.habit.rescues_below and 7.0 < hour < 22.0:  # noqa: PLR2004
                return self.water(unix, pot)
        return None

    def _plan(self, unix: float, hour: float, days: float) -> None:
        """Plan the next look about `days` from now at the usual hour."""
        whole = max(1.0, round(days * self._random.uniform(0.8, 1.2)))
        usual = self.habit.hour - hour + self._random.gauss(0.0, 0.5)
        self.next_look = unix + whole * DAY + usual * 3600.0

    def _look(self, unix: float, pot: Pot) -> Care | None:
        if pot.available < self.habit.waters_below:
            return self.water(unix, pot)
        if self._random.random() < self.habit.mists:
            return Care(unix, self.plant, Way.MIST, 0.0)
        return None

    def water(self, unix: float, pot: Pot) -> Care:
        """Water now, in the usual way."""
        habit, wanting = self.habit, pot.wanting
        match habit.way:
            case Way.SIP:
                litres = habit.sip_litres * self._random.uniform(0.8, 1.2)
            case Way.SAUCER:
                litres = min(pot.saucer_litres - pot.saucer, wanting * 1.05)
            case _:
                litres = wanting * self._random.uniform(0.85, 1.35)
        if habit.way is Way.SAUCER:
            pot.fill_saucer(litres)
        else:
            pot.pour(litres)
        if self._random.random() < habit.fertilises:
            pot.fertilise()
        return Care(unix, self.plant, habit.way, litres)
