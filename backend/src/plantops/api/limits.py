"""How often one may ask: generous for people and dashboards, an end for run-away programs.

Counted in this process' memory, in windows of a minute. Two replicas allow twice as much; that is still an end.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aioplantops.errors import RateLimited

KEYS_REMEMBERED = 10_000
"""So many tokens and addresses are counted at once; beyond, all begin anew, so that memory stays bounded."""

WINDOW = timedelta(minutes=1)
"""For so long it is counted from somebody's first request on."""


class Rate(StrEnum):
    """How often one token (or one address, where no token is needed) may ask; the figures are in `Rates`."""

    USUAL = "usual"
    INGEST = "ingest"
    HEAVY = "heavy"
    LOGIN = "login"
    REGISTER = "register"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a minute, for each token (on public routes: for each address)."""

    usual: int = 3_000
    """A wall of dashboards that share one token, each with dozens of charts, does not get there."""
    ingest: int = 3_000
    """Of up to 1,000 readings each."""
    heavy: int = 60
    """Exports: each may read millions of rows."""
    login: int = 30
    calendar: int = 60
    """Each may be written from thousands of entries."""
    register: int = 300
    """For each registration key; and for each address as far as its keys are wrong, so that nobody whose key is good
    has to wait for somebody else's guesses. Wrong keys are counted in the database besides."""


@dataclass(slots=True)
class _Window:
    begun_at: datetime
    asked: int = 0

    def holds(self, now: datetime) -> bool:
        """Tell whether it is still this window's minute; a clock that was put back begins a new one."""
        return self.begun_at <= now < self.begun_at + WINDOW


class Limiter:
    """Counts who asked how often."""

    def __init__(self, rates: Rates) -> None:
        """Take the figures."""
        self._most: dict[Rate, int] = {rate: getattr(rates, rate) for rate in Rate}
        self._windows: dict[tuple[Rate, str], _Window] = {}

    def count(self, rate: Rate, who: str, now: datetime) -> None:
        """Count one request. Raises RateLimited, with the seconds to wait."""
        window = self._windows.get((rate, who))
        if window is None or not window.holds(now):
            self._make_room(now)
            window = self._windows[rate, who] = _Window(now)
        if window.asked >= self._most[rate]:
            raise RateLimited(retry_after=math.ceil((window.begun_at + WINDOW - now).total_seconds()))
        window.asked += 1

    def _make_room(self, now: datetime) -> None:
        """Forget the windows that are over, and all of them where that is not enough."""
        if len(self._windows) < KEYS_REMEMBERED:
            return
        self._windows = {key: window for key, window in self._windows.items() if window.holds(now)}
        if len(self._windows) >= KEYS_REMEMBERED:
            self._windows.clear()
