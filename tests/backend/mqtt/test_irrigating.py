"""A virtual node with a pump, a real broker, a real store: a command and its result, lost, late, stopped, restarted."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aioplantops.irrigation import BlockKind, Irrigator, IrrigatorCreate, WateringCommand, WateringState, WaterPlant
from aioplantops.models import PlantCreate
from aioplantops.telemetry import Command
from aioplantops.topics import Leaf, build
from plantops.domain.tongue import IN_ENGLISH
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.metrics import Metrics
from plantops.services.garden import Garden
from plantops.services.irrigation import Irrigators
from plantops.services.irrigation_automatic import Automaton
from plantops.services.irrigation_orders import IrrigationOrders
from plantops.services.irrigation_results import IrrigationResults
from plantops.services.irrigation_soil import SoilJudge
from plantops.services.irrigation_watch import Irrigation, IrrigationWatch
from plantops.services.plants import Plants
from plantops.storage import outbox
from plantops.storage.pool import Database
from virtualgarden.device import Temper, VirtualDevice
from virtualgarden.garden import Garden as VirtualGarden
from virtualgarden.nodes import NODES
from virtualgarden.sources import GardenSource
from virtualgarden.taps import Fault

from tests.backend.mqtt.conftest import plain
from tests.backend.mqtt.house import House, Nobody, house, until
from tests.virtualgarden.backends import make_account

QUICK = Temper(report_seconds=0, ack_seconds=0.2, retry_seconds=0.05)
ZONE = ZoneInfo("UTC")


@dataclass
class Scene:
    """A plant, its node, and what the backend does about water."""

    url: str
    broker: EmbeddedBroker
    database: Database
    node: VirtualDevice
    poured: Any
    ahead: timedelta = timedelta()
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def clock(self) -> datetime:
        """Tell the backend's time."""
        return datetime.now(UTC) + self.ahead

    def __post_init__(self) -> None:
        """Build the rooms."""
        news: Any = Nobody()
        metrics, garden = Metrics(), Garden(self.database, self.clock, IN_ENGLISH)
        self.plants = Plants(self.database, garden, news=news, clock=self.clock)
        self.orders = IrrigationOrders(
            self.database, garden, ZONE, news=news, metrics=metrics, clock=self.clock, tongue=IN_ENGLISH
        )
        self.irrigators = Irrigators(self.database, news=news, clock=self.clock)
        self.irrigation = Irrigation(
            IrrigationResults(news=news, metrics=metrics, tongue=IN_ENGLISH),
            IrrigationWatch(
                self.database,
                soil=SoilJudge(self.database, IN_ENGLISH),
                automaton=Automaton(self.database, garden, ZONE, orders=self.orders, tongue=IN_ENGLISH),
                news=news,
                metrics=metrics,
                clock=self.clock,
                tongue=IN_ENGLISH,
            ),
        )

    @asynccontextmanager
    async def backend(self) -> AsyncIterator[House]:
        """Run a backend."""
        async with house(self.url, plain(self.broker), clock=self.clock, irrigation=self.irrigation) as running:
            yield running

    async def ready(self) -> Irrigator:
        """Wait until the node is known, and let it water basil."""
        plant = await self.plants.create(PlantCreate(name="Basil"))

        async def known() -> bool:
            async with self.database.acquire() as connection:
                online = "SELECT status FROM device JOIN device_valve ON device_id = device.id WHERE device.id = $1"
                return bool(await connection.fetchval(online, self.node.device_id) == "online")

        await until(known)
        wish = IrrigatorCreate(plant_ids=(plant.id,), device_id=self.node.device_id, valve="pump")
        return await self.irrigators.create(wish)

    async def water(self, irrigator: Irrigator, seconds: float) -> WateringCommand:
        """Water the basil."""
        return await self.orders.water(irrigator.plant_ids[0], WaterPlant(seconds=seconds))

    async def becomes(self, irrigator: Irrigator, *states: WateringState) -> Irrigator:
        """Wait until the last watering is in one of these states."""
        found = irrigator

        async def so() -> bool:
            nonlocal found
            found = await self.irrigators.show(irrigator.id)
            return found.last_command is not None and found.last_command.state in states

        await until(so)
        return found


@pytest.fixture
async def scene(embedded_database: str, broker: EmbeddedBroker) -> AsyncIterator[Scene]:
    basil = next(kind for kind in NODES if kind.pumps)
    kind = replace(basil, mac=f"84f703{token_hex(3)}")
    garden = VirtualGarden(unix=time.time(), kinds=(kind,))
    account = await make_account(broker, kind.device_id)
    node = VirtualDevice(account, GardenSource(garden, kind), clock=time.time, temper=QUICK)
    async with Database.open(embedded_database, max_size=4) as database:
        life = asyncio.create_task(node.run())
        yield Scene(embedded_database, broker, database, node, lambda: garden.plants["Basil"].pot.poured)
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def test_two_replicas_water_once_and_write_it_down(scene: Scene) -> None:
    async with scene.backend(), scene.backend() as other:
        irrigator = await scene.ready()
        before = scene.poured()
        await scene.water(irrigator, 1)
        done = await scene.becomes(irrigator, WateringState.DONE)
        assert done.last_command is not None
        assert (done.last_command.ran_seconds, done.last_command.started_at is not None) == (1, True)
        assert scene.poured() - before == pytest.approx(0.02)
        assert await other.store.fetchval("SELECT count(*) FROM care_event") == 1
        assert await other.store.fetchval("SELECT litres FROM care_event") == pytest.approx(0.02)


async def test_the_kill_switch_closes_what_is_open(scene: Scene) -> None:
    async with scene.backend():
        irrigator = await scene.ready()
        await scene.water(irrigator, 30)
        await scene.becomes(irrigator, WateringState.RUNNING)
        assert scene.node.taps.open == {"pump"}
        await scene.orders.switch_off()
        stopped = await scene.becomes(irrigator, WateringState.STOPPED)
        assert not scene.node.taps.open
        assert stopped.last_command is not None
        assert (stopped.last_command.ran_seconds or 99) < 30


async def test_a_backend_that_restarts_in_the_middle_hears_the_end(scene: Scene) -> None:
    async with scene.backend():
        irrigator = await scene.ready()
        await scene.water(irrigator, 1)
        await scene.becomes(irrigator, WateringState.RUNNING, WateringState.DONE)  # the second may be over already
    await until(lambda: not scene.node.taps.open)
    async with scene.backend():
        await scene.becomes(irrigator, WateringState.DONE)


@pytest.mark.parametrize("fault", ["mute", "reboot"])
async def test_a_result_that_is_lost_closes_and_blocks(scene: Scene, fault: str) -> None:
    async with scene.backend() as running:
        irrigator = await scene.ready()
        scene.node.taps.fault = Fault.MUTE if fault == "mute" else Fault.NONE
        await scene.water(irrigator, 30)
        await scene.becomes(irrigator, WateringState.RUNNING)
        if fault == "reboot":
            scene.node.lose_power()
        scene.ahead = timedelta(seconds=95)
        blocked = await scene.becomes(irrigator, WateringState.FAILED)
        assert blocked.block is not None
        assert blocked.block.kind is BlockKind.UNANSWERED
        await until(lambda: not scene.node.taps.open)
        assert await running.store.fetchval("SELECT kind FROM alert WHERE resolved_at IS NULL") == "irrigation_failed"


async def test_a_command_that_waits_too_long_at_the_broker_is_thrown_away(scene: Scene) -> None:
    async with scene.backend() as running:
        await scene.ready()
        before = scene.poured()
        scene.node.leave_network()
        now = time.time()
        late = Command(id="late", action="water", valve="pump", seconds=5, issued=now, expires=now + 60)
        async with scene.database.acquire() as connection:
            await outbox.put(
                connection,
                build(scene.node.device_id, Leaf.COMMAND),
                late.model_dump_json().encode(),
                now=scene.clock(),
                expires_at=scene.clock() + timedelta(seconds=1.5),
            )
        await until(lambda: running.store.fetchval("SELECT NOT EXISTS (SELECT FROM broker_outbox)"))
        await asyncio.sleep(2.5)  # it was told to forget after a second at most, and counts whole ones
        scene.node.join_network()
        await until(lambda: scene.node.connected)
        async with scene.database.acquire() as connection:
            stop = Command(id="stop", action="stop", expires=now + 60).model_dump_json().encode()
            await outbox.put(connection, build(scene.node.device_id, Leaf.COMMAND), stop, now=scene.clock())
        await until(lambda: "stop" in scene.node.taps._known)
        assert "late" not in scene.node.taps._known
        assert scene.poured() == before
