"""Hears what devices say of their waterings. A device can end its own only; what it says twice counts once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid7

import structlog
from aioplantops.care import CareEvent, CareKind, CareSource
from aioplantops.irrigation import Block, BlockKind, Soil, WateringCommand, WateringState
from aioplantops.telemetry import CommandResult

from plantops.domain.intake import ResultNews
from plantops.domain.irrigation_signs import after
from plantops.domain.tongue import Tongue
from plantops.ops.metrics import Metrics
from plantops.storage import care
from plantops.storage import irrigation as store
from plantops.storage import watering_commands as commands
from plantops.storage.pool import Connection
from plantops.storage.watering_commands import Kept

from .irrigation_alerts import IrrigationAlerts
from .news import News, Thing
from .things import care_key

ENDED_SOON = 5.0
"""Seconds by which a device's word may differ from what it was told."""

log = structlog.get_logger()


class IrrigationResults:
    """Takes the results of commands."""

    def __init__(self, *, news: News, metrics: Metrics, tongue: Tongue) -> None:
        """Take who hears of changes, the gauges, and the house's language."""
        self._tongue = tongue
        self._alerts = IrrigationAlerts(tongue)
        self._news = news
        self._metrics = metrics

    async def hear(self, connection: Connection, results: Sequence[ResultNews]) -> None:
        """Keep what devices say, in one transaction; what is not about a watering of the device is only logged."""
        told: list[tuple[Thing, str]] = []
        plants: set[UUID] = set()
        async with connection.transaction():
            for news in results:
                kept = await self._of(connection, news)
                if kept is None:
                    log.info("command_result", device_id=news.device_id, **news.result.model_dump(exclude_none=True))
                    continue
                said = await self._take(connection, kept, news)
                told += said
                if any(thing is Thing.CARE for thing, _ in said):
                    plants |= {UUID(key.partition("/")[0]) for thing, key in said if thing is Thing.CARE}
        for thing, key in told:
            self._news.thing(thing, key)
        for plant_id in plants:
            self._news.plant(plant_id)

    async def _of(self, connection: Connection, news: ResultNews) -> Kept | None:
        try:
            command_id = UUID(news.result.id)
        except ValueError:
            return None
        return await commands.hold(connection, command_id, news.device_id)

    async def _take(self, connection: Connection, kept: Kept, news: ResultNews) -> list[tuple[Thing, str]]:
        """Write what a result changes; tell what has news."""
        state = after(kept.command.state, news.result.outcome, given_up=kept.given_up)
        if state is None:
            return []
        now = news.received_at
        command = told_by(kept.command, state, news.result, now, self._tongue)
        await commands.write(connection, command, given_up=False)
        log.info("watering_told", state=state, command_id=str(command.id), device_id=command.device_id)
        if not state.open:
            self._metrics.waterings.labels(state, command.origin).inc()
        things = [(Thing.WATERING, str(command.id))]
        if command.irrigator_id is not None:
            things.append((Thing.IRRIGATOR, str(command.irrigator_id)))
        things += [(Thing.ALERT, str(one)) for one in await self._follow(connection, command, now)]
        if state in {WateringState.DONE, WateringState.STOPPED}:
            things += await self._write_down(connection, command, kept.litres_per_minute, now)
        return things

    async def _follow(self, connection: Connection, command: WateringCommand, now: datetime) -> set[UUID]:
        """Block what went wrong; let go what was blocked only because nobody had answered."""
        if command.state is WateringState.FAILED and command.irrigator_id is not None:
            row = await store.irrigators(connection, [command.irrigator_id])
            found = Block(kind=BlockKind.FAILED, since=now, words=command.detail)
            if row and await store.block(connection, command.irrigator_id, found, command.id):
                return await self._alerts.blocked(connection, command.device_id, row[0].name, found, now)
        elif await store.answered(connection, command.id) is not None:
            return await self._alerts.cleared(connection, command.device_id, self._tongue.water.answered, now)
        return set()

    async def _write_down(
        self, connection: Connection, command: WateringCommand, flow: float | None, now: datetime
    ) -> list[tuple[Thing, str]]:
        """Put a watering into the care log of every plant on the hose, with its share of the water."""
        if command.irrigator_id is None or command.ran_seconds == 0.0:
            return []
        rows = await store.irrigators(connection, [command.irrigator_id])
        plants = rows[0].plant_ids if rows else ()
        seconds = command.seconds if command.ran_seconds is None else command.ran_seconds
        litres = None if flow is None else round(flow * seconds / 60.0 / len(plants), 3)
        told: list[tuple[Thing, str]] = []
        for plant_id in plants:
            event = CareEvent(
                id=uuid7(),
                plant_id=plant_id,
                kind=CareKind.WATERED,
                source=CareSource.IRRIGATED,
                at=command.started_at or command.sent_at,
                litres=litres,
                command_id=command.id,
            )
            if not await care.hold(connection, plant_id):
                continue
            await care.add(connection, event, now)
            await care.note(connection, plant_id, now)
            told.append((Thing.CARE, care_key(plant_id, event.id)))
        return told


def told_by(
    command: WateringCommand, state: WateringState, result: CommandResult, now: datetime, tongue: Tongue
) -> WateringCommand:
    """Tell how a watering is after a result."""
    detail = " ".join(result.detail.replace("\x00", " ").split())
    changes: dict[str, object] = {"state": state, "detail": detail or _usual(state, tongue)}
    if state is WateringState.RUNNING:
        changes["started_at"] = now
    else:
        changes["ended_at"] = now
        changes["ran_seconds"] = (
            None if result.seconds is None else round(min(result.seconds, command.seconds + ENDED_SOON), 1)
        )
        if not state.flowed:
            changes["soil"] = Soil.UNKNOWN
        elif result.seconds is not None and command.started_at is None:
            changes["started_at"] = command.sent_at
    return command.model_copy(update=changes)


def _usual(state: WateringState, tongue: Tongue) -> str:
    """Give the sentence for a device that says none."""
    match state:
        case WateringState.REFUSED:
            return tongue.water.refused
        case WateringState.EXPIRED:
            return tongue.water.expired
        case WateringState.FAILED:
            return tongue.water.failed
        case _:
            return ""
