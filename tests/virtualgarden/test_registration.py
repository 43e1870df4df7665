"""Virtual nodes come in as real boards do: with a key, over HTTPS; and they help themselves when they are refused."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aioplantops.models import Device, DeviceStatus
from plantops.ops.broker import EmbeddedBroker
from pydantic import SecretStr
from virtualgarden.config import BrokerConfig, GardenConfig, RegistrationConfig
from virtualgarden.nodes import NODES
from virtualgarden.run import live

from tests.house.reception import Reception, alone

NAMES = [kind.device_id for kind in NODES if not (kind.stock or kind.sleep_seconds)][:2]


def garden(house: Reception, key: str, folder: Path) -> GardenConfig:
    """Configure two nodes that have no password yet."""
    broker: EmbeddedBroker = house.broker
    return GardenConfig(
        broker=BrokerConfig(port=broker.tls_port, ca_file=broker.ca_file),
        nodes=dict.fromkeys(NAMES),
        registration=RegistrationConfig(
            url=f"https://localhost:{house.settings.https_port}", key=SecretStr(key), ca_file=broker.ca_file
        ),
        report_seconds=0.2,
        state_file=folder / "state.json",
    )


@asynccontextmanager
async def alive(config: GardenConfig) -> AsyncIterator[list[Mapping[str, object]]]:
    """Run a garden until the block ends; gives its news."""
    news: list[Mapping[str, object]] = []
    life = asyncio.create_task(live(config, time.time, news.append))
    try:
        yield news
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def until_reporting(house: Reception) -> None:
    """Wait until both nodes are online and tell something new."""
    since = time.time()
    while True:
        found = [device async for device in house.client.devices() if device.id in NAMES]
        if len(found) == len(NAMES) and all(_newest(device) > since for device in found):
            assert {device.status for device in found} == {DeviceStatus.ONLINE}
            return
        await asyncio.sleep(0.05)


def _newest(device: Device) -> float:
    return max((channel.latest.time.timestamp() for channel in device.channels if channel.latest), default=0.0)


async def used(house: Reception) -> int:
    (key,) = [key async for key in house.client.registration_keys()]
    return key.used_count


async def test_nodes_register_once_and_again_when_the_broker_refuses_them(
    embedded_database: str, tmp_path: Path
) -> None:
    async with alone(embedded_database, tmp_path / "house") as house:
        config = garden(house, await house.key(), tmp_path)
        file = tmp_path / "garden.json"
        file.write_text(config.model_dump_json())
        assert GardenConfig.load(file) == config, "the key survives being written down"
        async with alive(config):
            await until_reporting(house)
        assert await used(house) == 2
        kept = tmp_path / "accounts.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert len(json.loads(kept.read_text())) == 2
        async with alive(config):
            await until_reporting(house)
            assert await used(house) == 2, "what they were told they keep"
            await house.client.renew_credentials(NAMES[0])
            while await used(house) == 2:
                await asyncio.sleep(0.05)
            await until_reporting(house)


async def test_nodes_that_cannot_register_say_why_and_go_on_trying(embedded_database: str, tmp_path: Path) -> None:
    async with alone(embedded_database, tmp_path / "house") as house:
        async with alive(garden(house, "plantops_reg_" + "0" * 24, tmp_path)) as news:
            while not any(piece["event"] == "not_registered" for piece in news):
                await asyncio.sleep(0.02)
        told = next(piece for piece in news if piece["event"] == "not_registered")
        assert "unknown" in str(told["why"])
        assert not (tmp_path / "accounts.json").exists()
