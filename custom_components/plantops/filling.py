"""Goes through the series and fills the hours that Home Assistant missed; remembers what needs no look any more.

One series after another is looked at and one request is out at a time, so neither Home Assistant nor the backend
feels much of it. An interruption costs nothing but the piece at hand.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store

from . import long_term
from .const import DOMAIN
from .coordinator import PlantOpsConfigEntry
from .filled import Filled, Settled, Written
from .gaps import EPOCH, HOUR, LATE, Hour, backwards, folded, forwards, hours, whole_hour
from .lib.aioplantops.errors import CannotConnect, PlantOpsError, ScopeMissing, Unauthorized, Unavailable
from .series import Series, series_of

_LOGGER = logging.getLogger(__package__)

AWAY = (CannotConnect, Unavailable, Unauthorized, ScopeMissing)
"""What ends a look: all other series would fare alike."""

SAVE_SECONDS = 30.0
GLANCE_POINTS = 400
"""Of the chart that tells when a series began."""


def store_of(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Written]]:
    """Give where it is kept between which hours a series needs no look any more."""
    return Store(hass, 1, f"{DOMAIN}.{entry_id}.statistics")


class Filler:
    """Fills the statistics of one entry's sensors."""

    def __init__(self, hass: HomeAssistant, entry: PlantOpsConfigEntry, *, whole_past: bool) -> None:
        """Take the entry whose sensors they are, and whether to go back before they were in Home Assistant."""
        self._hass = hass
        self._coordinator = entry.runtime_data
        self._whole_past = whole_past
        self._registry = er.async_get(hass)
        self._store = store_of(hass, entry.entry_id)
        self._settled: dict[str, Settled] | None = None

    async def look(self, until: datetime, filled: Filled) -> None:
        """Go through all series up to an hour; count in `filled`. Raises CannotConnect and the like."""
        if self._settled is None:
            kept = await self._store.async_load() or {}
            self._settled = {name: Settled.read(written) for name, written in kept.items()}
        everything = {series.unique_id: series for series in series_of(self._coordinator)}
        self._settled = {name: span for name, span in self._settled.items() if name in everything}
        for series in everything.values():
            await self._one(series, until, filled)
        if self._whole_past:
            for series in everything.values():
                await self._one(series, None, filled)

    async def _one(self, series: Series, until: datetime | None, filled: Filled) -> None:
        """Look at a series: at what is new up to an hour, or (None) at what was before."""
        if self._settled is None or (entity := self._entity(series)) is None:
            return
        settled = self._settled.get(series.unique_id)
        number = await long_term.number_of(self._hass, entity.entity_id)
        if settled is None or settled.number != number:
            since = whole_hour(entity.created_at)
            settled = Settled(number, since, since)
        try:
            if until is not None:
                await self._newest(series, settled, until, filled)
            elif settled.begin > EPOCH:
                await self._past(series, settled, filled)
        except AWAY:
            raise
        except PlantOpsError as error:
            _LOGGER.debug("The past of %s is left out: %s", entity.entity_id, error.detail)

    async def _newest(self, series: Series, settled: Settled, until: datetime, filled: Filled) -> None:
        for start, end in forwards(settled.end, until):
            await self._piece(series, start, end, filled)
            settled = replace(settled, end=max(settled.end, min(end, until - LATE)))
            self._settle(series, settled)

    async def _past(self, series: Series, settled: Settled, filled: Filled) -> None:
        glance = await series.ask(EPOCH, settled.begin, GLANCE_POINTS)
        known = [point.time for point in glance.points if point.count] if glance is not None else []
        for start, end in backwards(whole_hour(known[0]), settled.begin) if known else ():
            await self._piece(series, start, end, filled)
            self._settle(series, replace(settled, begin=start))
        self._settle(series, replace(settled, begin=EPOCH))

    @callback
    def _settle(self, series: Series, settled: Settled) -> None:
        if self._settled is not None:
            self._settled[series.unique_id] = settled
            self._store.async_delay_save(self._notes, SAVE_SECONDS)

    async def _piece(self, series: Series, begin: datetime, end: datetime, filled: Filled) -> None:
        """Fill the missing hours of one piece, as far as the backend knows them."""
        if (entity := self._entity(series)) is None:
            return
        there = await long_term.starts(self._hass, entity.entity_id, begin, end)
        missing = [start for start in hours(begin, end) if start not in there]
        if not missing or await long_term.series_for(self._hass, entity.entity_id, series.unit) is None:
            return
        until = missing[-1] + HOUR
        history = await series.ask(missing[0], until, (until - missing[0]) // HOUR)
        found = [] if history is None else folded(history, set(missing))
        filled.open += len(missing) - len(found)
        while found and not await self._written(series, found, filled):
            pass

    async def _written(self, series: Series, found: Sequence[Hour], filled: Filled) -> bool:
        """Write hours of which none is there, whatever happened while the backend was asked; False: look once more."""
        await long_term.up_to_date(self._hass)
        if (entity := self._entity(series)) is None:
            return True
        kept_as = await long_term.series_for(self._hass, entity.entity_id, series.unit)
        there = await long_term.starts(self._hass, entity.entity_id, found[0].start, found[-1].start + HOUR)
        rows = [hour for hour in found if hour.start not in there]
        if kept_as is None or not rows:
            return True
        if (now := self._entity(series)) is None or now.entity_id != entity.entity_id:
            return False
        kept_as.add(self._hass, rows)
        filled.add(entity.entity_id, [hour.start for hour in rows])
        await long_term.up_to_date(self._hass)
        return True

    @callback
    def _entity(self, series: Series) -> er.RegistryEntry | None:
        """Give the entity that shows a series; None when there is none, or nobody wants to see it."""
        entity_id = self._registry.async_get_entity_id(Platform.SENSOR, DOMAIN, series.unique_id)
        entity = None if entity_id is None else self._registry.async_get(entity_id)
        return None if entity is None or entity.disabled else entity

    async def save(self) -> None:
        """Write down what is known, before it is forgotten."""
        if self._settled is not None:
            await self._store.async_save(self._notes())

    def _notes(self) -> dict[str, Written]:
        return {name: settled.written() for name, settled in (self._settled or {}).items()}
