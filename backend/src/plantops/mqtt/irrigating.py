"""Looks after water for as long as this backend holds the lease: often while some may flow."""

import asyncio
from typing import Never

from plantops.mqtt.turns import Turns
from plantops.ops.logs import Clock
from plantops.services.irrigation_watch import IrrigationWatch

IDLE_SECONDS = 5.0
"""How often it is looked whether anything leaks, or is thirsty."""
FLOWING_SECONDS = 1.0
"""How often it is looked while water may flow."""


async def run(watch: IrrigationWatch, clock: Clock) -> Never:
    """Look after water for ever."""
    turns = Turns("irrigation_failed", clock)
    watch.begin()
    while True:
        flows = False
        with turns.borne():
            flows = await watch.turn()
        await asyncio.sleep(FLOWING_SECONDS if flows else IDLE_SECONDS)
