"""The demo's plants: made once, through the API, and assigned to their channels since the history's beginning."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import aiohttp
from aioplantops.client import PlantOpsClient
from aioplantops.errors import ScopeMissing, Unauthorized
from aioplantops.irrigation import IrrigatorCreate
from aioplantops.metrics import Metric
from aioplantops.models import AssignmentCreate, Channel, Device, Plant, PlantCreate
from virtualgarden.nodes import NODES, NodeKind
from virtualgarden.plants import PLANTS, PlantKind

from plantops import bootstrap
from plantops.demo.care import remember
from plantops.demo.nodes import HISTORY_DAYS
from plantops.demo.notes import DemoNotes
from plantops.ops.folder import write_private

LOOK_SECONDS = 0.3
OF_THE_NODE = frozenset({Metric.BATTERY, Metric.BATTERY_VOLTAGE, Metric.SIGNAL_STRENGTH, Metric.LEAK})
"""What a node says of itself is no plant's matter."""


class Planting:
    """Makes the plants; what was made in an earlier run is left as the user has it now."""

    def __init__(self, client: PlantOpsClient, data: Path) -> None:
        """Take the API's client and the demo's folder."""
        self._client = client
        self._done = data / "planted"

    @classmethod
    @asynccontextmanager
    async def open(cls, notes: DemoNotes, data: Path) -> AsyncIterator[Self]:
        """Open a session with the API until the block ends."""
        async with aiohttp.ClientSession() as session:
            yield cls(PlantOpsClient(notes.url, notes.token, session), data)

    async def token_fits(self) -> bool:
        """Tell whether the API takes the token, and for everything."""
        try:
            async for _ in self._client.tokens():
                return True
        except Unauthorized, ScopeMissing:
            return False
        return True

    async def plant(self) -> None:
        """Make each plant as soon as its node is known, and assign its channels."""
        if self._done.exists():
            return
        begin = _hour(bootstrap.now() - timedelta(days=HISTORY_DAYS))
        there = {plant.name: plant async for plant in self._client.plants()}
        waiting = {kind.mac: kind for kind in NODES}
        while waiting:
            async for device in self._client.devices():
                kind = waiting.get(device.hardware_id or "")
                if kind and (channels := _matched(kind, device)):
                    await self._plant_at(kind, channels, there, begin)
                    del waiting[kind.mac]
            await asyncio.sleep(LOOK_SECONDS)
        await remember(self._client, [plant async for plant in self._client.plants()], bootstrap.now())
        write_private(
            self._done, "The demo's plants were made once; remove this file to have missing ones made again.\n"
        )

    async def _plant_at(
        self, kind: NodeKind, channels: dict[str, Channel], there: dict[str, Plant], begin: datetime
    ) -> None:
        """Make the plants of one node; a run that was ended meanwhile is completed."""
        for plant in (plant for plant in PLANTS if plant.name in kind.plants):
            made = there.get(plant.name) or await self._client.create_plant(await self._wish(plant))
            served = {assignment.metric for assignment in made.assignments}
            for channel in _of_plant(kind, channels, plant.name):
                if channel.metric not in served:
                    assignment = AssignmentCreate.model_validate({"channel_id": channel.id, "from": begin})
                    await self._client.assign(made.id, assignment)
            await self._irrigate(kind, made, channels)

    async def _irrigate(self, kind: NodeKind, plant: Plant, channels: dict[str, Channel]) -> None:
        """Let a pump water its plant, as somebody would set it up who has a reservoir and a leak sensor."""
        watching = {channel.metric: channel.id for channel in channels.values()}
        taken = {(one.device_id, one.valve) async for one in self._client.irrigators()}
        device_id = next(iter(channels.values())).device_id
        for valve in (valve for valve, name in kind.pumps.items() if name == plant.name):
            if (device_id, valve) not in taken:
                wish = IrrigatorCreate(
                    plant_ids=(plant.id,),
                    device_id=device_id,
                    valve=valve,
                    reservoir_channel_id=watching.get(Metric.WATER_LEVEL),
                    leak_channel_id=watching.get(Metric.LEAK),
                )
                await self._client.create_irrigator(wish)

    async def _wish(self, plant: PlantKind) -> PlantCreate:
        """Say what is planted; its species is looked up as a user would."""
        found = await self._client.find_species(plant.species, limit=1)
        return PlantCreate(
            name=plant.name,
            species=plant.species,
            species_id=found[0].id if found else None,
            area=plant.room,
            substrate=plant.substrate.name,
            pot_litres=plant.litres,
            notes=plant.notes,
        )


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _matched(kind: NodeKind, device: Device) -> dict[str, Channel] | None:
    """Find the node's channels by the last part of their key (stock: `sensor/...`); None while some are missing."""
    channels = {channel.key.rpartition("/")[2]: channel for channel in device.channels}
    return channels if all(line.key in channels for line in kind.lines) else None


def _of_plant(kind: NodeKind, channels: dict[str, Channel], plant: str) -> Iterable[Channel]:
    """List the channels that serve one plant: those in its soil, and those that all plants of the node share."""
    for line in kind.lines:
        channel = channels[line.key]
        if channel.metric not in OF_THE_NODE and (line.plant == plant or not line.of_one_plant):
            yield channel
