"""Irrigators as they are kept, the valves that devices declare, and what is known when somebody wants to water."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from aioplantops.irrigation import (
    Automatic,
    AutomaticBasis,
    Block,
    BlockKind,
    Irrigator,
    IrrigatorState,
    WateringCommand,
    WateringState,
)

from plantops.domain.irrigation import Level

from .locks import LOCK_CLASS, Lock
from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class IrrigatorRow:
    """An irrigator with all that is set and declared of it."""

    id: UUID
    name: str
    plant_ids: tuple[UUID, ...]
    device_id: str
    valve: str
    litres_per_minute: float | None
    """What a person set; None: what the device declares."""
    flow: float | None
    """What holds, L/min."""
    max_seconds: float
    pause_seconds: float
    daily_max_seconds: float
    reservoir_channel_id: int | None
    reservoir_minimum: float
    leak_channel_id: int | None
    flow_channel_id: int | None
    automatic: Automatic | None
    enabled: bool
    block: Block | None
    block_command_id: UUID | None
    created_at: datetime
    declared: bool
    device_max_seconds: float | None
    house_on: bool

    @property
    def channel_ids(self) -> list[int]:
        """List the channels that watch it."""
        found = (self.reservoir_channel_id, self.leak_channel_id, self.flow_channel_id)
        return [number for number in found if number is not None]

    def told(self, last: WateringCommand | None) -> Irrigator:
        """Put it into the words of the API."""
        return Irrigator(
            id=self.id,
            name=self.name,
            plant_ids=self.plant_ids,
            device_id=self.device_id,
            valve=self.valve,
            litres_per_minute=self.flow,
            max_seconds=self.max_seconds,
            pause_seconds=self.pause_seconds,
            daily_max_seconds=self.daily_max_seconds,
            reservoir_channel_id=self.reservoir_channel_id,
            reservoir_minimum=self.reservoir_minimum,
            leak_channel_id=self.leak_channel_id,
            flow_channel_id=self.flow_channel_id,
            automatic=self.automatic,
            enabled=self.enabled,
            state=self._state(last),
            block=self.block,
            last_command=last,
            created_at=self.created_at,
        )

    def _state(self, last: WateringCommand | None) -> IrrigatorState:
        if last is not None and last.state.open:
            return IrrigatorState.RUNNING if last.state is WateringState.RUNNING else IrrigatorState.STARTING
        if not (self.enabled and self.house_on):
            return IrrigatorState.OFF
        return IrrigatorState.IDLE if self.block is None else IrrigatorState.BLOCKED


@dataclass(frozen=True, slots=True)
class Use:
    """How a valve was used."""

    seconds: float
    """Since a time, at most."""
    last_ended: datetime | None


async def alone(connection: Connection) -> None:
    """Decide about water one after another, in all backends, until this transaction ends."""
    await queries.alone(connection, lock_class=LOCK_CLASS, lock=Lock.WATER)


async def house_on(connection: Connection) -> bool:
    """Tell whether anything may be watered at all."""
    return bool(await queries.house_on(connection))


async def switch_house(connection: Connection, *, enabled: bool) -> None:
    """Switch irrigation in the whole house."""
    await queries.switch_house(connection, enabled=enabled)


async def irrigators(connection: Connection, ids: Collection[UUID] | None = None) -> list[IrrigatorRow]:
    """Give some irrigators, or all, by name."""
    wanted = None if ids is None else list(ids)
    return [_row(row) async for row in queries.irrigators(connection, ids=wanted)]


def _row(row: Mapping[str, Any]) -> IrrigatorRow:
    block = None
    if row["block_kind"] is not None:
        block = Block(kind=BlockKind(row["block_kind"]), since=row["blocked_at"], words=row["block_words"])
    fields = {name: row[name] for name in IrrigatorRow.__dataclass_fields__ if name not in {"block", "automatic"}}
    fields["plant_ids"] = tuple(row["plant_ids"])
    return IrrigatorRow(**fields, block=block, automatic=_automatic(row))


def _automatic(row: Mapping[str, Any]) -> Automatic | None:
    if row["automatic_seconds"] is None:
        return None
    times: dict[str, time] = {"from": row["automatic_from"], "until": row["automatic_until"]}
    return Automatic.model_validate(
        {
            **times,
            "seconds": row["automatic_seconds"],
            "basis": AutomaticBasis(row["automatic_basis"]),
            "most_per_day": row["automatic_most_per_day"],
        }
    )


async def page(connection: Connection, after: tuple[str, UUID] | None, most: int) -> list[tuple[str, UUID]]:
    """List irrigators by name, after one."""
    name, number = after or (None, None)
    rows = queries.irrigator_page(connection, after_name=name, after_id=number, most=most)
    return [(row["name"], row["id"]) async for row in rows]


async def how_many(connection: Connection) -> int:
    """Count the irrigators."""
    count: int = await queries.how_many(connection)
    return count


async def of_plant(connection: Connection, plant_id: UUID) -> list[UUID]:
    """List the irrigators that water a plant."""
    return [row["irrigator_id"] async for row in queries.of_plant(connection, plant_id=plant_id)]


async def taken(connection: Connection, device_id: str, valve: str) -> bool:
    """Tell whether a valve has an irrigator."""
    return bool(await queries.taken(connection, device_id=device_id, valve=valve))


async def add(connection: Connection, row: IrrigatorRow) -> None:
    """Keep a new irrigator."""
    await queries.add(
        connection, id=row.id, name=row.name, device_id=row.device_id, valve=row.valve, now=row.created_at
    )
    await change(connection, row)


async def change(connection: Connection, row: IrrigatorRow) -> None:
    """Write what an irrigator is and may do."""
    automatic = row.automatic
    await queries.change(
        connection,
        id=row.id,
        name=row.name,
        flow=row.litres_per_minute,
        max_seconds=row.max_seconds,
        pause_seconds=row.pause_seconds,
        daily_max_seconds=row.daily_max_seconds,
        reservoir=row.reservoir_channel_id,
        reservoir_minimum=row.reservoir_minimum,
        leak=row.leak_channel_id,
        flow_channel=row.flow_channel_id,
        seconds=None if automatic is None else automatic.seconds,
        basis=None if automatic is None else automatic.basis,
        from_time=None if automatic is None else automatic.from_,
        until_time=None if automatic is None else automatic.until,
        per_day=None if automatic is None else automatic.most_per_day,
        enabled=row.enabled,
    )


async def hang(connection: Connection, irrigator_id: UUID, plant_ids: Collection[UUID]) -> set[UUID]:
    """Hang plants on a hose, and no others; tell those that are there."""
    await queries.unhang(connection, id=irrigator_id)
    rows = queries.hang(connection, id=irrigator_id, plant_ids=list(plant_ids))
    return {row["plant_id"] async for row in rows}


async def remove(connection: Connection, irrigator_id: UUID) -> bool:
    """Remove an irrigator; its waterings stay. Tells whether it was there."""
    return bool(await queries.remove(connection, id=irrigator_id))


async def metrics(connection: Connection, channel_ids: Sequence[int]) -> dict[int, str]:
    """Tell what some channels measure."""
    return {row["id"]: row["metric"] async for row in queries.metrics(connection, channel_ids=list(channel_ids))}


async def block(connection: Connection, irrigator_id: UUID, found: Block, command_id: UUID | None = None) -> bool:
    """Let an irrigator do nothing until a person says so; tell whether that is new."""
    return bool(
        await queries.block(
            connection, id=irrigator_id, kind=found.kind, words=found.words, command_id=command_id, now=found.since
        )
    )


async def unblock(connection: Connection, irrigator_id: UUID) -> bool:
    """Let an irrigator work again; tell whether it was blocked."""
    return bool(await queries.unblock(connection, id=irrigator_id))


async def answered(connection: Connection, command_id: UUID) -> UUID | None:
    """Take a block back that was there only because a device had not answered; tell whose it was."""
    found: UUID | None = await queries.answered(connection, command_id=command_id)
    return found


async def blocked(connection: Connection, device_id: str, kinds: Collection[BlockKind]) -> bool:
    """Tell whether an irrigator of a device is blocked for one of some reasons."""
    return bool(await queries.blocked(connection, device_id=device_id, kinds=list(kinds)))


async def device(connection: Connection, device_id: str) -> tuple[str, str] | None:
    """Tell how a device speaks and whether it is there; None: there is no such device."""
    row = await queries.device(connection, device_id=device_id)
    return None if row is None else (row["kind"], row["status"])


async def levels(connection: Connection, channel_ids: Sequence[int]) -> dict[int, Level]:
    """Give the newest readings of some channels, as they were sent."""
    rows = queries.levels(connection, channel_ids=list(channel_ids))
    return {row["id"]: Level(row["value"], row["time"]) async for row in rows if row["time"] is not None}


async def use(connection: Connection, device_id: str, valve: str, since: datetime) -> Use:
    """Tell how long water has flowed through a valve since a time, at most, and when it flowed last."""
    row = await queries.use(connection, device_id=device_id, valve=valve, since=since)
    return Use(row["seconds"], row["last_ended"])


async def attempts(connection: Connection, irrigator_id: UUID, since: datetime) -> int:
    """Count the waterings that the automatic has asked for since a time."""
    count: int = await queries.attempts(connection, irrigator_id=irrigator_id, since=since)
    return count


async def busy(connection: Connection, device_id: str) -> bool:
    """Tell whether a watering is under way on a device."""
    return bool(await queries.busy(connection, device_id=device_id))


async def soaked(connection: Connection, plant_ids: Collection[UUID], since: datetime) -> dict[UUID, datetime]:
    """Tell when plants were last soaked through, of those that were so since a time."""
    rows = queries.soaked(connection, plant_ids=list(plant_ids), since=since)
    return {row["plant_id"]: row["at"] async for row in rows}


async def faulty(connection: Connection, plant_ids: Collection[UUID]) -> set[UUID]:
    """Tell which plants have a probe that cannot be right."""
    return {row["plant_id"] async for row in queries.faulty(connection, plant_ids=list(plant_ids))}
