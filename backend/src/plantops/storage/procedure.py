"""Calibrations that are under way: kept here, so that every replica knows them and a restart forgets nothing."""

from dataclasses import dataclass
from datetime import datetime

from aioplantops.calibration import Capture, CapturedPoint

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class StepRow:
    """The step that waits for steady readings."""

    capture: Capture
    value: float
    """What the channel should say, in the metric's unit."""
    since: datetime


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    """A calibration that is under way."""

    substrate: str | None
    begun_at: datetime
    step: StepRow | None


async def begin_step(connection: Connection, channel_id: int, step: StepRow, substrate: str | None) -> None:
    """Begin a step, and the procedure where none is under way."""
    await queries.begin_step(
        connection,
        channel_id=channel_id,
        capture=step.capture,
        value=step.value,
        substrate=substrate,
        now=step.since,
    )


async def procedure(connection: Connection, channel_id: int) -> ProcedureRow | None:
    """Give the procedure of a channel; None when none is under way."""
    row = await queries.procedure(connection, channel_id=channel_id)
    if row is None:
        return None
    step = None if row["capture"] is None else StepRow(Capture(row["capture"]), row["value"], row["since"])
    return ProcedureRow(row["substrate"], row["begun_at"], step)


async def captures(connection: Connection, channel_id: int) -> tuple[CapturedPoint, ...]:
    """Give the points taken so far, in the order of their values."""
    return tuple([CapturedPoint(**row) async for row in queries.captures(connection, channel_id=channel_id)])


async def capture(connection: Connection, channel_id: int, point: CapturedPoint) -> None:
    """Keep a point, instead of one that was taken for the same value, and end the step."""
    await queries.capture(
        connection,
        channel_id=channel_id,
        capture=point.capture,
        sent=point.sent,
        value=point.value,
        spread=point.spread,
        readings=point.readings,
        now=point.captured_at,
    )
    await queries.end_step(connection, channel_id=channel_id)


async def end(connection: Connection, channel_id: int) -> bool:
    """End the procedure and forget its points; tell whether there was one."""
    return bool(await queries.end(connection, channel_id=channel_id))


async def newest(
    connection: Connection, channel_id: int, since: datetime, until: datetime, most: int
) -> list[tuple[datetime, float]]:
    """Give the newest readings of a time, as stored, in the order of time."""
    rows = queries.newest(connection, channel_id=channel_id, since=since, until=until, most=most)
    return [(row["time"], row["value"]) async for row in rows][::-1]
