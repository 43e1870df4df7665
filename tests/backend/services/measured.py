"""Plants whose light and air is measured, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aioplantops.models import PlantCreate

from tests.backend.services.rooms import Rooms

NODE = "plant-1"
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
TODAY = MIDNIGHT.date()


def steady(
    key: str, value: float, from_: datetime, hours: float, *, minutes: int = 10
) -> list[tuple[str, datetime, float]]:
    """Read the same value again and again."""
    step = timedelta(minutes=minutes)
    return [(key, from_ + n * step, value) for n in range(round(hours * 60 / minutes) + 1)]


async def planted(rooms: Rooms, *keys: str, since: datetime = MIDNIGHT - timedelta(days=100), **site: Any) -> UUID:
    """Plant a plant that some channels of a node serve."""
    await rooms.store(NODE, [(key, since, 1.0) for key in keys])
    plant = await rooms.plants.create(PlantCreate.model_validate({"name": "Plant", "site": site or None}))
    for key in keys:
        await rooms.assign(plant.id, await rooms.channel(NODE, key), since)
    return plant.id
