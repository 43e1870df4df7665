"""What the backend must know of a sensor before it can measure for plants: its channel, and whom that serves."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from homeassistant.util import dt as dt_util

from .binding import Binding
from .coordinator import PlantOpsCoordinator
from .delivery import introduction
from .lib.aioplantops.errors import Invalid
from .lib.aioplantops.models import Assignment, AssignmentCreate, Channel
from .moving import end, hour_of, release
from .subjects import GARDEN

APPEAR_SECONDS = 10.0
"""The stream is faster; whoever waits longer waits for nothing."""


def others(coordinator: PlantOpsCoordinator, binding: Binding) -> Sequence[Assignment]:
    """List whose turn it is now to measure what the sensor will."""
    return [
        assignment
        for plant_id in binding.plants
        if (plant := coordinator.data.plants.get(plant_id)) is not None
        for assignment in plant.assignments
        if assignment.metric is binding.metric and assignment.until is None
        if assignment.device_id != binding.device_id
    ]


async def wire(coordinator: PlantOpsCoordinator, binding: Binding, before: Binding | None) -> None:
    """Let the sensor measure for its plants from the hour on that runs, and for those of before no more.

    Whoever measured the same for them ends with the hour before. Raises what the backend refuses; doing it again is
    harmless.
    """
    client, hour = coordinator.client, hour_of(dt_util.utcnow())
    await client.post_readings(introduction(binding))
    channel = await _channel(coordinator, binding)
    for plant_id in binding.plants:
        plant = await client.plant(plant_id)
        serving = [one for one in plant.assignments if one.metric is binding.metric and one.until is None]
        if any(one.channel_id == channel.id for one in serving):
            continue
        for one in serving:
            await end(coordinator, one, hour)
        await client.assign(plant_id, AssignmentCreate.model_validate({"channel_id": channel.id, "from": hour}))
    if before is not None:
        same = (before.device_id, before.metric) == (binding.device_id, binding.metric)
        left = set(before.plants) - set(binding.plants if same else ())
        await release(coordinator, before.device_id, before.metric, left)


async def appears(coordinator: PlantOpsCoordinator, plant_id: UUID) -> None:
    """Wait for a while until a new plant is in the garden, so that nobody wonders where it is."""
    there = asyncio.Event()
    leave = coordinator.async_add_listener(there.set, (GARDEN,))
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(APPEAR_SECONDS):
                while plant_id not in coordinator.data.plants:
                    there.clear()
                    await there.wait()
    finally:
        leave()


async def _channel(coordinator: PlantOpsCoordinator, binding: Binding) -> Channel:
    device = await coordinator.client.device(binding.device_id)
    for channel in device.channels:
        if (channel.key, channel.metric, channel.unit) == (binding.series.key, binding.metric, binding.unit):
            return channel
    raise Invalid(f"The backend takes no {binding.metric} in {binding.unit} from {binding.name}.")
