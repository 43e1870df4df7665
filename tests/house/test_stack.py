"""The production stack in front of its users: what nginx does with two backends behind it, from the real files."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from aioplantops.client import PlantOpsClient
from aioplantops.health import Role
from aioplantops.models import Scope
from aioplantops.problem import Problem
from plantops.services.access import Access
from plantops.storage.pool import Database

from tests.house.stack.front import check
from tests.house.stack.house import SERVICE, Stack
from tests.servers import DatabaseServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOK_SECONDS = 0.05
DOORS = ("page", "api", "https", "proxy")
PEOPLE = 8
BREATH_SECONDS = 0.05


@dataclass(slots=True)
class Visitor:
    """Somebody outside, at one of the front's doors."""

    stack: Stack
    session: aiohttp.ClientSession
    token: str
    database_url: str

    def url(self, path: str = "", *, door: str = "api") -> str:
        """Name an address behind a door: page, api, https or proxy."""
        scheme = "https" if door == "https" else "http"
        return f"{scheme}://localhost:{getattr(self.stack.front.ports, door)}{path}"

    async def get(self, path: str, *, door: str = "api", **headers: str) -> tuple[aiohttp.ClientResponse, str]:
        """Ask for something; gives the answer and its text. Headers: X_Name for X-Name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(self.url(path, door=door), headers=named) as answer:
            return answer, await answer.text()

    async def addresses_that_failed(self) -> set[str]:
        """List the addresses from which somebody tried to come in, as the backend saw them."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return {row[0] for row in await connection.fetch("SELECT address FROM login_failure")}
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(timescale_server: DatabaseServer, run_folder: Path) -> AsyncIterator[Visitor]:
    """Run the stack for all of these tests, and stand outside with a token."""
    async with timescale_server.migrated() as url, Stack.open(run_folder / "stack", url) as stack:
        await stack.start(stack.backends[0], Role.ACTIVE)
        async with Database.open(url, max_size=1) as database:
            _, token = await Access(database, lambda: datetime.now(UTC)).create("stack", (Scope.ADMIN,), None)
        trusted = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=stack.ca_file))
        async with aiohttp.ClientSession(connector=trusted) as session:
            yield Visitor(stack, session, token, url)
            await stack.stop(stack.backends[0])


@asynccontextmanager
async def second_backend(stack: Stack) -> AsyncIterator[None]:
    """Have the second backend beside the first, and found."""
    await stack.start(stack.backends[1], Role.STANDBY)
    try:
        yield
    finally:
        await stack.stop(stack.backends[1])


async def test_the_page_tells_how_the_backend_is_and_leads_on(visitor: Visitor) -> None:
    for door in ("page", "https", "proxy"):
        answer, text = await visitor.get("/", door=door)
        assert answer.status == HTTPStatus.OK
        assert "The backend is ready." in text
        assert 'href="/api/docs"' in text
        assert "<script" not in text
        assert "<!--#" not in text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    style, _ = await visitor.get("/page.css", door="page")
    assert style.content_type == "text/css"
    missing, text = await visitor.get("/nothing", door="page")
    assert missing.status == HTTPStatus.NOT_FOUND
    assert "There is no page at this address" in text


async def test_the_api_answers_behind_every_door_with_the_clients_own_id(visitor: Visitor) -> None:
    for door in DOORS:
        answer, text = await visitor.get("/api/health", door=door, X_Correlation_ID="a-client-s-own-id")
        assert answer.status == HTTPStatus.OK
        assert json.loads(text)["status"] == "ok"
        assert answer.headers["X-Correlation-ID"] == "a-client-s-own-id"
        answer, _ = await visitor.get("/api/ready", door=door)
        assert answer.status == HTTPStatus.OK
        assert len(answer.headers["X-Correlation-ID"]) >= 8
    insane, _ = await visitor.get("/api/ready", X_Correlation_ID="a b")
    assert " " not in insane.headers["X-Correlation-ID"]
    answer, _ = await visitor.get("/")
    assert answer.url.path == "/api/docs", "the backend leads a browser at port 8000 to the documentation"


async def test_metrics_are_not_to_be_had_from_outside(visitor: Visitor) -> None:
    paths = ("/metrics", "//metrics", "/./metrics", "/%6detrics", "/api/../metrics", "/api/%2e%2e/metrics", "/metrics/")
    more = (
        "/api//../metrics",
        "/api/..%2fmetrics",
        "/api/x/..;/../metrics",
        "/METRICS",
        "/metrics?x",
        "/api/metrics",
    )
    for door in ("page", "api", "proxy"):
        for path in (*paths, *more):
            reader, writer = await asyncio.open_connection("127.0.0.1", getattr(visitor.stack.front.ports, door))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            said = (await reader.read()).decode()
            writer.close()
            assert said.startswith(("HTTP/1.1 404", "HTTP/1.1 400")), (door, path, said[:200])
            assert "plantops_build_info" not in said


async def test_a_cookie_is_for_https_alone_where_the_client_spoke_https(visitor: Visitor) -> None:
    for door, secure in (("https", True), ("api", False), ("page", False)):
        url = visitor.url("/api/v1/session", door=door)
        forged = {"X-Forwarded-Proto": "https", "Forwarded": "proto=https", "Origin": visitor.url(door=door)}
        async with visitor.session.post(url, json={"token": visitor.token}, headers=forged) as answer:
            assert answer.status == HTTPStatus.CREATED, await answer.text()
            assert ("Secure" in answer.headers["Set-Cookie"]) is secure, door
    visitor.session.cookie_jar.clear()


async def test_the_backend_learns_the_clients_address_from_nginx_alone(visitor: Visitor) -> None:
    here = aiohttp.TCPConnector(local_addr=("127.0.0.77", 0), family=socket.AF_INET)
    async with aiohttp.ClientSession(connector=here) as session:
        lies = {"X-Forwarded-For": "203.0.113.9, 203.0.113.10", "X-Real-IP": "203.0.113.11"}
        headers = {"Authorization": "Bearer nobody", **lies, "Forwarded": "for=203.0.113.12"}
        async with session.get(visitor.url("/api/v1/devices"), headers=headers) as answer:
            assert answer.status == HTTPStatus.UNAUTHORIZED
        assert await visitor.addresses_that_failed() == {"127.0.0.77"}
        told = {"Authorization": "Bearer nobody", "X-Forwarded-For": "198.51.100.7"}
        async with session.get(visitor.url("/api/v1/devices", door="proxy"), headers=told) as answer:
            assert answer.status == HTTPStatus.UNAUTHORIZED
        assert await visitor.addresses_that_failed() == {"127.0.0.77", "198.51.100.7"}


async def test_the_stream_goes_through(visitor: Visitor) -> None:
    for door in DOORS:
        client = PlantOpsClient(visitor.url(door=door), visitor.token, visitor.session)
        async with aclosing(client.listen()) as updates:
            snapshot = await anext(updates)
        assert snapshot.event is None, "the snapshot of a new connection, behind its greeting"


async def test_what_is_too_large_is_refused_as_the_api_does_it(visitor: Visitor) -> None:
    async with visitor.session.post(visitor.url("/api/v1/plants"), data=BytesIO(b"x" * (1024 * 1024 + 1))) as answer:
        problem = Problem.model_validate_json(await answer.read())
    assert (answer.status, problem.status, problem.code) == (413, 413, "too_large")
    assert answer.content_type == "application/problem+json"
    assert problem.correlation_id == answer.headers["X-Correlation-ID"]


async def test_only_tls_of_today_is_spoken(visitor: Visitor) -> None:
    old = ssl.create_default_context(cafile=visitor.stack.ca_file)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        await asyncio.open_connection("localhost", visitor.stack.front.ports.https, ssl=old)
    strangers = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("localhost", visitor.stack.front.ports.https, ssl=strangers)


@dataclass(slots=True)
class Crowd:
    """People who ask all the time, and what they were answered."""

    visitor: Visitor
    answers: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    made: int = 0

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Ask, and make plants, until the block ends; each request that has begun is answered before it ends."""
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as people:
            for number in range(PEOPLE):
                people.create_task(self._ask(ended, number))
            try:
                yield
            finally:
                ended.set()

    async def _ask(self, ended: asyncio.Event, number: int) -> None:
        headers = {"Authorization": f"Bearer {self.visitor.token}"}
        url, session = self.visitor.url("/api/v1/plants"), self.visitor.session
        while not ended.is_set():
            body = {"name": f"Plant {self.made}"} if number == 0 else None
            async with session.request("POST" if body else "GET", url, json=body, headers=headers) as answer:
                self.answers.append(answer.status)
                self.made += answer.status == HTTPStatus.CREATED
                if not answer.ok:
                    self.refusals.append(f"{answer.method} {answer.status} {await answer.text()}")
            await asyncio.sleep(BREATH_SECONDS)

    async def until_answered_more(self, count: int) -> None:
        """Wait until so many more requests were answered."""
        enough = len(self.answers) + count
        while len(self.answers) < enough:
            await asyncio.sleep(LOOK_SECONDS)


async def test_a_new_backend_is_found_and_one_that_stops_costs_no_request(visitor: Visitor) -> None:
    stack = visitor.stack
    first, second = stack.backends
    crowd = Crowd(visitor)
    async with crowd.asking():
        async with second_backend(stack):
            await crowd.until_answered_more(100)
            await stack.stop(first)
            await crowd.until_answered_more(100)
            await second.until(Role.ACTIVE)
            await stack.start(first, Role.STANDBY)
            await crowd.until_answered_more(100)
        await crowd.until_answered_more(100)
    assert crowd.refusals == []
    assert set(crowd.answers) == {200, 201}
    client = PlantOpsClient(visitor.url(), visitor.token, visitor.session)
    assert len([plant async for plant in client.plants()]) == crowd.made
    await first.until(Role.ACTIVE)


async def test_without_a_backend_the_front_says_so_in_the_apis_words(visitor: Visitor) -> None:
    stack = visitor.stack
    await stack.stop(stack.backends[0])
    try:
        answer, text = await visitor.get("/api/v1/garden", X_Correlation_ID="nobody-there-1")
        problem = Problem.model_validate_json(text)
        assert (answer.status, problem.status, problem.code) == (503, 503, "unavailable")
        assert answer.headers["Retry-After"] == str(problem.retry_after)
        assert problem.correlation_id == answer.headers["X-Correlation-ID"] == "nobody-there-1"
        _, page = await visitor.get("/", door="page")
        assert "The backend is not ready" in page
        healthy, _ = await visitor.get("/healthy", door="page")
        assert healthy.status == HTTPStatus.OK
    finally:
        await stack.start(stack.backends[0], Role.ACTIVE)


async def test_nginx_likes_its_configuration(visitor: Visitor, tmp_path: Path) -> None:
    said = await check(tmp_path, visitor.stack.ca_file.parent)
    assert "test is successful" in said
    assert "warn" not in said
    assert SERVICE == "backend", "the name in frontend/nginx/nginx.conf and in the compose file"
