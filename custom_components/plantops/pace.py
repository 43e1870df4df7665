"""How often a sensor is listened to: what tells nothing new is not written down again and again. Pure.

A changed value is taken at once, unless the last one was taken less than ten seconds before: then the newest of the
ten seconds is taken at their end. A value that has not changed is taken once a minute.
"""

from dataclasses import dataclass

CHANGED_SECONDS = 10.0
"""So far apart are the readings of a sensor whose value changes all the time."""

SAME_SECONDS = 60.0
"""So far apart are those of one that says the same again and again: enough to know that it lives."""

type Reading = tuple[float, float]
"""When (Unix seconds) and what, in the unit that is sent."""


@dataclass(slots=True)
class Pace:
    """What was taken of one sensor, and what waits."""

    taken: Reading | None = None
    held: Reading | None = None

    def hear(self, reading: Reading) -> bool:
        """Tell whether a reading is taken now; a changed one that comes too soon is held, instead of one before it."""
        time, value = reading
        if self.taken is None or time < self.taken[0]:  # a clock that was set back
            return self._take(reading)
        since = time - self.taken[0]
        if value == self.taken[1]:
            self.held = None
            return since >= SAME_SECONDS and self._take(reading)
        if since >= CHANGED_SECONDS:
            return self._take(reading)
        self.held = reading
        return False

    def wait(self) -> float:
        """Tell after how many seconds, counted from when the held reading came, it is taken."""
        if self.held is None or self.taken is None:
            return 0.0
        return self.taken[0] + CHANGED_SECONDS - self.held[0]

    def release(self) -> Reading | None:
        """Take what is held."""
        if (reading := self.held) is not None:
            self._take(reading)
        return reading

    def _take(self, reading: Reading) -> bool:
        self.taken, self.held = reading, None
        return True
