"""Listens to one backend and keeps the garden as it is now; whoever shows a part of it hears when that part changes.

Nothing is polled: one WebSocket brings a snapshot whenever it connects, and everything that happens from then on.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from itertools import batched
from typing import override
from uuid import UUID

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from . import issues
from .const import DOMAIN, LATER_SECONDS, SETUP_SECONDS
from .filled import Filled
from .lib.aioplantops.client import PlantOpsClient
from .lib.aioplantops.errors import CannotConnect, PlantOpsError, ScopeMissing, Unauthorized
from .lib.aioplantops.events import Event, Hello
from .lib.aioplantops.garden import Garden
from .lib.aioplantops.health import Health
from .lib.aioplantops.stream import Connection
from .problems import translation_key
from .subjects import CLOCK, GARDEN, HEALTH, is_new, subjects

_LOGGER = logging.getLogger(__package__)

CLOCK_EVERY = timedelta(minutes=5)
"""How often what depends on the time alone is looked at: days to dry, needs water."""

HEALTH_EVERY = timedelta(hours=6)
"""How often the backend is asked for what it tells nobody by itself: its certificates."""

AT_ONCE = 50
"""Entities that are made or told before others in Home Assistant have their turn: some ten milliseconds."""

type PlantOpsConfigEntry = ConfigEntry[PlantOpsCoordinator]
type Heard = Callable[[Event], None]


class ForeignInstance(PlantOpsError):
    """Another PlantOps answers at this address than the one that was set up."""

    code = "foreign_instance"


class PlantOpsCoordinator(DataUpdateCoordinator[Garden]):
    """One backend's garden."""

    config_entry: PlantOpsConfigEntry

    def __init__(self, hass: HomeAssistant, entry: PlantOpsConfigEntry, client: PlantOpsClient) -> None:
        """Take the entry and the client that asks its backend."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=entry.title, update_interval=None)
        self.client = client
        self.hello: Hello | None = None
        self.health: Health | None = None
        self.filled: Filled | None = None
        self._first: asyncio.Future[None] = hass.loop.create_future()
        self.turn = asyncio.Lock()
        """Held while some entities are made: platforms begin together, and all of them at once would be too many."""
        self._everyone: dict[CALLBACK_TYPE, CALLBACK_TYPE] = {}
        self._interested: dict[Hashable, dict[CALLBACK_TYPE, CALLBACK_TYPE]] = {}
        self._heard: list[Heard] = []

    @property
    def instance(self) -> str:
        """The installation's identity."""
        return self.config_entry.unique_id or self.config_entry.entry_id

    @override
    async def _async_setup(self) -> None:
        """Begin to listen, and wait for the first snapshot."""
        entry = self.config_entry
        entry.async_create_background_task(self.hass, self._listen(), f"{DOMAIN} stream of {entry.title}")
        try:
            async with asyncio.timeout(SETUP_SECONDS):
                await asyncio.shield(self._first)
        except TimeoutError:
            raise self._not_ready(CannotConnect("It takes too long to answer.")) from None
        except (Unauthorized, ScopeMissing) as error:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN,
                translation_key=translation_key(error),
                translation_placeholders={"reason": error.detail},
            ) from error
        except PlantOpsError as error:
            raise self._not_ready(error) from error
        self.config_entry.async_on_unload(async_track_time_interval(self.hass, self._tick, CLOCK_EVERY))

    def _not_ready(self, error: PlantOpsError) -> UpdateFailed:
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=translation_key(error),
            translation_placeholders={"reason": error.detail},
        )

    @override
    async def _async_update_data(self) -> Garden:
        """Give what was heard last; there is nothing to ask."""
        if not self.last_update_success and isinstance(self.last_exception, PlantOpsError):
            raise self._not_ready(self.last_exception)
        return self.data

    async def _listen(self) -> None:
        """Follow the stream for ever; however it ends, that is told, and all but a bad token is tried again."""
        while True:
            try:
                async with aclosing(self.client.listen(self._connection_changed)) as updates:
                    async for garden, event in updates:
                        self._take(garden, event)
            except (Unauthorized, ScopeMissing) as error:
                set_up = self._first.done()
                self._away(error)
                if set_up:
                    self.config_entry.async_start_reauth(self.hass)
                return
            except PlantOpsError as error:
                self._away(error)
            await asyncio.sleep(LATER_SECONDS)

    @callback
    def _connection_changed(self, connection: Connection) -> None:
        if connection.hello is not None:
            self.hello = connection.hello
        if connection.problem is not None:
            self._away(connection.problem)

    @callback
    def _away(self, problem: PlantOpsError) -> None:
        """Tell everybody, once, that nothing is heard any more."""
        issues.backend_unfit(self, problem)
        if not self._first.done():
            self._first.set_exception(problem)
            self._first.exception()  # whoever waits may have left by now
            self.last_update_success = False  # whoever set this up tells why it failed
            self.last_exception = problem
        elif self.last_update_success:
            self.last_update_success = False
            self.last_exception = problem
            _LOGGER.info("%s is away: %s", self.name, problem.detail)
            self.async_update_listeners()

    @callback
    def _take(self, garden: Garden, event: Event | None) -> None:
        """Keep the garden as it is now, and tell those whom the change concerns."""
        if event is None and (hello := self.hello) is not None and str(hello.instance_id) != self.instance:
            raise ForeignInstance
        before, self.data = self.data, garden
        if event is None:
            self._came_back()
            self.async_update_listeners()
            return
        about = subjects(event)
        self._tell((GARDEN, *about) if is_new(event, before) else about)
        for heard in tuple(self._heard):
            heard(event)

    @callback
    def leave(self, about: Iterable[Hashable]) -> None:
        """Let what some entities show become unavailable, because Home Assistant stops listening."""
        self.last_update_success = False
        self._tell(about)

    async def _feel(self) -> None:
        """Ask how the backend feels: for what only changes in weeks, such as the end of a certificate."""
        with suppress(PlantOpsError):
            self.health = await self.client.health()
            issues.certificates(self, self.health)
            self._tell((HEALTH,))

    def _came_back(self) -> None:
        self.config_entry.async_create_background_task(self.hass, self._feel(), f"{DOMAIN} health")
        issues.backend_fit(self)
        if not self._first.done():
            self._first.set_result(None)
        elif not self.last_update_success:
            _LOGGER.info("%s is back", self.name)
        self.last_update_success = True
        self.last_exception = None

    @callback
    def _tick(self, now: datetime) -> None:
        self._tell((CLOCK,))
        if self.last_update_success and self.health is not None and now - self.health.time > HEALTH_EVERY:
            self.config_entry.async_create_background_task(self.hass, self._feel(), f"{DOMAIN} health")

    def _tell(self, about: Iterable[Hashable]) -> None:
        concerned: dict[CALLBACK_TYPE, CALLBACK_TYPE] = {}
        for subject in about:
            concerned |= self._interested.get(subject, {})
        self._call(concerned)

    @override
    @callback
    def async_update_listeners(self) -> None:
        """Call everybody back."""
        self._call(self._everyone)

    def _call(self, listeners: Mapping[CALLBACK_TYPE, CALLBACK_TYPE]) -> None:
        """Call listeners back: a few at once, many by turns, so that nobody else in the house waits for all of them."""
        if len(listeners) <= AT_ONCE:
            for listener in tuple(listeners.values()):
                listener()
        else:
            self.config_entry.async_create_background_task(
                self.hass, self._call_by_turns(tuple(listeners)), f"{DOMAIN} tells {self.name}"
            )

    async def _call_by_turns(self, removes: Iterable[CALLBACK_TYPE]) -> None:
        """Call those back that still listen; each shows what is so when its turn comes."""
        for some in batched(removes, AT_ONCE):  # noqa: B911 - the last are fewer
            for remove in some:
                if (listener := self._everyone.get(remove)) is not None:
                    listener()
            await asyncio.sleep(0)

    @override
    @callback
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: object = None) -> CALLBACK_TYPE:
        """Call back when one of the subjects in `context` (a tuple) changes, and with every snapshot."""
        remove = super().async_add_listener(update_callback, context)
        self._everyone[remove] = update_callback
        about = context if isinstance(context, tuple) else ()
        for subject in about:
            self._interested.setdefault(subject, {})[remove] = update_callback

        @callback
        def leave() -> None:
            remove()
            self._everyone.pop(remove, None)
            for subject in about:
                if (others := self._interested.get(subject)) is not None:
                    others.pop(remove, None)
                    if not others:
                        del self._interested[subject]

        return leave

    @callback
    def async_hear(self, heard: Heard) -> CALLBACK_TYPE:
        """Call back with every single event, for what happens and is no state; gives what ends it."""
        self._heard.append(heard)

        @callback
        def leave() -> None:
            self._heard.remove(heard)

        return leave

    def plant_of(self, plant_id: UUID) -> str:
        """Tell a plant's name, or its id when it is gone."""
        plant = self.data.plants.get(plant_id)
        return str(plant_id) if plant is None else plant.name
