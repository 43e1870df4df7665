"""Since when somebody has listened without a break, and whether the clock can be believed. Pure.

Who was not there, or does not know what time it is, must call nobody silent.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NEVER_SET = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier time was never set: this program is younger."""
BREAK = timedelta(minutes=15)
"""Restarts and updates are shorter; after a longer break devices get time to report again."""
LEAP = timedelta(minutes=5)
"""What the clock must run ahead or behind within a round to have been set."""
INSISTS = timedelta(hours=1)
"""A clock that went back and stays there for so long is right: it was wrong before."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Since when devices have been listened to, and when that was written down last."""

    listening_since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """What time it is, by the clock on the wall and by one that nobody can set (seconds since some moment)."""

    now: datetime
    steady: float


def listening(kept: Presence | None, last: Tick | None, tick: Tick, doubted: float | None) -> Presence | None:
    """Tell since when somebody has listened; None: the clock cannot be believed, and nobody may judge by it.

    `kept` is what was written down last, `last` the tick of this process's last round, `doubted` the steady time
    since which the clock has been doubted.
    """
    now = tick.now
    if now < NEVER_SET:
        return None
    if kept is None:
        return Presence(now, now)
    if now < kept.seen_at - LEAP:
        insists = doubted is not None and tick.steady - doubted >= INSISTS.total_seconds()
        return Presence(now, now) if insists else None
    since = kept.listening_since
    if now - kept.seen_at > BREAK or _was_set(last, tick):
        since = now
    return Presence(min(since, now), now)


def _was_set(last: Tick | None, tick: Tick) -> bool:
    if last is None:
        return False
    return abs((tick.now - last.now) - timedelta(seconds=tick.steady - last.steady)) > LEAP
