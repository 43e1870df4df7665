"""Listening to a garden: the live stream folded into a `Garden`, again and again over every interruption.

```python
async with aclosing(client.listen()) as updates:
    async for garden, event in updates:
        ...
```

The first update of each connection carries the whole garden and the event None. An interruption ends with a new whole
garden, so nothing that a listener does may depend on hearing every event.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from random import uniform
from typing import NamedTuple

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMessage, WSMsgType, WSServerHandshakeError
from pydantic import TypeAdapter, ValidationError
from yarl import URL

from .errors import (
    CannotConnect,
    NotUnderstood,
    OriginForbidden,
    PlantOpsError,
    ScopeMissing,
    ServerTooNew,
    ServerTooOld,
    Unauthorized,
)
from .events import EVENT, EVENT_TYPES, MIN_SCHEMA_VERSION, SCHEMA_VERSION, Event, Hello, Snapshot
from .garden import Garden
from .trust import Trust, unreachable
from .wire import Wire

PATH = "/api/v1/stream"

CONNECT_SECONDS = 10.0
"""How long the backend may take to accept a connection, and to send greeting and snapshot each."""

HEARTBEAT_SECONDS = 30.0
"""The client pings as the backend does: a backend that is gone is noticed within half as much again."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between two attempts to connect."""

MAX_MESSAGE_BYTES = 32 * 1024 * 1024
"""A snapshot of thousands of plants has a few MiB; whoever sends more is no PlantOps."""

HOPELESS: Mapping[int, type[PlantOpsError]] = {
    HTTPStatus.UNAUTHORIZED: Unauthorized,
    HTTPStatus.FORBIDDEN: ScopeMissing,
}
"""Answers to the handshake that trying again does not change."""


class Update(NamedTuple):
    """The garden as it is now, and the event that made it so; None: this is the snapshot of a new connection."""

    garden: Garden
    event: Event | None


class Connection(NamedTuple):
    """News of the connection itself: `hello` while it stands, else why it does not."""

    hello: Hello | None
    problem: PlantOpsError | None


type OnConnection = Callable[[Connection], None]
type Sleep = Callable[[float], Awaitable[None]]


def ignore(_: Connection) -> None:
    """Take no interest in the connection."""


class Stream:
    """The live stream of one backend."""

    def __init__(
        self,
        url: URL,
        headers: dict[str, str],
        session: ClientSession,
        *,
        trust: Trust = True,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take the stream's address (http or https), the headers that tell who asks, and an open session."""
        self._url = url
        self._headers = headers
        self._session = session
        self._trust = trust
        self._sleep = sleep

    async def listen(self, on_connection: OnConnection = ignore) -> AsyncGenerator[Update]:
        """Yield the garden after everything that happens, for ever; interruptions are told to `on_connection`.

        Raises Unauthorized, ScopeMissing, ServerTooOld and ServerTooNew: trying again would not help. Everything else
        is tried again, with growing pauses.
        """
        pause = SHORTEST_PAUSE
        while True:
            try:
                async with aclosing(self.once(on_connection)) as updates:
                    async for update in updates:
                        pause = SHORTEST_PAUSE
                        yield update
            except (Unauthorized, ScopeMissing, OriginForbidden, ServerTooOld, ServerTooNew) as error:
                on_connection(Connection(None, error))
                raise
            except (CannotConnect, NotUnderstood) as error:
                on_connection(Connection(None, error))
            await self._sleep(uniform(pause / 2, pause))  # noqa: S311 - jitter is no secret
            pause = min(pause * 2, LONGEST_PAUSE)

    async def greet(self) -> Hello:
        """Connect, hear who is there, leave. Raises what `listen` would raise or try again."""
        async with self._connected(heartbeat=None) as socket:
            return _greeting(await _receive(socket, CONNECT_SECONDS))

    async def once(self, on_connection: OnConnection = ignore) -> AsyncGenerator[Update]:
        """Yield the garden after everything that happens, until the connection ends: always by an exception."""
        async with self._connected(HEARTBEAT_SECONDS) as socket:
            hello = _greeting(await _receive(socket, CONNECT_SECONDS))
            snapshot = _read(_SNAPSHOT, await _receive(socket, CONNECT_SECONDS))
            garden, seq = Garden.of(snapshot.garden), snapshot.seq
            on_connection(Connection(hello, None))
            yield Update(garden, None)
            while True:
                text = await _receive(socket, None)
                seq += 1
                if (event := _event(text, seq)) is not None:
                    garden = garden.after(event)
                    yield Update(garden, event)

    @asynccontextmanager
    async def _connected(self, heartbeat: float | None) -> AsyncIterator[ClientWebSocketResponse]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                socket = await self._session.ws_connect(
                    self._url,
                    headers=self._headers,
                    heartbeat=heartbeat,
                    max_msg_size=MAX_MESSAGE_BYTES,
                    ssl=self._trust,
                )
        except WSServerHandshakeError as error:
            raise _refusal(error) from None
        except TimeoutError:
            raise CannotConnect("The PlantOps backend takes too long to answer.") from None
        except (ClientError, OSError) as error:
            raise unreachable(error) from error
        try:
            yield socket
        finally:
            await socket.close()


class _Cover(Wire):
    """What every event says, of whatever type."""

    type: str
    seq: int


_COVER = TypeAdapter(_Cover)
_HELLO = TypeAdapter(Hello)
_SNAPSHOT = TypeAdapter(Snapshot)


async def _receive(socket: ClientWebSocketResponse, seconds: float | None) -> str:
    """Take the next text. Raises CannotConnect when the connection ends instead."""
    try:
        async with asyncio.timeout(seconds):
            message: WSMessage = await socket.receive()
    except TimeoutError:
        raise CannotConnect("The PlantOps backend accepted the connection, but says nothing.") from None
    if message.type is WSMsgType.TEXT:
        return str(message.data)
    if message.type is WSMsgType.BINARY:
        raise NotUnderstood
    if message.type is WSMsgType.ERROR and isinstance(message.data, Exception):
        raise CannotConnect(f"The connection broke: {message.data or type(message.data).__name__}.")
    raise CannotConnect(_farewell(socket.close_code, message))


def _farewell(code: int | None, message: WSMessage) -> str:
    if message.type is WSMsgType.CLOSE:
        code = message.data
    words = message.extra if isinstance(message.extra, str) and message.extra else "no reason given"
    return f"The PlantOps backend closed the connection ({code}: {words})."


def _greeting(text: str) -> Hello:
    """Check that both sides understand each other. Raises ServerTooOld or ServerTooNew, saying what to update."""
    hello = _read(_HELLO, text)
    if hello.min_schema_version > SCHEMA_VERSION:
        raise ServerTooNew(
            f"PlantOps {hello.server_version} speaks stream schema {hello.min_schema_version} and newer, this client"
            f" only {SCHEMA_VERSION}: update the client (in Home Assistant, the PlantOps integration)."
        )
    if hello.schema_version < MIN_SCHEMA_VERSION:
        raise ServerTooOld(
            f"PlantOps {hello.server_version} speaks stream schema {hello.schema_version}, this client needs"
            f" {MIN_SCHEMA_VERSION}: update the PlantOps backend."
        )
    return hello


def _event(text: str, expected: int) -> Event | None:
    """Read an event; None for one of a type that this version does not know yet. Raises NotUnderstood."""
    cover = _read(_COVER, text)
    if cover.seq != expected:
        raise NotUnderstood(f"The stream went from event {expected - 1} to {cover.seq}.")
    return _read(EVENT, text) if cover.type in EVENT_TYPES else None


def _read[Message](form: TypeAdapter[Message], text: str) -> Message:
    try:
        return form.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NotUnderstood(f"The stream said something that does not fit ({where}: {first['msg']}).") from None


def _refusal(error: WSServerHandshakeError) -> PlantOpsError:
    if (family := HOPELESS.get(error.status)) is not None:
        return family()
    if error.status == HTTPStatus.NOT_FOUND:
        return NotUnderstood("There is no stream at this address; check that it is a PlantOps backend.")
    return CannotConnect(f"The PlantOps backend does not accept the stream now (HTTP {error.status}).")
