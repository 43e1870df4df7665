"""When alerts are judged: not while the broker's backlog is being stored, and again and again whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from plantops.domain.alert_clock import Tick
from plantops.mqtt import alerting
from structlog.testing import capture_logs

from tests.backend.mqtt.house import now, until


class Backlog:
    """Something waits to be stored, until it was looked at often enough."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __len__(self) -> int:
        self.looks -= 1
        return int(self.looks > 0)


class Judge:
    """Notes what it is asked for, and fails as often as it is told to."""

    def __init__(self, backlog: Backlog, failures: int = 0) -> None:
        self.backlog = backlog
        self.failures = failures
        self.said: list[str] = []
        self.ticks: list[Tick] = []

    def begin(self) -> None:
        """Note a beginning."""
        self.said.append("begin")

    def end(self) -> None:
        """Note an end."""
        self.said.append("end")

    async def turn(self, tick: Tick) -> None:
        """Note a turn, and whether something still waited."""
        self.said.append("too early" if self.backlog.looks > 0 else "turn")
        self.ticks.append(tick)
        if self.failures:
            self.failures -= 1
            raise ValueError("nobody foresaw this")


@asynccontextmanager
async def judging(judge: Any) -> AsyncIterator[None]:
    """Judge in quick turns until the block ends."""
    running = asyncio.create_task(alerting.run(judge, judge.backlog, now, grace_seconds=0.05, turn_seconds=0.01))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_nothing_is_judged_before_what_the_broker_had_kept_is_stored() -> None:
    judge = Judge(Backlog(looks=40))
    async with judging(judge):
        await until(lambda: len(judge.ticks) > 1)
    assert judge.said[:3] == ["begin", "turn", "turn"]
    assert judge.said[-1] == "end", "somebody else tells how many alerts are open"
    first, second = judge.ticks[:2]
    assert first.steady < second.steady


async def test_a_turn_that_fails_is_told_once_and_the_next_one_comes() -> None:
    judge = Judge(Backlog(looks=0), failures=3)
    with capture_logs() as logs:
        async with judging(judge):
            await until(lambda: len(judge.ticks) > 3)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["alerts_failed"]
