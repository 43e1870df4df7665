"""Virtual nodes at a real broker: nothing is lost and nothing changes, whatever the backend and the network do."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aioplantops.telemetry import Command, CommandState, Info
from aioplantops.topics import Leaf, build
from plantops.ops.broker import EmbeddedBroker
from virtualgarden.device import Temper, VirtualDevice
from virtualgarden.garden import Garden
from virtualgarden.ledger import Ledger
from virtualgarden.link import Account, LinkLost, Word
from virtualgarden.nodes import NODES
from virtualgarden.sources import GardenSource, NumberedSource

from tests.servers import PATIENCE_SECONDS
from tests.virtualgarden.backends import Answers, TinyBackend, at, make_account, tiny_backend

QUICK = Temper(report_seconds=0, batch_readings=10, window=2, ack_seconds=0.2, retry_seconds=0.05)
PATIENT = replace(QUICK, ack_seconds=PATIENCE_SECONDS)
"""Sends nothing twice, however busy the machine is."""


LONG = 3_600.0


class Clock:
    """A clock that stands still, and is turned."""

    def __init__(self) -> None:
        """Begin now."""
        self.unix = time.time()

    def __call__(self) -> float:
        """Tell the time."""
        return self.unix


@asynccontextmanager
async def living(*devices: VirtualDevice) -> AsyncIterator[None]:
    """Let nodes live until the block ends."""
    lives = [asyncio.create_task(device.run()) for device in devices]
    try:
        yield
    finally:
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)


async def numbered(broker: EmbeddedBroker, name: str, temper: Temper = QUICK) -> VirtualDevice:
    account = await make_account(broker, name)
    return VirtualDevice(account, NumberedSource(), clock=time.time, temper=temper, ledger=Ledger(keep=True))


def note(device: VirtualDevice, count: int, begin: float = 1_790_000_000.0) -> None:
    for number in range(count):
        device.note(device.source.measure(0.0), begin + number)


def came(backend: TinyBackend, device: VirtualDevice) -> dict[float, int]:
    """Tell which numbers came from a device, and how often."""
    return {value: times for (name, _, _, value), times in backend.readings.items() if name == device.device_id}


def everything_safe(backend: TinyBackend, device: VirtualDevice, count: int) -> None:
    assert set(came(backend, device)) == set(range(count))
    assert device.backlog == 0
    assert {(sample.unix, sample.value) for sample in device.ledger.safe()} == {
        (t, v) for (name, _, t, v) in backend.readings if name == device.device_id
    }
    assert all(len(payloads) == 1 for payloads in backend.payloads.values()), "a batch never changes"


async def test_a_node_greets_reports_and_says_goodbye(broker: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker, device_id, PATIENT)
    status = build(device_id, Leaf.STATUS)
    async with tiny_backend(broker) as backend:
        async with living(device):
            note(device, 25)
            await device.drained()
            everything_safe(backend, device, 25)
            assert set(came(backend, device).values()) == {1}
            assert [batch.seq for _, batch in backend.batches] == [0, 1, 2]
            assert backend.last(status) == b"online"
            info = Info.model_validate_json(backend.last(build(device_id, Leaf.INFO)) or b"")
            assert info.channels["illuminance"].metric == "illuminance"
        await backend.until(lambda: backend.last(status) == b"offline")


@pytest.mark.parametrize("answers", [Answers.TWICE, Answers.EVERY_THIRD])
async def test_a_sloppy_backend_costs_nothing(broker: EmbeddedBroker, device_id: str, answers: Answers) -> None:
    device = await numbered(broker, device_id)
    async with tiny_backend(broker, answers) as backend, living(device):
        note(device, 100)
        await device.drained()
        everything_safe(backend, device, 100)


@pytest.mark.parametrize("answers", [Answers.NEVER, Answers.FOR_OTHERS])
async def test_without_its_own_acknowledgement_a_node_keeps_everything(
    broker: EmbeddedBroker, device_id: str, answers: Answers
) -> None:
    device = await numbered(broker, device_id)
    async with tiny_backend(broker, answers) as backend, living(device):
        note(device, 50)
        await backend.until(lambda: any(times >= 3 for times in came(backend, device).values()))
        assert device.backlog == 50
        assert set(came(backend, device)) == set(range(20)), "two batches are under way, not more"
        assert not list(device.ledger.safe())
        backend.answers = Answers.ONCE
        await device.drained()
        everything_safe(backend, device, 50)


async def test_a_backend_that_dies_and_comes_back_gets_all(broker: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker, device_id)
    async with living(device):
        async with tiny_backend(broker) as first:
            note(device, 30)
            await device.drained()
        note(device, 30)
        async with tiny_backend(broker) as second:
            await device.drained()
            assert set(came(first, device)) | set(came(second, device)) == set(range(60))
            assert device.ledger.stored >= 60


async def test_an_outage_of_the_network_is_bridged_by_the_buffer(broker: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker, device_id)
    status = build(device_id, Leaf.STATUS)
    async with tiny_backend(broker) as backend, living(device):
        note(device, 20)
        await device.drained()
        device.leave_network()
        await backend.until(lambda: backend.last(status) == b"offline")
        note(device, 40)
        device.join_network()
        await device.drained()
        everything_safe(backend, device, 60)
        assert backend.last(status) == b"online"


async def test_a_cut_in_the_middle_of_sending_loses_nothing(broker: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker, device_id)
    async with tiny_backend(broker) as backend, living(device):
        for begin in range(5):
            note(device, 40, 1_790_000_000.0 + 1000 * begin)
            await backend.until(lambda: bool(came(backend, device)))
            device.leave_network()
            device.join_network()
        await device.drained()
        everything_safe(backend, device, 200)


async def test_a_full_memory_loses_the_oldest_and_says_so(broker: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker, device_id, Temper(report_seconds=0, capacity=100, ack_seconds=0.2))
    note(device, 150)
    async with tiny_backend(broker) as backend, living(device):
        await device.drained()
        assert set(came(backend, device)) == set(range(50, 150))
        assert [kept.value for kept in device.ledger.drops] == list(range(50))


async def test_what_was_measured_before_the_clock_was_set_is_dated_backwards(
    broker: EmbeddedBroker, device_id: str
) -> None:
    clock, measured_at = Clock(), 5.0
    temper = Temper(report_seconds=0, clock_late_seconds=40, ack_seconds=0.2)
    device = VirtualDevice(await make_account(broker, device_id), NumberedSource(), clock=clock, temper=temper)
    began = clock.unix
    async with tiny_backend(broker) as backend, living(device):
        clock.unix = began + measured_at
        device.note(device.source.measure(0.0))
        await backend.until(lambda: backend.last(build(device_id, Leaf.STATUS)) == b"online")
        assert not backend.batches, "no sample leaves without a sane time"
        clock.unix = began + 60
        await device.drained()
        ((_, _, t, _),) = backend.readings
        assert t == pytest.approx(began + measured_at, abs=0.1)


async def test_a_sleeper_connects_drains_and_leaves(broker: EmbeddedBroker, device_id: str) -> None:
    account = await make_account(broker, device_id)
    temper = Temper(sleep_seconds=0.2, ack_seconds=0.2, batch_readings=10)
    device = VirtualDevice(account, NumberedSource(sleep_seconds=0.2), clock=time.time, temper=temper)
    async with tiny_backend(broker) as backend, living(device):
        await backend.until(lambda: len(came(backend, device)) >= 3)
        while device.connected:
            await asyncio.sleep(0.01)
        status = build(device_id, Leaf.STATUS)
        assert {word.payload for word in backend.words[status]} == {b"online"}, "sleeping is not being away"
        await backend.until(lambda: len(came(backend, device)) >= 5)


async def test_a_power_cut_begins_another_boot(broker: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker, device_id)
    async with tiny_backend(broker, Answers.NEVER) as backend, living(device):
        note(device, 5)
        await backend.until(lambda: bool(backend.batches))
        device.lose_power()
        backend.answers = Answers.ONCE
        note(device, 5)
        await device.drained()
        assert {batch.boot for _, batch in backend.batches} > {device.buffer.boot}
        assert device.ledger.dropped == 5


async def test_a_command_waters_the_plant_once_however_often_it_comes(broker: EmbeddedBroker) -> None:
    kind = next(kind for kind in NODES if kind.plants == ("Basil",))
    garden = Garden(unix=time.time(), kinds=(kind,))
    account = await make_account(broker, kind.device_id)
    device = VirtualDevice(account, GardenSource(garden, kind), clock=time.time, temper=QUICK)
    async with tiny_backend(broker) as backend, living(device):
        await backend.until(lambda: backend.last(build(kind.device_id, Leaf.INFO)) is not None)
        now = time.time()
        late, issued = now + LONG, now
        commands = (
            Command(id="late", action="water", seconds=10, expires=now - 1),
            Command(id="fountain", action="water", valve="fountain", seconds=10, expires=late),
            Command(id="before", action="water", seconds=10, issued=now - 100, expires=late),
            Command(id="1", action="water", valve="pump", seconds=50, issued=issued, expires=late),
            Command(id="1", action="water", valve="pump", seconds=50, issued=issued, expires=late),
            Command(id="too", action="water", valve="pump", seconds=10, expires=late),
            Command(id="2", action="stop", expires=now - 60),
        )
        assert await told(backend, kind.device_id, commands, 8) == [
            ("late", "expired"), ("fountain", "refused"), ("before", "refused"), ("1", "running"), ("1", "running"),
            ("too", "refused"), ("1", "stopped"), ("2", "done"),
        ]  # fmt: skip
        assert not device.taps.open
        before = garden.plants["Basil"].pot.poured
        short = Command(id="3", action="water", seconds=0.2, issued=issued, expires=late)
        assert await told(backend, kind.device_id, (short,), 2) == [("3", "running"), ("3", "done")]
        assert garden.plants["Basil"].pot.poured - before == pytest.approx(0.004)
        assert not device.taps.open


async def told(
    backend: TinyBackend, device_id: str, commands: Sequence[Command], count: int
) -> list[tuple[str, CommandState | None]]:
    """Give commands, and tell what came of them: so many results."""
    before = len(backend.results)
    for command in commands:
        payload = command.model_dump_json().encode()
        await backend.link.publish(Word(build(device_id, Leaf.COMMAND), payload, qos=1))
    await backend.until(lambda: len(backend.results) >= before + count)
    return [(result.id, result.state) for result in backend.results[before:]]


async def test_a_wrong_password_is_refused_and_tried_again_later(broker: EmbeddedBroker, device_id: str) -> None:
    await make_account(broker, device_id)
    wrong = Account(at(broker), device_id, "wrong")
    device = VirtualDevice(wrong, NumberedSource(), clock=time.time, temper=QUICK)
    with pytest.raises(LinkLost):
        await device._connect(until_drained=True)
    assert not device.connected


async def test_many_nodes_live_in_one_process(broker: EmbeddedBroker, device_id: str) -> None:
    devices = [await numbered(broker, f"{device_id}-{number}") for number in range(30)]
    async with tiny_backend(broker) as backend, living(*devices):
        for device in devices:
            note(device, 30)
        for device in devices:
            await device.drained()
            everything_safe(backend, device, 30)


def test_a_herb_box_knows_its_valves() -> None:
    kind = replace(next(kind for kind in NODES if len(kind.plants) == 3), pumps={"pump_2": "Chives"})
    garden = Garden(unix=1_795_000_000.0, kinds=(kind,))
    source = GardenSource(garden, kind)
    assert json.loads(source.info.model_dump_json())["channels"]["soil_moisture_3"]["name"] == "Soil moisture Parsley"
    source.pour("pump_2", 5)
    assert garden.plants["Chives"].pot.poured == pytest.approx(0.1)
    assert source.info.valves is not None
    assert source.info.valves["pump_2"].name == "Drip hose of Chives"


async def test_mosquitto_2_0_does_as_well(broker_20: EmbeddedBroker, device_id: str) -> None:
    device = await numbered(broker_20, device_id)
    async with tiny_backend(broker_20) as backend, living(device):
        note(device, 60)
        await device.drained()
        device.leave_network()
        note(device, 20)
        device.join_network()
        await device.drained()
        everything_safe(backend, device, 80)
