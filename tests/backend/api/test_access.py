"""Who is let in, as a client sees it: tokens, sessions, origins, and patience with wrong ones."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from aiohttp import ClientResponse, WSServerHandshakeError
from aioplantops.access import Session, Token, TokenCreated
from aioplantops.models import Page, Scope
from plantops.services.access import TOKEN, digest
from plantops.services.patience import neighbourhood

from tests.backend.api.conftest import House
from tests.backend.api.test_frame import problem_of

WRONG = {"Authorization": f"Bearer plantops_{'x' * 43}"}


async def log_in(house: House, **headers: str) -> ClientResponse:
    wish = {"token": house.tokens[Scope.ADMIN]}
    return await house.client.post("/api/v1/session", json=wish, headers=headers)


def cookie_of(answer: ClientResponse) -> dict[str, str]:
    return {"Cookie": f"plantops_session={answer.cookies['plantops_session'].value}"}


async def make(house: House, **wish: object) -> TokenCreated:
    answer = await house.client.post("/api/v1/tokens", json=wish, headers=house.bearer())
    assert answer.status == 201, await answer.text()
    return TokenCreated.model_validate_json(await answer.read())


async def status_with(house: House, secret: str) -> int:
    answer = await house.client.get("/api/v1/tokens", headers={"Authorization": f"Bearer {secret}"})
    return answer.status


async def test_a_token_is_shown_once_and_works(house: House) -> None:
    token = await make(house, name="HA <b>", scopes=["admin", "admin"])
    assert TOKEN.fullmatch(token.token)
    assert token.scopes == (Scope.ADMIN,)
    assert await status_with(house, token.token) == 200
    listed = await (await house.client.get("/api/v1/tokens", headers=house.bearer())).text()
    assert token.token not in listed
    assert "HA <b>" in listed
    async with house.database.acquire() as connection:
        stored = await connection.fetchval("SELECT hash FROM token WHERE id = $1", token.id)
    assert stored == digest(token.token)


async def test_tokens_are_listed_in_parts(house: House) -> None:
    seen: list[Token] = []
    cursor = ""
    while True:
        answer = await house.client.get(f"/api/v1/tokens?limit=2{cursor}", headers=house.bearer())
        page = Page[Token].model_validate_json(await answer.read())
        assert len(page.items) <= 2
        seen += page.items
        if page.next is None:
            break
        cursor = f"&cursor={page.next}"
    assert [token.scopes for token in seen] == [(scope,) for scope in Scope]


async def test_a_revoked_token_is_worthless_at_once(house: House) -> None:
    token = await make(house, name="gone", scopes=["admin"])
    assert await status_with(house, token.token) == 200
    for _ in range(2):
        answer = await house.client.delete(f"/api/v1/tokens/{token.id}", headers=house.bearer())
        assert (answer.status, await answer.read()) == (204, b"")
    assert await status_with(house, token.token) == 401


async def test_an_expired_token_is_worthless(house: House) -> None:
    token = await make(
        house, name="brief", scopes=["admin"], expires_at=(house.clock() + timedelta(hours=1)).isoformat()
    )
    assert await status_with(house, token.token) == 200
    house.clock.ahead = timedelta(hours=1, seconds=1)
    assert await status_with(house, token.token) == 401


async def test_a_token_does_not_revoke_itself(house: House) -> None:
    answer = await house.client.get("/api/v1/tokens", headers=house.bearer())
    tokens = Page[Token].model_validate_json(await answer.read()).items
    admin = next(token for token in tokens if Scope.ADMIN in token.scopes)
    answer = await house.client.delete(f"/api/v1/tokens/{admin.id}", headers=house.bearer())
    problem = await problem_of(answer, HTTPStatus.CONFLICT, "own_token")
    assert "plantops token revoke" in problem.detail
    assert await status_with(house, house.tokens[Scope.ADMIN]) == 200


async def test_an_unknown_token_cannot_be_revoked(house: House) -> None:
    answer = await house.client.delete(f"/api/v1/tokens/{uuid4()}", headers=house.bearer())
    await problem_of(answer, HTTPStatus.NOT_FOUND, "token_not_found")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YWRtaW46", "Bearer \xff\xfe", "Bearer plantops_x", "bearer  ' OR 1=1 --"]
)
async def test_a_wrong_header_is_no_way_in(house: House, header: str) -> None:
    answer = await house.client.get("/api/v1/tokens", headers={"Authorization": header})
    await problem_of(answer, HTTPStatus.UNAUTHORIZED, "unauthorized")


async def test_the_last_use_is_noted_once_a_minute(house: House) -> None:
    async def noted() -> datetime | None:
        answer = await house.client.get("/api/v1/tokens", headers=house.bearer())
        tokens = Page[Token].model_validate_json(await answer.read()).items
        return next(token.last_used_at for token in tokens if Scope.ADMIN in token.scopes)

    first = await noted()
    house.clock.ahead = timedelta(seconds=30)
    assert await noted() == first
    house.clock.ahead = timedelta(seconds=90)
    second = await noted()
    assert first is not None
    assert second is not None
    assert second > first


async def test_wrong_tokens_make_their_address_wait_longer_and_longer(house: House) -> None:
    near = {"X-Forwarded-For": "198.51.100.7"}
    for _ in range(5):
        await problem_of(
            await house.client.get("/api/v1/tokens", headers=WRONG | near), HTTPStatus.UNAUTHORIZED, "unauthorized"
        )
    waits = []
    for _ in range(13):
        answer = await house.client.get("/api/v1/tokens", headers=WRONG | near)
        problem = await problem_of(answer, HTTPStatus.TOO_MANY_REQUESTS, "login_blocked")
        waits.append(int(answer.headers["Retry-After"]))
        house.clock.ahead += timedelta(seconds=problem.retry_after or 0)
        answer = await house.client.get("/api/v1/tokens", headers=WRONG | near)
        await problem_of(answer, HTTPStatus.UNAUTHORIZED, "unauthorized")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


async def test_a_blocked_address_still_lets_valid_tokens_in_and_they_end_the_block(house: House) -> None:
    for _ in range(6):
        answer = await house.client.get("/api/v1/tokens", headers=WRONG)
    assert answer.status == 429
    elsewhere = WRONG | {"X-Forwarded-For": "2001:db8::1"}
    assert (await house.client.get("/api/v1/tokens", headers=elsewhere)).status == 401
    assert await status_with(house, house.tokens[Scope.ADMIN]) == 200
    assert (await house.client.get("/api/v1/tokens", headers=WRONG)).status == 401


async def test_a_wrong_login_counts_as_well(house: House) -> None:
    for _ in range(5):
        answer = await house.client.post("/api/v1/session", json={"token": "guess"})
        await problem_of(answer, HTTPStatus.UNAUTHORIZED, "unauthorized")
    answer = await house.client.post("/api/v1/session", json={"token": "guess"})
    await problem_of(answer, HTTPStatus.TOO_MANY_REQUESTS, "login_blocked")
    assert (await log_in(house)).status == 201


@pytest.mark.parametrize(
    ("address", "place"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("unknown", "unknown")],
)
def test_failures_are_counted_for_a_whole_ipv6_network(address: str, place: str) -> None:
    assert neighbourhood(address) == place


async def test_a_browser_logs_in_and_out(house: House) -> None:
    answer = await log_in(house)
    assert answer.status == 201
    session = Session.model_validate_json(await answer.read())
    assert session.scopes == (Scope.ADMIN,)
    cookie = answer.cookies["plantops_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", "/", "")
    assert int(cookie["max-age"]) == 30 * 86_400
    house.client.session.cookie_jar.clear()
    headers = cookie_of(answer)
    assert (await house.client.get("/api/v1/tokens", headers=headers)).status == 200
    assert (await house.client.get("/api/v1/session", headers=headers)).status == 200
    origin = {"Origin": f"http://{house.client.host}:{house.client.port}"}
    answer = await house.client.delete("/api/v1/session", headers=headers | origin)
    assert answer.status == 204
    assert answer.cookies["plantops_session"]["max-age"] == "0"
    await problem_of(await house.client.get("/api/v1/tokens", headers=headers), HTTPStatus.UNAUTHORIZED, "unauthorized")


async def test_the_cookie_is_secure_behind_a_tls_proxy(house: House) -> None:
    answer = await log_in(house, **{"X-Forwarded-Proto": "https"})
    assert answer.cookies["plantops_session"]["secure"] is True


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "origin_forbidden"),
        ({"Origin": "null"}, "origin_forbidden"),
        ({"Origin": "https://evil.example"}, "origin_forbidden"),
        ({"Origin": "https://garden.example.evil.example"}, "origin_forbidden"),
        ({"Origin": "http://["}, "origin_forbidden"),
        ({"Sec-Fetch-Site": "cross-site"}, "origin_forbidden"),
        ({"Sec-Fetch-Site": "same-origin"}, "unsupported_media"),
        ({"Origin": "https://garden.example"}, "unsupported_media"),
        ({"Origin": "https://Garden.example"}, "unsupported_media"),
        ({"Origin": "https://outside.example", "X-Forwarded-Host": "outside.example"}, "unsupported_media"),
    ],
)
async def test_a_session_acts_from_our_own_pages_only(house: House, headers: dict[str, str], code: str) -> None:
    login = await log_in(house)
    house.client.session.cookie_jar.clear()
    sent = {"Host": "garden.example"} | headers | cookie_of(login)
    answer = await house.client.post("/api/v1/tokens", headers=sent)
    status = HTTPStatus.FORBIDDEN if code == "origin_forbidden" else HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    await problem_of(answer, status, code)


async def test_another_site_cannot_listen_in(house: House) -> None:
    login = await log_in(house)
    house.client.session.cookie_jar.clear()
    own = {"Origin": f"http://{house.client.host}:{house.client.port}", "X-Correlation-ID": "from-the-page"}
    async with house.client.ws_connect("/api/v1/stream", headers=cookie_of(login) | own) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        assert socket._response.headers["X-Correlation-ID"] == "from-the-page"
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        with pytest.raises(WSServerHandshakeError, match="403"):
            await house.client.ws_connect("/api/v1/stream", headers=cookie_of(login) | headers)
    with pytest.raises(WSServerHandshakeError, match="401"):
        await house.client.ws_connect("/api/v1/stream", headers=own)


async def test_another_site_cannot_log_a_browser_in(house: House) -> None:
    await problem_of(await log_in(house, Origin="https://evil.example"), HTTPStatus.FORBIDDEN, "origin_forbidden")


async def test_a_bearer_token_needs_no_origin(house: House) -> None:
    headers = house.bearer() | {"Origin": "https://evil.example"}
    assert (await house.client.post("/api/v1/tokens", json={"name": "x"}, headers=headers)).status == 201


async def test_a_session_slides_on_while_it_is_used_and_ends_else(house: House) -> None:
    login = await log_in(house)
    house.client.session.cookie_jar.clear()
    headers = cookie_of(login)
    for days in (20, 40, 60):
        house.clock.ahead = timedelta(days=days)
        assert (await house.client.get("/api/v1/tokens", headers=headers)).status == 200
    house.clock.ahead = timedelta(days=91)
    assert (await house.client.get("/api/v1/tokens", headers=headers)).status == 401


async def test_a_session_ends_with_its_token(house: House) -> None:
    token = await make(house, name="browser", scopes=["read"])
    login = await house.client.post("/api/v1/session", json={"token": token.token})
    house.client.session.cookie_jar.clear()
    headers = cookie_of(login)
    assert (await house.client.get("/api/v1/session", headers=headers)).status == 200
    await house.access.revoke(token.id)
    assert (await house.client.get("/api/v1/session", headers=headers)).status == 401
