"""The sensors that the user already has, as sources of readings for the backend.

They are listened to for as long as the entry is wanted, also while its backend is away and the entry therefore not
loaded: what they say waits in a satchel, which outlives a restart of Home Assistant.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from itertools import batched
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from . import sensor_issues
from .binding import SENSOR, Binding, Series, bindings
from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry, PlantOpsCoordinator
from .delivery import Delivery, Fate
from .lib.aioplantops.errors import CannotConnect, PlantOpsError, Unavailable
from .listening import Listener
from .moving import release
from .pace import Reading
from .satchel import Satchel
from .subjects import GARDEN

_LOGGER = logging.getLogger(__package__)

ALL: HassKey[dict[str, OwnSensors]] = HassKey(f"{DOMAIN}_own_sensors")

SAVE_SECONDS: Final = 300.0
"""So much is lost at most when Home Assistant is killed while its backend is away; a stop in peace loses nothing."""

AT_ONCE: Final = 1_000
"""So many readings are recalled in one go."""

LOST_EVERY: Final = 1_000
"""After so many more that are lost, it is said again."""

TIDY_SECONDS: Final = 10.0
"""After so long it is written down that nothing waits any more."""


class OwnSensors:
    """The sensors of one entry."""

    def __init__(self, hass: HomeAssistant, entry: PlantOpsConfigEntry) -> None:
        """Take the entry."""
        self._hass = hass
        self._entry = entry
        self._store = Store[dict[str, Any]](
            hass, 1, f"{DOMAIN}.{entry.entry_id}.readings", serialize_in_event_loop=False, atomic_writes=True
        )
        self.satchel = Satchel()
        self.save_seconds = SAVE_SECONDS
        self.listener = Listener(hass, self._take, self.tell)
        self.fates: dict[Series, Fate] = {}
        self._filled = asyncio.Event()
        self._known: dict[str, Binding] = {}
        """Those that were bound when it was looked last, and those that the backend does not know to be unbound."""
        self._empty_at = self._saved_at = hass.loop.time()
        self._written = False
        self._loaded = False
        self._listening = False
        self._timer: CALLBACK_TYPE | None = None
        self._leave: list[CALLBACK_TYPE] = []

    async def begin(self) -> None:
        """Recall what waits, and listen; does nothing when it does so already."""
        if not self._loaded:
            self._loaded = True
            await self._recall(await self._store.async_load() or {})
            self._leave = [
                async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed),
                self._hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, self._final_write),
            ]
        if not self._listening:
            self._listening = True
            self.listener.begin(bindings(self._entry))
        self._note_bound()

    async def _recall(self, told: Mapping[str, Any]) -> None:
        for one in told.get("readings", ()):
            for some in batched(one["readings"], AT_ONCE, strict=False):
                self.satchel.recall([{**one, "readings": some}])
                await asyncio.sleep(0)  # a full satchel must not hold up everybody else
        self._written = bool(self.satchel)
        for subentry_id, one in told.get("bound", {}).items():
            subentry = ConfigSubentry(data=one, subentry_type=SENSOR, title=one["name"], unique_id=None)
            self._known[subentry_id] = Binding.of(subentry)

    async def forget(self) -> None:
        """Leave nothing behind."""
        self.listener.end()
        self._listening = False
        self._stop_timer()
        for leave in self._leave:
            leave()
        await self._store.async_remove()

    @callback
    def _end(self) -> None:
        if self._listening:
            self._listening = False
            self.listener.end()
            self._stop_timer()
            self._hass.async_create_task(self._write(), f"{DOMAIN} readings that wait")

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        """Listen to what is bound now, until the entry is not wanted any more."""
        if entry.entry_id != self._entry.entry_id or not self._listening:
            return
        if entry.state is ConfigEntryState.NOT_LOADED:
            self._end()
        elif self._bound() != bindings(entry):
            self.listener.follow(bindings(entry))
            self._note_bound()
            self._filled.set()

    def _bound(self) -> Mapping[str, Binding]:
        return {subentry_id: ear.binding for subentry_id, ear in self.listener.ears.items()}

    def _note_bound(self) -> None:
        """Remember what is bound, so that what is unbound while nobody looks is noticed."""
        before = dict(self._known)
        self._known |= bindings(self._entry)
        if self._known != before:
            self._save(TIDY_SECONDS)

    @callback
    def _take(self, series: Series, reading: Reading) -> None:
        self.satchel.put(series, reading)
        if self.satchel.lost and self.satchel.lost % LOST_EVERY == 1:
            _LOGGER.warning(
                "%s is away for too long: %d readings are lost so far", self._entry.title, self.satchel.lost
            )
            sensor_issues.lost(self._hass, self._entry, self.satchel.lost)
        now = self._hass.loop.time()
        if now - max(self._empty_at, self._saved_at) >= self.save_seconds:
            self._save(0)
        self._filled.set()

    def find(self, series: Series) -> Binding | None:
        """Tell whose readings they are."""
        return next((ear.binding for ear in self.listener.ears.values() if ear.binding.series == series), None)

    async def deliver(self, coordinator: PlantOpsCoordinator) -> None:
        """Bring everything to the backend, for as long as the entry is loaded."""
        delivery = Delivery(coordinator, self.satchel, self.find)

        @callback
        def heard() -> None:
            delivery.hurry()
            self._filled.set()
            self.tell()

        coordinator.config_entry.async_on_unload(coordinator.async_add_listener(heard, (GARDEN,)))
        while True:
            self._filled.clear()
            await self._unbind(coordinator)
            await delivery.empty(self._delivered)
            self._emptied()
            await self._filled.wait()

    @callback
    def _emptied(self) -> None:
        self._empty_at = self._hass.loop.time()
        if self._written:
            self._save(TIDY_SECONDS)
        if self.satchel.lost:
            sensor_issues.lost(self._hass, self._entry, self.satchel.lost)
            self.satchel.lost = 0

    @callback
    def _delivered(self, series: Series, fate: Fate) -> None:
        known = self.fates.setdefault(series, Fate())
        known.outcomes.update(fate.outcomes)
        if known.refused != fate.refused:
            known.refused = fate.refused
            self.tell()

    async def _unbind(self, coordinator: PlantOpsCoordinator) -> None:
        """Let the backend know which sensors measure for no plant any more."""
        bound = self._bound()
        if not coordinator.last_update_success or self._known.keys() <= bound.keys():
            return
        serving = {(one.series, plant_id) for one in bound.values() for plant_id in one.plants}
        for subentry_id, binding in list(self._known.items()):
            if subentry_id in bound:
                continue
            plants = {plant_id for plant_id in binding.plants if (binding.series, plant_id) not in serving}
            try:
                await release(coordinator, binding.device_id, binding.metric, plants)
            except CannotConnect, Unavailable:
                return  # it is tried again when the backend is back
            except PlantOpsError as error:
                _LOGGER.warning("%s still counts as measuring for its plants: %s", binding.name, error.detail)
            del self._known[subentry_id]
            self._save(TIDY_SECONDS)

    @callback
    def tell(self) -> None:
        """Put up what a person should mend."""
        if self._listening:
            sensor_issues.show(self._hass, self._entry, self)

    def told(self) -> Mapping[str, Any]:
        """Tell how it stands, to find a fault."""
        fates = {series: {**fate.outcomes, "why_refused": fate.refused} for series, fate in self.fates.items()}
        return {
            "waiting": len(self.satchel),
            "lost": self.satchel.lost,
            "bound": [
                {
                    **ear.binding.data,
                    "entity_id": ear.entity_id,
                    "trouble": ear.trouble,
                    **fates.get(ear.binding.series, {}),
                }
                for ear in self.listener.ears.values()
            ],
        }

    def _save(self, seconds: float) -> None:
        """Write down soon how it stands; what is to be written already is not put off."""
        if self._timer is None:
            self._timer = async_call_later(self._hass, seconds, self._write)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    async def _write(self, now: datetime | None = None) -> None:
        """Write down how it stands: what is handed to the other thread is a copy that nobody changes."""
        self._stop_timer()
        self._saved_at = self._hass.loop.time()
        self._written = bool(self.satchel)
        await self._store.async_save(
            {
                "readings": self.satchel.told(),
                "bound": {subentry_id: {**one.data, "name": one.name} for subentry_id, one in self._known.items()},
            }
        )

    async def _final_write(self, event: Event) -> None:
        self.listener.end()
        if self.satchel:
            await self._write()


@callback
def of(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> OwnSensors:
    """Give the sensors of an entry. They outlive its loading, so they are not its runtime data."""
    known = hass.data.setdefault(ALL, {})
    if entry.entry_id not in known:
        known[entry.entry_id] = OwnSensors(hass, entry)
    return known[entry.entry_id]


async def forget(hass: HomeAssistant, entry: PlantOpsConfigEntry) -> None:
    """Leave nothing of an entry that is removed."""
    sensors = of(hass, entry)
    del hass.data[ALL][entry.entry_id]
    await sensors.forget()
