"""Waters by itself: when the soil is too dry, in the hours that people allow, within all that holds for people too."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from aioplantops.errors import PlantNotFound
from aioplantops.irrigation import AutomaticBasis, Soil, WateringCommand
from aioplantops.irrigation_errors import WateringRefused
from aioplantops.severity import Severity

from plantops.domain.irrigation import Wish, overdue, thirsty
from plantops.domain.irrigation_signs import allowed
from plantops.domain.notice import Notice, NoticeKind
from plantops.domain.tongue import Tongue
from plantops.storage import irrigation as store
from plantops.storage import notices
from plantops.storage import watering_commands as commands
from plantops.storage.irrigation import IrrigatorRow
from plantops.storage.pool import Connection, Database

from .garden import Garden
from .irrigation_look import day_begins, thirsts
from .irrigation_orders import IrrigationOrders, Order

log = structlog.get_logger()


class Automaton:
    """Waters what is thirsty, where people allowed it."""

    def __init__(
        self,
        database: Database,
        garden: Garden,
        zone: ZoneInfo,
        *,
        orders: IrrigationOrders,
        tongue: Tongue,
    ) -> None:
        """Take the store, who reads the garden, its time zone, who gives orders, and the house's language."""
        self._database = database
        self._garden = garden
        self._zone = zone
        self._orders = orders
        self._tongue = tongue
        self._refused: dict[UUID, str] = {}
        """Why each irrigator did not water at the last round: it is logged once."""

    async def round(self, now: datetime) -> None:
        """Look at every irrigator that may water by itself."""
        async with self._database.acquire("automatic") as connection:
            rows = [row for row in await store.irrigators(connection) if row.automatic is not None]
        for row in rows:
            if row.enabled and row.house_on and row.block is None:
                await self._look(row.id, now)

    async def _look(self, irrigator_id: UUID, now: datetime) -> None:
        made: WateringCommand | None = None
        async with self._database.transaction("water_automatically") as connection:
            await store.alone(connection)
            rows = await store.irrigators(connection, [irrigator_id])
            if rows:
                made = await self._water(connection, rows[0], now)
        if made is not None:
            self._refused.pop(irrigator_id, None)
            self._orders.tell(made)

    async def _water(self, connection: Connection, row: IrrigatorRow, now: datetime) -> WateringCommand | None:
        automatic = row.automatic
        if automatic is None or not allowed(now, self._zone, automatic.from_, automatic.until):
            return None
        if await store.attempts(connection, row.id, day_begins(now, self._zone)) >= automatic.most_per_day:
            return None
        try:
            plants = await thirsts(connection, self._garden, row.plant_ids, now)
        except PlantNotFound:
            return None  # removed at this very moment
        need = thirsty if automatic.basis is AutomaticBasis.MOISTURE else overdue
        plant = need(plants, now)
        if plant is None or await _unsettled(connection, row.id):
            return None
        order = Order(row, row.plant_ids[plants.index(plant)], Wish(automatic.seconds, automatic=True))
        try:
            made = await self._orders.give(connection, order, now)
        except WateringRefused as error:
            if self._refused.get(row.id) != error.detail:
                self._refused[row.id] = error.detail
                log.info("automatic_watering_refused", irrigator=row.name, why=error.detail)
            return None
        await notices.happen(connection, _notice(row, made, plant.name, now, self._tongue))
        return made


async def _unsettled(connection: Connection, irrigator_id: UUID) -> bool:
    """Tell whether the soil has not yet said what came of the last watering."""
    last = (await commands.last(connection, [irrigator_id])).get(irrigator_id)
    return last is not None and last.soil is Soil.WAITING


def _notice(row: IrrigatorRow, made: WateringCommand, name: str, now: datetime, tongue: Tongue) -> Notice:
    words, seconds = tongue.water, tongue.plain(made.seconds)
    body = words.begun.format(irrigator=row.name, seconds=seconds)
    if made.litres is not None:
        litres = tongue.fixed(made.litres, 2)
        body = words.begun_litres.format(irrigator=row.name, seconds=seconds, litres=litres)
    return Notice(
        kind=NoticeKind.IRRIGATION,
        severity=Severity.INFO,
        subject=f"watering:{made.id}",
        at=now,
        title=words.begun_title.format(name=name),
        body=body,
        plant_id=made.plant_id,
        device_id=made.device_id,
    )
