"""A node's line to the broker: MQTT 3.1.1, over TLS when a CA is named. The only room that knows the MQTT library."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, override

import aiomqtt

KEEPALIVE_SECONDS = 15
"""As ESPHome asks for."""
REFUSALS = frozenset({134, 135})
"""Why a broker does not let one in, as MQTT 5 numbers it: "bad user name or password" and "not authorized"."""
PATIENCE_SECONDS = 5.0


class LinkLost(Exception):
    """The broker cannot be reached, refused, or went away."""


class Refused(LinkLost):
    """The broker does not take the user name with this password."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is."""

    host: str
    port: int
    ca_file: Path | None = None
    """The CA that signed the broker's certificate; None: plain TCP."""
    patience_seconds: float = PATIENCE_SECONDS
    """How long it may take to answer anything."""

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """The TLS settings that all nodes share: the name is checked, the project's CA alone is trusted."""
        return None if self.ca_file is None else ssl.create_default_context(cafile=str(self.ca_file))


@dataclass(frozen=True, slots=True)
class Account:
    """At which broker a node speaks, and as whom."""

    broker: Broker
    name: str
    password: str | None = None
    client_id: str | None = None
    """None: the name, to which the broker binds a device's account."""


@dataclass(frozen=True, slots=True)
class Word:
    """A message."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class _Client(aiomqtt.Client):
    """The library's client, but for one race: it may watch a socket's number after that socket was closed.

    With many connections in one process the number then belongs to another socket, and the loop spins on it.
    """

    @override
    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        def write() -> None:
            try:
                client.loop_write()
            except OSError as error:
                if not self._disconnected.done():
                    self._disconnected.set_exception(error)

        def watch() -> None:
            if (number := sock.fileno()) >= 0:
                self._loop.add_writer(number, write)

        self._loop.call_soon_threadsafe(watch)


class Link:
    """One connection to the broker, from CONNECT to DISCONNECT."""

    def __init__(self, client: aiomqtt.Client) -> None:
        """Wrap the library's client; use `Link.open`."""
        self._client = client
        client.pending_calls_threshold = 1_000

    @classmethod
    @asynccontextmanager
    async def open(cls, account: Account, *, will: Word | None = None, clean: bool = False) -> AsyncIterator[Link]:
        """Connect for as long as the block lasts. Raises LinkLost."""
        link = cls(_client(account, will, clean=clean))
        try:
            await link._enter()
            try:
                yield link
            finally:
                await link._leave()
        except (aiomqtt.MqttError, OSError) as error:
            family = Refused if _is_refusal(error) else LinkLost
            raise family(f"{account.name}: {error}") from error

    async def _enter(self) -> None:
        """Connect; when that fails or is cancelled, leave no socket behind."""
        entering = asyncio.ensure_future(self._client.__aenter__())
        try:
            await asyncio.shield(entering)
        except asyncio.CancelledError:
            with suppress(aiomqtt.MqttError, OSError):
                await entering
                await self._leave()
            self.cut()
            raise
        except aiomqtt.MqttError, OSError:
            self.cut()
            raise

    async def _leave(self) -> None:
        """Disconnect; a broker that does not answer any more is left all the same."""
        try:
            with suppress(aiomqtt.MqttError, OSError):
                await self._client.__aexit__(None, None, None)
        finally:
            self.cut()

    def cut(self) -> None:
        """Tear the connection without a word, as a power cut does: the broker will publish the will."""
        self._client._client._sock_close()  # noqa: SLF001 - neither library has a public way to die
        lost = self._client._disconnected  # noqa: SLF001
        if not lost.done() and self._client._connected.done():  # noqa: SLF001
            lost.set_exception(aiomqtt.MqttError("cut"))
        if lost.done() and not lost.cancelled():
            lost.exception()  # retrieved, so that nobody warns

    async def publish(self, word: Word) -> None:
        """Publish; for QoS 1 return when the broker has acknowledged. Raises LinkLost."""
        try:
            await self._client.publish(word.topic, word.payload, qos=word.qos, retain=word.retain)
        except (aiomqtt.MqttError, ValueError) as error:
            raise LinkLost(str(error)) from error

    async def subscribe(self, topics: Iterable[tuple[str, int]]) -> None:
        """Subscribe to topics, each with its QoS. Raises LinkLost."""
        try:
            await self._client.subscribe(list(topics))
        except aiomqtt.MqttError as error:
            raise LinkLost(str(error)) from error

    async def words(self) -> AsyncIterator[Word]:
        """Listen until the connection ends, which raises LinkLost."""
        try:
            async for message in self._client.messages:
                payload = message.payload if isinstance(message.payload, bytes) else b""
                yield Word(message.topic.value, payload, message.qos, message.retain)
        except aiomqtt.MqttError as error:
            raise LinkLost(str(error)) from error


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, aiomqtt.MqttCodeError) and getattr(error.rc, "value", None) in REFUSALS


def _client(account: Account, will: Word | None, *, clean: bool) -> aiomqtt.Client:
    return _Client(
        account.broker.host,
        account.broker.port,
        identifier=account.client_id or account.name,
        username=account.name if account.password is not None else None,
        password=account.password,
        protocol=aiomqtt.ProtocolVersion.V311,
        clean_session=clean,
        will=None if will is None else aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
        keepalive=KEEPALIVE_SECONDS,
        timeout=account.broker.patience_seconds,
        tls_context=account.broker.tls,
    )
