"""Letting another probe take over: what one measured for its plants, the other measures from this hour on."""

from datetime import datetime

from .coordinator import PlantOpsCoordinator
from .lib.aioplantops.models import Assignment, AssignmentChange, AssignmentCreate, Device


async def move(coordinator: PlantOpsCoordinator, old: Device, new: Device, now: datetime) -> int:
    """Give every plant of the old device the new one's channels of the same metrics; tell how many were moved.

    Raises what the backend refuses. The history of the plants stays whole: both devices' readings are theirs.
    """
    channels = {channel.metric: channel.id for channel in new.channels}
    hour = now.replace(minute=0, second=0, microsecond=0)
    moved = 0
    for plant in coordinator.data.plants.values():
        for assignment in plant.assignments:
            if assignment.device_id == old.id and assignment.until is None and assignment.metric in channels:
                await _end(coordinator, assignment, hour)
                wish = AssignmentCreate.model_validate({"channel_id": channels[assignment.metric], "from": hour})
                await coordinator.client.assign(plant.id, wish)
                moved += 1
    return moved


async def _end(coordinator: PlantOpsCoordinator, assignment: Assignment, hour: datetime) -> None:
    """End an assignment with the hour that runs; one that began in it is taken back."""
    client, plant_id = coordinator.client, assignment.plant_id
    if assignment.from_ >= hour:
        await client.unassign(plant_id, assignment.id)
    else:
        await client.change_assignment(plant_id, assignment.id, AssignmentChange(until=hour))
