"""Asks the soil what came of a watering: it must get wetter within a while, else the irrigator is blocked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from aioplantops.irrigation import Block, BlockKind, Soil, WateringState

from plantops.domain.calibration import Calibrations
from plantops.domain.irrigation_signs import SETTLE, Felt, Rise, enough, rise, together
from plantops.domain.tongue import Tongue
from plantops.storage import calibration
from plantops.storage import irrigation as store
from plantops.storage import watering_commands as commands
from plantops.storage.pool import Connection, Database
from plantops.storage.watering_commands import Kept, ProbeReading

from .irrigation_alerts import IrrigationAlerts
from .irrigation_look import PERCENT
from .news import Thing

BEFORE = timedelta(hours=1)
"""So long before a watering the soil's level is taken from."""

BEFORE_READINGS = 5
"""The newest of these."""

log = structlog.get_logger()


class SoilJudge:
    """Judges waterings by the soil."""

    def __init__(self, database: Database, tongue: Tongue) -> None:
        """Take the store, and the house's language."""
        self._database = database
        self._tongue = tongue
        self._alerts = IrrigationAlerts(tongue)

    async def round(self, now: datetime) -> list[tuple[Thing, str]]:
        """Judge the waterings that are over; tell what has news."""
        async with self._database.acquire("settling") as connection:
            waiting = await commands.settling(connection)
        told: list[tuple[Thing, str]] = []
        for kept in waiting:
            async with self._database.transaction("judge_watering") as connection:
                await store.alone(connection)
                told += await self._judge(connection, kept, now)
        return told

    async def _judge(self, connection: Connection, kept: Kept, now: datetime) -> list[tuple[Thing, str]]:
        command = kept.command
        ended = command.ended_at or now
        rows = await store.irrigators(connection, [command.irrigator_id]) if command.irrigator_id else []
        settled = now - ended >= SETTLE
        found = await _felt(connection, kept, rows[0].plant_ids if rows else (), (ended, now))
        judged = together([rise(felt, settled=settled) for _, felt in found])
        if judged.soil is not Soil.RISEN and not settled:
            return []
        await commands.judged(connection, command.id, judged)
        log.info("watering_judged", command_id=str(command.id), soil=judged.soil)
        told = [(Thing.WATERING, str(command.id))]
        if not rows:
            return told
        told.append((Thing.IRRIGATOR, str(rows[0].id)))
        alerts: set[UUID] = set()
        if judged.soil is Soil.NOT_RISEN:
            block = Block(kind=BlockKind.NO_RISE, since=now, words=_dry(found, judged, self._tongue))
            if await store.block(connection, rows[0].id, block, command.id):
                alerts = await self._alerts.blocked(connection, command.device_id, rows[0].name, block, now)
        elif judged.soil is Soil.RISEN:
            alerts = await self._alerts.cleared(connection, command.device_id, self._tongue.water.wetter, now)
        return told + [(Thing.ALERT, str(alert_id)) for alert_id in alerts]


def _dry(found: Sequence[tuple[str, Felt]], judged: Rise, tongue: Tongue) -> str:
    dry = (name for name, felt in found if rise(felt, settled=True).soil is Soil.NOT_RISEN)
    return tongue.water.dry.format(
        name=next(dry, tongue.water.the_plant),
        minutes=SETTLE.seconds // 60,
        before=tongue.fixed(judged.before or 0.0),
        after=tongue.fixed(judged.after or 0.0),
    )


async def _felt(
    connection: Connection, kept: Kept, plant_ids: Sequence[UUID], ends: tuple[datetime, datetime]
) -> list[tuple[str, Felt]]:
    """Tell what the probes of the plants said around a watering; `ends`: when it ended, and now."""
    command = kept.command
    span = (command.sent_at - BEFORE, min(ends[0] + SETTLE, ends[1]))
    readings = await commands.felt(connection, plant_ids, command.sent_at, span)
    known = await calibration.of_channels(connection, {reading.channel_id for reading in readings})
    pots = await commands.pots(connection, plant_ids)
    share = None if command.litres is None or not plant_ids else command.litres / len(plant_ids)
    # Of one that was stopped at once, and whose flow is not known, nobody knows whether a probe can see it.
    whole = command.state is not WateringState.STOPPED or command.litres is not None
    found: list[tuple[str, Felt]] = []
    for plant_id, (name, pot) in pots.items():
        shown = [
            (reading.time, value)
            for reading in readings
            if reading.plant_id == plant_id and (value := _percent(reading, known)) is not None
        ]
        before = [value for time, value in shown if time <= command.sent_at][-BEFORE_READINGS:]
        after = [value for time, value in shown if time > command.sent_at]
        if before or after:
            found.append((name, Felt(before, after, enough=whole and enough(share, pot))))
    return found


def _percent(reading: ProbeReading, known: Calibrations) -> float | None:
    """Tell a reading in %; None where its probe is not calibrated."""
    if reading.channel_id in known:
        return known[reading.channel_id].shown(reading.time, reading.value)
    return reading.value if reading.unit == PERCENT else None
