"""What the bench measures with: a Home Assistant in a folder of its own, a pulse of its loop, a bare integration."""

import asyncio
import gc
import math
import resource
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import HANDLERS, ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    async_test_home_assistant,
    mock_integration,
    mock_platform,
)

BEAT_SECONDS = 0.001


@dataclass(slots=True)
class Pulse:
    """Knocks at the event loop each millisecond: how long nobody opens is how long it was blocked.

    What Python's search for garbage takes is counted apart: it goes through all of Home Assistant.
    """

    wall: float = 0.0
    """The longest block, seconds; of a busy machine that of its neighbours too."""
    work: float = 0.0
    """The most that this process worked in one block, seconds."""
    garbage: float = 0.0
    """The longest search for garbage, seconds of work."""
    _beating: asyncio.Task[None] | None = None
    _last: tuple[float, float] = (0.0, 0.0)
    _searching: float = 0.0
    _searched: float = 0.0

    async def __aenter__(self) -> Self:
        """Begin."""
        self._last = (time.perf_counter(), time.thread_time())
        gc.callbacks.append(self._search)
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        self.feel()
        gc.callbacks.remove(self._search)
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating

    def _search(self, phase: str, _: object) -> None:
        if phase == "start":
            self._searching = time.thread_time()
        else:
            took = time.thread_time() - self._searching
            self._searched, self.garbage = self._searched + took, max(self.garbage, took)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.feel()

    def feel(self) -> None:
        """Look how long it was since the last time."""
        wall, work = time.perf_counter(), time.thread_time()
        self.wall = max(self.wall, wall - self._last[0] - BEAT_SECONDS - self._searched)
        self.work = max(self.work, work - self._last[1] - self._searched)
        self._last, self._searched = (wall, work), 0.0


@dataclass(slots=True)
class Took:
    """How long something took, seconds."""

    wall: float
    work: float
    """Of the processor."""
    pulse: Pulse


class NoPages:
    """Takes the place of Home Assistant's web server, which nobody asks here."""

    def register_view(self, _: object) -> None:
        """Offer no page."""


@asynccontextmanager
async def home(folder: Path) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant that finds our integration."""
    folder.mkdir(parents=True)
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
        frame.async_setup(hass)
        assert await async_setup_component(hass, "network", {})
        hass.http = NoPages()  # type: ignore[assignment]
        hass.config.components.add("http")
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> Took:
    """Set an entry up, and measure that until all its entities have states."""
    async with Pulse() as pulse:
        wall, cpu = time.perf_counter(), time.process_time()
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        pulse.feel()
        return Took(time.perf_counter() - wall, time.process_time() - cpu, pulse)


def memory_mib() -> float:
    """Tell what this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def percentile(values: Sequence[float], part: float) -> float:
    """Give the value that a part of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(part * len(ordered)) - 1)]


@dataclass(slots=True)
class Bare:
    """An integration that only makes so many sensors of so many devices: what Home Assistant itself takes for them."""

    devices: int
    entities: int
    disabled: int
    domain: str = field(default="bare")

    def offer(self, hass: HomeAssistant) -> MockConfigEntry:
        """Make it known; give its entry, not set up yet."""
        mock_integration(hass, MockModule(self.domain, async_setup_entry=self._entry, async_unload_entry=self._unload))
        mock_platform(hass, f"{self.domain}.sensor", MockPlatform(async_setup_entry=self._sensors))
        mock_platform(hass, f"{self.domain}.config_flow")
        HANDLERS[self.domain] = ConfigFlow
        entry = MockConfigEntry(domain=self.domain)
        entry.add_to_hass(hass)
        return entry

    async def _entry(self, hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
        return True

    async def _unload(self, hass: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, [Platform.SENSOR])

    async def _sensors(self, _: HomeAssistant, __: ConfigEntry, add: AddEntitiesCallback) -> None:
        total = self.entities + self.disabled
        add(BareSensor(number, number % self.devices, enabled=number < self.entities) for number in range(total))


class BareSensor(SensorEntity):
    """A sensor that shows a number."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, number: int, device: int, *, enabled: bool) -> None:
        """Take its number and its device's."""
        self._attr_unique_id = f"bare_{number}"
        self._attr_name = f"Sensor {number}"
        self._attr_native_value = number
        self._attr_entity_registry_enabled_default = enabled
        self._attr_device_info = DeviceInfo(identifiers={("bare", str(device))}, name=f"Device {device}")
