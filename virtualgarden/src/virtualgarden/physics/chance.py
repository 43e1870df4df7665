"""Chance with a memory: values that stray and come back, as clouds, warmth and probes do."""

from dataclasses import dataclass, field
from math import exp, sqrt
from random import Random
from typing import ClassVar


@dataclass(slots=True)
class Wander:
    """A value that strays from zero and is drawn back: an Ornstein-Uhlenbeck process, exact for steps of any length.

    Uhlenbeck & Ornstein 1930, Physical Review 36, 823; in the exact form of Gillespie 1996, Physical Review E 54, 2084.
    """

    STATE: ClassVar[tuple[str, ...]] = ("value",)

    spread: float
    """Standard deviation in the long run."""
    memory_seconds: float
    """After this time two values have little (1/e) in common."""
    random: Random
    value: float = field(default=0.0)
    _step: float = -1.0
    _keep: float = 0.0
    _stir: float = 0.0

    def __post_init__(self) -> None:
        """Begin anywhere in the long run's spread."""
        self.value = self.random.gauss(0.0, self.spread)

    def advance(self, seconds: float) -> float:
        """Let `seconds` pass; answer the new value."""
        if seconds != self._step:
            self._step = seconds
            self._keep = exp(-seconds / self.memory_seconds)
            self._stir = self.spread * sqrt(1.0 - self._keep * self._keep)
        self.value = self.value * self._keep + self.random.gauss(0.0, self._stir)
        return self.value


def happens(random: Random, per_day: float, seconds: float) -> bool:
    """Tell whether something that happens `per_day` times on average does so within `seconds` (a Poisson process)."""
    return random.random() < 1.0 - exp(-per_day * seconds / 86_400)
