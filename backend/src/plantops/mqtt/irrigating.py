"""Looks after water for as long as this backend holds the lease: often while some may flow."""

import asyncio
from typing import Never

import structlog

from plantops.ops.logs import Clock, Throttle
from plantops.services.irrigation_watch import IrrigationWatch
from plantops.storage.pool import LOST

log = structlog.get_logger()

IDLE_SECONDS = 5.0
"""How often it is looked whether anything leaks, or is thirsty."""
FLOWING_SECONDS = 1.0
"""How often it is looked while water may flow."""


async def run(watch: IrrigationWatch, clock: Clock) -> Never:
    """Look after water for ever."""
    throttle = Throttle(clock)
    watch.begin()
    while True:
        flows = False
        try:
            flows = await watch.turn()
        except Exception as error:
            if (times := throttle.count("irrigation_failed", type(error).__name__)) is not None:
                log.warning("irrigation_failed", times=times, exc_info=None if isinstance(error, LOST) else error)
        await asyncio.sleep(FLOWING_SECONDS if flows else IDLE_SECONDS)
