"""Watches over water: commands without an answer, leaks, reservoirs, a switched-off house; then soil and automatic.

The holder of the ingest lease runs it, turn by turn. Every decision is a transaction that decides alone, so that
another replica, or a start in the middle of a watering, finds in the store what is to be done.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from aioplantops.irrigation import Block, BlockKind, WateringState
from aioplantops.metrics import Metric

from plantops.domain.irrigation import AHEAD, FRESH
from plantops.domain.irrigation_signs import falls, idle_window, leaks
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics
from plantops.storage import irrigation as store
from plantops.storage import watering_commands as commands
from plantops.storage.pool import Connection, Database
from plantops.storage.watering_commands import Kept, Watched

from .irrigation_alerts import IrrigationAlerts
from .irrigation_automatic import Automaton
from .irrigation_orders import close
from .irrigation_results import IrrigationResults
from .irrigation_soil import SoilJudge
from .news import News, Thing

GRACE = timedelta(minutes=2)
"""After a start the backlog of the broker comes first: until then nothing is watered automatically, and no level is
thought to fall."""

SLOWLY = timedelta(seconds=30)
"""How often soil, reservoirs and the automatic are looked at: all of them are slow."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Irrigation:
    """What the holder of the ingest lease does about water."""

    results: IrrigationResults
    watch: IrrigationWatch


class IrrigationWatch:
    """Looks after everything that holds water."""

    def __init__(  # noqa: PLR0913 - all by name
        self,
        database: Database,
        *,
        soil: SoilJudge,
        automaton: Automaton,
        news: News,
        metrics: Metrics,
        clock: Clock,
        tongue: Tongue,
    ) -> None:
        """Take the store, who judges soil, who waters by itself, who hears of changes, gauges, clock and language."""
        self._database = database
        self._soil = soil
        self._automaton = automaton
        self._news = news
        self._metrics = metrics
        self._clock = clock
        self._tongue = tongue
        self._alerts = IrrigationAlerts(tongue)
        self._begun: datetime | None = None
        self._looked: datetime | None = None
        self._closed: set[UUID] = set()

    def begin(self) -> None:
        """Begin anew: this backend has just become the one that looks after water."""
        self._begun = self._looked = None
        self._closed.clear()

    async def turn(self) -> bool:
        """Do what is to be done now; tell whether water may be flowing, so that one should look again soon."""
        now = self._clock()
        self._begun = self._begun or now
        async with self._database.acquire("irrigation_watch") as connection:
            watched = await commands.watched(connection)
            house_on = await store.house_on(connection)
        busy = any(one.busy for one in watched)
        if busy:
            await self._give_up(now)
            if not house_on:
                await self._close_busy(watched, now)
        await self._guard(watched, now)
        if watched and (self._looked is None or now - self._looked >= SLOWLY):
            self._looked = now
            self._tell(await self._soil.round(now))
            if now - self._begun >= GRACE:
                await self._look_at_reservoirs(watched, now)
                await self._automaton.round(now)
        return busy

    async def _give_up(self, now: datetime) -> None:
        """End waterings whose device has never told their end: close the valve, and let nothing more happen."""
        told: list[tuple[Thing, str]] = []
        async with self._database.transaction("watering_overdue") as connection:
            await store.alone(connection)
            for kept in await commands.overdue(connection, now):
                told += await self._lose(connection, kept, now)
        self._tell(told)

    async def _lose(self, connection: Connection, kept: Kept, now: datetime) -> Iterable[tuple[Thing, str]]:
        command = kept.command
        words = self._tongue.water.unanswered
        lost = command.model_copy(update={"state": WateringState.FAILED, "detail": words, "ended_at": now})
        await commands.write(connection, lost, given_up=True)
        await close(connection, {(command.device_id, command.valve)}, now)
        self._metrics.waterings.labels("unanswered", command.origin).inc()
        log.warning("watering_unanswered", command_id=str(command.id), device_id=command.device_id)
        told = [(Thing.WATERING, str(command.id))]
        if command.irrigator_id is not None:
            block = Block(kind=BlockKind.UNANSWERED, since=now, words=words)
            told += await self._block(connection, command.irrigator_id, block, command.id)
        return told

    async def _close_busy(self, watched: Sequence[Watched], now: datetime) -> None:
        """Close what is open though the house is switched off, however that was done: once for each watering."""
        async with self._database.transaction("irrigation_off") as connection:
            under_way = await commands.open_on(connection, {one.device_id for one in watched})
            news = [command for command in under_way if command.id not in self._closed]
            await close(connection, {(command.device_id, command.valve) for command in news}, now)
        self._closed |= {command.id for command in news}

    async def _guard(self, watched: Sequence[Watched], now: datetime) -> None:
        """Close and block every irrigator with a leak."""
        for one in watched:
            if one.block is BlockKind.LEAK or (words := _leak(one, now, self._tongue)) is None:
                continue
            await self._stop_leak(one, words, now)

    async def _stop_leak(self, one: Watched, words: str, now: datetime) -> None:
        block = Block(kind=BlockKind.LEAK, since=now, words=words)
        async with self._database.transaction("leak") as connection:
            await store.alone(connection)
            told = await self._block(connection, one.id, block)
            await close(connection, {(one.device_id, one.valve)}, now)
        self._metrics.leaks.inc()
        log.warning("irrigation_leak", irrigator=one.name, device_id=one.device_id, why=words)
        self._tell(told)

    async def _look_at_reservoirs(self, watched: Sequence[Watched], now: datetime) -> None:
        """Tell of empty reservoirs; one that falls while nothing runs has a leak."""
        known = [
            (one, level)
            for one in watched
            if one.reservoir.there and (level := one.reservoir.now(now, FRESH)) is not None
        ]
        async with self._database.transaction("reservoirs") as connection:
            alerts = await self._alerts.reservoirs(connection, known, now)
        self._tell((Thing.ALERT, str(alert_id)) for alert_id in alerts)
        by_channel: dict[int, list[Watched]] = defaultdict(list)
        for one, _ in known:
            by_channel[one.reservoir_channel_id or 0].append(one)
        for channel_id, users in by_channel.items():
            if any(one.busy for one in users):
                continue
            since = idle_window(now, max(one.idle_since for one in users))
            async with self._database.acquire("reservoir") as connection:
                levels = await commands.readings(connection, channel_id, since)
            if (words := falls([level for level in levels if level.at <= now], self._tongue)) is not None:
                for one in users:
                    if one.block is not BlockKind.LEAK:
                        await self._stop_leak(one, words, now)

    async def _block(
        self, connection: Connection, irrigator_id: UUID, found: Block, command_id: UUID | None = None
    ) -> list[tuple[Thing, str]]:
        """Block an irrigator and open the alert that tells of it; gives what has news."""
        told = [(Thing.IRRIGATOR, str(irrigator_id))]
        rows = await store.irrigators(connection, [irrigator_id])
        if rows and await store.block(connection, irrigator_id, found, command_id):
            alerts = await self._alerts.blocked(connection, rows[0].device_id, rows[0].name, found, found.since)
            told += [(Thing.ALERT, str(alert_id)) for alert_id in alerts]
        return told

    def _tell(self, things: Iterable[tuple[Thing, str]]) -> None:
        for thing, key in things:
            self._news.thing(thing, key)


def _leak(one: Watched, now: datetime, tongue: Tongue) -> str | None:
    flow = one.flow
    if flow.level is not None and flow.level.at > now + AHEAD:
        return None
    valve = one.flow_metric == Metric.VALVE_OPEN
    return leaks(one.leak, flow, tongue, valve=valve, idle_since=None if one.busy else one.idle_since)
