"""Tells when to look for hours that Home Assistant missed: after a start, after an absence, and now and then."""

import logging
from asyncio import Task
from datetime import datetime, timedelta
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_change
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from . import long_term
from .const import CONF_STATISTICS, DOMAIN, Statistics
from .coordinator import PlantOpsConfigEntry
from .filled import Filled
from .filling import Filler
from .gaps import HOUR
from .lib.aioplantops.errors import PlantOpsError
from .subjects import READING

_LOGGER = logging.getLogger(__package__)

SETTLE: Final = timedelta(minutes=5)
"""How long to wait after a start or an absence: nodes now send what they kept."""

MINUTE: Final = 7
SECOND: Final = 23
"""When in an hour it is looked again: the recorder has compiled the last hour, and others look at the full hour."""

LONGEST_PAUSE: Final = 24
"""In hours. Once a day it is looked in any case: a probe may have been calibrated, an entity switched on again."""


class Missed:
    """Looks for what one entry's sensors missed."""

    def __init__(self, hass: HomeAssistant, entry: PlantOpsConfigEntry) -> None:
        """Take the entry whose sensors they are."""
        self._hass = hass
        self._entry = entry
        self._coordinator = entry.runtime_data
        self._wish = Statistics(entry.options.get(CONF_STATISTICS, Statistics.GAPS))
        self._filler = Filler(hass, entry, whole_past=self._wish is Statistics.PAST)
        self._task: Task[None] | None = None
        self._wait: CALLBACK_TYPE | None = None
        self._there = True
        self._pause = 1
        self._next = dt_util.utcnow()

    @callback
    def begin(self) -> None:
        """Look as soon as Home Assistant has started, and from then on, until the entry is unloaded."""
        if self._wish is Statistics.OFF:
            return
        unload = self._entry.async_on_unload
        unload(async_at_started(self._hass, self._soon))
        unload(self._coordinator.async_add_listener(self._connection))
        unload(async_track_time_change(self._hass, self._hourly, minute=MINUTE, second=SECOND))
        unload(self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._farewell))
        unload(self._end)

    @callback
    def _soon(self, _: object = None) -> None:
        """Look in a few minutes."""
        self._pause = 1
        self._stop_waiting()
        self._wait = async_call_later(self._hass, SETTLE, self._look)

    @callback
    def _stop_waiting(self) -> None:
        if self._wait is not None:
            self._wait()
            self._wait = None

    @callback
    def _connection(self) -> None:
        before, self._there = self._there, self._coordinator.last_update_success
        if self._there and not before:
            self._soon()

    @callback
    def _hourly(self, now: datetime) -> None:
        if self._wait is None and now >= self._next:
            self._look(now)

    @callback
    def _look(self, _: datetime) -> None:
        self._wait = None
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._fill(), f"{DOMAIN} statistics of {self._entry.title}"
            )

    async def _fill(self) -> None:
        """Go through all series; say in one line what was filled, also when it ends early."""
        if not long_term.kept(self._hass) or (until := await long_term.compiled_until(self._hass)) is None:
            return
        filled = Filled()
        try:
            await self._filler.look(until, filled)
        except PlantOpsError as error:
            filled.open += 1
            _LOGGER.debug("%s: statistics are looked at again later: %s", self._entry.title, error.detail)
        finally:
            self._tell(filled)

    @callback
    def _tell(self, filled: Filled) -> None:
        """Say what was filled; look again soon, and then ever more seldom, where hours are left open."""
        if filled.hours:
            _LOGGER.info(
                "%s: %d hours of %d sensors that Home Assistant had missed came from the backend, %s to %s",
                self._entry.title,
                filled.hours,
                len(filled.sensors),
                filled.first,
                filled.last,
            )
        pause = self._pause if filled.open else LONGEST_PAUSE
        self._next = dt_util.utcnow() + pause * HOUR - SETTLE
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        self._coordinator.filled = filled

    @callback
    def _farewell(self, _: Event) -> None:
        """Let no sensor keep its number while Home Assistant is off.

        After a start the recorder makes up the hours since its last run, with the last number that it knows; where it
        knows that there was none, it leaves the hour to us.
        """
        if long_term.kept(self._hass):
            garden = self._coordinator.data
            felt = [(READING, plant.id, one.metric) for plant in garden.plants.values() for one in plant.assignments]
            self._coordinator.leave((*felt, *garden.devices))

    async def _end(self) -> None:
        self._stop_waiting()
        if self._task is not None:
            self._task.cancel()
        await self._filler.save()
