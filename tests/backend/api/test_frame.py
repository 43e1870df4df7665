"""What holds for every address: correlation ids, problems, security headers, methods, metrics."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

import pytest
from aiohttp import ClientResponse
from aioplantops.models import Scope
from aioplantops.problem import Problem
from plantops.api.problems import TYPE
from plantops.api.route import Route
from plantops.api.routes import ROUTES
from yarl import URL

from tests.backend.api.conftest import House, open_house
from tests.servers import DatabaseServer


async def problem_of(answer: ClientResponse, status: HTTPStatus, code: str) -> Problem:
    """Make sure that an answer is a whole problem, and give it."""
    assert (answer.status, answer.content_type) == (status, TYPE), await answer.text()
    problem = Problem.model_validate_json(await answer.read())
    assert (problem.status, problem.code) == (status, code)
    assert problem.correlation_id == answer.headers["X-Correlation-ID"]
    assert problem.detail
    return problem


async def test_a_sane_correlation_id_is_taken_over(house: House) -> None:
    for path in ("/api/health", "/api/v1/tokens", "/nowhere"):
        answer = await house.client.get(path, headers={"X-Correlation-ID": "abc.DEF_12-3"})
        assert answer.headers["X-Correlation-ID"] == "abc.DEF_12-3"


@pytest.mark.parametrize("offered", ["short", "x" * 65, "with space", 'quote"s-here', "ümläute-hier", ""])
async def test_any_other_correlation_id_is_replaced(house: House, offered: str) -> None:
    answer = await house.client.get("/api/health", headers={"X-Correlation-ID": offered})
    assert UUID(answer.headers["X-Correlation-ID"])


async def test_every_answer_wears_the_security_headers(house: House) -> None:
    for path in ("/api/health", "/nowhere", "/metrics", "/api/docs", "/api/v1/tokens"):
        answer = await house.client.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in answer.headers
        assert "Python" not in answer.headers["Server"]


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/v1", "/api/v1/nothing", "/api/v1/tokens/", "/api/v1/%ff", "/%00", "/api/docs/../../etc", "//"],
)
async def test_an_unknown_address_is_a_problem(house: House, path: str) -> None:
    url = URL(str(house.client.make_url("/")).rstrip("/") + path, encoded=True)
    async with house.client.session.get(url, headers=house.bearer()) as answer:
        await problem_of(answer, HTTPStatus.NOT_FOUND, "not_found")


async def test_a_wrong_method_names_the_right_ones(house: House) -> None:
    answer = await house.client.put("/api/v1/tokens", headers=house.bearer())
    await problem_of(answer, HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


async def test_options_tells_the_methods(house: House) -> None:
    answer = await house.client.options("/api/v1/tokens")
    assert (answer.status, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")


async def test_head_is_get_without_the_body(house: House) -> None:
    answer = await house.client.head("/api/v1/tokens", headers=house.bearer())
    assert (answer.status, await answer.read()) == (200, b"")
    answer = await house.client.head("/api/v1/tokens")
    assert answer.status == 401


@pytest.mark.parametrize("text", ["x", "6a0e2b1c", "0", "%00", "'; DROP TABLE token; --", "٣"])
async def test_an_id_that_cannot_be_is_not_there(house: House, text: str) -> None:
    answer = await house.client.delete(f"/api/v1/tokens/{text}", headers=house.bearer())
    await problem_of(answer, HTTPStatus.NOT_FOUND, "token_not_found")


@pytest.mark.parametrize(
    ("query", "where"),
    [("limit=0", "limit"), ("limit=x", "limit"), ("limit=1&limit=2", "limit"), ("limmit=1", "limmit"),
     ("cursor=x", "cursor"), ("limit=%00", "limit"), ("limit=%ff", "limit"), ("=", ""), ("limit=nan", "limit")],
)  # fmt: skip
async def test_a_query_that_does_not_fit_is_named(house: House, query: str, where: str) -> None:
    answer = await house.client.get(f"/api/v1/tokens?{query}", headers=house.bearer())
    problem = await problem_of(answer, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
    assert [wrong.where for wrong in problem.errors] == [where or "request"]


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xef\xbb\xbf{}", 400, "malformed"),
        (b'{"name": "\xff"}', 400, "malformed"),
        (b'{"name": "\\ud800"}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400, "malformed"),
        (b'{"name": ' + b"1" * 5_000 + b"}", 400, "malformed"),
        (b'{"name": NaN}', 422, "invalid"),
        (b'{"name": "a", "name": "b"}', 422, "invalid"),
        (b'{"name": "a", "more": 1}', 422, "invalid"),
        (b'{"name": "a", "scopes": ["root"]}', 422, "invalid"),
        (b'{"name": "a", "scopes": []}', 422, "invalid"),
        (b'{"name": "a\\u0000b"}', 422, "invalid"),
        (b'{"name": "   "}', 422, "invalid"),
        (b'{"name": "a", "expires_at": 1e400}', 422, "invalid"),
        (b'{"name": "a", "expires_at": "2020-01-01T00:00:00Z"}', 422, "invalid"),
        (b'{"name": "a", "expires_at": "2030-01-01T00:00:00"}', 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'"text"', 422, "invalid"),
        (b"NaN", 422, "invalid"),
    ],
)
async def test_a_body_that_does_not_fit(house: House, body: bytes, status: HTTPStatus, code: str) -> None:
    answer = await house.client.post("/api/v1/tokens", data=body, headers=house.bearer() | JSON)
    problem = await problem_of(answer, status, code)
    assert bool(problem.errors) is (code == "invalid")


async def test_wrong_places_are_told_in_words(house: House) -> None:
    wish = {"name": 5, "scopes": ["read", "root"], "colour": "green", "x" * 9_000: 1, "expires_at": "2030-02-30"}
    answer = await house.client.post("/api/v1/tokens", json=wish, headers=house.bearer())
    problem = await problem_of(answer, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid")
    assert {wrong.where for wrong in problem.errors} == {"name", "scopes[1]", "colour", "x" * 120, "expires_at"}
    assert "expires_at: must be a day and a time that there are" in {
        f"{one.where}: {one.why[:39]}" for one in problem.errors
    }
    assert "5" not in problem.detail


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded"]
)
async def test_only_json_is_taken(house: House, kind: str) -> None:
    answer = await house.client.post("/api/v1/tokens", data=b"{}", headers=house.bearer() | {"Content-Type": kind})
    await problem_of(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media")


async def test_a_large_body_is_not_read(house: House) -> None:
    body = io.BytesIO(json.dumps({"name": "x" * 1_048_576}).encode())
    answer = await house.client.post("/api/v1/tokens", data=body, headers=house.bearer() | JSON)
    await problem_of(answer, HTTPStatus.CONTENT_TOO_LARGE, "too_large")


async def test_a_large_body_is_not_read_in_chunks_either(house: House) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    answer = await house.client.post("/api/v1/tokens", data=chunks(), headers=house.bearer() | JSON)
    await problem_of(answer, HTTPStatus.CONTENT_TOO_LARGE, "too_large")


async def test_a_body_that_drips_is_given_up(embedded_server: DatabaseServer) -> None:
    hasty = [replace(route, body_seconds=0.05) for route in ROUTES]

    async def drips() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    async with embedded_server.migrated() as url, open_house(url, routes=hasty) as house:
        answer = await house.client.post("/api/v1/tokens", data=drips(), headers=house.bearer() | JSON)
        await problem_of(answer, HTTPStatus.REQUEST_TIMEOUT, "too_slow")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_body_that_is_not_what_its_headers_say(house: House, coding: str) -> None:
    headers = house.bearer() | JSON | {"Content-Encoding": coding}
    answer = await house.client.post("/api/v1/tokens", data=b"not compressed at all", headers=headers)
    await problem_of(answer, HTTPStatus.BAD_REQUEST, "malformed")


async def test_latency_is_counted_by_route_and_not_by_path(house: House) -> None:
    await house.client.delete("/api/v1/tokens/secret-guess", headers=house.bearer())
    await house.client.get("/secret-guess")
    await house.client.request("PROPFIND", "/api/health")
    text = await (await house.client.get("/metrics")).text()
    assert 'route="/api/v1/tokens/{token_id}"' in text
    assert 'route="unmatched"' in text
    assert 'method="other"' in text
    assert "secret-guess" not in text


def test_every_route_is_named_once_and_documented() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert [route.name for route in ROUTES if not (route.summary.endswith(".") and route.handler.__doc__)] == []


PUBLIC = {
    "/", "/api/health", "/api/ready", "/metrics",
    "/api/openapi.json", "/api/docs", "/api/docs/{file}", "/api/v1/session", "/api/v1/devices/register",
    "/api/v1/calendar/{secret}.ics",
}  # fmt: skip


def test_only_these_routes_are_public() -> None:
    assert {route.path for route in ROUTES if route.scope is None} == PUBLIC


@pytest.mark.parametrize("route", [route for route in ROUTES if route.scope], ids=lambda route: route.name)
async def test_each_route_opens_to_its_scope_only(house: House, route: Route) -> None:
    path = route.path.replace("{", "").replace("}", "")
    answer = await house.client.request(route.method, path)
    await problem_of(answer, HTTPStatus.UNAUTHORIZED, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert route.scope is not None
    for scope in Scope:
        answer = await house.client.request(route.method, path, headers=house.bearer(scope))
        if scope.grants(route.scope):
            assert answer.status not in {401, 403}
        else:
            await problem_of(answer, HTTPStatus.FORBIDDEN, "scope_missing")


async def test_too_many_requests_are_told_to_wait(strict_house: House) -> None:
    for _ in range(3):
        assert (await strict_house.client.get("/api/v1/tokens", headers=strict_house.bearer())).status == 200
    answer = await strict_house.client.get("/api/v1/tokens", headers=strict_house.bearer())
    problem = await problem_of(answer, HTTPStatus.TOO_MANY_REQUESTS, "rate_limited")
    assert answer.headers["Retry-After"] == str(problem.retry_after)
    assert 1 <= (problem.retry_after or 0) <= 60
    _, other = await strict_house.access.create("another", (Scope.ADMIN,))
    assert (await strict_house.client.get("/api/v1/tokens", headers={"Authorization": f"Bearer {other}"})).status == 200


async def test_an_export_that_nobody_reads_lets_the_store_go(house: House) -> None:
    readings = [{"c": f"temperature_{number}", "v": 1} for number in range(60)]
    sources = {"device_id": "balcony", "readings": readings}
    assert (await house.client.post("/api/v1/readings", json=sources, headers=house.bearer())).status == 200
    async with house.client.get("/api/v1/export", headers=house.bearer()) as answer:
        assert answer.status == 200
    async with asyncio.timeout(25):  # left to itself, the driver would cancel the export for half a minute
        while house.database._pool.get_idle_size() < house.database._pool.get_size():
            await asyncio.sleep(0.01)


async def test_a_database_that_is_away_is_told(house: House) -> None:
    await house.database._pool.close()
    answer = await house.client.get("/api/v1/tokens", headers=house.bearer())
    await problem_of(answer, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")


async def test_what_nobody_foresaw_stays_inside(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    house.access.page = None  # type: ignore[assignment, method-assign]
    answer = await house.client.get("/api/v1/tokens", headers=house.bearer())
    problem = await problem_of(answer, HTTPStatus.INTERNAL_SERVER_ERROR, "internal")
    assert "NoneType" not in problem.model_dump_json()


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS on the plain port
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"BREW /api/health HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_problem_too(house: House, noise: bytes) -> None:
    reader, writer = await asyncio.open_connection(house.client.host, house.client.port)
    writer.write(noise)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"400"
    problem = Problem.model_validate_json(body)
    assert problem.code == "malformed"
    assert f"X-Correlation-ID: {problem.correlation_id}".encode() in head


async def test_expectations_are_met_or_ignored(house: House) -> None:
    headers = house.bearer() | JSON
    answer = await house.client.post("/api/v1/tokens", data=b'{"name": "a"}', headers=headers, expect100=True)
    assert answer.status == 201
    answer = await house.client.get("/api/health", headers={"Expect": "the-unexpected"})
    assert answer.status == 200
