"""How fast messages come in: whether there is time for anything else."""

from dataclasses import dataclass
from math import exp

MEMORY_SECONDS = 2.0


@dataclass(slots=True)
class Pace:
    """Messages per second, of which those of the last two seconds count most."""

    rate: float = 0.0
    at: float = 0.0
    """When it was so, in seconds of any clock that does not go backwards."""

    def count(self, messages: int, now: float) -> None:
        """Count messages that were stored."""
        self._fade(now)
        self.rate += messages / MEMORY_SECONDS

    def quiet(self, now: float, most: float) -> bool:
        """Tell whether fewer messages come in than so many per second."""
        self._fade(now)
        return self.rate < most

    def _fade(self, now: float) -> None:
        self.rate *= exp(-max(0.0, now - self.at) / MEMORY_SECONDS)
        self.at = now
