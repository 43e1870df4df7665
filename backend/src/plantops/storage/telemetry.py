"""Where readings are kept: each once, with the roll-ups that follow from it, in one statement."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from plantops.domain.reading import Key

from .pool import Connection
from .queries import load

queries = load(__file__)

type UndatedBatch = tuple[str, int, int]
"""Device id, boot, seq."""

SECOND_US = 1_000_000

DATA_ERROR_CLASSES = frozenset({"22", "23", "54"})
"""SQLSTATE classes that blame what was sent: data exception, constraint violation, program limit exceeded."""


class DataRefused(Exception):
    """The database will never take these rows; the cause tells why."""


@contextmanager
def blaming_data() -> Iterator[None]:
    """Tell errors that the data is to blame for (`DataRefused`) from all others, which pass as they are."""
    try:
        yield
    except asyncpg.DataError as error:  # asyncpg could not even write it down
        raise DataRefused(str(error)) from error
    except asyncpg.PostgresError as error:
        if (error.sqlstate or "")[:2] in DATA_ERROR_CLASSES:
            raise DataRefused(str(error)) from error
        raise


type Rows = Mapping[Key, float]
"""Readings by identity: each once. Unix seconds go to the database as doubles, which keep microseconds exactly."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of rows."""

    stored: int = 0
    new: set[Key] | None = None
    """The keys that are new; None: all of them."""
    culprits: dict[Key, str] = field(default_factory=dict)
    """Rows that the database refuses, with its words."""


async def keep(connection: Connection, rows: Rows, seen: Mapping[str, datetime]) -> Kept:
    """Store rows with their roll-ups, and when devices were last seen. Raises DataRefused when the data is to blame."""
    with blaming_data():
        row = await queries.keep(
            connection,
            channels=[key[0] for key in rows],
            seconds=[key[1] / SECOND_US for key in rows],
            readings=list(rows.values()),
            devices=list(seen),
            seen=[moment.timestamp() for moment in seen.values()],
        )
    if row["stored"] == len(rows):
        return Kept(row["stored"])
    return Kept(row["stored"], set(zip(row["channels"] or (), _microseconds(row["seconds"] or ()), strict=True)))


async def keep_halving(connection: Connection, rows: Rows) -> Kept:
    """Store all rows but those that the database refuses: halve down to them. Needs an open transaction."""
    try:
        async with connection.transaction():
            kept = await keep(connection, rows, {})
    except DataRefused as error:
        items = list(rows.items())
        if len(items) == 1:
            return Kept(0, set(), {items[0][0]: str(error)})
        middle = len(items) // 2
        left = await keep_halving(connection, dict(items[:middle]))
        right = await keep_halving(connection, dict(items[middle:]))
        return Kept(
            left.stored + right.stored, (left.new or set()) | (right.new or set()), left.culprits | right.culprits
        )
    return Kept(kept.stored, set(rows) if kept.new is None else kept.new)


async def note_undated(
    connection: Connection, batches: Collection[UndatedBatch], received_at: datetime
) -> set[UndatedBatch]:
    """Remember batches without times; tell those that were known already (they are duplicates)."""
    devices, boots, seqs = zip(*batches, strict=True)
    with blaming_data():
        fresh = [
            (row["device_id"], row["boot"], row["seq"])
            async for row in queries.note_undated(
                connection, devices=devices, boots=boots, seqs=seqs, received_at=received_at
            )
        ]
    return set(batches).difference(fresh)


async def plants_of_devices(connection: Connection, now: datetime) -> dict[str, UUID]:
    """Tell the plant of each device that serves exactly one plant now."""
    return {row["device_id"]: row["plant_id"] async for row in queries.plants_of_devices(connection, now=now)}


def _microseconds(seconds: Collection[float]) -> Iterator[int]:
    return (round(second * SECOND_US) for second in seconds)
