"""Irrigators: which valve waters which plants, and what it may do. A change that could flood something closes first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid7

from aioplantops.errors import ChannelNotFound, DeviceNotFound, Invalid, PlantNotFound
from aioplantops.irrigation import (
    Automatic,
    AutomaticWish,
    Irrigator,
    IrrigatorChange,
    IrrigatorCreate,
    WateringCommand,
)
from aioplantops.irrigation_errors import IrrigatorTaken, TooManyIrrigators
from aioplantops.metrics import Metric
from aioplantops.models import DeviceKind, Page
from aioplantops.telemetry import ValveInfo

from plantops.ops.logs import Clock
from plantops.storage import irrigation as store
from plantops.storage import valves
from plantops.storage import watering_commands as commands
from plantops.storage.irrigation import IrrigatorRow
from plantops.storage.irrigation_told import irrigators
from plantops.storage.pool import Connection, Database

from .cursor import foreign_cursor, read_cursor, write_cursor
from .irrigation_orders import close, one
from .news import News, Thing

MOST_IRRIGATORS = 200
LARGEST_CHANNEL = 2**31 - 1
CHANNELS: Mapping[str, frozenset[Metric]] = {
    "reservoir_channel_id": frozenset({Metric.WATER_LEVEL}),
    "leak_channel_id": frozenset({Metric.LEAK}),
    "flow_channel_id": frozenset({Metric.FLOW, Metric.VALVE_OPEN}),
}
"""What may watch an irrigator, and as what."""


class Irrigators:
    """Keeps the irrigators."""

    def __init__(self, database: Database, *, news: News, clock: Clock) -> None:
        """Take the store, who hears of changes, and the clock (aware UTC)."""
        self._database = database
        self._news = news
        self._clock = clock

    async def page(self, cursor: str | None, limit: int) -> Page[Irrigator]:
        """List the irrigators, by name. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.snapshot("irrigator_page") as connection:
            keys = await store.page(connection, after, limit + 1)
            found = await irrigators(connection, [number for _, number in keys[:limit]])
        more = write_cursor([keys[limit - 1][0], str(keys[limit - 1][1])]) if len(keys) > limit else None
        return Page[Irrigator](items=tuple(found), next=more)

    async def show(self, irrigator_id: UUID) -> Irrigator:
        """Give an irrigator. Raises IrrigatorNotFound."""
        async with self._database.snapshot("irrigator") as connection:
            await one(connection, irrigator_id)
            return (await irrigators(connection, [irrigator_id]))[0]

    async def waterings(self, irrigator_id: UUID, cursor: str | None, limit: int) -> Page[WateringCommand]:
        """List an irrigator's waterings, the newest first. Raises IrrigatorNotFound and Invalid."""
        after = None if cursor is None else _moment(cursor)
        async with self._database.snapshot("watering_page") as connection:
            await one(connection, irrigator_id)
            found = await commands.page(connection, irrigator_id, after, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.sent_at.isoformat(), str(last.id)])
        return Page[WateringCommand](items=tuple(found[:limit]), next=more)

    async def create(self, wish: IrrigatorCreate) -> Irrigator:
        """Add an irrigator.

        Raises DeviceNotFound, PlantNotFound, ChannelNotFound, IrrigatorTaken, TooManyIrrigators, and Invalid for a
        device that takes no commands or does not have the valve.
        """
        irrigator_id = uuid7()
        async with self._database.transaction("add_irrigator") as connection:
            await store.alone(connection)
            valve = await self._valve(connection, wish.device_id, wish.valve)
            if await store.how_many(connection) >= MOST_IRRIGATORS:
                raise TooManyIrrigators
            await _check_channels(connection, wish)
            await self._check_plants(connection, wish.plant_ids)
            name = wish.name or valve.name or wish.valve
            await store.add(connection, _new(irrigator_id, name, wish, self._clock()))
            await store.hang(connection, irrigator_id, wish.plant_ids)
            told = await irrigators(connection, [irrigator_id])
        self._news.thing(Thing.IRRIGATOR, str(irrigator_id))
        return told[0]

    async def change(self, irrigator_id: UUID, wish: IrrigatorChange) -> Irrigator:
        """Change what a wish names; switching off closes the valve. Raises as `create`, and IrrigatorNotFound."""
        async with self._database.transaction("change_irrigator") as connection:
            await store.alone(connection)
            row = await one(connection, irrigator_id)
            await _check_channels(connection, wish)
            if "plant_ids" in wish.model_fields_set:
                await self._check_plants(connection, wish.plant_ids)
                await store.hang(connection, irrigator_id, wish.plant_ids)
            changed = _changed(row, wish)
            await store.change(connection, changed)
            if row.enabled and not changed.enabled:
                await close(connection, {(row.device_id, row.valve)}, self._clock())
            told = await irrigators(connection, [irrigator_id])
        self._news.thing(Thing.IRRIGATOR, str(irrigator_id))
        return told[0]

    async def remove(self, irrigator_id: UUID) -> None:
        """Close the valve and remove the irrigator; its waterings stay. Raises IrrigatorNotFound."""
        async with self._database.transaction("remove_irrigator") as connection:
            await store.alone(connection)
            row = await one(connection, irrigator_id)
            await close(connection, {(row.device_id, row.valve)}, self._clock())
            await store.remove(connection, irrigator_id)
        self._news.thing(Thing.IRRIGATOR, str(irrigator_id))

    async def _valve(self, connection: Connection, device_id: str, valve: str) -> ValveInfo:
        """Give a valve that can have an irrigator."""
        device = await store.device(connection, device_id)
        if device is None:
            raise DeviceNotFound
        if device[0] != DeviceKind.PLANTOPS:
            raise _wrong("device_id", "does not speak the PlantOps protocol, so nobody can tell it to stop in time")
        said = await valves.valves(connection, device_id)
        if valve not in said:
            names = ", ".join(said) or "none"
            raise _wrong("valve", f"is not among the valves that the device declares ({names})")
        if await store.taken(connection, device_id, valve):
            raise IrrigatorTaken
        return said[valve]

    async def _check_plants(self, connection: Connection, plant_ids: tuple[UUID, ...]) -> None:
        if not plant_ids:
            raise _wrong("plant_ids", "needs a plant at least")
        if len(set(plant_ids)) < len(plant_ids):
            raise _wrong("plant_ids", "names a plant twice")
        if len(await commands.pots(connection, plant_ids)) < len(plant_ids):
            raise PlantNotFound


async def _check_channels(connection: Connection, wish: IrrigatorCreate | IrrigatorChange) -> None:
    """See that the channels are there and measure the right thing. Raises ChannelNotFound and Invalid."""
    wanted: dict[str, int] = {name: number for name in CHANNELS if (number := getattr(wish, name)) is not None}
    if any(not 0 < number <= LARGEST_CHANNEL for number in wanted.values()):
        raise ChannelNotFound
    metrics = await store.metrics(connection, list(wanted.values()))
    for name, number in wanted.items():
        if number not in metrics:
            raise ChannelNotFound
        if metrics[number] not in CHANNELS[name]:
            right = " or ".join(sorted(CHANNELS[name]))
            raise _wrong(name, f"measures {metrics[number]}, where {right} is needed")


def _new(irrigator_id: UUID, name: str, wish: IrrigatorCreate, now: datetime) -> IrrigatorRow:
    row = IrrigatorRow(
        id=irrigator_id,
        name=name,
        plant_ids=wish.plant_ids,
        device_id=wish.device_id,
        valve=wish.valve,
        litres_per_minute=wish.litres_per_minute,
        flow=wish.litres_per_minute,
        max_seconds=wish.max_seconds,
        pause_seconds=wish.pause_seconds,
        daily_max_seconds=wish.daily_max_seconds,
        reservoir_channel_id=wish.reservoir_channel_id,
        reservoir_minimum=wish.reservoir_minimum,
        leak_channel_id=wish.leak_channel_id,
        flow_channel_id=wish.flow_channel_id,
        automatic=_automatic(wish.automatic),
        enabled=wish.enabled,
        block=None,
        block_command_id=None,
        created_at=now,
        declared=True,
        device_max_seconds=None,
        house_on=True,
    )
    _check_automatic(row)
    return row


def _changed(row: IrrigatorRow, wish: IrrigatorChange) -> IrrigatorRow:
    named = wish.model_fields_set
    if "name" in named and not wish.name:
        raise _wrong("name", "cannot be empty")
    changes = {name: getattr(wish, name) for name in named - {"plant_ids", "automatic"}}
    if "automatic" in named:
        changes["automatic"] = _automatic(wish.automatic)
    changed = replace(row, **changes)
    _check_automatic(changed)
    return changed


def _automatic(wish: AutomaticWish | None) -> Automatic | None:
    return None if wish is None else Automatic.model_validate(wish.model_dump(by_alias=True))


def _check_automatic(row: IrrigatorRow) -> None:
    if row.automatic is not None and row.automatic.seconds > min(row.max_seconds, row.daily_max_seconds):
        raise _wrong("automatic.seconds", "is longer than max_seconds or daily_max_seconds allow")


def _cursor(cursor: str) -> tuple[str, UUID]:
    name, number = read_cursor(cursor, 2)
    try:
        return name, UUID(number)
    except ValueError:
        raise foreign_cursor() from None


def _moment(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time).astimezone(UTC), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None


def _wrong(where: str, why: str) -> Invalid:
    return Invalid(f"{where}: {why}.", errors=({"where": where, "why": why},))
