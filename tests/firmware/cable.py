"""What lies between a node and its broker, and an ear at that broker."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from plantops.ops.broker import EmbeddedBroker
from virtualgarden.link import Account, Broker, Link, Word

CHUNK = 65536


class Cable:
    """The way to the broker: a port that passes on every byte, and can be torn out and put in again."""

    def __init__(self, to: int) -> None:
        """Take the broker's port."""
        self.port = 0
        self._to = to
        self._whole = True
        self._ends: set[StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def laid(cls, to: int) -> AsyncIterator[Self]:
        """Lay a cable until the block ends."""
        cable = cls(to)
        server = await asyncio.start_server(cable._serve, "localhost", 0)
        cable.port = server.sockets[0].getsockname()[1]
        try:
            yield cable
        finally:
            server.close()
            cable.tear()

    def tear(self) -> None:
        """Tear it out: nobody is told anything."""
        self._whole = False
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        """Put it in again."""
        self._whole = True

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        to_broker, from_broker = None, None
        try:
            from_broker, to_broker = await asyncio.open_connection("127.0.0.1", self._to)
            self._ends |= {writer, to_broker}
            await asyncio.gather(_pass(reader, to_broker), _pass(from_broker, writer))
        except OSError:
            return
        finally:
            for end in (writer, to_broker):
                if end is not None:
                    end.transport.abort()
                    self._ends.discard(end)


async def _pass(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.transport.abort()


class Ear:
    """Hears what is said at the broker, and may say something itself."""

    def __init__(self, link: Link) -> None:
        """Take a line to the broker."""
        self.heard: list[Word] = []
        self._link = link

    @classmethod
    @asynccontextmanager
    async def open(cls, broker: EmbeddedBroker) -> AsyncIterator[Self]:
        """Listen to all of PlantOps' topics until the block ends."""
        account = Account(Broker(broker.host, broker.port), broker.username, broker.password)
        async with Link.open(account, clean=True) as link:
            ear = cls(link)
            await link.subscribe([("plantops/#", 1)])
            listening = asyncio.create_task(ear._listen())
            try:
                yield ear
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        async for word in self._link.words():
            self.heard.append(word)

    async def until(self, topic: str, text: str) -> Word:
        """Wait until something was said there."""
        while True:
            for word in self.heard:
                if word.topic == topic and text in word.payload.decode():
                    return word
            await asyncio.sleep(0.02)

    async def say(self, topic: str, text: str) -> None:
        """Say something, once."""
        await self._link.publish(Word(topic, text.encode(), qos=1))
