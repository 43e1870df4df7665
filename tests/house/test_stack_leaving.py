"""A backend that vanishes without a word costs time and no answer: nginx asks anew when the names change under it."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from aioplantops.health import Role
from plantops.api.doorstep import hear_no_newcomers
from plantops.ops.cluster import Binaries

from tests.chaos.house import House

ROUNDS = 100
"""Far more than are needed on a calm machine; it ends with the first one that came to it."""
DEAF = "127.0.0.3"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Give a house with one backend behind nginx."""
    with tempfile.TemporaryDirectory(prefix="plantops-leave-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        async with House.open(folder, Binaries.embedded()) as opened:
            yield opened


@asynccontextmanager
async def _deaf(house: House) -> AsyncIterator[None]:
    """Let somebody be there who takes no connection."""
    with socket.create_server((DEAF, house.first.port)) as deaf:
        hear_no_newcomers(deaf)
        yield


def _knocking(port: int) -> bool:
    """Tell whether somebody waits at the deaf one's door (proc(5): 02 is SYN_SENT); a slow answer is none of it."""
    return f" 0300007F:{port:04X} 02 " in Path("/proc/net/tcp").read_text()


async def _asked(house: House, session: aiohttp.ClientSession, number: int) -> str:
    """Ask, or add a plant; gives what went wrong."""
    url, body = f"{house.url}/api/v1/plants", {"name": f"Fern {number}"} if number % 2 else None
    async with session.request("POST" if body else "GET", url, json=body) as answer:
        said = await answer.text()
        return "" if answer.status in {HTTPStatus.OK, HTTPStatus.CREATED} else f"{answer.status} {said}"


@pytest.mark.timeout(900)
async def test_what_is_between_two_attempts_when_the_names_change_is_asked_anew(house: House) -> None:
    given_up = f'"backend":"{DEAF}:{house.first.port} : {house.first.host}:{house.first.port}"'
    headers = {"Authorization": f"Bearer {await house.token()}"}
    failures: list[str] = []
    async with aiohttp.ClientSession(headers=headers) as session, _deaf(house):
        while await _asked(house, session, 0):
            await asyncio.sleep(0.1)  # nginx has not looked for the backend yet
        number = 0
        for _ in range(ROUNDS):
            session.headers["Authorization"] = f"Bearer {await house.token()}"  # each may ask 3,000 times a minute
            house.names.addresses["backend"] = [house.first.host, DEAF]
            asking: set[asyncio.Task[str]] = set()
            while not _knocking(house.first.port):
                if not asking:
                    number += 1
                    asking = {asyncio.create_task(_asked(house, session, number))}
                done, asking = await asyncio.wait(asking, timeout=0.02)
                failures += filter(None, (task.result() for task in done))
            house.names.addresses["backend"] = [house.first.host]
            failures += filter(None, await asyncio.gather(*asking))
            if failures or given_up in house.front.requests.read_text():
                break
    assert failures == []
    assert given_up in house.front.requests.read_text(), "it never came to it"
    await house.first.until(Role.ACTIVE)


async def test_what_a_backend_has_heard_is_not_told_to_another_one(house: House) -> None:
    heard: list[bytes] = []

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65_536))
        writer.close()

    headers = {"Authorization": f"Bearer {await house.token()}"}
    async with (
        await asyncio.start_server(break_off, DEAF, house.first.port),
        aiohttp.ClientSession(headers=headers) as session,
    ):
        house.names.addresses["backend"] = [DEAF, house.first.host]
        while not any(one.startswith(b"POST") for one in heard):
            answer = await _asked(house, session, 1)
        assert answer.startswith("503 ")
        assert '"code":"unavailable"' in answer
    lines = [line for line in house.front.requests.read_text().splitlines() if '"status":503' in line and DEAF in line]
    assert lines
    assert not any(" : " in line and "POST" in line for line in lines), "nobody was asked anew"
