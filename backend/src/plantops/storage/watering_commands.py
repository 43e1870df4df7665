"""Every watering that was asked for, what became of it, and what the sensors around it said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aioplantops.irrigation import BlockKind, Soil, WateringCommand, WateringState

from plantops.domain.irrigation import Gauge, Level
from plantops.domain.irrigation_signs import Rise

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class NewCommand:
    """A watering that is to be asked for."""

    command: WateringCommand
    key: str | None
    due_at: datetime
    litres_per_minute: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A watering as it is kept, with what only the house needs to know."""

    command: WateringCommand
    given_up: bool
    key: str | None
    litres_per_minute: float | None


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """What a probe said at a time, as it was sent."""

    plant_id: UUID
    channel_id: int
    time: datetime
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Watched:
    """An irrigator and what watches it now."""

    id: UUID
    name: str
    device_id: str
    valve: str
    block: BlockKind | None
    leak: Gauge
    flow: Gauge
    flow_metric: str | None
    reservoir: Gauge
    reservoir_channel_id: int | None
    reservoir_minimum: float
    busy: bool
    idle_since: datetime


async def add(connection: Connection, new: NewCommand) -> None:
    """Keep a watering that is asked for."""
    command = new.command
    await queries.add(
        connection,
        id=command.id,
        irrigator_id=command.irrigator_id,
        plant_id=command.plant_id,
        device_id=command.device_id,
        valve=command.valve,
        origin=command.origin,
        key=new.key,
        seconds=command.seconds,
        flow=new.litres_per_minute,
        now=command.sent_at,
        expires_at=command.expires_at,
        due_at=new.due_at,
        before=command.moisture_before,
        warnings=list(command.warnings),
    )


async def some(connection: Connection, ids: Collection[UUID]) -> list[WateringCommand]:
    """Give some waterings, the oldest first."""
    return [_kept(row).command async for row in queries.some(connection, ids=list(ids))]


async def by_key(connection: Connection, key: str) -> Kept | None:
    """Give the watering that a client calls so."""
    row = await queries.by_key(connection, key=key)
    return None if row is None else _kept(row)


async def last(connection: Connection, irrigator_ids: Collection[UUID] | None = None) -> dict[UUID, WateringCommand]:
    """Give the last watering of some irrigators, or of all."""
    wanted = None if irrigator_ids is None else list(irrigator_ids)
    return {row["irrigator_id"]: _kept(row).command async for row in queries.last(connection, irrigator_ids=wanted)}


async def page(
    connection: Connection, irrigator_id: UUID, after: tuple[datetime, UUID] | None, most: int
) -> list[WateringCommand]:
    """List an irrigator's waterings, the newest first, after one."""
    time, number = after or (None, None)
    rows = queries.page(connection, irrigator_id=irrigator_id, after_time=time, after_id=number, most=most)
    return [_kept(row).command async for row in rows]


async def hold(connection: Connection, command_id: UUID, device_id: str) -> Kept | None:
    """Give a watering of a device, for changing; None: it has no such one."""
    row = await queries.hold(connection, id=command_id, device_id=device_id)
    return None if row is None else _kept(row)


async def write(connection: Connection, command: WateringCommand, *, given_up: bool) -> None:
    """Write what became of a watering."""
    await queries.write(
        connection,
        id=command.id,
        state=command.state,
        given_up=given_up,
        detail=command.detail,
        started_at=command.started_at,
        ended_at=command.ended_at,
        ran_seconds=command.ran_seconds,
        soil=command.soil,
    )


async def overdue(connection: Connection, now: datetime) -> list[Kept]:
    """Give the waterings whose last word should have come, for changing."""
    return [_kept(row) async for row in queries.overdue(connection, now=now)]


async def any_open(connection: Connection) -> bool:
    """Tell whether any watering is under way."""
    return bool(await queries.any_open(connection))


async def open_on(connection: Connection, device_ids: Collection[str]) -> list[WateringCommand]:
    """Give the waterings that are under way on some devices."""
    return [_kept(row).command async for row in queries.open_on(connection, device_ids=list(device_ids))]


async def settling(connection: Connection) -> list[Kept]:
    """Give the waterings that are over and of which the soil has said nothing yet, the oldest first."""
    return [_kept(row) async for row in queries.settling(connection)]


async def felt(
    connection: Connection, plant_ids: Collection[UUID], at: datetime, span: tuple[datetime, datetime]
) -> list[ProbeReading]:
    """Give what the probes of some plants said in a span, those that served them at a time, in its order."""
    rows = queries.felt(connection, plant_ids=list(plant_ids), at=at, from_time=span[0], until_time=span[1])
    return [ProbeReading(*row.values()) async for row in rows]


async def pots(connection: Connection, plant_ids: Collection[UUID]) -> dict[UUID, tuple[str, float | None]]:
    """Tell plants' names and the sizes of their pots, litres."""
    rows = queries.probed(connection, plant_ids=list(plant_ids))
    return {row["id"]: (row["name"], row["pot_litres"]) async for row in rows}


async def judged(connection: Connection, command_id: UUID, rise: Rise) -> None:
    """Keep what the soil said of a watering."""
    await queries.judged(connection, id=command_id, soil=rise.soil, before=rise.before, after=rise.after)


async def watched(connection: Connection) -> list[Watched]:
    """Give every irrigator with what watches it now."""
    return [_watched(row) async for row in queries.watched(connection)]


async def readings(connection: Connection, channel_id: int, since: datetime) -> list[Level]:
    """Give a channel's readings since a time, as they were sent."""
    rows = queries.readings(connection, channel_id=channel_id, from_time=since)
    return [Level(row["value"], row["time"]) async for row in rows]


def _kept(row: Mapping[str, Any]) -> Kept:
    state, flow, ran = WateringState(row["state"]), row["litres_per_minute"], row["ran_seconds"]
    seconds = ran if ran is not None else row["seconds"]
    fields = {name: row[name] for name in WateringCommand.model_fields if name != "litres"}
    litres = None if flow is None or not state.flowed else round(flow * seconds / 60.0, 3)
    command = WateringCommand.model_validate({**fields, "soil": Soil(row["soil"]), "litres": litres})
    return Kept(command, row["given_up"], row["key"], flow)


def _watched(row: Mapping[str, Any]) -> Watched:
    def gauge(channel: str, what: str) -> Gauge:
        time, value = row[f"{what}_time"], row[f"{what}_value"]
        return Gauge(row[channel] is not None, None if time is None else Level(value, time))

    return Watched(
        id=row["id"],
        name=row["name"],
        device_id=row["device_id"],
        valve=row["valve"],
        block=None if row["block_kind"] is None else BlockKind(row["block_kind"]),
        leak=gauge("leak_channel_id", "leak"),
        flow=gauge("flow_channel_id", "flow"),
        flow_metric=row["flow_metric"],
        reservoir=gauge("reservoir_channel_id", "reservoir"),
        reservoir_channel_id=row["reservoir_channel_id"],
        reservoir_minimum=row["reservoir_minimum"],
        busy=row["busy"],
        idle_since=row["idle_since"],
    )
