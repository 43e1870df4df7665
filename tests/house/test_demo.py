"""The whole house as a newcomer meets it: `plantops demo` from its first start to being killed, and on again."""

import asyncio
import signal
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.errors import CannotConnect, Unavailable
from aioplantops.metrics import Metric
from aioplantops.models import DeviceAccess, GardenSnapshot

from tests.house.demonstration import LOOK_SECONDS, demo

KEYS = {
    "url", "token", "mqtt_host", "mqtt_tls_port", "mqtt_device_port", "mqtt_port", "ca_file",
    "mqtt_backend_username", "mqtt_backend_password", "database_url", "https_port", "registration_key",
    "dashboard", "home_assistant",
}  # fmt: skip


async def gone(processes: list[psutil.Process]) -> None:
    """Wait until none of the processes is left (one that waits for its parent to notice is gone)."""
    while [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]:
        await asyncio.sleep(LOOK_SECONDS)


async def plants_with_values(client: PlantOpsClient) -> GardenSnapshot:
    """Wait until the backend answers and every plant has a value."""
    while True:
        with suppress(CannotConnect, Unavailable):
            garden = await client.garden()
            if garden.plants and all(plant.values for plant in garden.plants):
                return garden
        await asyncio.sleep(LOOK_SECONDS)


async def history_is_there(client: PlantOpsClient, garden: GardenSnapshot) -> None:
    """Look at two weeks of the plants on PlantOps nodes (stock nodes remember nothing)."""
    begin = datetime.now(UTC) - timedelta(days=14)
    nodes = {device.id for device in garden.devices if device.kind == "plantops"}
    served = [
        plant
        for plant in garden.plants
        if any(each.metric is Metric.SOIL_MOISTURE and each.device_id in nodes for each in plant.assignments)
    ]
    assert len(served) >= 12
    for plant in served:
        history = await client.plant_history(plant.id, Metric.SOIL_MOISTURE, begin, points=500)
        times = [point.time for point in history.points]
        assert times[0] < begin + timedelta(hours=3), plant.name
        assert times[-1] > datetime.now(UTC) - timedelta(hours=3), plant.name
        assert 200 <= len(times) <= 500


async def test_a_newcomer_looks_at_the_demo_and_stops_it(run_folder: Path) -> None:
    folder = run_folder / "demo"
    async with demo(folder) as first:
        await first.until_running()
        notes = first.notes()
        assert set(notes) == KEYS
        for secret in ("demo.json", "token"):
            assert stat.S_IMODE((folder / secret).stat().st_mode) == 0o600
        assert "\x1b" not in first.said(), "no control codes without a terminal"
        assert str(notes["token"]) in first.said()
        async with first.client() as client:
            garden = await plants_with_values(client)
            assert len(garden.devices) >= 14
            assert len({device.kind for device in garden.devices}) == 2, "PlantOps nodes and stock ESPHome"
            assert {device.access for device in garden.devices} == {DeviceAccess.ACTIVE}
            (key,) = [key async for key in client.registration_keys()]
            assert key.used_count == sum(device.kind == "plantops" for device in garden.devices), (
                "each came in by itself"
            )
            await history_is_there(client, garden)
            assert all(plant.species_id and plant.thresholds.soil_moisture for plant in garden.plants)
        async with demo(folder.with_name("demo-twin")) as twin, demo(folder) as second:
            assert await second.process.wait() != 0
            assert "in use by another PlantOps" in second.said()
            await twin.until_running()
            assert twin.notes()["url"] != notes["url"], "two demos in two folders live side by side"
            first.process.send_signal(signal.SIGINT)
            family = first.family()
            assert len(family) >= 4
            assert await first.process.wait() == 0
            await gone(family)


@pytest.mark.timeout(900)
async def test_a_killed_demo_leaves_nothing_and_goes_on_where_it_was(run_folder: Path) -> None:
    folder = run_folder / "demo-killed"
    async with demo(folder) as first:
        await first.until_running()
        async with first.client() as client:
            before = await plants_with_values(client)
        family, notes = first.family(), first.notes()
        first.process.kill()
        await first.process.wait()
        await gone(family)
    async with demo(folder) as second:
        await second.until_running()
        assert "two weeks of history" not in second.said()
        assert second.notes()["token"] == notes["token"]
        async with second.client() as client:
            after = await plants_with_values(client)
            assert {plant.id for plant in after.plants} == {plant.id for plant in before.plants}
            await history_is_there(client, after)
        backend = next(each for each in second.family() if "serve" in each.cmdline())
        backend.kill()
        async with second.client() as client:
            await plants_with_values(client)
        assert "is started again" in second.said()
        family = second.family()
        second.process.terminate()
        assert await second.process.wait() == 0
        await gone(family)
