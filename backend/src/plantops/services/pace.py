"""How fast readings come to be stored, for people who look at it."""

from collections import deque
from datetime import datetime, timedelta

from plantops.ops.logs import Clock

LATELY = timedelta(minutes=1)
STEP = timedelta(seconds=1)
"""What is counted within one step is counted as one, so little is remembered however much comes."""


class Pace:
    """Counts what happened in the last minute."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock
        self._counts: deque[tuple[datetime, int]] = deque()

    def count(self, amount: int) -> None:
        """Count so many now."""
        now = self._clock()
        self._forget(now)
        if self._counts and now - self._counts[-1][0] < STEP:
            began, before = self._counts.pop()
            self._counts.append((began, before + amount))
        else:
            self._counts.append((now, amount))

    def lately(self) -> int:
        """Tell how many there were in the last minute."""
        self._forget(self._clock())
        return sum(amount for _, amount in self._counts)

    def _forget(self, now: datetime) -> None:
        while self._counts and now - self._counts[0][0] >= LATELY:
            self._counts.popleft()
