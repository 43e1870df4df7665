"""How often one may ask: generous for people and dashboards, an end for run-away programs.

Counted in this process' memory, in windows of a minute. Two replicas allow twice as much; that is still an end.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aioplantops.errors import RateLimited
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

KEYS_REMEMBERED = 10_000
"""So many tokens and addresses are counted at once; beyond, all begin anew, so that memory stays bounded."""

LONGEST_WAIT_SECONDS = 60


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


class Limiter:
    """Counts who asked how often."""

    def __init__(self, rates: Rates) -> None:
        """Take the figures."""
        self._items = {rate: RateLimitItemPerMinute(getattr(rates, rate)) for rate in Rate}
        self._storage = MemoryStorage()
        self._windows = FixedWindowRateLimiter(self._storage)

    async def count(self, rate: Rate, who: str, now: datetime) -> None:
        """Count one request. Raises RateLimited, with the seconds to wait."""
        if len(self._storage.expirations) > KEYS_REMEMBERED:
            await self._storage.reset()
        item = self._items[rate]
        if await self._windows.hit(item, rate, who):
            return
        reset_at = (await self._windows.get_window_stats(item, rate, who)).reset_time
        wait = math.ceil(reset_at - now.timestamp())
        raise RateLimited(retry_after=min(max(wait, 1), LONGEST_WAIT_SECONDS))
