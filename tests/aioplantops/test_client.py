"""The client against the real API, and against servers that are anything else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from aioplantops.access import TokenCreate
from aioplantops.client import PlantOpsClient
from aioplantops.errors import (
    CannotConnect,
    Invalid,
    LoginBlocked,
    NotUnderstood,
    OwnToken,
    PlantOpsError,
    ScopeMissing,
    TokenNotFound,
    Unauthorized,
    Unavailable,
)
from aioplantops.health import HealthState
from aioplantops.models import Scope

from tests.backend.api.conftest import PATIENCE, House, open_house
from tests.servers import DatabaseServer, deaf_port


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


type Asks = Callable[[Scope], PlantOpsClient]


@pytest.fixture
def client(house: House, session: ClientSession) -> Asks:
    """Give clients of the house by the scope of their token."""
    url = house.client.make_url("/")
    return lambda scope: PlantOpsClient(url, house.tokens[scope], session, timeout_seconds=PATIENCE)


async def test_it_asks_how_the_backend_is(client: Asks, house: House) -> None:
    house.clock.catch_up()
    assert (await client(Scope.READ).health()).status is HealthState.OK


async def test_it_makes_lists_and_revokes_tokens(client: Asks) -> None:
    admin = client(Scope.ADMIN)
    made = await admin.create_token(TokenCreate(name="made", scopes=(Scope.CARE,)))
    names = [token.name async for token in admin.tokens()]
    assert names == [*(f"{scope} token" for scope in Scope), "made"]
    await admin.revoke_token(made.id)
    gone = [token async for token in admin.tokens() if token.revoked_at is not None]
    assert [token.id for token in gone] == [made.id]


async def test_problems_come_back_as_the_errors_that_they_are(
    client: Asks, session: ClientSession, house: House
) -> None:
    with pytest.raises(ScopeMissing):
        await client(Scope.GARDEN).create_token(TokenCreate(name="x"))
    with pytest.raises(TokenNotFound):
        await client(Scope.ADMIN).revoke_token(uuid4())
    admin = [token async for token in client(Scope.ADMIN).tokens() if Scope.ADMIN in token.scopes]
    with pytest.raises(OwnToken, match="plantops token revoke"):
        await client(Scope.ADMIN).revoke_token(admin[0].id)
    with pytest.raises(Invalid) as caught:
        await client(Scope.ADMIN).create_token(TokenCreate(name="x", expires_at=house.clock() - timedelta(days=1)))
    assert caught.value.errors == ({"where": "expires_at", "why": "is past"},)
    stranger = PlantOpsClient(house.client.make_url("/"), "plantops_wrong", session)
    for _ in range(5):
        with pytest.raises(Unauthorized):
            await stranger.create_token(TokenCreate(name="x"))
    with pytest.raises(LoginBlocked) as blocked:
        await stranger.create_token(TokenCreate(name="x"))
    assert blocked.value.retry_after == 1


async def test_a_backend_without_its_store_is_unavailable(client: Asks, house: House) -> None:
    await house.database._pool.close()
    with pytest.raises(Unavailable):
        await anext(client(Scope.ADMIN).tokens())


async def test_nobody_there_is_told_as_such(session: ClientSession) -> None:
    with deaf_port() as port, pytest.raises(CannotConnect):
        await PlantOpsClient(f"http://127.0.0.1:{port}", "plantops_x", session).health()


@pytest.mark.parametrize("address", ["", "plantops.local", "ftp://x", "http://", "http://[", 5])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(NotUnderstood):
        PlantOpsClient(address, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("token", ["plantops_\n", "plantops_ü", "a\x00"])
def test_a_token_that_no_header_can_hold_is_refused(token: str) -> None:
    with pytest.raises(Unauthorized):
        PlantOpsClient("http://x", token, None)  # type: ignore[arg-type]


type Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def stranger(answer: Answer) -> AsyncIterator[str]:
    """Run a server that answers everything with `answer`; gives its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/some/base/"))


def says(**answer: object) -> Answer:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(**answer)  # type: ignore[arg-type]

    return handler


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def never_ends(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    for _ in range(40):
        await answer.write(b" " * 1024 * 1024)
    return answer


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(text="<html>", content_type="text/html"), NotUnderstood),
        (says(text="{", content_type="application/json"), NotUnderstood),
        (says(text='{"status": "ok"}', content_type="application/json"), NotUnderstood),
        (says(body=b'{"status": "\xff"}', content_type="application/json"), NotUnderstood),
        (says(text='{"status": "ok"}', content_type="text/plain"), NotUnderstood),
        (says(status=204), NotUnderstood),
        (says(status=404, text="<html>", content_type="text/html"), NotUnderstood),
        (says(status=401, text="{}", content_type="application/problem+json"), NotUnderstood),
        (says(status=301, headers={"Location": "https://elsewhere.example/"}), NotUnderstood),
        (says(status=502, text="<html>", content_type="text/html"), CannotConnect),
        (hangs_up, CannotConnect),
        (never_ends, NotUnderstood),
    ],
)
async def test_somebody_else_is_not_understood(
    session: ClientSession, answer: Answer, error: type[PlantOpsError]
) -> None:
    async with stranger(answer) as address:
        with pytest.raises(error):
            await PlantOpsClient(address, "plantops_x", session).health()


async def test_the_token_is_not_carried_to_another_address(session: ClientSession) -> None:
    seen: list[str] = []

    async def leads_on(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with stranger(leads_on) as address:
        with pytest.raises(NotUnderstood, match="/elsewhere"):
            await PlantOpsClient(address, "plantops_x", session).health()
    assert seen == ["/some/base/api/health"]


async def test_a_get_is_asked_again_and_a_post_is_not(session: ClientSession) -> None:
    seen: list[str] = []

    async def falters(request: web.Request) -> web.StreamResponse:
        seen.append(request.method)
        return web.Response(status=503)

    async with stranger(falters) as address:
        client = PlantOpsClient(address, "plantops_x", session)
        with pytest.raises(CannotConnect):
            await client.health()
        with pytest.raises(CannotConnect):
            await client.create_token(TokenCreate(name="x"))
    assert seen == ["GET", "GET", "GET", "POST"]


async def test_a_slow_backend_is_given_up(session: ClientSession) -> None:
    async def sleeps(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with stranger(sleeps) as address:
        with pytest.raises(CannotConnect, match="too long"):
            await PlantOpsClient(address, None, session, timeout_seconds=0.05).create_token(TokenCreate(name="x"))
