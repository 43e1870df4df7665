"""A plant, a node with a pump, and everything that waters: on one database, with a clock that a test turns."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aioplantops.irrigation import Irrigator, IrrigatorCreate, WateringCommand, WaterPlant
from aioplantops.models import DeviceStatus, PlantCreate
from aioplantops.telemetry import CommandResult, CommandState, Info
from plantops.domain.intake import InfoNews, ResultNews, StatusNews
from plantops.domain.resolution import DAY, floor
from plantops.domain.tongue import IN_ENGLISH
from plantops.services.discovery import Discovery
from plantops.services.irrigation import Irrigators
from plantops.services.irrigation_automatic import Automaton
from plantops.services.irrigation_orders import IrrigationOrders
from plantops.services.irrigation_results import IrrigationResults
from plantops.services.irrigation_soil import SoilJudge
from plantops.services.irrigation_watch import IrrigationWatch

from tests.backend.services.rooms import Rooms

NODE = "plant-node"
INFO = Info.model_validate(
    {
        "channels": {
            "soil_moisture": {"metric": "soil_moisture"},
            "water_level": {"metric": "water_level"},
            "leak": {"metric": "leak"},
            "flow": {"metric": "flow"},
        },
        "valves": {"pump": {"name": "Drip hose", "max_seconds": 60, "litres_per_minute": 1.2}},
    }
)
ZONE = ZoneInfo("Europe/Berlin")


@dataclass
class Place:
    """Where something is watered."""

    rooms: Rooms
    discovery: Discovery
    irrigators: Irrigators
    orders: IrrigationOrders
    results: IrrigationResults
    watch: IrrigationWatch
    plant_id: UUID

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Place]:
        """Plant basil (content from 40 to 70 %), whose node has a pump and is there."""
        async with Rooms.open(url) as rooms:
            database, garden, hub, clock, metrics = rooms.database, rooms.garden, rooms.hub, rooms.clock, rooms.metrics
            orders = IrrigationOrders(database, garden, ZONE, news=hub, metrics=metrics, clock=clock, tongue=IN_ENGLISH)
            wish = {"name": "Basil", "pot_litres": 2, "thresholds": {"soil_moisture": {"low": 40, "high": 70}}}
            place = cls(
                rooms=rooms,
                discovery=Discovery(rooms.registry, rooms.letters, news=hub, metrics=metrics),
                irrigators=Irrigators(database, news=hub, clock=clock),
                orders=orders,
                results=IrrigationResults(news=hub, metrics=metrics, tongue=IN_ENGLISH),
                watch=IrrigationWatch(
                    database,
                    soil=SoilJudge(database, IN_ENGLISH),
                    automaton=Automaton(database, garden, ZONE, orders=orders, tongue=IN_ENGLISH),
                    news=hub,
                    metrics=metrics,
                    clock=clock,
                    tongue=IN_ENGLISH,
                ),
                plant_id=(await rooms.plants.create(PlantCreate.model_validate(wish))).id,
            )
            await place.introduce()
            await rooms.assign(place.plant_id, await rooms.channel(NODE), floor(clock(), DAY))
            yield place

    async def introduce(self, info: Info = INFO, status: DeviceStatus = DeviceStatus.ONLINE) -> None:
        """Let the node say what it is, and whether it is there."""
        now = self.rooms.clock()
        async with self.rooms.database.acquire() as connection:
            await self.discovery.hear(connection, [InfoNews(NODE, info, now), StatusNews(NODE, status, now)])

    async def feel(self, **values: float) -> None:
        """Let sensors say something, a second later."""
        self.pass_by(seconds=1)
        await self.rooms.store(NODE, [(key, self.rooms.clock(), value) for key, value in values.items()])

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.rooms.clock.now += timedelta(**time)

    async def irrigator(self, **wish: object) -> Irrigator:
        """Let the pump water the basil."""
        usual = {"plant_ids": [str(self.plant_id)], "device_id": NODE, "valve": "pump"}
        return await self.irrigators.create(IrrigatorCreate.model_validate_json(json.dumps({**usual, **wish})))

    async def channel(self, key: str) -> int:
        """Give a channel's id."""
        return await self.rooms.channel(NODE, key)

    async def water(self, seconds: float = 20, **wish: object) -> WateringCommand:
        """Water the basil."""
        return await self.orders.water(self.plant_id, WaterPlant.model_validate({"seconds": seconds, **wish}))

    async def tell(
        self, command_id: object, state: CommandState, *, node: str = NODE, seconds: float | None = None
    ) -> None:
        """Let a node say what became of a command."""
        ok = state in {CommandState.RUNNING, CommandState.DONE, CommandState.STOPPED}
        result = CommandResult(id=str(command_id), ok=ok, state=state, seconds=seconds)
        async with self.rooms.database.acquire() as connection:
            await self.results.hear(connection, [ResultNews(node, result, self.rooms.clock())])

    async def done(self, command: WateringCommand) -> None:
        """Let the node water to the end."""
        await self.tell(command.id, CommandState.RUNNING)
        self.pass_by(seconds=command.seconds)
        await self.tell(command.id, CommandState.DONE, seconds=command.seconds)

    async def last(self, irrigator: Irrigator) -> WateringCommand:
        """Give the last watering."""
        found = (await self.irrigators.show(irrigator.id)).last_command
        assert found is not None
        return found

    async def turns(self, minutes: float) -> None:
        """Let the time pass with the watch looking after water."""
        await self.watch.turn()
        self.pass_by(minutes=minutes)
        await self.watch.turn()

    async def sent(self) -> list[dict[str, Any]]:
        """Give the commands that wait for the broker."""
        async with self.rooms.database.acquire() as connection:
            rows = await connection.fetch("SELECT payload FROM broker_outbox ORDER BY id")
        return [json.loads(row["payload"]) for row in rows]

    async def alerts(self) -> list[tuple[str, str]]:
        """Give the open alerts: kind and severity."""
        async with self.rooms.database.acquire() as connection:
            rows = await connection.fetch("SELECT kind, severity FROM alert WHERE resolved_at IS NULL ORDER BY kind")
        return [(row["kind"], row["severity"]) for row in rows]
