"""A node's program, built by ESPHome for this machine, against the real backend, broker and database.

Real are the component, the packages of probe, calibration, telemetry, pump, registration and broker, and ESPHome's own
`mqtt` and `http_request` over TLS. See host_node.py for what is not; a file stands for RTC memory.
"""

import asyncio
import json
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from aioplantops.irrigation import IrrigatorCreate, WateringState, WaterPlant
from aioplantops.models import PlantCreate

from tests.firmware.cable import Cable, Ear
from tests.firmware.host_node import Node, build, running
from tests.house.reception import Reception, reception, settings_for
from tests.servers import running_broker

NAME = "host-node-3fa2c1"
MAC = "a4:cf:12:3f:a2:c1"
PATIENCE = 900.0
TOPIC = f"plantops/{NAME}"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Build the node."""
    folder = tmp_path_factory.mktemp("host")
    yield build(folder)
    shutil.rmtree(folder)


@dataclass(slots=True)
class Scene:
    """A node, its garden, and what lies between them."""

    node: Node
    house: Reception
    cable: Cable
    ear: Ear
    url: str

    async def stored(self, key: str) -> list[tuple[int, float]]:
        """Read the times and values of a channel from the database."""
        connection = await asyncpg.connect(self.url)
        try:
            rows = await connection.fetch(
                "SELECT extract(epoch FROM time)::bigint AS at, value FROM telemetry JOIN channel ON id = channel_id"
                " WHERE key = $1 ORDER BY time",
                key,
            )
            return [(row["at"], row["value"]) for row in rows]
        finally:
            await connection.close()

    async def until_stored(self, key: str, since: float) -> list[tuple[int, float]]:
        """Wait until something measured later is in the database."""
        while not (rows := await self.stored(key)) or rows[-1][0] <= since:
            await asyncio.sleep(0.1)
        return rows


@asynccontextmanager
async def a_scene(url: str, program: Path, folder: Path) -> AsyncIterator[Scene]:
    """Let a node come to a garden of its own."""
    async with (
        asyncio.timeout(PATIENCE),
        running_broker(folder, "PLANTOPS_MOSQUITTO") as broker,
        Cable.laid(broker.tls_port) as cable,
    ):
        settings = settings_for(url, broker, folder).model_copy(update={"mqtt_tls_port": cable.port})
        async with reception(settings, broker) as house, Ear.open(broker) as ear:
            await house.active.wait()
            (_of(program) / "garden-ca.pem").write_bytes(broker.ca_file.read_bytes())
            told = {
                "PLANTOPS_URL": f"https://localhost:{settings.https_port}/api/v1/devices/register",
                "PLANTOPS_KEY": await house.key(),
                "PLANTOPS_CA_FILE": str(broker.ca_file),
            }
            async with running(Node(program, folder, told)) as node:
                yield Scene(node, house, cable, ear, url)


def _of(program: Path) -> Path:
    """Tell in which folder ESPHome built a program."""
    return next(folder for folder in program.parents if (folder / "node.yaml").exists())


@pytest.mark.timeout(1200)
async def test_a_node_registers_reports_and_loses_nothing_in_an_outage_or_in_its_sleep(
    embedded_database: str, program: Path, tmp_path: Path
) -> None:
    async with a_scene(embedded_database, program, tmp_path) as scene:
        node, began = scene.node, time.time()
        await node.says(f"Registered as {NAME}")
        await node.says("the node shows 50.0 %")
        await scene.ear.until(f"{TOPIC}/status", "online")
        await scene.until_stored("signal_strength", began + 1)

        scene.cable.tear()
        await node.says("The broker is lost")
        kept = node.said("signal_strength = ")
        await node.says("signal_strength = ", times=kept + 3)
        await node.kill()  # it sleeps, or its watchdog bit: flash and RTC memory go on
        await node.start()
        await node.says("Memory goes on")
        kept = node.said("signal_strength = ")
        await node.says("signal_strength = ", times=kept + 3)
        measured = Counter(
            float(line.split(" = ")[1].split("\x1b")[0]) for line in node.log if "signal_strength = " in line
        )
        scene.cable.mend()
        rows = await scene.until_stored("signal_strength", time.time() + 1)

        missing = measured - Counter(value for _, value in rows)
        assert missing.total() <= 1, "but for the one that was being gathered when it died"
        assert all(began - 1 <= at <= time.time() + 1 for at, _ in rows)
        assert node.said("Registering at") == 1, "the account was kept in flash"
        assert {value for _, value in await scene.stored("soil_moisture")} == {2.0}, "volts, as measured"
        assert (await scene.house.client.device(NAME)).model == "plant-node"


@pytest.mark.timeout(1200)
async def test_a_pump_runs_once_stops_in_time_and_stands_when_the_broker_is_lost(
    embedded_database: str, program: Path, tmp_path: Path
) -> None:
    async with a_scene(embedded_database, program, tmp_path) as scene:
        node, ear, result = scene.node, scene.ear, f"{TOPIC}/command/result"
        await ear.until(f"{TOPIC}/info", '"valves":{"pump":')
        await ear.until(f"{TOPIC}/telemetry/ack", "boot")  # it hears what is said below its name

        async def command(**said: object) -> None:
            usual = {
                "action": "water",
                "valve": "pump",
                "seconds": 1,
                "issued": time.time(),
                "expires": time.time() + 3_600,
            }
            await ear.say(f"{TOPIC}/command", json.dumps(usual | said))

        await command(id="one")
        await command(id="one")
        done = json.loads((await ear.until(result, '"state":"done"')).payload)
        assert done["seconds"] >= 1
        await node.says("water stands")
        assert node.said("water flows") == 1

        await command(id="late", expires=time.time() - 1)
        await ear.until(result, '"state":"expired"')
        await command(id="early", issued=time.time() - 600)
        await ear.until(result, "before this device started")

        await command(id="two", seconds=600)
        await node.says("water flows", times=2)
        stood = node.said("water stands")
        scene.cable.tear()
        await node.says("water stands", times=stood + 1)
        scene.cable.mend()
        told = json.loads((await ear.until(result, '"two","ok":true,"state":"stopped"')).payload)
        assert told["detail"] in {"The broker was lost.", "It was closed at the device."}


@pytest.mark.timeout(1200)
async def test_an_order_from_the_api_opens_the_pump_and_its_end_is_written_down(
    embedded_database: str, program: Path, tmp_path: Path
) -> None:
    async with a_scene(embedded_database, program, tmp_path) as scene:
        client, node = scene.house.client, scene.node
        await scene.ear.until(f"{TOPIC}/info", '"valves":{"pump":')
        plant = await client.create_plant(PlantCreate(name="Basil"))
        await scene.until_stored("soil_moisture", 0)
        wish = IrrigatorCreate(
            plant_ids=(plant.id,), device_id=NAME, valve="pump", pause_seconds=0, litres_per_minute=1.2
        )
        irrigator = await client.create_irrigator(wish)
        command = await client.water(plant.id, WaterPlant(seconds=1))
        assert command.state is WateringState.SENT
        await node.says("water flows")
        await node.says("water stands")

        async def last(state: WateringState) -> float:
            while True:
                told = (await client.irrigator(irrigator.id)).last_command
                if told is not None and told.state is state:
                    return told.ran_seconds or 0
                await asyncio.sleep(0.05)

        assert await last(WateringState.DONE) >= 1
        (event,) = [event async for event in client.care(plant.id)]
        assert event.command_id == command.id
        assert (event.litres or 0) > 0


@pytest.mark.timeout(1200)
async def test_a_lost_broker_ends_an_order_as_stopped_and_never_as_done(
    embedded_database: str, program: Path, tmp_path: Path
) -> None:
    async with a_scene(embedded_database, program, tmp_path) as scene:
        client, node = scene.house.client, scene.node
        await scene.ear.until(f"{TOPIC}/info", '"valves":{"pump":')
        plant = await client.create_plant(PlantCreate(name="Basil"))
        await scene.until_stored("soil_moisture", 0)
        wish = IrrigatorCreate(
            plant_ids=(plant.id,), device_id=NAME, valve="pump", max_seconds=600, daily_max_seconds=600
        )
        irrigator = await client.create_irrigator(wish)
        await client.water(plant.id, WaterPlant(seconds=600))
        await node.says("water flows")
        scene.cable.tear()
        await node.says("water stands")
        scene.cable.mend()
        while (told := (await client.irrigator(irrigator.id)).last_command) is None or told.state in {
            WateringState.SENT,
            WateringState.RUNNING,
        }:
            await asyncio.sleep(0.05)
        assert told.state is WateringState.STOPPED
        assert told.ran_seconds is not None
        assert told.ran_seconds < told.seconds


@pytest.mark.timeout(1200)
async def test_whose_account_was_taken_over_registers_anew_and_starts_with_the_new_one(
    embedded_database: str, program: Path, tmp_path: Path
) -> None:
    async with a_scene(embedded_database, program, tmp_path) as scene:
        node = scene.node
        await node.says("Speaking as")
        await node.kill()
        await node.start()  # it asks for another account once an hour, and the first thing after a start
        await node.says("Speaking as", times=2)
        told = await scene.house.register(await scene.house.key(), MAC, name=NAME)
        assert told.device_id == NAME
        await node.says("Connection refused error: 0x5")
        await node.says("Registered as", times=2)
        await node.ended()  # ESPHome's mqtt reads its account once: it restarts
        await node.start()
        await node.says("Speaking as", times=3)
        assert node.said("Registering at") == 2


@pytest.mark.timeout(1200)
async def test_a_factory_reset_forgets_everything_and_the_board_gets_its_name_again(
    embedded_database: str, program: Path, tmp_path: Path
) -> None:
    async with a_scene(embedded_database, program, tmp_path) as scene:
        node, ear = scene.node, scene.ear
        await node.says("Speaking as")
        await node.kill()
        await node.start()  # from now on it is commanded below its new name
        await node.says("Speaking as", times=2)
        acks = sum(word.topic.endswith("/ack") for word in ear.heard)
        while sum(word.topic.endswith("/ack") for word in ear.heard) == acks:
            await asyncio.sleep(0.02)
        await ear.say(f"{TOPIC}/button/factory_reset/command", "PRESS")
        await node.ended()
        await node.start()
        await node.says("This board has no account yet: it will register")
        await node.says(f"Registered as {NAME}", times=2)
        await node.says("Speaking as", times=3)
        assert node.said("Memory begins anew") == 2
