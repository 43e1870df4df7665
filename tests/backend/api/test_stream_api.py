"""The WebSocket: who may listen, how it begins, how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from aioplantops.events import EVENT, Hello, PlantEvent, Snapshot
from aioplantops.models import Scope
from plantops.api import stream
from plantops.services.listener import Farewell

from tests.backend.api.conftest import PATIENCE, House


@asynccontextmanager
async def listening(house: House, **options: Any) -> AsyncIterator[ClientWebSocketResponse]:
    """Listen to the stream, with a `read` token if nothing else is said."""
    options.setdefault("headers", house.bearer(Scope.READ))
    async with house.client.ws_connect("/api/v1/stream", **options) as socket:
        yield socket


async def begun(socket: ClientWebSocketResponse) -> tuple[Hello, Snapshot]:
    """Take greeting and snapshot."""
    hello = Hello.model_validate_json(await socket.receive_str(timeout=PATIENCE))
    return hello, Snapshot.model_validate_json(await socket.receive_str(timeout=PATIENCE))


async def until_told_of(socket: ClientWebSocketResponse, name: str) -> list[int]:
    """Take news until a plant is told of, and give the numbers of all: its tasks are news as well."""
    numbers = []
    while True:
        event = EVENT.validate_json(await socket.receive_str(timeout=PATIENCE))
        numbers.append(event.seq)
        if isinstance(event, PlantEvent) and event.plant.name == name:
            return numbers


async def close_code(socket: ClientWebSocketResponse) -> int | None:
    """Wait for the end, and tell what the backend said; whether it still heard our answer does not matter."""
    async with asyncio.timeout(PATIENCE):
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            pass
    return message.data if message.type is WSMsgType.CLOSE else socket.close_code


async def plant(house: House, name: str) -> None:
    """Plant a plant."""
    async with house.client.post("/api/v1/plants", json={"name": name}, headers=house.bearer()) as answer:
        assert answer.status == 201


async def test_greeting_snapshot_and_numbered_events(house: House) -> None:
    await plant(house, "Fern")
    async with listening(house) as socket, listening(house) as other:
        hello, snapshot = await begun(socket)
        assert (hello.schema_version, hello.server_version, snapshot.seq) == (1, "1.2.3", 0)
        async with house.database.acquire() as connection:
            assert hello.instance_id == UUID(str(await connection.fetchval("SELECT id FROM installation")))
        assert [one.name for one in snapshot.garden.plants] == ["Fern"]
        await begun(other)
        last = {socket: 0, other: 0}
        for name in ("Basil 1", "Basil 2"):
            await plant(house, name)
            for one, before in last.items():
                numbers = await until_told_of(one, name)
                assert numbers == list(range(before + 1, numbers[-1] + 1)), "none is left out, none comes twice"
                last[one] = numbers[-1]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer nonsense"}, 401), ({"Authorization": "Basic eDp5"}, 401)],
)
async def test_strangers_are_refused_before_the_upgrade(house: House, headers: dict[str, str], status: int) -> None:
    with pytest.raises(WSServerHandshakeError) as refusal:
        async with listening(house, headers=headers):
            pass
    assert refusal.value.status == status


async def test_a_browser_listens_from_our_own_pages_only(house: House) -> None:
    async with house.client.post("/api/v1/session", json={"token": house.tokens[Scope.READ]}) as answer:
        assert answer.status == 201
    own = str(house.client.make_url("/")).rstrip("/")
    async with listening(house, headers={"Origin": own}) as socket:
        await begun(socket)
    for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        with pytest.raises(WSServerHandshakeError) as refusal:
            async with listening(house, headers=origin):
                pass
        assert refusal.value.status == 403


async def test_a_plain_get_is_told_what_this_address_speaks(house: House) -> None:
    async with house.client.get("/api/v1/stream", headers=house.bearer(Scope.READ)) as answer:
        assert answer.status == 422
        assert "WebSocket" in (await answer.json())["detail"]


async def test_a_revoked_token_hears_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHECK_SECONDS", 0.05)
    token, secret = await house.access.create("short-lived", (Scope.READ,))
    async with listening(house, headers={"Authorization": f"Bearer {secret}"}) as socket:
        await begun(socket)
        await house.access.revoke(token.id)
        assert await close_code(socket) == Farewell.NOT_ALLOWED


async def test_what_a_client_says_is_ignored_up_to_a_point(house: House) -> None:
    async with listening(house) as socket:
        await begun(socket)
        for _ in range(stream.MOST_WORDS):
            await socket.send_str(json.dumps({"type": "snapshot"}))
        await plant(house, "Fern")
        assert '"plant"' in await socket.receive_str(timeout=PATIENCE)
        await socket.send_str("one too many")
        assert await close_code(socket) == Farewell.UNASKED


async def test_a_client_that_shouts_is_let_go(house: House) -> None:
    async with listening(house) as socket:
        await begun(socket)
        await socket.send_str("x" * (stream.LONGEST_WORD + 1))
        assert await close_code(socket) == 1009


async def test_a_client_that_leaves_is_forgotten(house: House) -> None:
    async with listening(house) as socket:
        await begun(socket)
        assert clients(house) == 1
    async with asyncio.timeout(PATIENCE):
        while clients(house):
            await asyncio.sleep(0.01)


async def test_everybody_is_told_when_the_backend_stops(house: House) -> None:
    async with listening(house) as socket:
        await begun(socket)
        closing = asyncio.create_task(house.client.server.close())
        assert await close_code(socket) == Farewell.GOING_AWAY
        await asyncio.wait_for(closing, PATIENCE)


async def test_a_client_that_reads_nothing_is_let_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SEND_SECONDS", 0.3)
    monkeypatch.setattr(stream, "CLOSE_SECONDS", 0.2)
    async with house.database.acquire() as connection:
        await connection.execute(
            "INSERT INTO plant (id, name, notes, created_at, updated_at)"
            " SELECT gen_random_uuid(), 'x', repeat('n', 4000), now(), now() FROM generate_series(1, 5000)"
        )
    host, port = house.client.host, house.client.port
    _, writer = await asyncio.open_connection(host, port, limit=1_024)
    writer.write(
        (
            f"GET /api/v1/stream HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {house.tokens[Scope.READ]}\r\n\r\n"
        ).encode()
    )
    async with asyncio.timeout(PATIENCE):
        while clients(house) != 1:
            await asyncio.sleep(0.01)
        while clients(house):
            await asyncio.sleep(0.05)
    writer.close()


def clients(house: House) -> float | None:
    """Tell how many listen."""
    return house.metrics.registry.get_sample_value("plantops_stream_clients")
