"""One run: open the house, let everybody send, do the faults in random order, wait until all is quiet, and count."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from aioplantops.health import Role
from plantops.ops.cluster import Binaries

from tests.chaos.backend import BackendFailed
from tests.chaos.check import Claims, Verdict, claims, judge
from tests.chaos.crowd import Crowd
from tests.chaos.drill import Restored, restore_elsewhere
from tests.chaos.faults import FAULTS, LAST, QUICK, Fault, Scene
from tests.chaos.house import House
from tests.chaos.processes import left_behind
from tests.chaos.senders import Senders
from tests.chaos.watch import Watch

RECOVERY_SECONDS = 300.0
"""How long the house may take to stand again after a fault."""
DRAIN_SECONDS = 180.0
QUEUE_SECONDS = 120.0
"""How long the broker's queue may take to reach the store when nobody sends any more."""

type Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a run is."""

    devices: int
    plain: int
    per_second: float
    stop_seconds: float
    faults: Sequence[str]
    queue: int
    """Messages that wait at the broker when it is killed with a full queue."""
    seconds: float = 0.0
    """Faults go on, each again, until so much time has passed."""
    breath_seconds: float = 2.0
    """At most, between two faults."""
    back_seconds: float = 3.0
    """How soon listeners must be back after an update."""
    drill: bool = True
    """Whether everything is backed up and restored elsewhere at the end."""
    within_seconds: float = 600.0


FULL = Plan(devices=36, plain=16, per_second=260.0, stop_seconds=20.0, faults=tuple(FAULTS), queue=60_000)
SHORT = Plan(
    devices=12,
    plain=12,
    per_second=140.0,
    stop_seconds=9.0,
    faults=QUICK,
    queue=1_500,
    breath_seconds=0.5,
    back_seconds=inf,  # a machine may be as busy as it likes while the tests run
    drill=False,
    within_seconds=1500.0,
)


@dataclass(frozen=True, slots=True)
class Row:
    """What one fault did."""

    what: str
    at_seconds: float
    """Since readings flow."""
    took_seconds: float
    """Until everything stood again and something was stored."""
    pause_seconds: float
    """The longest time without a commit in it."""
    most_waiting: int
    """The most readings that waited in the senders."""
    recovered: bool = True


@dataclass(slots=True)
class Outcome:
    """All that there is to tell."""

    rows: list[Row] = field(default_factory=list)
    verdict: Verdict | None = None
    crowds: list[Crowd] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    restored: Restored | None = None
    leaked: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether nothing was lost, doubled, wrong or left behind."""
        stood = all(row.recovered for row in self.rows) and all(crowd.fine for crowd in self.crowds)
        stood = stood and (self.restored is None or self.restored.fine)
        return stood and self.verdict is not None and self.verdict.fine and not self.leaked


async def run(plan: Plan, folder: Path, binaries: Binaries, seed: int, tell: Tell) -> Outcome:
    """Do it all; `folder` is a new one that nobody else knows. Raises TimeoutError when it takes too long in all."""
    outcome = Outcome()
    begun = time.monotonic()
    try:
        async with asyncio.timeout(plan.within_seconds), House.open(folder, binaries) as house:
            senders = Senders.make(
                await house.accounts(plan.devices + plan.plain), plan.plain, plan.per_second, plan.stop_seconds
            )
            async with (
                Watch.open(house.postgres.url, lambda: senders.waiting) as watch,
                senders.living() as measuring,
            ):
                await watch.more()
                scene = Scene(
                    house,
                    senders,
                    watch,
                    random.Random(seed),
                    plan.stop_seconds,
                    int(plan.per_second),
                    folder,
                    plan.queue,
                    plan.back_seconds,
                    outcome.crowds,
                    outcome.queued,
                )
                await _all_faults(plan, scene, outcome, tell)
                measuring.cancel()
                tell("waiting until everything is stored")
                await _quiet(senders)
                outcome.verdict = await _judged(house, senders)
            if plan.drill:
                tell("the restore drill")
                said = claims(senders, house.broker_killed_at)
                outcome.restored = await restore_elsewhere(house, folder, binaries, said, senders.accounts)
    finally:
        outcome.leaked = await left_behind(folder)
        outcome.seconds = time.monotonic() - begun
    return outcome


async def _all_faults(plan: Plan, scene: Scene, outcome: Outcome, tell: Tell) -> None:
    begun = time.monotonic()
    known: Mapping[str, Fault] = {**FAULTS, **LAST}
    order: list[str] = scene.dice.sample(plan.faults, len(plan.faults))
    while order:
        name = order.pop(0)
        await asyncio.sleep(plan.breath_seconds * scene.dice.uniform(0.5, 1.0))
        row = await _one(name, known[name], scene, begun)
        outcome.rows.append(row)
        tell(f"{row.at_seconds:5.0f} s  {row.what}: {row.pause_seconds:.1f} s without commits")
        if not row.recovered:
            return
        if not order and time.monotonic() - begun < plan.seconds:
            order = scene.dice.sample(plan.faults, len(plan.faults))
        elif name not in LAST and not order:
            order = list(LAST)


async def _one(name: str, fault: Fault, scene: Scene, begun: float) -> Row:
    """Do it, and wait until readings are stored again."""
    at = time.monotonic()
    scene.watch.most_waiting = scene.senders.waiting
    recovered = False
    with suppress(TimeoutError, BackendFailed):
        async with asyncio.timeout(scene.stop_seconds + RECOVERY_SECONDS):
            await fault(scene)
            await scene.house.first.until(Role.ACTIVE)
            await scene.watch.more(scene.plenty)
            recovered = True
    now = time.monotonic()
    pause = scene.watch.longest_pause(at, now)
    return Row(name, at - begun, now - at, pause, scene.watch.most_waiting, recovered=recovered)


async def _quiet(senders: Senders) -> None:
    """Let everybody bring home what was begun."""
    senders.end()
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            await senders.drained()


async def _judged(house: House, senders: Senders) -> Verdict:
    """Count, again and again while the broker's queue may still be on its way."""
    said: Claims = claims(senders, house.broker_killed_at)
    verdict = await judge(house.postgres.url, said, senders.waiting)
    for _ in range(int(QUEUE_SECONDS)):
        if verdict.fine and not verdict.lost_with_broker:
            break
        await asyncio.sleep(1)
        verdict = await judge(house.postgres.url, said, senders.waiting)
    return verdict
