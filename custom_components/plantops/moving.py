"""Letting another probe take over: what one measured for its plants, the other measures from this hour on."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from homeassistant.util import dt as dt_util

from .coordinator import PlantOpsCoordinator
from .lib.aioplantops.errors import NotFound
from .lib.aioplantops.metrics import Metric
from .lib.aioplantops.models import Assignment, AssignmentChange, AssignmentCreate, Device


async def move(coordinator: PlantOpsCoordinator, old: Device, new: Device, now: datetime) -> int:
    """Give every plant of the old device the new one's channels of the same metrics; tell how many were moved.

    Raises what the backend refuses. The history of the plants stays whole: both devices' readings are theirs.
    """
    channels = {channel.metric: channel.id for channel in new.channels}
    hour = hour_of(now)
    moved = 0
    for plant in coordinator.data.plants.values():
        for assignment in plant.assignments:
            if assignment.device_id == old.id and assignment.until is None and assignment.metric in channels:
                await end(coordinator, assignment, hour)
                wish = AssignmentCreate.model_validate({"channel_id": channels[assignment.metric], "from": hour})
                await coordinator.client.assign(plant.id, wish)
                moved += 1
    return moved


async def end(coordinator: PlantOpsCoordinator, assignment: Assignment, hour: datetime) -> None:
    """End an assignment with the hour that runs; one that began in it is taken back."""
    client, plant_id = coordinator.client, assignment.plant_id
    if assignment.from_ >= hour:
        await client.unassign(plant_id, assignment.id)
    else:
        await client.change_assignment(plant_id, assignment.id, AssignmentChange(until=hour))


def hour_of(now: datetime) -> datetime:
    """Tell when the hour began that runs."""
    return now.replace(minute=0, second=0, microsecond=0)


async def release(coordinator: PlantOpsCoordinator, device_id: str, metric: Metric, plants: Iterable[UUID]) -> None:
    """Let a device measure a metric for these plants no more, from the hour on that runs.

    Raises what the backend refuses; plants that are gone are none of it.
    """
    hour = hour_of(dt_util.utcnow())
    for plant_id in plants:
        with suppress(NotFound):
            # Asked for, not looked up: what was bound a moment ago has perhaps not been told yet.
            for assignment in (await coordinator.client.plant(plant_id)).assignments:
                if (assignment.device_id, assignment.metric, assignment.until) == (device_id, metric, None):
                    await end(coordinator, assignment, hour)
