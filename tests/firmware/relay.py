"""Runs a node on this machine: its program, the line to it, and the world behind that line, which is real.

What the node says to its broker goes out over MQTT with TLS, what it asks at its desk over HTTPS.
"""

import asyncio
import os
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession
from virtualgarden.link import Account, Broker, Link, LinkLost, Refused, Word

PAUSE_SECONDS = 0.2
LINES_SHOWN = 60
PLACEHOLDER = "plantops_reg_of_the_test"
"""The registration key in the program."""


class Relay:
    """One node's network: it can be taken away and given back."""

    def __init__(self, session: ClientSession, backend: str, key: str, ca_file: Path | None) -> None:
        """Take the way to the backend, its address, a registration key, and the authority that devices trust."""
        self._backend = backend
        self._key = key
        self.asked: list[int] = []
        """What the desk answered."""
        self.published: list[Word] = []
        self._session = session
        self._ca_file = ca_file
        self._network = asyncio.Event()
        self._network.set()
        self._link: Link | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def take_network(self) -> None:
        """Let the network go away without a word."""
        self._network.clear()
        if self._link is not None:
            self._link.cut()

    def give_network(self) -> None:
        """Let it come back."""
        self._network.set()

    def tell(self, *words: str) -> None:
        """Say something to the node."""
        if self._writer is not None:
            self._writer.write("\t".join(words).encode() + b"\n")

    async def until(self, leaf: str, text: str) -> Word:
        """Wait until the node has published something."""
        while True:
            for word in self.published:
                if word.topic.endswith(f"/{leaf}") and text in word.payload.decode():
                    return word
            await asyncio.sleep(0.02)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry what one start of the node says, until it dies."""
        self._writer = writer
        speaking: asyncio.Task[None] | None = None
        try:
            while line := await reader.readline():
                kind, *words = line.decode().rstrip("\n").split("\t")
                if kind == "HELLO":
                    speaking = asyncio.create_task(self._speak(words))
                    self._tasks.add(speaking)
                elif kind == "POST":
                    await self._ask(*words)
                elif kind == "PUBLISH":
                    await self._publish(*words)
        finally:
            if speaking is not None:
                speaking.cancel()
            writer.close()

    async def _ask(self, url: str, body: str) -> None:
        """Ask at the very path, of the backend and with the key that were not known when the program was built."""
        where = self._backend + urlsplit(url).path
        headers = {"Content-Type": "application/json"}
        async with self._session.post(where, data=body.replace(PLACEHOLDER, self._key), headers=headers) as answer:
            text = (await answer.text()).replace("\n", " ")
            self.asked.append(answer.status)
            self.tell("ANSWER", str(answer.status), answer.headers.get("Retry-After", "0"), text)

    async def _publish(self, leaf: str, retain: str, payload: str) -> None:
        link = self._link
        if link is None:
            return  # lost with the line
        word = Word(f"{self._prefix}/{leaf}", payload.encode(), qos=1, retain=retain == "1")
        self.published.append(word)
        with suppress(LinkLost):
            await link.publish(word)

    async def _speak(self, told: list[str]) -> None:
        device_id, host, port, password = told
        self._prefix = f"plantops/{device_id}"
        account = Account(Broker(host, int(port), self._ca_file), device_id, password)
        will = Word(f"{self._prefix}/status", b"offline", qos=1, retain=True)
        while True:
            await self._network.wait()
            try:
                async with Link.open(account, will=will) as link:
                    await self._converse(link)
            except Refused:
                self.tell("REFUSED")
            except LinkLost:
                pass
            finally:
                self._link = None
                self.tell("DOWN")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _converse(self, link: Link) -> None:
        self._link = link
        await link.subscribe([(f"{self._prefix}/telemetry/ack", 0), (f"{self._prefix}/command", 1)])
        await link.publish(Word(f"{self._prefix}/status", b"online", qos=1, retain=True))
        self.tell("UP")
        async for word in link.words():
            self.tell("ACK" if word.topic.endswith("/ack") else "COMMAND", word.payload.decode())


class Node:
    """The node's program, its flash and its RTC memory; it can be killed and started anew."""

    def __init__(self, program: Path, folder: Path) -> None:
        """Take the program and where flash, memory and line are."""
        self.log: list[str] = []
        self._program = program
        self._folder = folder
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def line(self) -> Path:
        """The socket of the line."""
        return self._folder / "line"

    async def start(self) -> None:
        """Start, or wake."""
        env = {
            "PATH": os.environ["PATH"],
            "ESPHOME_PREFDIR": str(self._folder),
            "PLANTOPS_RTC_FILE": str(self._folder / "rtc"),
            "PLANTOPS_LINE": str(self.line),
        }
        self._process = await asyncio.create_subprocess_exec(self._program, env=env, stdout=PIPE, stderr=STDOUT)
        self._reading = asyncio.create_task(self._read(self._process))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.log.append(line.decode(errors="replace").rstrip())

    async def kill(self, *, memory: bool = True) -> None:
        """Die at once; without `memory` as in a power cut."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if not memory:
            (self._folder / "rtc").unlink(missing_ok=True)

    async def says(self, text: str, times: int = 1) -> None:
        """Wait until the log has a text so often."""
        while sum(text in line for line in self.log) < times:
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(program: Path, folder: Path, relay: Relay) -> AsyncIterator[Node]:
    """Run a node until the block ends."""
    node = Node(program, folder)
    server = await asyncio.start_unix_server(relay.serve, node.line)
    async with server:
        await node.start()
        try:
            yield node
        except (asyncio.CancelledError, AssertionError) as error:
            error.add_note("\n".join(["The node said:", *node.log[-LINES_SHOWN:]]))
            raise
        finally:
            await node.kill()
