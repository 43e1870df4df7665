"""Irrigators as they are told to people: with their last watering, and how they are in one word."""

from collections.abc import Collection
from uuid import UUID

from aioplantops.irrigation import Irrigator

from . import irrigation, watering_commands
from .pool import Connection


async def irrigators(connection: Connection, ids: Collection[UUID] | None = None) -> list[Irrigator]:
    """Give some irrigators, or all, by name."""
    rows = await irrigation.irrigators(connection, ids)
    last = await watering_commands.last(connection, [row.id for row in rows]) if rows else {}
    return [row.told(last.get(row.id)) for row in rows]
