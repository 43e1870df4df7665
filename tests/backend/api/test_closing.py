"""How the API closes: nobody who was let in, or who stood before the door, is hung up on."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession, web
from plantops.api import Runner, runner

MANY = 50
ASK = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nfern"


@dataclass(slots=True)
class Door:
    """An app that answers when it is told to, where it listens."""

    runner: Runner
    port: int
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer with what was asked, once allowed to."""
        self.arrived.set()
        await self.go_on.wait()
        return web.Response(body=await request.read())


@asynccontextmanager
async def open_door(finish_seconds: float = 60.0) -> AsyncIterator[Door]:
    """Listen on any free port."""
    app = web.Application()
    serving = Runner(app, finish_seconds=finish_seconds)
    door = Door(serving, 0)
    app.router.add_post("/", door.answer)
    await serving.setup()
    await web.TCPSite(serving, "127.0.0.1", 0).start()
    door.port = int(serving.addresses[0][1])
    try:
        yield door
    finally:
        await serving.cleanup()


def knock(port: int) -> socket.socket:
    """Connect and ask, without letting the server take notice."""
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(ASK)
    client.settimeout(0)
    return client


async def answer_to(client: socket.socket) -> bytes:
    """Read until the other side is through."""
    loop, said = asyncio.get_running_loop(), b""
    with client:
        while part := await loop.sock_recv(client, 65_536):
            said += part
    return said


async def test_who_stands_before_the_door_is_let_in() -> None:
    async with open_door() as door:
        door.go_on.set()
        clients = [knock(door.port) for _ in range(MANY)]  # the loop does not run meanwhile: nobody was accepted
        await door.runner.cleanup()
        answers = [await answer_to(client) for client in clients]
    assert [answer for answer in answers if not answer.startswith(b"HTTP/1.1 200") or b"fern" not in answer] == []


async def test_who_came_in_last_may_still_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "SPEAK_SECONDS", 1.5)  # whatever else the machine does between two lines
    async with open_door() as door:
        door.go_on.set()
        client = socket.create_connection(("127.0.0.1", door.port))
        closing = asyncio.create_task(door.runner.cleanup())
        while door.runner.sites:
            await asyncio.sleep(0)
        for _ in range(20):  # turns of the loop, in which the connection is accepted and nothing is said
            await asyncio.sleep(0)
        client.sendall(ASK)
        client.settimeout(0)
        assert (await answer_to(client)).startswith(b"HTTP/1.1 200")
        await closing


async def test_what_was_begun_is_finished_behind_closed_doors() -> None:
    async with open_door() as door, ClientSession() as session:
        asking = asyncio.create_task(session.post(f"http://127.0.0.1:{door.port}/", data=b"moss"))
        await door.arrived.wait()
        closing = asyncio.create_task(door.runner.cleanup())
        while door.runner.sites:
            await asyncio.sleep(0)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", door.port)
        door.go_on.set()
        async with await asking as answer:
            assert await answer.read() == b"moss"
        await closing


async def test_who_is_still_speaking_is_heard_out() -> None:
    async with open_door() as door:
        door.go_on.set()
        client = socket.create_connection(("127.0.0.1", door.port))
        client.sendall(ASK[:-2])
        client.settimeout(0)
        await door.arrived.wait()
        closing = asyncio.create_task(door.runner.cleanup())
        while not any(getattr(one, "_leaving", False) for one in _connections(door)):
            await asyncio.sleep(0)
        client.sendall(ASK[-2:])
        assert (await answer_to(client)).endswith(b"fern")
        await closing


def _connections(door: Door) -> list[web.RequestHandler]:
    return door.runner.server.connections if door.runner.server is not None else []


async def test_what_never_ends_is_cut() -> None:
    async with open_door(finish_seconds=0.5) as door:
        client = knock(door.port)
        await door.arrived.wait()
        await door.runner.cleanup()
        assert await answer_to(client) == b""


async def test_a_silent_client_is_hung_up_on() -> None:
    async with open_door() as door:
        client = socket.create_connection(("127.0.0.1", door.port))
        client.settimeout(0)
        await door.runner.cleanup()
        assert await answer_to(client) == b""
