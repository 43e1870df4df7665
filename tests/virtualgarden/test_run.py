"""The garden as a program: history first, then live; the next run goes on where the last one ended."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from plantops.ops.broker import EmbeddedBroker
from pydantic import ValidationError
from virtualgarden.config import BrokerConfig, GardenConfig
from virtualgarden.device import VirtualDevice
from virtualgarden.fleet import Fleet, build, fill_history
from virtualgarden.garden import Garden
from virtualgarden.nodes import NODES
from virtualgarden.run import live

from tests.virtualgarden.backends import TinyBackend, make_account, make_stock_account, tiny_backend

DAY = 86_400.0
AWAKE = next(kind for kind in NODES if kind.plants == ("Chili",))
STOCK = next(kind for kind in NODES if kind.stock)


async def garden_of(broker: EmbeddedBroker, folder: Path) -> GardenConfig:
    """Configure a garden of one node and one stock node, with a day of history."""
    node = await make_account(broker, AWAKE.device_id)
    stock = await make_stock_account(broker, STOCK.device_id)
    return GardenConfig(
        broker=BrokerConfig(port=broker.tls_port, ca_file=broker.ca_file),
        nodes={AWAKE.device_id: node.password, STOCK.device_id: stock.password},
        history_days=1,
        report_seconds=0.2,
        state_file=folder / "state.json",
    )


@asynccontextmanager
async def alive(config: GardenConfig, clock: Callable[[], float]) -> AsyncIterator[list[Mapping[str, object]]]:
    """Run a garden until the block ends; gives its news."""
    news: list[Mapping[str, object]] = []
    life = asyncio.create_task(live(config, clock, news.append))
    try:
        yield news
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def until_reporting(news: list[Mapping[str, object]]) -> None:
    while not any(piece["event"] == "reporting" for piece in news):
        await asyncio.sleep(0.02)


def times(backend: TinyBackend) -> list[float]:
    return sorted({t for device, _, t, _ in backend.readings if device == AWAKE.device_id and t is not None})


async def test_history_comes_first_then_live_and_the_next_run_goes_on(broker: EmbeddedBroker, tmp_path: Path) -> None:
    config = await garden_of(broker, tmp_path)
    async with tiny_backend(broker) as backend:
        async with alive(config, time.time) as news:
            await backend.until(lambda: len(times(backend)) > 144 + 3)
            await until_reporting(news)
        first = times(backend)
        assert first[0] == pytest.approx(time.time() - DAY, abs=1300)
        assert all(after - before <= 600.1 for before, after in pairwise(first)), "no gaps"
        assert {piece["event"] for piece in news} >= {"history", "history_made", "reporting"}
        water = json.loads((tmp_path / "state.json").read_text())["plants"]["Chili"]["pot"]["water"]

        shift = 2 * 3600
        later = time.time() + shift
        async with alive(config, lambda: time.time() + shift) as news:
            await backend.until(lambda: times(backend)[-1] >= later)
            await until_reporting(news)
        assert not any(piece["event"] == "history_made" for piece in news)
        second = [t for t in times(backend) if t > first[-1] + 60]
        assert second[0] >= later - 1, "what was not measured is a gap"
        now = json.loads((tmp_path / "state.json").read_text())["plants"]["Chili"]["pot"]["water"]
        assert now != water
        assert now == pytest.approx(water, rel=0.25)


async def test_the_program_ends_politely_when_asked(broker: EmbeddedBroker, tmp_path: Path) -> None:
    config = await garden_of(broker, tmp_path)
    file = tmp_path / "garden.json"
    file.write_text(config.model_dump_json())
    async with tiny_backend(broker) as backend:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "virtualgarden", "run", "--json", "--config", file,
            stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert program.stdout is not None
        async for line in program.stdout:
            if json.loads(line)["event"] == "reporting":
                break
        program.send_signal(signal.SIGTERM)
        assert await program.wait() == 0
        assert len(times(backend)) >= 144
    assert "unix" in json.loads((tmp_path / "state.json").read_text())


def test_a_configuration_names_only_nodes_that_exist(tmp_path: Path) -> None:
    assert len(GardenConfig().kinds()) == len(NODES)
    with pytest.raises(ValueError, match="no such nodes: plant-000000"):
        GardenConfig(nodes={"plant-000000": None}).kinds()
    file = tmp_path / "garden.json"
    file.write_text('{"brokers": {}}')
    with pytest.raises(ValidationError, match="brokers"):
        GardenConfig.load(file)


async def test_two_weeks_wait_in_the_buffers_of_every_node() -> None:
    begin = 1_795_000_000.0
    garden = Garden(unix=begin)
    steps = 14 * 144
    fleet = build(GardenConfig(), garden, lambda: begin + 14 * DAY, history_samples=steps * 10)
    told: list[float] = []
    backlog = fill_history(fleet, begin + 14 * DAY, 600, told.append)
    assert isinstance(fleet, Fleet)
    assert len(fleet.devices) >= 12
    assert len(fleet.stock) == 2
    assert backlog == steps * sum(len(kind.lines) for kind in NODES if not kind.stock)
    assert all(isinstance(device, VirtualDevice) and not device.ledger.dropped for device in fleet.devices)
    assert told[-1] == 1.0
