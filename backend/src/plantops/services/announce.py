"""Several backends, one garden: each tells the others which devices and plants have news, by PostgreSQL's NOTIFY.

A note carries ids only; whoever hears it looks the rest up in the store. It goes over a connection of its own, after
the commit, and what happens within 20 ms goes together. A note that this backend sent itself is ignored.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import uniform
from typing import Self
from uuid import UUID, uuid4

import structlog
from aioplantops.models import DeviceStatus

from plantops.storage.pool import LOST
from plantops.storage.pubsub import PubSub

from .alongside import alongside
from .listener import Farewell
from .news import Thing
from .stream import Hub

MOST_BYTES = 7_500
"""PostgreSQL takes payloads below 8,000 bytes."""

TOGETHER_SECONDS = 0.02
"""News of this time are announced together."""

HEARTBEAT_SECONDS = 10.0
"""After so much silence it is tried whether the line still stands."""

SHORTEST_RETRY, LONGEST_RETRY = 0.5, 10.0
"""Seconds between two attempts to connect."""

log = structlog.get_logger()


class _Kind(StrEnum):
    DEVICES = "devices"
    PLANTS = "plants"
    NEWEST = "newest"


@dataclass(slots=True)
class Note:
    """Ids of what has news."""

    devices: set[str] = field(default_factory=set)
    plants: set[str] = field(default_factory=set)
    newest: set[str] = field(default_factory=set)
    """Devices that only have newer readings."""
    things: set[tuple[Thing, str]] = field(default_factory=set)
    """What else has news, by kind and key."""

    def __bool__(self) -> bool:
        """Tell whether it says anything."""
        return bool(self.devices or self.plants or self.newest or self.things)

    def pages(self, sender: str) -> Iterator[str]:
        """Write it, in as many payloads as it takes."""
        newer = self.newest - self.devices
        kinds: list[tuple[str, Iterable[str]]] = [
            (_Kind.DEVICES, self.devices),
            (_Kind.PLANTS, self.plants),
            (_Kind.NEWEST, newer),
        ]
        kinds += [(thing, [key for kind, key in self.things if kind is thing]) for thing in Thing]
        for kind, ids in kinds:
            for page in _pages(sorted(ids), MOST_BYTES - len(sender) - 20):
                yield f"{sender} {kind} {' '.join(page)}"

    def add(self, other: Note) -> None:
        """Take over what another note says."""
        self.devices |= other.devices
        self.plants |= other.plants
        self.newest |= other.newest
        self.things |= other.things


def _pages(ids: Iterable[str], room: int) -> Iterator[list[str]]:
    page: list[str] = []
    left = room
    for one in ids:
        if len(one) + 1 > left and page:
            yield page
            page, left = [], room
        page.append(one)
        left -= len(one) + 1
    if page:
        yield page


class Announcer:
    """Tells the own hub and the other backends; takes news as `services.news.News`."""

    def __init__(self, url: str, hub: Hub) -> None:
        """Take the database's address and the hub of this process; use `Announcer.open`."""
        self._url = url
        self._hub = hub
        self._replica = uuid4().hex
        self._note = Note()
        self._wake = asyncio.Event()
        self.connected = asyncio.Event()
        """Set while the line stands."""

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, hub: Hub) -> AsyncIterator[Self]:
        """Begin to announce and to listen; the line is opened in the background, again and again if need be."""
        announcer = cls(url, hub)
        async with alongside(announcer=announcer._run()):
            yield announcer

    def readings(self, device_id: str, last_seen: datetime, latest: Mapping[int, tuple[datetime, float]]) -> None:
        """Tell a device's newest readings by channel id, as stored."""
        self._hub.readings(device_id, last_seen, latest)
        self._note.newest.add(device_id)
        self._wake.set()

    def status(self, device_id: str, status: DeviceStatus, at: datetime) -> None:
        """Tell that a device came or went."""
        self._hub.status(device_id, status, at)
        self._note.devices.add(device_id)
        self._wake.set()

    def device(self, device_id: str) -> None:
        """Tell that a device is new or was changed, or its channels."""
        self._hub.device(device_id)
        self._note.devices.add(device_id)
        self._wake.set()

    def device_removed(self, device_id: str) -> None:
        """Tell that a device is gone."""
        self._hub.device_removed(device_id)
        self._note.devices.add(device_id)
        self._wake.set()

    def plant(self, plant_id: UUID) -> None:
        """Tell that a plant is new or was changed, or its assignments."""
        self._hub.plant(plant_id)
        self._note.plants.add(str(plant_id))
        self._wake.set()

    def plant_removed(self, plant_id: UUID) -> None:
        """Tell that a plant is gone."""
        self._hub.plant_removed(plant_id)
        self._note.plants.add(str(plant_id))
        self._wake.set()

    def thing(self, thing: Thing, key: str) -> None:
        """Tell that something of another kind is new, was changed or is gone."""
        self._hub.thing(thing, key)
        self._note.things.add((thing, key))
        self._wake.set()

    def hear(self, payload: str) -> None:
        """Pass on what another backend announced."""
        sender, _, rest = payload.partition(" ")
        kind, _, ids = rest.partition(" ")
        if sender == self._replica:
            return
        try:
            self._pass_on(kind, ids.split())
        except ValueError:
            log.warning("note_not_understood", note=payload[:80])

    def _pass_on(self, kind: str, ids: list[str]) -> None:
        """Pass on what has news. Raises ValueError for a kind that this version does not know."""
        match kind:
            case _Kind.DEVICES:
                self._hub.changed(devices=ids)
            case _Kind.NEWEST:
                self._hub.changed(newest=ids)
            case _Kind.PLANTS:
                self._hub.changed(plants=[UUID(one) for one in ids])
            case _:
                self._hub.changed(things=[(Thing(kind), one) for one in ids])

    async def _run(self) -> None:
        retry = SHORTEST_RETRY
        while True:
            try:
                async with PubSub.open(self._url, self.hear, self._wake.set) as line:
                    self._hub.dismiss_all(Farewell.RENEW)  # what was announced meanwhile was not heard
                    retry = SHORTEST_RETRY
                    self.connected.set()
                    await self._announce(line)
            except LOST as error:
                log.warning("announcer_waits", why=str(error) or type(error).__name__, seconds=round(retry, 1))
            finally:
                self.connected.clear()
            await asyncio.sleep(uniform(retry / 2, retry))  # noqa: S311 - jitter, no secret
            retry = min(retry * 2, LONGEST_RETRY)

    async def _announce(self, line: PubSub) -> None:
        """Announce what is noted, until the line is lost. Raises one of `LOST`."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._wake.wait()
            if not self._note:
                self._wake.clear()
                await line.ping()
                continue
            await asyncio.sleep(TOGETHER_SECONDS)
            self._wake.clear()
            note, self._note = self._note, Note()
            try:
                for page in note.pages(self._replica):
                    await line.publish(page)
            except LOST:
                self._note.add(note)
                self._wake.set()
                raise
