"""A backend that is asked to stop: the other one takes over, and nobody who asked anything notices."""

import asyncio
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from aioplantops.events import Hello
from aioplantops.health import Role
from plantops.ops.cluster import Binaries

from tests.chaos.backend import Backend
from tests.chaos.house import House

ASKERS = 6
AS_ONE = 1_000
"""So many requests are asked with one token: each may ask 3,000 times a minute."""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Give a house whose second backend stands by."""
    with tempfile.TemporaryDirectory(prefix="plantops-stop-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        async with House.open(folder, Binaries.embedded()) as opened:
            await opened.second.start()
            await opened.second.until(Role.STANDBY)
            yield opened


class Askers:
    """Ask all the time, each time over a new connection, of the first backend that lets them in: as a proxy does."""

    def __init__(self, backends: Sequence[Backend], token: Callable[[], Awaitable[str]]) -> None:
        """Take whom to ask, and who makes tokens to show."""
        self.backends = backends
        self.token = token
        self.said: Counter[str] = Counter()

    async def until_said(self, *words: str) -> None:
        """Wait until every one of them was said anew."""
        before = self.said.copy()
        while any(self.said[one] == before[one] for one in words):
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Ask until the block ends."""
        ended = asyncio.Event()
        each_anew = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=each_anew) as session, asyncio.TaskGroup() as tasks:
            for number in range(ASKERS):
                tasks.create_task(self._ask(session, number, ended))
            try:
                yield
            finally:
                ended.set()

    async def _ask(self, session: aiohttp.ClientSession, number: int, ended: asyncio.Event) -> None:
        asked, headers = 0, {}
        while not ended.is_set():
            if asked % AS_ONE == 0:
                headers = {"Authorization": f"Bearer {await self.token()}"}
            asked += 1
            for backend in self.backends:
                with suppress(aiohttp.ClientConnectorError):  # refused before a word was said
                    self.said[await self._once(session, backend, number, headers)] += 1
                    break
            else:
                self.said["nobody listens"] += 1
                return

    async def _once(
        self, session: aiohttp.ClientSession, backend: Backend, number: int, headers: Mapping[str, str]
    ) -> str:
        place = f"http://{backend.host}:{backend.port}/api/v1/plants"
        method, words = ("POST", {"name": f"Fern {number}"}) if number % 2 else ("GET", None)
        try:
            async with session.request(method, place, json=words, headers=headers) as answer:
                await answer.read()
                return f"{backend.name}: {answer.status}"
        except aiohttp.ClientConnectorError:
            raise
        except aiohttp.ClientError as error:
            return f"cut off: {error!r}"


async def _until_closed(backend: Backend) -> None:
    """Wait until its port is closed."""
    while True:
        try:
            _, writer = await asyncio.open_connection(backend.host, backend.port)
        except ConnectionRefusedError:
            return
        writer.close()


async def _until_gone(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    Hello.model_validate_json(await socket.receive_str())
    async for _ in socket:
        pass  # the snapshot, and what happens
    return socket.close_code


async def test_a_backend_that_is_asked_to_stop_lets_nobody_down(house: House) -> None:
    first, second = house.first, house.second
    askers = Askers([first, second], house.token)
    async with AsyncExitStack() as stack:
        headers = {"Authorization": f"Bearer {await house.token()}"}
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        place = f"http://{first.host}:{first.port}/api/v1"
        socket = await stack.enter_async_context(session.ws_connect(f"{place}/stream"))
        listening = asyncio.create_task(_until_gone(socket))
        body, heard = asyncio.Queue[bytes](), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            heard.set()  # it has asked for the body
            while part := await body.get():
                yield part

        async with askers.asking():
            await askers.until_said("first: 200", "first: 201")
            body.put_nowait(b'{"name": ')
            written = {"Content-Type": "application/json"}
            slow = asyncio.create_task(session.post(f"{place}/plants", data=slowly(), headers=written, expect100=True))
            await heard.wait()
            first.send(signal.SIGTERM)
            await _until_closed(first)
            assert first.runs, "it hung up on the one that was still speaking"
            for part in (b'"Moss"}', b""):
                body.put_nowait(part)
            async with await slow as answer:
                assert answer.status == 201
            assert await listening == aiohttp.WSCloseCode.GOING_AWAY
            assert first.process is not None
            assert await first.process.wait() == 0
            await second.until(Role.ACTIVE)
            await askers.until_said("second: 200", "second: 201")
    assert set(askers.said) == {"first: 200", "first: 201", "second: 200", "second: 201"}
