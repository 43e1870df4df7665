"""What the house does again and again by itself: sweep, keep days, look at the light, watch certificates."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aioplantops.errors import Unavailable

from plantops.bootstrap import now
from plantops.services.certificates import CertificateWatch
from plantops.services.days import Days
from plantops.services.light import Lights
from plantops.services.maintenance import Maintenance
from plantops.services.notifier import Notifier
from plantops.services.task_keeping import TaskKeeper

log = structlog.get_logger()

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
            "light": _look_at_light(self.lights),
            "light_asked": _look_at_asked(self.lights),
            "tasks": _keep_tasks(self.tasks),
            "certificates": self.certificates.run(),
            "notify": _tell(self.notifier),
            "told": _every_day(self.notifier.sweep, "told_failed"),
        }

    async def _sweep(self) -> None:
        await self.maintenance.run_once(now())


async def _look_at_light(lights: Lights) -> None:
    """Refresh every plant's light of now every few minutes; a failed round is tried again at the next one."""
    pause = FIRST_LIGHT
    while True:
        await asyncio.sleep(pause.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311 - spreads replicas
        pause = LIGHT_EVERY
        await _light(lights.round(unless_since=LIGHT_EVERY / 2))


async def _look_at_asked(lights: Lights) -> None:
    """Refresh the light of plants that were just changed; what fails now, the next round finds."""
    while True:
        await lights.asked()
        await _light(lights.look())


async def _light(work: Awaitable[object]) -> None:
    try:
        await work
    except Unavailable as error:
        log.warning("light_waits", why=error.detail)
    except Exception:
        log.exception("light_failed")


async def _tell(notifier: Notifier) -> None:
    """Tell people what happened, again and again; what fails now is tried again at the next round."""
    while True:
        await asyncio.sleep(TELL_EVERY.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311 - spreads replicas
        try:
            await notifier.round()
        except Unavailable as error:
            log.warning("news_waits", why=error.detail)
        except Exception:
            log.exception("news_failed")


async def _keep_tasks(tasks: TaskKeeper) -> None:
    """Keep tasks in step with what was done and seen; a failed round is tried again at the next one."""
    while True:
        await asyncio.sleep(TASKS_EVERY.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311 - spreads replicas
        try:
            await tasks.round()
        except Unavailable as error:
            log.warning("tasks_wait", why=error.detail)
        except Exception:
            log.exception("tasks_failed")


async def _every_day(work: Callable[[], Awaitable[object]], failed: str) -> None:
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
