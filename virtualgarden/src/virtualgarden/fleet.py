"""Many nodes in one process: built from the garden's list, with a history in their buffers, started one by one."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace

from aioplantops.metrics import METRICS, Metric

from virtualgarden.config import GardenConfig
from virtualgarden.device import Clock, Temper, VirtualDevice
from virtualgarden.garden import Garden
from virtualgarden.link import Account, Broker
from virtualgarden.nodes import Line, NodeKind
from virtualgarden.registration import Complain, Papers, Registrar
from virtualgarden.senses import SENSES
from virtualgarden.sources import GardenSource
from virtualgarden.stock import StockKind, StockNode, StockSensor

HISTORY_BATCH = 1_000
HISTORY_WINDOW = 4
"""A node that brings a long history sends the largest batches, some at a time."""
ROOM_FOR_LATER = 5_000
"""Samples that fit beside the history."""
CONNECTS_PER_SECOND = 100.0
"""A broker greets nodes one by one; a thousand at once would only wait for each other."""

DEVICE_CLASSES = {
    Metric.SOIL_MOISTURE: "moisture",
    Metric.SOIL_TEMPERATURE: "temperature",
    Metric.TEMPERATURE: "temperature",
    Metric.HUMIDITY: "humidity",
    Metric.ILLUMINANCE: "illuminance",
    Metric.SIGNAL_STRENGTH: "signal_strength",
}
"""What Home Assistant calls the metrics."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The nodes of a garden."""

    garden: Garden
    devices: Sequence[VirtualDevice]
    stock: Sequence[StockNode]

    @property
    def backlog(self) -> int:
        """Samples that are not yet safe."""
        return sum(device.backlog for device in self.devices)

    @property
    def connected(self) -> int:
        """Nodes that speak with the broker now."""
        return sum(node.connected for node in self.devices) + sum(node.connected for node in self.stock)

    async def run(self) -> None:
        """Live until cancelled."""
        await start_paced([*(node.run for node in self.devices), *(node.run for node in self.stock)])


async def start_paced(
    lives: Sequence[Callable[[], Coroutine[None, None, None]]], *, per_second: float = CONNECTS_PER_SECOND
) -> None:
    """Start the lives of many nodes one after another and wait for them (that is: until cancelled)."""
    async with asyncio.TaskGroup() as group:
        for live in lives:
            group.create_task(live())
            await asyncio.sleep(1.0 / per_second)


def build(
    config: GardenConfig,
    garden: Garden,
    clock: Clock,
    *,
    history_samples: int = 0,
    complain: Complain = lambda _node, _why: None,
) -> Fleet:
    """Build the nodes that `config` names; `history_samples`: the longest history that a node's buffer has to hold.

    `complain` hears of nodes that cannot register.
    """
    broker = Broker(config.broker.host, config.broker.port, config.broker.ca_file)
    registrar = _registrar(config, broker, complain)
    devices: list[VirtualDevice] = []
    stock: list[StockNode] = []
    for kind in config.kinds():
        account = Account(broker, kind.device_id, config.nodes[kind.device_id])
        if kind.stock:
            stock.append(_stock_node(kind, account, garden, clock, config.report_seconds))
            continue
        devices.append(
            VirtualDevice(
                Papers(registrar, kind) if registrar and account.password is None else account,
                GardenSource(garden, kind),
                clock=clock,
                temper=_temper(kind, config, history_samples),
            )
        )
    return Fleet(garden, devices, stock)


def _registrar(config: GardenConfig, broker: Broker, complain: Complain) -> Registrar | None:
    if config.registration is None:
        return None
    file = config.state_file.with_name("accounts.json") if config.state_file else None
    return Registrar(config.registration, broker, file, complain)


def _temper(kind: NodeKind, config: GardenConfig, history_samples: int) -> Temper:
    usual = Temper(
        report_seconds=config.report_seconds,
        sleep_seconds=kind.sleep_seconds,
        clock_late_seconds=kind.clock_late_seconds,
    )
    if not history_samples:
        return usual
    return replace(
        usual,
        capacity=history_samples + ROOM_FOR_LATER,
        batch_readings=HISTORY_BATCH,
        window=HISTORY_WINDOW,
        clock_late_seconds=min(kind.clock_late_seconds, 3.0),
    )


def fill_history(fleet: Fleet, until: float, step_seconds: float, progress: Callable[[float], None]) -> int:
    """Let the garden live until Unix time `until` with no broker in reach; tell the readings that wait in the buffers.

    `progress` is told how much of the time has passed, 0 to 1. Stock nodes keep nothing: they have no memory.
    """
    garden, begin = fleet.garden, fleet.garden.unix
    while garden.unix + step_seconds <= until:
        garden.advance(step_seconds)
        for device in fleet.devices:
            device.note(device.source.measure(garden.unix), garden.unix)
        progress((garden.unix - begin) / (until - begin))
    garden.advance_to(until)
    return fleet.backlog


def _stock_node(kind: NodeKind, account: Account, garden: Garden, clock: Clock, report_seconds: float) -> StockNode:
    sensors = {line.key: _stock_sensor(line) for line in kind.lines}
    source = GardenSource(garden, kind)

    def measure() -> Mapping[str, float]:
        return {sensors[key].object_id: value for key, value in source.measure(clock()).items()}

    node = StockKind(kind.device_id, kind.name, kind.mac, tuple(sensors.values()), board=kind.model)
    return StockNode(node, measure, account, report_seconds=report_seconds)


def _stock_sensor(line: Line) -> StockSensor:
    kind = SENSES[line.sense]
    unit = kind.unit or METRICS[kind.metric].unit
    signal = kind.metric is Metric.SIGNAL_STRENGTH
    return StockSensor(line.name.title(), unit, kind.decimals, DEVICE_CLASSES.get(kind.metric), diagnostic=signal)
