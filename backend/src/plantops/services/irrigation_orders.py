"""Waters plants, stops, clears and switches off; every order is written down with the message that carries it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid7
from zoneinfo import ZoneInfo

import structlog
from aioplantops.errors import Invalid
from aioplantops.irrigation import Irrigator, WateringCommand, WateringOrigin, WateringState, WaterPlant
from aioplantops.irrigation_errors import IrrigatorNotFound, NoIrrigator, WateringRefused
from aioplantops.telemetry import Command
from aioplantops.topics import Leaf, build

from plantops.domain.irrigation import FRESH_SOIL, Situation, Wish, consider, sentence
from plantops.domain.irrigation_signs import EXPIRES, due
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics
from plantops.storage import irrigation as store
from plantops.storage import outbox
from plantops.storage import watering_commands as commands
from plantops.storage.irrigation import IrrigatorRow
from plantops.storage.irrigation_told import irrigators
from plantops.storage.pool import Connection, Database
from plantops.storage.watering_commands import NewCommand

from .garden import Garden
from .irrigation_alerts import IrrigationAlerts
from .irrigation_look import situation
from .news import News, Thing

STOP_EXPIRES = timedelta(minutes=10)
"""Closing is right at any time: a stop may come late, where the broker was away."""

LEAST_SECONDS = 1.0
"""A shorter watering is none."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Order:
    """A watering that somebody wants."""

    row: IrrigatorRow
    plant_id: UUID
    wish: Wish
    key: str | None = None


class IrrigationOrders:
    """Gives orders to irrigators."""

    def __init__(  # noqa: PLR0913 - all by name
        self,
        database: Database,
        garden: Garden,
        zone: ZoneInfo,
        *,
        news: News,
        metrics: Metrics,
        clock: Clock,
        tongue: Tongue,
    ) -> None:
        """Take the store, who reads the garden, its time zone, who hears of changes, gauges, clock and language."""
        self._database = database
        self._garden = garden
        self._zone = zone
        self._news = news
        self._metrics = metrics
        self._clock = clock
        self._tongue = tongue
        self._alerts = IrrigationAlerts(tongue)

    async def water(self, plant_id: UUID, wish: WaterPlant) -> WateringCommand:
        """Water a plant, or give the watering that has the same key.

        Raises PlantNotFound, NoIrrigator, IrrigatorNotFound, Invalid, and WateringRefused with every reason.
        """
        async with self._database.transaction("water") as connection:
            await store.alone(connection)
            now = self._clock()
            await self._garden.plant_within(connection, plant_id)
            if wish.key is not None and (known := await commands.by_key(connection, wish.key)) is not None:
                if known.command.plant_id != plant_id:
                    raise _wrong("key", "names another plant's watering already")
                return known.command
            row = await _irrigator_of(connection, plant_id, wish.irrigator_id)
            order = Order(row, plant_id, Wish(_seconds(wish, row), force=wish.force), wish.key)
            made = await self.give(connection, order, now)
        self.tell(made)
        return made

    async def give(self, connection: Connection, order: Order, now: datetime) -> WateringCommand:
        """Give an order, within a transaction that decides alone. Raises WateringRefused."""
        row, wish = order.row, order.wish
        seen = await situation(connection, self._garden, row, now, self._zone)
        answer = consider(seen, wish, self._tongue)
        origin = WateringOrigin.AUTOMATIC if wish.automatic else WateringOrigin.PERSON
        if answer.refusals:
            for objection in answer.refusals:
                self._metrics.watering_refusals.labels(objection.reason, origin).inc()
            places = tuple({"where": str(one.reason), "why": one.words} for one in answer.refusals)
            raise WateringRefused(sentence(answer.refusals), errors=places)
        made = WateringCommand(
            id=uuid7(),
            irrigator_id=row.id,
            plant_id=order.plant_id,
            device_id=row.device_id,
            valve=row.valve,
            origin=origin,
            seconds=wish.seconds,
            litres=None if row.flow is None else round(row.flow * wish.seconds / 60.0, 3),
            state=WateringState.SENT,
            sent_at=now,
            expires_at=now + EXPIRES,
            moisture_before=_moisture(seen, row.plant_ids.index(order.plant_id)),
            warnings=tuple(objection.words for objection in answer.warnings),
        )
        await commands.add(connection, NewCommand(made, order.key, due(now, wish.seconds), row.flow))
        water = Command(
            id=str(made.id),
            action="water",
            valve=row.valve,
            seconds=wish.seconds,
            issued=now.timestamp(),
            expires=made.expires_at.timestamp(),
        )
        await send(connection, row.device_id, water, now, made.expires_at)
        log.info("watering_sent", irrigator=row.name, seconds=wish.seconds, origin=origin, command_id=str(made.id))
        return made

    async def stop(self, irrigator_id: UUID) -> Irrigator:
        """Close an irrigator's valve, whether it is known to be open or not. Raises IrrigatorNotFound."""
        async with self._database.transaction("stop_watering") as connection:
            row = await one(connection, irrigator_id)
            await close(connection, {(row.device_id, row.valve)}, self._clock())
            told = await irrigators(connection, [irrigator_id])
        log.info("watering_stop", irrigator=row.name)
        return told[0]

    async def switched(self, *, on: bool) -> None:
        """Tell that irrigation was switched in the whole house; off, every valve is closed."""
        async with self._database.transaction("irrigation_switched") as connection:
            await store.alone(connection)  # an order that was given meanwhile goes out before what closes its valve
            rows = await store.irrigators(connection)
            if not on:
                await close(connection, {(row.device_id, row.valve) for row in rows}, self._clock())
        for row in rows:
            self._news.thing(Thing.IRRIGATOR, str(row.id))
        log.info("irrigation_switched", on=on)

    async def switch_off(self) -> None:
        """Switch irrigation off in the whole house, and close every valve."""
        async with self._database.transaction("irrigation_off") as connection:
            await store.alone(connection)
            await store.switch_house(connection, enabled=False)
        await self.switched(on=False)

    async def clear(self, irrigator_id: UUID) -> Irrigator:
        """Let an irrigator work again, because a person looked after it. Raises IrrigatorNotFound."""
        now = self._clock()
        async with self._database.transaction("clear_irrigator") as connection:
            await store.alone(connection)
            row = await one(connection, irrigator_id)
            alerts = set()
            if await store.unblock(connection, irrigator_id):
                alerts = await self._alerts.cleared(connection, row.device_id, self._tongue.water.looked_after, now)
                log.info("irrigator_cleared", irrigator=row.name)
            told = await irrigators(connection, [irrigator_id])
        for alert_id in alerts:
            self._news.thing(Thing.ALERT, str(alert_id))
        self._news.thing(Thing.IRRIGATOR, str(irrigator_id))
        return told[0]

    def tell(self, made: WateringCommand) -> None:
        """Tell everybody of a watering, after it is committed."""
        self._news.thing(Thing.WATERING, str(made.id))
        self._news.thing(Thing.IRRIGATOR, str(made.irrigator_id))


async def one(connection: Connection, irrigator_id: UUID) -> IrrigatorRow:
    """Give an irrigator. Raises IrrigatorNotFound."""
    found = await store.irrigators(connection, [irrigator_id])
    if not found:
        raise IrrigatorNotFound
    return found[0]


async def send(connection: Connection, device_id: str, message: Command, now: datetime, expires: datetime) -> None:
    """Put a command into the outbox; it is sent after the commit, or not at all once it has expired."""
    payload = message.model_dump_json(exclude_none=True).encode()
    await outbox.put(connection, build(device_id, Leaf.COMMAND), payload, now=now, expires_at=expires)


async def close(connection: Connection, valves: Collection[tuple[str, str]], now: datetime) -> None:
    """Send `stop` for some valves, each with its device; what it ends, the devices will tell."""
    expires = now + STOP_EXPIRES
    for device_id, valve in sorted(valves):
        stop = Command(id=str(uuid4()), action="stop", valve=valve, issued=now.timestamp(), expires=expires.timestamp())
        await send(connection, device_id, stop, now, expires)


async def _irrigator_of(connection: Connection, plant_id: UUID, wanted: UUID | None) -> IrrigatorRow:
    """Find the irrigator that shall water a plant."""
    ids = await store.of_plant(connection, plant_id)
    if wanted is not None:
        row = await one(connection, wanted)
        if wanted not in ids:
            raise _wrong("irrigator_id", "does not water this plant")
        return row
    if not ids:
        raise NoIrrigator
    if len(ids) > 1:
        raise _wrong("irrigator_id", "is needed: several irrigators water this plant")
    return await one(connection, ids[0])


def _seconds(wish: WaterPlant, row: IrrigatorRow) -> float:
    """Tell how long water shall flow."""
    if wish.litres is not None:
        if row.flow is None:
            raise _wrong("litres", "needs the irrigator's litres_per_minute; say seconds instead")
        seconds = 60.0 * wish.litres / row.flow
    else:
        seconds = wish.seconds or 0.0
    if seconds < LEAST_SECONDS:
        raise _wrong("seconds" if wish.litres is None else "litres", f"is too little: {LEAST_SECONDS:g} s is the least")
    return round(seconds, 1)


def _moisture(seen: Situation, at: int) -> float | None:
    return seen.plants[at].moisture.now(seen.now, FRESH_SOIL)


def _wrong(where: str, why: str) -> Invalid:
    return Invalid(f"{where}: {why}.", errors=({"where": where, "why": why},))
