"""Which probes have wandered since they were calibrated."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class Hint:
    """Why a channel should be calibrated anew."""

    channel_id: int
    plant_id: UUID
    reason: str
    since: datetime
    shift: float
    """How much more it shows than it did, %."""


async def calibrated(connection: Connection, channel_ids: Collection[int]) -> dict[int, datetime]:
    """Tell of those channels that are calibrated since when, or when that was made if it was later."""
    rows = queries.calibrated(connection, channel_ids=list(channel_ids))
    return {row["channel_id"]: row["since"] async for row in rows}


async def keep(connection: Connection, judged: Collection[UUID], hints: Sequence[Hint]) -> list[str]:
    """Keep what judged plants say of their probes; tell the devices of which that changes anything."""
    rows = queries.keep(
        connection,
        judged=list(judged),
        channel_ids=[hint.channel_id for hint in hints],
        plant_ids=[hint.plant_id for hint in hints],
        reasons=[hint.reason for hint in hints],
        sinces=[hint.since for hint in hints],
        shifts=[hint.shift for hint in hints],
    )
    return [row["device_id"] async for row in rows]


async def forget(connection: Connection, channel_id: int) -> None:
    """Take a channel's hint back."""
    await queries.forget(connection, channel_id=channel_id)
