"""The production stack in front of its users: what nginx does with two backends behind it, from the real files."""

import asyncio
import json
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, aclosing, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aioplantops.client import PlantOpsClient
from aioplantops.errors import TlsRequired
from aioplantops.health import Role
from aioplantops.models import Scope
from aioplantops.problem import Problem
from aioplantops.registration import DeviceRegister, RegistrationKeyCreate
from aioplantops.telemetry import Batch, Sample
from aioplantops.topics import Leaf, build
from PIL import Image
from plantops.api.dashboard import FOR_EVER, POLICY
from plantops.services.access import Access
from plantops.storage.pool import Database
from virtualgarden.link import Account, Broker, Link, Word

from tests.backend.api.pictures import written
from tests.house.stack.front import check
from tests.house.stack.house import SERVICE, Stack
from tests.house.stack.visitor import Crowd, Visitor
from tests.servers import PATIENCE_SECONDS, DatabaseServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOK_SECONDS = 0.05
DOORS = ("page", "api", "https", "proxy")


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


@contextmanager
def silent_address(port: int) -> Iterator[str]:
    """Give an address at which whoever connects waits in vain, as at that of a container which is gone."""
    host = "127.0.0.3"
    with socket.socket() as listener, ExitStack() as waiting:
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(4):  # the queue is full then, and the system answers nobody
            client = waiting.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex((host, port))
        yield host


@asynccontextmanager
async def second_backend(stack: Stack) -> AsyncIterator[None]:
    """Have the second backend beside the first, and found."""
    await stack.start(stack.backends[1], Role.STANDBY)
    try:
        yield
    finally:
        await stack.stop(stack.backends[1])


async def test_the_dashboard_is_shown_under_the_backends_own_policy(visitor: Visitor) -> None:
    for door, path in (("page", "/"), ("https", "/devices"), ("proxy", "/plants/some-plant")):
        answer, text = await visitor.get(path, door=door)
        assert answer.status == HTTPStatus.OK
        assert "<plantops-app>" in text
        assert answer.headers.getall("Content-Security-Policy") == [POLICY]
        assert answer.headers.getall("Cache-Control") == ["no-cache"]
    scripts = re.findall(r'src="(/assets/[^"]+\.js)"', text)
    assert scripts
    for script in scripts:
        file, _ = await visitor.get(script, door="page")
        assert (file.content_type, file.headers["Cache-Control"]) == ("text/javascript", FOR_EVER)
    missing, _ = await visitor.get("/assets/of-an-older-page.js", door="page")
    assert (missing.status, missing.headers["Cache-Control"]) == (HTTPStatus.NOT_FOUND, "no-store")


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


async def test_each_answer_carries_its_own_policy_and_no_other(visitor: Visitor) -> None:
    for door in DOORS:
        for path in ("/api/docs", "/api/ready", "/api/v1/nothing", "/", "/nothing"):
            answer, _ = await visitor.get(path, door=door)
            for header in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Cache-Control"):
                assert len(answer.headers.getall(header, [])) == 1, (door, path, header)
        answer, _ = await visitor.get("/api/docs", door=door)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"], "the documentation runs scripts"


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


async def test_a_picture_goes_through_and_the_calendars_secret_stands_in_no_log(visitor: Visitor) -> None:
    token = {"Authorization": f"Bearer {visitor.token}"}
    async with visitor.session.post(visitor.url("/api/v1/plants"), json={"name": "Fern"}, headers=token) as answer:
        plant = (await answer.json())["id"]
    picture = written(Image.effect_noise((2_000, 1_500), 80))
    assert len(picture) > 1024 * 1024
    headers = {**token, "Content-Type": "image/jpeg"}
    path = visitor.url(f"/api/v1/plants/{plant}/photos")
    async with visitor.session.post(path, data=BytesIO(picture), headers=headers) as answer:
        assert (answer.status, (await answer.json())["width"]) == (201, 1_600)
    async with visitor.session.post(visitor.url("/api/v1/calendar-feeds"), json={"name": "x"}, headers=token) as answer:
        feed = (await answer.json())["path"]
    _, text = await visitor.get(feed)
    assert text.startswith("BEGIN:VCALENDAR")
    requests = await asyncio.to_thread(visitor.stack.front.requests.read_text)
    assert "/api/v1/calendar/…" in requests
    assert feed.rpartition("/")[2].removesuffix(".ics") not in requests


async def test_a_backend_writes_no_file(visitor: Visitor) -> None:
    first = visitor.stack.backends[0]
    assert first.runs
    assert list(first.folder.glob("backend-first.log")), "this is where it would be"
    assert list(first.folder.glob("data-*")) == [], "in its container it could not"


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


async def test_a_device_registers_at_the_https_door_and_its_readings_arrive(visitor: Visitor) -> None:
    admin = PlantOpsClient(visitor.url(), visitor.token, visitor.session)
    key = await admin.create_registration_key(RegistrationKeyCreate(name="balcony"))
    wish = DeviceRegister(registration_key=key.registration_key, hardware_id="A0:B7:65:3F:A2:C1", name="plant-balcony")
    with pytest.raises(TlsRequired, match=str(visitor.stack.front.ports.https)):
        await PlantOpsClient(visitor.url(), None, visitor.session).register(wish)
    device = await PlantOpsClient(visitor.url(door="https"), None, visitor.session).register(wish)
    assert (device.device_id, device.mqtt_host) == ("plant-balcony", "localhost")
    door = Broker(device.mqtt_host, device.mqtt_port, visitor.stack.ca_file, PATIENCE_SECONDS)
    reading = Batch(boot=1, seq=1, readings=(Sample(c="soil_moisture", t=time.time(), v=41.5),))
    async with Link.open(Account(door, device.mqtt_username, device.mqtt_password)) as link:
        await link.publish(Word(build(device.device_id, Leaf.TELEMETRY), reading.model_dump_json().encode(), qos=1))
    while not (found := [one async for one in admin.devices() if one.id == "plant-balcony"]) or not found[0].channels:
        await asyncio.sleep(LOOK_SECONDS)
    assert [channel.key for channel in found[0].channels] == ["soil_moisture"]


async def test_a_new_backend_is_found_and_one_that_stops_costs_no_request(visitor: Visitor) -> None:
    stack = visitor.stack
    first, second = stack.backends
    client = PlantOpsClient(visitor.url(), visitor.token, visitor.session)
    before = len([plant async for plant in client.plants()])
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
    assert len([plant async for plant in client.plants()]) == before + crowd.made
    await first.until(Role.ACTIVE)


async def test_a_backend_whose_address_answers_nothing_any_more_costs_no_request(visitor: Visitor) -> None:
    names, first = visitor.stack.names.addresses, visitor.stack.backends[0]
    crowd = Crowd(visitor)
    with silent_address(first.port) as gone:
        async with crowd.asking():
            for _ in range(2):
                said = len(visitor.stack.front.requests.read_text())
                names[SERVICE] = [first.host, gone]
                while gone not in visitor.stack.front.requests.read_text()[said:]:
                    await asyncio.sleep(LOOK_SECONDS)
                names[SERVICE] = [first.host]
                await crowd.until_answered_more(100)
    assert crowd.refusals == []


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
        assert "<plantops-app>" in page
        healthy, _ = await visitor.get("/healthy", door="page")
        assert healthy.status == HTTPStatus.OK
    finally:
        await stack.start(stack.backends[0], Role.ACTIVE)


async def test_nginx_likes_its_configuration(visitor: Visitor, tmp_path: Path) -> None:
    said = await check(tmp_path, visitor.stack.ca_file.parent)
    assert "test is successful" in said
    assert "warn" not in said
    assert SERVICE == "backend", "the name in frontend/nginx/nginx.conf and in the compose file"
