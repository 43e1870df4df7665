"""The hub of the live stream: hears what happened in this process and tells every client, in one order for all.

One task does everything in turns, so that nothing is missed or told in the wrong order. A turn first tells the
readings and statuses that came since the last one. Then it looks at the store, at a single moment: at what was
reported as changed, and at the whole garden if somebody has joined. Readings told before that look were committed
before it, so it includes them; news that come during the look are told in the next turn, after what was seen. A new
client gets the garden of that look as its snapshot and everything told in later turns: no hole. It may hear a reading
once more that the snapshot has already; folding it again changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import batched, chain
from typing import Self
from uuid import UUID

import structlog
from aioplantops.errors import Unavailable
from aioplantops.events import (
    MIN_SCHEMA_VERSION,
    SCHEMA_VERSION,
    Hello,
)
from aioplantops.models import DeviceStatus

from plantops.domain.resolution import HOUR, floor
from plantops.ops.logs import Clock
from plantops.ops.metrics import Metrics

from .alongside import alongside
from .garden import Garden, Wish
from .listener import Farewell, Listener, Message
from .news import Thing
from .pending import PendingEvents
from .stream_messages import Knowledge, changes_told, newest_told, readings_told, statuses_told

MOST_LISTENERS = 200
"""Clients of one backend at a time."""

SHORTEST_PAUSE = 0.01
"""Seconds between two turns when little happens: what happens meanwhile is told together."""

LONGEST_PAUSE = 0.5
"""Seconds between two turns when very much happens."""

SECONDS_PER_MESSAGE = 30e-6
"""Roughly what it costs to tell one message to one client, seconds."""

SHARE = 4
"""A pause is so many times as long as the telling before it: telling takes at most a fifth of the time."""

TOLD_AT_ONCE = 50
"""Messages that are made and handed to the clients in one go: a millisecond or two."""

PATIENCE = 1.0
"""Seconds until the store is tried again when it is away."""

CLOCK_CHECK = 30.0
"""Seconds after which the clock is looked at again, at most, for the hour's turn."""

log = structlog.get_logger()


class Hub:
    """Tells this process's clients; takes news as `services.news.News`."""

    def __init__(self, garden: Garden, *, metrics: Metrics, clock: Clock, hello: Hello) -> None:
        """Take who reads the garden, the gauges, the clock (aware UTC) and the greeting; use `Hub.open`."""
        self.hello = hello.model_dump_json()
        self.instance_id = hello.instance_id
        self._garden = garden
        self._metrics = metrics
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._joining: set[Listener] = set()
        self._pending = PendingEvents()
        self._knowledge = Knowledge()
        self._wake = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, garden: Garden, *, metrics: Metrics, clock: Clock, version: str) -> AsyncIterator[Self]:
        """Begin to tell; at the end all clients are let go."""
        hello = Hello(
            schema_version=SCHEMA_VERSION,
            min_schema_version=MIN_SCHEMA_VERSION,
            server_version=version,
            instance_id=await garden.identity(),
            language=garden.tongue.language,
        )
        hub = cls(garden, metrics=metrics, clock=clock, hello=hello)
        async with alongside(stream_turns=hub._take_turns(), stream_hours=hub._watch_hours()):
            try:
                yield hub
            finally:
                hub.dismiss_all(Farewell.GOING_AWAY)

    @property
    def clients(self) -> int:
        """How many listen now."""
        return len(self._listeners) + len(self._joining)

    @asynccontextmanager
    async def join(self) -> AsyncIterator[Listener]:
        """Listen. Raises Unavailable when too many do already."""
        if self.clients >= MOST_LISTENERS:
            raise Unavailable(f"{MOST_LISTENERS} clients listen already: close some, or try again later.")
        listener = Listener()
        self._joining.add(listener)
        self._metrics.stream_clients.set(self.clients)
        self._wake.set()
        try:
            yield listener
        finally:
            self._joining.discard(listener)
            self._listeners.discard(listener)
            self._metrics.stream_clients.set(self.clients)

    def dismiss_all(self, farewell: Farewell) -> None:
        """Let every client go."""
        for listener in [*self._listeners, *self._joining]:
            self.dismiss(listener, farewell)

    def readings(self, device_id: str, last_seen: datetime, latest: Mapping[int, tuple[datetime, float]]) -> None:
        """Tell a device's newest readings by channel id, as stored."""
        if self.clients:
            self._pending.readings(device_id, last_seen, latest)
            self._wake.set()

    def status(self, device_id: str, status: DeviceStatus, at: datetime) -> None:
        """Tell that a device came or went."""
        if self.clients:
            self._pending.status(device_id, status, at)
            self._wake.set()

    def device(self, device_id: str) -> None:
        """Tell that a device is new or was changed, or its channels."""
        self.changed(devices=(device_id,))

    def device_removed(self, device_id: str) -> None:
        """Tell that a device is gone: that is seen in the store."""
        self.changed(devices=(device_id,))

    def plant(self, plant_id: UUID) -> None:
        """Tell that a plant is new or was changed, or its assignments."""
        self.changed(plants=(plant_id,))

    def plant_removed(self, plant_id: UUID) -> None:
        """Tell that a plant is gone: that is seen in the store."""
        self.changed(plants=(plant_id,))

    def thing(self, thing: Thing, key: str) -> None:
        """Tell that something of another kind is new, was changed or is gone: that is seen in the store."""
        self.changed(things=((thing, key),))

    def changed(
        self,
        devices: Iterable[str] = (),
        plants: Iterable[UUID] = (),
        newest: Iterable[str] = (),
        things: Iterable[tuple[Thing, str]] = (),
    ) -> None:
        """Look in the store at what changed, and at devices that only have newer readings."""
        if self.clients:
            self._pending.devices.update(devices)
            self._pending.plants.update(plants)
            self._pending.newest.update(newest)
            self._pending.things.update(things)
            self._wake.set()

    async def _take_turns(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            told = await self._turn()
            await asyncio.sleep(min(max(SHORTEST_PAUSE, SHARE * told * SECONDS_PER_MESSAGE), LONGEST_PAUSE))

    async def _turn(self) -> int:
        """Tell what happened; see the module's text. Gives the number of messages times clients."""
        pending, self._pending = self._pending, PendingEvents()
        now = self._clock()
        told = await self._tell(chain(readings_told(pending, self._knowledge, now), statuses_told(pending)))
        joining = set(self._joining)
        if pending.devices:
            pending.plants |= self._knowledge.assignments.plants_of(pending.devices)
        wish = Wish(pending.devices, pending.plants, pending.newest, pending.things, whole=bool(joining))
        if not (wish and self.clients):
            return told
        try:
            sight = await self._garden.look(wish)
        except Unavailable as error:
            log.warning("stream_waits", why=error.detail)
            self._pending.look_again(pending)
            self._wake.set()
            await asyncio.sleep(PATIENCE)
            return told
        self._knowledge.learn(wish, sight)
        told += await self._tell(chain(changes_told(wish, sight), newest_told(sight, self._knowledge)))
        if sight.garden is not None:
            self._admit(joining & self._joining, sight.garden.decode())
        return told

    def _admit(self, joining: Collection[Listener], garden: str) -> None:
        for listener in joining:
            self._joining.discard(listener)
            self._listeners.add(listener)
            listener.begin(garden)

    async def _tell(self, messages: Iterable[Message]) -> int:
        """Tell everybody, a few messages at a time so that others get their turn; gives messages times clients."""
        told = 0
        if not self._listeners:
            return told
        for some in batched(messages, TOLD_AT_ONCE, strict=False):
            size = sum(map(len, some))
            for listener in list(self._listeners):
                if not listener.put(some, size):
                    self.dismiss(listener, Farewell.SLOW)
            told += len(some) * len(self._listeners)
            await asyncio.sleep(0)
        return told

    def dismiss(self, listener: Listener, farewell: Farewell) -> None:
        """Let one client go."""
        self._joining.discard(listener)
        self._listeners.discard(listener)
        listener.dismiss(farewell)
        self._metrics.stream_dropped.labels(farewell.name.lower()).inc()
        self._metrics.stream_clients.set(self.clients)

    async def _watch_hours(self) -> None:
        """Look at the plants whose assignments or seasons turn with the hour: nobody else is there to report it."""
        hour = floor(self._clock(), HOUR)
        while True:
            left = (hour + HOUR - self._clock()) / timedelta(seconds=1)
            await asyncio.sleep(min(max(left, 0.0) + SHORTEST_PAUSE, CLOCK_CHECK))
            current = floor(self._clock(), HOUR)
            if current == hour:
                continue
            hour = current
            if self.clients:
                try:
                    self.changed(plants=await self._garden.turning_plants(hour))
                except Unavailable:
                    self.dismiss_all(Farewell.RENEW)
