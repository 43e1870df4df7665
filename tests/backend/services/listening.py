"""Clients of the stream for tests, and what they are compared with."""

import asyncio
from collections.abc import Callable

from aioplantops.garden import Garden
from aioplantops.models import GardenSnapshot
from plantops.services.listener import Farewell

from tests.backend.services.rooms import Client, Rooms

PATIENCE = 60.0
"""Seconds until a test gives up."""


class Listening:
    """A client that listens in the background."""

    def __init__(self, rooms: Rooms) -> None:
        """Listen to some rooms."""
        self._rooms = rooms
        self.client: Client | None = None
        self.joined = asyncio.Event()
        self.farewell: Farewell | None = None

    async def run(self) -> None:
        """Join and fold everything, until let go."""
        async with self._rooms.hub.join() as listener:
            async for text in listener.messages():
                if self.client is None:
                    self.client = Client.of(text)
                    self.joined.set()
                else:
                    self.client.hear(text)
            self.farewell = listener.farewell

    @property
    def heard(self) -> Client:
        """What was heard."""
        assert self.client is not None
        return self.client


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.005)


async def stored(rooms: Rooms) -> Garden:
    """Read the garden from the store."""
    return Garden.of(GardenSnapshot.model_validate_json(await rooms.garden.snapshot()))


async def agree(rooms: Rooms, listenings: list[Listening]) -> None:
    """Wait until all clients know the garden as the store has it."""
    truth = await stored(rooms)
    async with asyncio.timeout(PATIENCE):
        for listening in listenings:
            while listening.heard.garden != truth:
                await asyncio.sleep(0.01)
