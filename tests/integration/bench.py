"""The command `make bench-ha`: how fast Home Assistant shows what the backend tells, with a large garden.

Nothing passes or fails by the clock: it prints what was measured beside its target, or a ceiling of the same run.
"""

import argparse
import asyncio
import gc
import json
import logging
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession, web
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.bench.report import Report, Row, at_most, number
from tests.integration.bench_home import Bare, Pulse, Took, home, memory_mib, percentile, set_up
from tests.integration.conftest import added
from tests.integration.crowd import METRICS, PLANTS, garden, readings
from tests.integration.flows import ANOTHER
from tests.integration.garden import Gardener, House
from tests.integration.pretender import hello, pretender

RATE = 50
"""Readings a second."""
WATCHED = 25
"""Plants whose soil the readings are about, each with a probe of its own."""
LATE_SECONDS = 60.0


def _blocks(pulse: Pulse) -> tuple[Row, Row]:
    work = f"{pulse.work * 1_000:.0f} ms of this process's own work; longest search for garbage {pulse.garbage:.2f} s"
    block = at_most("… longest block of the event loop", pulse.wall * 1_000, 50, "ms", f"without searches; {work}")
    return block, Row("… of it own work", number(pulse.work * 1_000, "ms"))


def _set_up_row(what: str, took: Took, how: str = "") -> Row:
    return at_most(what, took.wall, 3, "s", f"{took.work:.2f} s of the processor{how}")


async def _twice(hass: HomeAssistant, entry: MockConfigEntry) -> tuple[Took, Took]:
    """Set an entry up as after adding it, and as after a restart."""
    first = await set_up(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    return first, await set_up(hass, entry)


async def large_garden(folder: Path, report: Report, hours: int) -> None:
    """Set 300 plants up, beside a bare integration of as many entities; then let a day of readings go by."""
    sockets: list[web.WebSocketResponse] = []

    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_json(hello())
        await socket.send_json({"type": "snapshot", "seq": 0, "garden": garden()})
        sockets.append(socket)
        await socket.receive()

    report.section(f"{PLANTS} plants set up")
    async with pretender(say) as url, home(folder / "crowd") as hass:
        entry = added(hass, ANOTHER, url=url, token="plantops_x")  # noqa: S106 - nobody's token
        first, again = await _twice(hass, entry)
        entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        shown = sum(1 for entity in entities if not entity.disabled)
        devices = len(dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id))
        report.add(_set_up_row("when they are added", first, f"; {shown:,} entities shown, {len(entities):,} known"))
        report.add(*_blocks(first.pulse), _set_up_row("when they are known, after a restart", again))
        report.add(*_blocks(again.pulse))
        bare = Bare(devices, shown, len(entities) - shown).offer(hass)
        for what, took in zip(("added", "known"), await _twice(hass, bare), strict=True):
            how = f"{took.work:.2f} s of the processor; in one block"
            report.add(Row(f"ceiling: a bare integration of as many entities, {what}", number(took.wall, "s"), how=how))
        await hass.config_entries.async_unload(bare.entry_id)
        await _a_day(hass, sockets[-1], report, hours)
        await hass.config_entries.async_unload(entry.entry_id)


async def _a_day(hass: HomeAssistant, socket: web.WebSocketResponse, report: Report, hours: int) -> None:
    """Tell readings of each plant every ten minutes of so many hours, as fast as they are taken; see what stays."""
    report.section("A simulated day, as fast as it goes")
    seq, began, grown = 0, 0.0, 0.0
    for hour in range(hours + 2):
        if hour == 2:  # the first hours warm up
            gc.collect()
            grown, began = memory_mib(), time.perf_counter()
        for turn in range(6):
            for plant in range(PLANTS):
                seq += 1
                values = dict.fromkeys(METRICS, 20.0 + (hour * 6 + turn + plant) % 50)
                await socket.send_json({"seq": seq, **readings(plant, **values)})
            last = f"{20.0 + (hour * 6 + turn + PLANTS - 1) % 50}"
            await _shown(hass, f"sensor.plant_{PLANTS - 1}_soil_moisture", last)
    took = time.perf_counter() - began
    gc.collect()
    told = hours * 6 * PLANTS * len(METRICS)
    how = f"{told:,} readings in {took:.0f} s: {told / took:,.0f} readings/s"
    report.add(Row(f"memory grown in {hours} hours", number(memory_mib() - grown, "MiB", 2), "flat", how=how))


async def _shown(hass: HomeAssistant, entity_id: str, value: str) -> None:
    async with asyncio.timeout(LATE_SECONDS):
        while (state := hass.states.get(entity_id)) is None or state.state != value:
            await asyncio.sleep(0.002)


@dataclass(slots=True)
class Race:
    """Who hears of a reading when: the entity, and a bare client of the same stream in the same process."""

    sent: dict[tuple[str, float], float] = field(default_factory=dict)
    """When a plant's value was sent off."""
    state: dict[tuple[str, float], float] = field(default_factory=dict)
    bare: dict[tuple[str, float], float] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    """Plants by their entity."""

    @callback
    def changed(self, event: Event[EventStateChangedData]) -> None:
        """Note when an entity has a new state."""
        plant, state = self.entities.get(event.data["entity_id"]), event.data["new_state"]
        if plant is not None and state is not None:
            with suppress(ValueError):
                self.state.setdefault((plant, float(state.state)), time.perf_counter())

    async def listen(self, url: str, token: str) -> None:
        """Hear the stream as a client that does nothing else."""
        headers = {"Authorization": f"Bearer {token}"}
        async with ClientSession() as session, session.ws_connect(f"{url}/api/v1/stream", headers=headers) as stream:
            async for message in stream:
                told, now = json.loads(message.data), time.perf_counter()
                for one in told.get("plants", ()) if told.get("type") == "readings" else ():
                    self.bare.setdefault((one["plant_id"], one["value"]["value"]), now)

    def times(self, arrived: dict[tuple[str, float], float]) -> list[float]:
        """Give the milliseconds that readings took; one that never came took for ever."""
        return [(arrived.get(key, float("inf")) - began) * 1_000 for key, began in self.sent.items()]


async def latency(folder: Path, report: Report, seconds: int) -> None:
    """Send readings to a real backend, and see when their entities show them."""
    report.section(f"Reading → entity, {RATE} readings/s through a real backend")
    house, race = await asyncio.to_thread(House.open, folder / "house"), Race()
    try:
        async with ClientSession() as session, home(folder / "latency") as hass:
            gardener = Gardener(house.card["url"], house.card["token"], session)
            probes = {}
            for number_ in range(WATCHED):
                plant, probe = await gardener.plant(f"Racer {number_}"), await gardener.probe(soil_moisture=99.9)
                await gardener.serve(plant, probe)
                probes[plant["id"]] = probe["id"]
            instance = (await gardener.ask("GET", "/api/health"))["instance_id"]
            entry = added(hass, instance, url=gardener.url, token=gardener.token)
            await set_up(hass, entry)
            registry = er.async_get(hass)
            for plant_id in probes:
                entity_id = registry.async_get_entity_id("sensor", "plantops", f"{plant_id}_soil_moisture")
                race.entities[str(entity_id)] = plant_id
            hass.bus.async_listen(EVENT_STATE_CHANGED, race.changed)
            listening = asyncio.create_task(race.listen(gardener.url, gardener.token))
            await asyncio.sleep(1)
            async with Pulse() as pulse:
                await _send(gardener, race, probes, seconds)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await hass.config_entries.async_unload(entry.entry_id)
    finally:
        await asyncio.to_thread(house.close)
    shown, heard = race.times(race.state), race.times(race.bare)
    how = f"{_spread(shown)}; {len(shown):,} readings over HTTP"
    report.add(at_most("sent to the backend → state, p99", percentile(shown, 0.99), 200, "ms", how))
    bare = number(percentile(heard, 0.99), "ms")
    report.add(Row("ceiling: → a bare WebSocket client, p99", bare, how=_spread(heard)))
    report.add(*_blocks(pulse))


def _spread(times: list[float]) -> str:
    return f"p50 {percentile(times, 0.5):.1f}, p95 {percentile(times, 0.95):.1f}, longest {max(times):.0f} ms"


async def _send(gardener: Gardener, race: Race, probes: dict[str, str], seconds: int) -> None:
    """Send at an even pace, whatever the answers take."""
    began, plants, total = time.perf_counter(), list(probes.items()), seconds * RATE
    async with asyncio.TaskGroup() as sending:
        for turn in range(total):
            await asyncio.sleep(max(0.0, began + turn / RATE - time.perf_counter()))
            plant_id, probe = plants[turn % WATCHED]
            value = 20.0 + turn // WATCHED % 160 / 2
            race.sent[plant_id, value] = time.perf_counter()
            sending.create_task(gardener.tell(probe, soil_moisture=value))
    async with asyncio.timeout(LATE_SECONDS):
        while len(race.state.keys() & race.sent.keys()) < len(race.sent):
            await asyncio.sleep(0.01)


async def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.integration.bench", description="Measure the integration.")
    parser.add_argument("--quick", action="store_true", help="a shorter race, and two hours instead of a day")
    parser.add_argument("--report", type=Path, help="write the table to this file, as Markdown")
    words = parser.parse_args()
    logging.disable(logging.WARNING)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="plantops-bench-ha-") as name:
        await latency(Path(name), report, 10 if words.quick else 60)
        await large_garden(Path(name), report, 2 if words.quick else 24)
    report.section("Machine")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    report.add(Row("load average at the end", f"{load} on {os.cpu_count()} cores", how="neighbours make it all worse"))
    report.say("")
    report.show()
    if words.report:
        report.write(words.report)


if __name__ == "__main__":
    asyncio.run(main())
