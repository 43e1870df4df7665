"""Plants with a past of their own for the tests in a browser, told over HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aioplantops.alerts import Alert, AlertKind
from aioplantops.client import PlantOpsClient
from aioplantops.history import PostedReading, ReadingsPost
from aioplantops.metrics import Metric
from aioplantops.models import AssignmentCreate, PlantCreate
from aioplantops.telemetry import ChannelInfo

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 120
IN_ONE_POST = 500

type Past = Sequence[tuple[timedelta, float]]
"""How long ago something was measured, and what it was."""


async def plant_with(client: PlantOpsClient, plant: PlantCreate, device: str, pasts: Mapping[Metric, Past]) -> UUID:
    """Make a plant that a device serves, with what the device has measured so far."""
    made = await client.create_plant(plant)
    now = datetime.now(UTC)
    channels = {metric.value: ChannelInfo(metric=metric) for metric in pasts}
    told = [
        PostedReading(c=metric.value, t=(now - ago).timestamp(), v=value)
        for metric, past in pasts.items()
        for ago, value in past
    ]
    for first in range(0, len(told), IN_ONE_POST):
        part = tuple(told[first : first + IN_ONE_POST])
        await client.post_readings(ReadingsPost(device_id=device, channels=channels, readings=part))
    begin = (now - max(ago for past in pasts.values() for ago, _ in past)).replace(minute=0, second=0, microsecond=0)
    for channel in (await client.device(device)).channels:
        await client.assign(made.id, AssignmentCreate.model_validate({"channel_id": channel.id, "from": begin}))
    return made.id


async def alert_of(client: PlantOpsClient, plant: UUID, kind: AlertKind) -> Alert:
    """Wait until an alert of a plant is there."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async for alert in client.alerts(plant_id=plant, kind=kind):
                return alert
            await asyncio.sleep(LOOK_SECONDS)
