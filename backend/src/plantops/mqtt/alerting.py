"""When alerts are judged: not before what the broker had kept is stored, nor right after a start, and then in turns."""

import asyncio
from collections.abc import Sized
from typing import Never

from plantops.domain.alert_clock import Tick
from plantops.mqtt.turns import Turns
from plantops.ops.logs import Clock
from plantops.services.alert_judge import AlertJudge

QUIET_SECONDS = 10.0
"""So long nothing must wait to be stored: then what the broker had kept has come."""
GRACE_SECONDS = 60.0
"""Devices that lost the connection with us come back meanwhile."""
TURN_SECONDS = 30.0
SHARE = 0.03
"""Part of the time that may go into judging alerts."""


async def run(
    judge: AlertJudge,
    waiting: Sized,
    clock: Clock,
    *,
    grace_seconds: float = GRACE_SECONDS,
    turn_seconds: float = TURN_SECONDS,
) -> Never:
    """Judge alerts for as long as this backend holds the lease; `waiting` is what is not stored yet."""
    loop = asyncio.get_running_loop()
    turns = Turns("alerts_failed", clock)
    judge.begin()
    try:
        await _settled(waiting, min(QUIET_SECONDS, grace_seconds))
        await asyncio.sleep(grace_seconds)
        while True:
            begun = loop.time()
            with turns.borne():
                await judge.turn(Tick(clock(), begun))
            await asyncio.sleep(max(turn_seconds, (loop.time() - begun) / SHARE))
    finally:
        judge.end()


async def _settled(waiting: Sized, quiet_seconds: float) -> None:
    """Wait until nothing has waited to be stored for a while."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while loop.time() - since < quiet_seconds:
        await asyncio.sleep(quiet_seconds / 10)
        if len(waiting):
            since = loop.time()
