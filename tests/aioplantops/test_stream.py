"""Listening over every interruption: to the real API, and to servers that say anything else."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from uuid import UUID

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from aioplantops import stream
from aioplantops.client import PlantOpsClient
from aioplantops.errors import (
    CannotConnect,
    NotUnderstood,
    PlantOpsError,
    ScopeMissing,
    ServerTooNew,
    ServerTooOld,
    Unauthorized,
)
from aioplantops.events import PlantEvent
from aioplantops.garden import Garden
from aioplantops.models import PlantCreate, Scope
from aioplantops.stream import LONGEST_PAUSE, SHORTEST_PAUSE, Connection, Stream, Update
from plantops.api import keys
from plantops.services.listener import Farewell
from yarl import URL

from tests.backend.api.conftest import House, open_house
from tests.servers import DatabaseServer, deaf_port

PATIENCE = 60
HELLO = {
    "type": "hello",
    "schema_version": 1,
    "min_schema_version": 1,
    "server_version": "9",
    "instance_id": str(UUID(int=1)),
}
EMPTY = {"type": "snapshot", "seq": 0, "garden": {"devices": [], "plants": []}}
PLANT = {"id": str(UUID(int=7)), "name": "Fern", "created_at": 0, "updated_at": 0}


@pytest.fixture
async def house(embedded_server: DatabaseServer) -> AsyncIterator[House]:
    """Give an API of the test's own."""
    async with embedded_server.migrated() as url, open_house(url) as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Give a session, as Home Assistant does."""
    async with ClientSession() as opened:
        yield opened


async def test_a_garden_is_followed_through_an_interruption(house: House, session: ClientSession) -> None:
    client = PlantOpsClient(house.client.make_url("/"), house.tokens[Scope.ADMIN], session)
    connections: list[Connection] = []
    async with asyncio.timeout(PATIENCE), aclosing(client.listen(connections.append)) as updates:
        assert await anext(updates) == Update(Garden({}, {}), None)
        fern = await client.create_plant(PlantCreate(name="Fern"))
        garden, event = await anext(updates)
        assert isinstance(event, PlantEvent)
        assert (event.seq, garden.plants) == (1, {fern.id: fern})
        house.client.app[keys.HUB].dismiss_all(Farewell.RENEW)
        basil = await client.create_plant(PlantCreate(name="Basil"))
        garden, event = await anext(updates)
        while event is not None:  # what was on its way before the farewell, as the fern's first task
            garden, event = await anext(updates)
        while basil.id not in garden.plants:  # the new snapshot may have been taken before the basil was there
            garden, _ = await anext(updates)
        assert garden.plants == {basil.id: basil, fern.id: fern}
    assert [type(connection.problem) for connection in connections] == [type(None), CannotConnect, type(None)]
    assert [connection.hello is None for connection in connections] == [False, True, False]
    assert "4002: renew" in str(connections[1].problem)


@pytest.mark.parametrize(
    ("token", "error"), [("nonsense", Unauthorized), (None, Unauthorized), (Scope.INGEST, ScopeMissing)]
)
async def test_what_cannot_succeed_is_not_tried_again(
    house: House, session: ClientSession, token: str | None, error: type[PlantOpsError]
) -> None:
    secret = house.tokens[token] if isinstance(token, Scope) else token
    client = PlantOpsClient(house.client.make_url("/"), secret, session)
    with pytest.raises(error):
        async with asyncio.timeout(PATIENCE), aclosing(client.listen()) as updates:
            await anext(updates)


type Words = Sequence[object]


@asynccontextmanager
async def saying(*conversations: Words, status: int | None = None) -> AsyncIterator[URL]:
    """Run a server that says something else on each connection (the last again and again), and then closes."""
    left = list(conversations)

    async def handle(request: web.Request) -> web.StreamResponse:
        if status is not None:
            return web.Response(status=status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for words in left.pop(0) if len(left) > 1 else left[0]:
            if isinstance(words, bytes):
                await socket.send_bytes(words)
            else:
                await socket.send_str(words if isinstance(words, str) else json.dumps(words))
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/{anything:.*}", handle)
    async with TestServer(app) as server:
        yield server.make_url("/api/v1/stream")


class Pauses:
    """Takes note of pauses instead of waiting, and stops the listening after some."""

    def __init__(self, most: int = 100) -> None:
        """Allow so many pauses."""
        self.seconds: list[float] = []
        self._most = most

    async def __call__(self, seconds: float) -> None:
        """Note a pause."""
        self.seconds.append(seconds)
        if len(self.seconds) >= self._most:
            raise Enough


class Enough(Exception):
    """The test has seen enough."""


async def problems(url: URL, session: ClientSession, *, pauses: int = 1) -> list[PlantOpsError]:
    """Listen to a server for some attempts, and tell what was wrong each time."""
    connections: list[Connection] = []
    with pytest.raises(Enough):
        async for _ in Stream(url, {}, session, sleep=Pauses(pauses)).listen(connections.append):
            pass
    return [connection.problem for connection in connections if connection.problem is not None]


@pytest.mark.parametrize(
    "words",
    [
        ["no JSON"],
        [b"\x00"],
        [{"type": "hello"}],
        [EMPTY],
        [HELLO, HELLO],
        [HELLO, {"type": "snapshot", "seq": 0, "garden": {"devices": [{}], "plants": []}}],
        [HELLO, EMPTY, "{"],
        [HELLO, EMPTY, "[]"],
        [HELLO, EMPTY, {"type": "plant", "plant": PLANT}],
        [HELLO, EMPTY, {"type": "plant", "seq": "one", "plant": PLANT}],
        [HELLO, EMPTY, {"type": "plant", "seq": 2, "plant": PLANT}],
        [HELLO, EMPTY, {"type": "plant", "seq": 1, "plant": PLANT}, {"type": "plant", "seq": 1, "plant": PLANT}],
        [HELLO, EMPTY, {"type": "plant", "seq": 1, "plant": {}}],
    ],
)
async def test_nonsense_is_not_understood_and_tried_again(words: Words, session: ClientSession) -> None:
    async with saying(words) as url:
        found = await problems(url, session, pauses=2)
    assert [type(problem) for problem in found] == [NotUnderstood, NotUnderstood]


async def test_events_from_the_future_are_passed_over(session: ClientSession) -> None:
    future = {"type": "dream", "seq": 1, "mood": "dry"}
    known = {"type": "plant", "seq": 2, "plant": PLANT | {"mood": "happy"}, "new": True}
    async with saying([HELLO | {"new": 1}, EMPTY, future, known]) as url:
        updates: list[Update] = []
        with suppress(Enough):
            async for update in Stream(url, {}, session, sleep=Pauses(1)).listen():
                updates.append(update)  # noqa: PERF401 - it ends by an exception
    assert [None if event is None else event.seq for _, event in updates] == [None, 2]
    assert [plant.name for plant in updates[-1].garden.plants.values()] == ["Fern"]


@pytest.mark.parametrize(
    ("versions", "error", "words"),
    [
        ({"schema_version": 3, "min_schema_version": 2}, ServerTooNew, "update the client"),
        ({"schema_version": 0, "min_schema_version": 0}, ServerTooOld, "update the PlantOps backend"),
    ],
)
async def test_a_backend_of_another_age_is_told_apart(
    versions: dict[str, int], error: type[PlantOpsError], words: str, session: ClientSession
) -> None:
    connections: list[Connection] = []
    async with saying([HELLO | versions, EMPTY]) as url:
        with pytest.raises(error, match=words):
            async for _ in Stream(url, {}, session, sleep=Pauses()).listen(connections.append):
                pass
    assert [type(connection.problem) for connection in connections] == [error]


async def test_a_newer_backend_that_still_speaks_our_schema_is_fine(session: ClientSession) -> None:
    async with (
        saying([HELLO | {"schema_version": 7}, EMPTY]) as url,
        aclosing(Stream(url, {}, session).once()) as updates,
    ):
        assert (await anext(updates)).event is None


@pytest.mark.parametrize("status", [404, 429, 500, 502, 503])
async def test_other_answers_are_tried_again(status: int, session: ClientSession) -> None:
    async with saying([], status=status) as url:
        found = await problems(url, session)
    assert type(found[0]) is (NotUnderstood if status == 404 else CannotConnect)


async def test_pauses_grow_and_begin_anew_after_success(session: ClientSession) -> None:
    pauses = Pauses(12)
    with deaf_port() as port, pytest.raises(Enough):
        async for _ in Stream(URL(f"http://127.0.0.1:{port}/api/v1/stream"), {}, session, sleep=pauses).listen():
            pass
    limits = [min(SHORTEST_PAUSE * 2**attempt, LONGEST_PAUSE) for attempt in range(12)]
    assert all(limit / 2 <= pause <= limit for pause, limit in zip(pauses.seconds, limits, strict=True))
    good = Pauses(3)
    async with saying([HELLO, EMPTY]) as url:
        with pytest.raises(Enough):
            async for _ in Stream(url, {}, session, sleep=good).listen():
                pass
    assert all(pause <= SHORTEST_PAUSE for pause in good.seconds)


async def test_a_backend_that_says_nothing_is_given_up(session: ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = asyncio.Event()

    async def handle(request: web.Request) -> web.WebSocketResponse:
        monkeypatch.setattr(stream, "CONNECT_SECONDS", 0.1)  # not before: connecting may take longer
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await silent.wait()
        return socket

    app = web.Application()
    app.router.add_get("/api/v1/stream", handle)
    async with TestServer(app) as server:
        found = await problems(server.make_url("/api/v1/stream"), session)
        silent.set()
    assert "says nothing" in str(found[0])
