"""A stock ESPHome node says on a real broker what ESPHome says, byte by byte."""

import asyncio
import json
import secrets

from plantops.ops.broker import EmbeddedBroker
from virtualgarden.stock import StockKind, StockNode, StockSensor, fnv1

from tests.virtualgarden.backends import make_stock_account, tiny_backend

SOIL = StockSensor("Soil Moisture", "%", 1, "moisture")
KIND = StockKind("plant-host-abf679", "Plant Host abf679", "063569abf679", (SOIL,))


def node_kind() -> StockKind:
    name = f"stock-{secrets.token_hex(3)}"
    return StockKind(
        name, "Windowsill", "063569abf679", (SOIL, StockSensor("Gießen nötig", "°F", 2)), f"stock-test/{name}"
    )


def test_discovery_has_esphomes_keys_and_unique_id() -> None:
    node = StockNode(KIND, dict, None)  # type: ignore[arg-type]
    config = json.loads(node.discovery(SOIL))
    assert list(config) == [
        "sug_dsp_prc", "unit_of_meas", "stat_cla", "name", "dev_cla", "stat_t", "avty_t", "uniq_id", "dev",
    ]  # fmt: skip
    assert config["uniq_id"] == "063569abf679-sensor-16de02b2", "as captured from ESPHome"
    assert config["stat_t"] == "plant-host-abf679/sensor/soil_moisture/state"
    assert config["avty_t"] == "plant-host-abf679/status"
    assert config["dev"]["ids"] == "063569abf679"
    assert config["dev"]["cns"] == [["mac", "063569abf679"]]


def test_names_become_object_ids_as_in_esphome() -> None:
    assert StockSensor("Gießen nötig", "%", 1).object_id == "gie__en_n__tig"
    assert fnv1("Soil Moisture") == 0x16DE02B2


def test_states_are_plain_numbers_or_nan() -> None:
    assert SOIL.state(42.0) == b"42.0"
    assert SOIL.state(float("nan")) == b"nan"


async def test_a_node_says_everything_at_each_connect(broker: EmbeddedBroker) -> None:
    kind = node_kind()
    account = await make_stock_account(broker, kind.name, kind.prefix)
    values = {"soil_moisture": 41.26, "gie__en_n__tig": float("nan")}
    node = StockNode(kind, lambda: values, account, report_seconds=0.1, retry_seconds=0.1)
    status, state = f"{kind.prefix}/status", f"{kind.prefix}/sensor/soil_moisture/state"
    async with tiny_backend(broker) as backend:
        life = asyncio.create_task(node.run())
        await backend.until(lambda: backend.last(state) == b"41.3")
        await backend.until(lambda: backend.last(f"{kind.prefix}/sensor/gie__en_n__tig/state") == b"nan")
        assert backend.last(status) == b"online"
        config = json.loads(backend.last(f"homeassistant/sensor/{kind.name}/soil_moisture/config") or b"")
        assert config["stat_t"] == state
        await backend.until(lambda: backend.last(f"esphome/discover/{kind.name}") is not None)
        node.leave_network()
        await backend.until(lambda: backend.last(status) == b"offline")
        node.join_network()
        await backend.until(lambda: backend.last(status) == b"online")
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await backend.until(lambda: backend.last(status) == b"offline")
