"""A node's program, built by ESPHome for this machine, against the real backend, broker and database.

Real are the component, the packages of probe, calibration, telemetry and pump, registration, buffering and commands.
The line to the test stands for ESPHome's own MQTT and HTTP, a file for RTC memory.
"""

import asyncio
import json
import shutil
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import asyncpg
import pytest
from aiohttp import ClientSession, TCPConnector

from tests.firmware.esphome import run_esphome, tools
from tests.firmware.host_node import HERE, choices
from tests.firmware.relay import Node, Relay, running
from tests.house.reception import Reception, alone

NAME = "host-node-3fa2c1"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def program() -> Iterator[Path]:
    """Build the node."""
    folder = Path(tempfile.mkdtemp(prefix="plantops-host-"))
    shutil.copy(HERE / "node.yaml", folder)
    run_esphome(folder, *choices(), "compile", "node.yaml", tools=tools())
    (built,) = folder.glob(".esphome/build/*/.pioenvs/*/program")
    yield built
    shutil.rmtree(folder)


@asynccontextmanager
async def a_node(house: Reception, program: Path, folder: Path) -> AsyncIterator[tuple[Node, Relay]]:
    """Run a node that comes to this house."""
    trust = ssl.create_default_context(cafile=str(house.broker.ca_file))
    async with ClientSession(connector=TCPConnector(ssl=trust)) as session:
        backend = f"https://localhost:{house.settings.https_port}"
        relay = Relay(session, backend, await house.key(), house.broker.ca_file)
        async with running(program, folder, relay) as node:
            yield node, relay


async def stored(url: str, key: str) -> list[tuple[int, float]]:
    """Read the times and values of a channel from the database."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT extract(epoch FROM time)::bigint AS at, value FROM telemetry JOIN channel ON id = channel_id"
            " WHERE key = $1 ORDER BY time",
            key,
        )
        return [(row["at"], row["value"]) for row in rows]
    finally:
        await connection.close()


async def until_stored(url: str, key: str, since: float) -> list[tuple[int, float]]:
    """Wait until something measured later is in the database."""
    while not (rows := await stored(url, key)) or rows[-1][0] <= since:
        await asyncio.sleep(0.1)
    return rows


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Give a folder whose name is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="plantops-node-"))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.timeout(180)
async def test_a_node_registers_reports_and_loses_nothing_in_an_outage_or_in_its_sleep(
    embedded_database: str, program: Path, short_folder: Path, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        alone(embedded_database, tmp_path) as house,
        a_node(house, program, short_folder) as (node, relay),
    ):
        await node.says(f"Registered as {NAME}")
        await node.says("the node shows 50.0 %")
        began = time.time()
        await until_stored(embedded_database, "signal_strength", began + 1)

        relay.take_network()
        await node.says("The broker is lost")
        await asyncio.sleep(3)
        await node.kill()  # it sleeps, or its watchdog bit: flash and RTC memory go on
        await node.start()
        await node.says("Memory goes on")
        await asyncio.sleep(2)
        relay.give_network()
        rows = await until_stored(embedded_database, "signal_strength", time.time() + 1)

        times = [at for at, _ in rows]
        assert len(set(times)) == len(times)
        assert max(after - before for before, after in pairwise(times)) <= 4, "a second or two of starting anew"
        assert times[-1] - times[0] <= 1.5 * len(times)
        assert relay.asked == [201], "the account was kept in flash"
        assert {value for _, value in await stored(embedded_database, "soil_moisture")} == {2.0}, "volts, as measured"
        device = await house.client.device(NAME)
        assert device.model == "plant-node"


@pytest.mark.timeout(180)
async def test_a_pump_runs_once_stops_in_time_and_stands_when_the_broker_is_lost(
    embedded_database: str, program: Path, short_folder: Path, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        alone(embedded_database, tmp_path) as house,
        a_node(house, program, short_folder) as (node, relay),
    ):
        await relay.until("info", '"valves":{"pump":')
        await asyncio.sleep(2.5)  # whatever was issued before a start is refused, with two seconds of slack
        command = {
            "id": "one",
            "action": "water",
            "valve": "pump",
            "seconds": 1,
            "issued": time.time(),
            "expires": time.time() + 30,
        }
        relay.tell("COMMAND", json.dumps(command))
        relay.tell("COMMAND", json.dumps(command))
        done = json.loads((await relay.until("command/result", '"state":"done"')).payload)
        assert 1.0 <= done["seconds"] < 2.0
        assert sum("water flows" in line for line in node.log) == 1
        await node.says("water stands")

        relay.tell("COMMAND", json.dumps(command | {"id": "late", "expires": time.time() - 1}))
        await relay.until("command/result", '"state":"expired"')
        relay.tell("COMMAND", json.dumps(command | {"id": "early", "issued": time.time() - 600}))
        await relay.until("command/result", "before this device started")

        relay.tell("COMMAND", json.dumps(command | {"id": "two", "seconds": 600}))
        await node.says("water flows", times=2)
        stood = sum("water stands" in line for line in node.log)
        relay.take_network()
        await node.says("water stands", times=stood + 1)
        relay.give_network()
        told = json.loads((await relay.until("command/result", "The broker was lost.")).payload)
        assert (told["id"], told["state"]) == ("two", "stopped")
