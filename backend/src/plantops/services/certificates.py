"""Keeps an eye on when the garden's certificates end, so that somebody hears of it before a client refuses them."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from aioplantops.health import CertificateHealth

from plantops.ops.certificate_ends import WATCHED, Seen, days_left, look
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics
from plantops.ops.supervision import ServiceFailed

log = structlog.get_logger()

LOOK_EVERY = timedelta(minutes=1)
"""However often health is asked for, the files are read once a minute."""
WARN_EVERY = timedelta(days=1)
WAKE_SECONDS = 600.0


class CertificateWatch:
    """Watches the certificates of one folder; where there are none, there is nothing to tell."""

    def __init__(self, folder: Path, *, metrics: Metrics, clock: Clock) -> None:
        """Watch `ca.crt` and `server.crt` in the folder."""
        self._folder, self._metrics, self._clock = folder, metrics, clock
        self._seen: tuple[Seen | CertificateHealth, ...] = ()
        self._looked_at: datetime | None = None
        self._warned_at: dict[str, datetime] = {}

    def health(self) -> tuple[CertificateHealth, ...] | None:
        """Tell each file's end and what is wrong with it; None: no certificates here."""
        now = self._clock()
        self._look(now)
        told = tuple(one if isinstance(one, CertificateHealth) else _health_of(one, now) for one in self._seen)
        return told or None

    async def run(self) -> None:
        """Look every ten minutes, also when nobody asks; warn in the log once a day."""
        while True:
            self.warn()
            await asyncio.sleep(WAKE_SECONDS)

    def warn(self) -> None:
        """Say in the log what is wrong, once a day for each file."""
        now = self._clock()
        for one in self.health() or ():
            last = self._warned_at.get(one.file)
            if one.problem and (last is None or not timedelta() <= now - last < WARN_EVERY):
                log.warning("certificate_needs_care", file=one.file, problem=one.problem, days_left=one.days_left)
                self._warned_at[one.file] = now

    def _look(self, now: datetime) -> None:
        if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        there = [file for name in WATCHED if (file := self._folder / name).exists()]
        self._seen = tuple(_seen_in(file) for file in there)
        remaining = self._metrics.certificate_remaining_seconds
        remaining.clear()
        for one in self._seen:
            if isinstance(one, Seen):
                remaining.labels(one.file).set_function(partial(self._remaining, one.ends))

    def _remaining(self, ends: datetime) -> float:
        return (ends - self._clock()).total_seconds()


def _seen_in(file: Path) -> Seen | CertificateHealth:
    try:
        return look(file)
    except ServiceFailed as unreadable:
        return CertificateHealth(file=file.name, problem=unreadable.detail)


def _health_of(seen: Seen, now: datetime) -> CertificateHealth:
    return CertificateHealth(
        file=seen.file, ends_at=seen.ends, days_left=days_left(seen.ends, now), problem=seen.problem(now)
    )
