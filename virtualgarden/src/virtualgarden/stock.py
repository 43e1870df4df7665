"""A stock ESPHome node, without any PlantOps component: discovery, states, availability, as ESPHome 2026.10 sends them.

Nothing is buffered and nothing carries a time: what is measured while the line is cut is gone, but for the last state.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from json import dumps

from virtualgarden.link import Account, Link, LinkLost, Word

VERSION = "2026.10.0"
PLATFORM = "ESP32"
FAREWELL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StockSensor:
    """One `sensor:` of the node's YAML."""

    name: str
    unit: str
    decimals: int
    device_class: str | None = None
    diagnostic: bool = False

    @property
    def object_id(self) -> str:
        """The name as ESPHome makes it fit for a topic: bytes that don't fit become `_`."""
        return "".join(
            chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-_") else "_"
            for byte in self.name.lower().encode()
        )

    def state(self, value: float) -> bytes:
        """Write a state as ESPHome does; a value that could not be measured is `nan`."""
        return b"nan" if value != value else f"{value:.{self.decimals}f}".encode()  # noqa: PLR0124 - NaN is not itself


@dataclass(frozen=True, slots=True)
class StockKind:
    """The node as its YAML describes it."""

    name: str
    """Node name, client id and user name."""
    friendly_name: str
    mac: str
    sensors: tuple[StockSensor, ...]
    topic_prefix: str = ""
    """Empty: the node name."""
    board: str = "esp32dev"

    @property
    def prefix(self) -> str:
        """What the node's topics begin with."""
        return self.topic_prefix or self.name


class StockNode:
    """One node. `run` is its life."""

    def __init__(
        self,
        kind: StockKind,
        measure: Callable[[], Mapping[str, float]],
        account: Account,
        *,
        report_seconds: float = 60.0,
        retry_seconds: float = 10.0,
    ) -> None:
        """Take the node, `measure` (object id and value of each sensor) and its account; esp-mqtt waits 10 s."""
        self.kind = kind
        self.account = account
        self._measure = measure
        self._report_seconds = report_seconds
        self._retry_seconds = retry_seconds
        self._network = asyncio.Event()
        self._network.set()
        self._link: Link | None = None
        self.states: dict[str, bytes] = {}
        """The last state of each sensor, by object id."""

    @property
    def connected(self) -> bool:
        """Whether the node speaks with the broker now."""
        return self._link is not None

    def leave_network(self) -> None:
        """Lose the Wi-Fi, without a word, until `join_network`."""
        self._network.clear()
        if self._link:
            self._link.cut()

    def join_network(self) -> None:
        """Find the Wi-Fi again."""
        self._network.set()

    async def run(self) -> None:
        """Live until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sample(), name=f"{self.kind.name} measures")
            group.create_task(self._talk(), name=f"{self.kind.name} talks")

    async def _sample(self) -> None:
        while True:
            values = self._measure()
            for sensor in self.kind.sensors:
                if sensor.object_id in values:
                    self.states[sensor.object_id] = sensor.state(values[sensor.object_id])
            if self._link:
                with suppress(LinkLost):
                    await self._publish_states(self._link)
            await asyncio.sleep(self._report_seconds)

    async def _talk(self) -> None:
        will = Word(f"{self.kind.prefix}/status", b"offline", retain=True)
        while True:
            await self._network.wait()
            with suppress(LinkLost):
                async with Link.open(self.account, will=will) as link:
                    await self._live(link, will)
            await asyncio.sleep(self._retry_seconds * random.uniform(0.9, 1.1))

    async def _live(self, link: Link, will: Word) -> None:
        try:
            await self._greet(link)
            self._link = link
            async for word in link.words():
                if word.topic in {"esphome/discover", f"esphome/ping/{self.kind.name}"}:
                    await link.publish(self._about())
        except asyncio.CancelledError:
            with suppress(LinkLost, TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await link.publish(will)
            raise
        finally:
            self._link = None

    async def _greet(self, link: Link) -> None:
        """Say everything again, as a node does at every connect: birth, device, discovery, last states."""
        await link.subscribe([("esphome/discover", 2), (f"esphome/ping/{self.kind.name}", 2)])
        await link.publish(Word(f"{self.kind.prefix}/status", b"online", retain=True))
        await link.publish(self._about())
        for sensor in self.kind.sensors:
            topic = f"homeassistant/sensor/{self.kind.name}/{sensor.object_id}/config"
            await link.publish(Word(topic, self.discovery(sensor), retain=True))
        await self._publish_states(link)

    async def _publish_states(self, link: Link) -> None:
        for object_id, state in self.states.items():
            await link.publish(Word(f"{self.kind.prefix}/sensor/{object_id}/state", state, retain=True))

    def _about(self) -> Word:
        kind = self.kind
        about = {
            "ip": "192.168.178.40",
            "name": kind.name,
            "friendly_name": kind.friendly_name,
            "port": 6053,
            "version": VERSION,
            "mac": kind.mac,
            "platform": PLATFORM,
            "board": kind.board,
            "network": "wifi",
        }
        return Word(f"esphome/discover/{kind.name}", _json(about), qos=2, retain=True)

    def discovery(self, sensor: StockSensor) -> bytes:
        """Write the Home Assistant discovery message of one sensor, keys in ESPHome's order."""
        kind = self.kind
        config: dict[str, object] = {
            "sug_dsp_prc": sensor.decimals,
            "unit_of_meas": sensor.unit,
            "stat_cla": "measurement",
            "name": sensor.name,
        }
        if sensor.device_class:
            config["dev_cla"] = sensor.device_class
        if sensor.diagnostic:
            config["ent_cat"] = "diagnostic"
        config |= {
            "stat_t": f"{kind.prefix}/sensor/{sensor.object_id}/state",
            "avty_t": f"{kind.prefix}/status",
            "uniq_id": f"{kind.mac}-sensor-{fnv1(sensor.name):08x}",
            "dev": {
                "ids": kind.mac,
                "name": kind.friendly_name,
                "sw": f"{VERSION} (config hash 0x{fnv1(kind.name):08x})",
                "mdl": kind.board,
                "mf": "Espressif",
                "cns": [["mac", kind.mac]],
            },
        }
        return _json(config)


def fnv1(text: str) -> int:
    """Hash a name as ESPHome does for unique ids (`discovery_unique_id_generator: mac`): 32-bit FNV-1."""
    value = 2_166_136_261
    for byte in text.encode():
        value = (value * 16_777_619 & 0xFFFFFFFF) ^ byte
    return value


def _json(content: Mapping[str, object]) -> bytes:
    return dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
