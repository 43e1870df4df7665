"""Gives the judging of plants its part of the time: the telemetry comes first."""

import asyncio
from typing import Never

from plantops.mqtt.pace import Pace
from plantops.mqtt.turns import Turns
from plantops.ops.logs import Clock
from plantops.services.watch import Watch

JUDGING_SHARE = 0.03
"""Part of the time that may go into judging plants while telemetry comes in fast."""
QUIET_SHARE = 0.8
"""The same while it doesn't: after a start, a thousand plants are judged before anybody has looked."""
QUIET_MESSAGES = 100.0
"""Messages per second below which the telemetry would not notice."""
IDLE_SECONDS = 5.0
"""How often it is looked whether there is something to judge."""


class Judging:
    """Judges plants that have news for as long as this backend holds the lease."""

    def __init__(self, watch: Watch, clock: Clock) -> None:
        """Take who judges, and the clock (aware UTC)."""
        self._watch = watch
        self._turns = Turns("judging_failed", clock)
        self._pace = Pace()

    def make_way(self, messages: int) -> None:
        """Count messages that were stored: where there are many, judging waits."""
        self._pace.count(messages, asyncio.get_running_loop().time())

    async def run(self) -> Never:
        """Judge for ever."""
        loop = asyncio.get_running_loop()
        while True:
            begun, judged = loop.time(), 0
            with self._turns.borne():
                judged = await self._watch.turn()
            busy = loop.time() - begun
            share = QUIET_SHARE if self._pace.quiet(loop.time(), QUIET_MESSAGES) else JUDGING_SHARE
            await asyncio.sleep(busy / share - busy if judged else IDLE_SECONDS)
