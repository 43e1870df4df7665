"""What the house does again and again by itself: sweep, keep days, look at the light, watch certificates."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import structlog
from aioplantops.errors import Unavailable

from plantops.bootstrap import now
from plantops.services.certificates import CertificateWatch
from plantops.services.days import Days
from plantops.services.light import Lights
from plantops.services.maintenance import Maintenance
from plantops.services.notifier import Notifier
from plantops.services.task_keeping import TaskKeeper

type Work = Callable[[], Awaitable[object]]

log = structlog.get_logger()


class Words(NamedTuple):
    """What the log says of work that could not be done."""

    waits: str
    """The store is away."""
    failed: str


LIGHT = Words("light_waits", "light_failed")
NEWS = Words("news_waits", "news_failed")
TASKS = Words("tasks_wait", "tasks_failed")

MAINTENANCE_EVERY = timedelta(days=1)
MAINTENANCE_AFTER_FAILURE = timedelta(hours=1)
FIRST_LIGHT = timedelta(seconds=15)
"""Soon: it may be night since the light was looked at last."""

LIGHT_EVERY = timedelta(minutes=5)
"""How often each plant's light of now is looked at: often enough to see a day's light grow."""

TELL_EVERY = timedelta(seconds=5)
"""How often it is looked whether there is news for people; news waits half a minute for other news anyway."""

TASKS_EVERY = timedelta(seconds=10)
"""How soon a watering that was seen in the soil is off the to-do list."""

FIRST_MAINTENANCE = timedelta(minutes=10)
"""Not at once: a start has better things to do."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """What is done again and again, at its own times."""

    maintenance: Maintenance
    certificates: CertificateWatch
    days: Days
    lights: Lights
    notifier: Notifier
    tasks: TaskKeeper

    def begin(self) -> Mapping[str, Coroutine[None, None, object]]:
        """Give everything that is to be run until the end, by name."""
        return {
            "maintenance": _every_day(self._sweep, "maintenance_failed"),
            "days": _every_day(self.days.keep_all, "days_failed"),
            "light": _again(self._look_at_light, LIGHT_EVERY, LIGHT, first=FIRST_LIGHT),
            "light_asked": _look_at_asked(self.lights),
            "tasks": _again(self.tasks.round, TASKS_EVERY, TASKS),
            "certificates": self.certificates.run(),
            "notify": _again(self.notifier.round, TELL_EVERY, NEWS),
            "told": _every_day(self.notifier.sweep, "told_failed"),
        }

    async def _look_at_light(self) -> None:
        await self.lights.round(unless_since=LIGHT_EVERY / 2)

    async def _sweep(self) -> None:
        await self.maintenance.run_once(now())


async def _look_at_asked(lights: Lights) -> None:
    """Refresh the light of plants that were just changed; what fails now, the next round finds."""
    while True:
        await lights.asked()
        await _bear(lights.look, LIGHT)


async def _again(work: Work, every: timedelta, words: Words, *, first: timedelta | None = None) -> None:
    """Do something again and again; what fails now is tried again at the next round."""
    pause = first or every
    while True:
        await asyncio.sleep(pause.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311 - spreads replicas
        pause = every
        await _bear(work, words)


async def _bear(work: Work, words: Words) -> None:
    """Do something once; that it failed is told in the log."""
    try:
        await work()
    except Unavailable as error:
        log.warning(words.waits, why=error.detail)
    except Exception:
        log.exception(words.failed)


async def _every_day(work: Work, failed: str) -> None:
    """Do something once a day, at this process's own time of the day; what failed is tried again in an hour."""
    pause = FIRST_MAINTENANCE * random.uniform(0.5, 1.5)  # noqa: S311  replicas must not sweep at once
    while True:
        await asyncio.sleep(pause.total_seconds())
        try:
            await work()
        except Exception:
            log.exception(failed)
            pause = MAINTENANCE_AFTER_FAILURE
        else:
            pause = MAINTENANCE_EVERY
