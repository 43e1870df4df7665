"""News of a short piece of work, such as a command's: written down, and told to the running backends at its end."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from aioplantops.models import DeviceStatus

from plantops.storage.pool import Database
from plantops.storage.pubsub import announce

from .announce import Note
from .news import Thing


class Bulletin:
    """Takes news as `services.news.News`."""

    def __init__(self) -> None:
        """Begin with nothing new."""
        self._note = Note()

    async def publish(self, database: Database) -> None:
        """Tell every running backend, which tells its clients."""
        if not self._note:
            return
        async with database.acquire("announce") as connection:
            for page in self._note.pages(uuid4().hex):
                await announce(connection, page)
        self._note = Note()

    def readings(self, device_id: str, last_seen: datetime, latest: Mapping[int, tuple[datetime, float]]) -> None:  # noqa: ARG002
        """Tell that a device has newer readings."""
        self._note.newest.add(device_id)

    def status(self, device_id: str, status: DeviceStatus, at: datetime) -> None:  # noqa: ARG002
        """Tell that a device came or went."""
        self._note.devices.add(device_id)

    def device(self, device_id: str) -> None:
        """Tell that a device is new or was changed."""
        self._note.devices.add(device_id)

    def device_removed(self, device_id: str) -> None:
        """Tell that a device is gone."""
        self._note.devices.add(device_id)

    def plant(self, plant_id: UUID) -> None:
        """Tell that a plant is new or was changed."""
        self._note.plants.add(str(plant_id))

    def plant_removed(self, plant_id: UUID) -> None:
        """Tell that a plant is gone."""
        self._note.plants.add(str(plant_id))

    def thing(self, thing: Thing, key: str) -> None:
        """Tell that something of another kind is new, was changed or is gone."""
        self._note.things.add((thing, key))
