"""The wire to the broker: connects once, receives with acknowledgement by hand, and says when it is lost.

This is the only file that knows the MQTT library (aiomqtt 2.5, which wraps paho). The library connects, subscribes,
publishes and keeps the connection alive. Received messages do not go through it: they are cut out of the stream by
`packets` (see `docs/performance.md` for the reason) and acknowledged together after the commit. `library` checks the
inside of the library that we use.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Never

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from plantops.mqtt.broker import Broker, LinkLost, PublishRefused
from plantops.mqtt.library import check
from plantops.mqtt.packets import PUBACK, BadPacket, Packet, Splitter, acknowledgements, publication

RECEIVE_MAXIMUM = 4_000
"""Unacknowledged messages that the broker may have on the way to us: two full batches."""
FOR_EVER = 0xFFFF_FFFF
"""A session expiry interval (seconds) that never ends, MQTT 5.0 section 3.1.2.11.2."""
KEEPALIVE_SECONDS = 20
ANSWER_SECONDS = 5.0
"""How long the broker may take to answer."""
GOODBYE_SECONDS = 1.0
FILTERS_EACH = 100
"""Filters that one SUBSCRIBE carries."""
READS_PER_TURN, BYTES_PER_TURN = 256, 2**20
"""What is read before other tasks get their turn: about 3 ms of work."""
READ_BYTES = 32 * 1024

type Receive = Callable[[Link, list[Packet]], None]


class Link:
    """One connection to the broker. It is never revived: when it is lost, open a new one."""

    def __init__(self, broker: Broker, client_id: str, receive: Receive, *, persistent: bool) -> None:
        """Prepare the connection; `open` makes it."""
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._splitter = Splitter()
        self._fed = b""
        self._ended = False
        self._closed = False
        self._paused = False
        self._watcher: asyncio.Task[LinkLost] | None = None
        self._published: dict[int, asyncio.Future[ReasonCode]] = {}
        self._broker = broker
        expiry = FOR_EVER if persistent else 0
        properties = _properties(PacketTypes.CONNECT, ReceiveMaximum=RECEIVE_MAXIMUM, SessionExpiryInterval=expiry)
        self._client = aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            identifier=client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=not persistent,
            properties=properties,
            keepalive=KEEPALIVE_SECONDS,
            timeout=ANSWER_SECONDS,
            tls_context=broker.tls(),
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        self._paho = self._take_over()

    def _take_over(self) -> Paho:
        """Put our reader in the place of the library's own."""
        paho: Paho = self._client._client  # noqa: SLF001 - there is no public way to acknowledge by hand
        check(paho)
        paho.connect_timeout = ANSWER_SECONDS
        paho._sock_recv = self._hand_out  # type: ignore[method-assign] # noqa: SLF001
        paho.on_socket_open = self._opened
        paho.on_socket_register_write = self._wants_to_write
        paho.on_publish = self._was_published
        return paho

    @classmethod
    @asynccontextmanager
    async def open(
        cls, broker: Broker, client_id: str, receive: Receive, *, persistent: bool = False
    ) -> AsyncIterator[Link]:
        """Connect; `receive` is called with every bunch of messages, even before `open` is through.

        A persistent session outlives the connection: the broker keeps what comes meanwhile. Raises LinkLost.
        """
        link = cls(broker, client_id, receive, persistent=persistent)
        try:
            with _as_lost(broker):
                await link._client.__aenter__()
            link._watcher = asyncio.create_task(link._watch(), name="mqtt-watch")
            keeper = asyncio.create_task(link._keep_alive(), name="mqtt-keep-alive")
            try:
                yield link
            finally:
                link._client.timeout = GOODBYE_SECONDS
                keeper.cancel()
                with suppress(aiomqtt.MqttError):
                    await link._client.__aexit__(None, None, None)
                link._watcher.cancel()
        finally:
            link._closed = True
            link._hand_over(b"")

    def _opened(self, _client: Any, _data: Any, sock: Any) -> None:
        """Watch the new socket, unless nobody waits for it any more. Called in the thread that connects."""
        if self._closed:
            self._loop.call_soon_threadsafe(self._hand_over, b"")
        else:
            self._loop.call_soon_threadsafe(self._loop.add_reader, sock.fileno(), self._read)

    def _read(self) -> None:
        """Read what is there, many packets at once."""
        sock = self._paho.socket()
        if sock is None or self._paused:
            return
        pieces: list[bytes] = []
        try:
            taken = 0
            while len(pieces) < READS_PER_TURN and taken < BYTES_PER_TURN:
                pieces.append(sock.recv(READ_BYTES))
                taken += len(pieces[-1])
                if not pieces[-1]:
                    break
            else:
                self._loop.call_soon(self._read)
        except BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError:
            pass
        except OSError:
            pieces.append(b"")
        self._deliver(pieces)

    def _deliver(self, pieces: list[bytes]) -> None:
        try:
            messages, others = self._splitter.cut(pieces)
        except BadPacket, IndexError:
            self._hand_over(b"")
            return
        for packet in others:
            self._hand_over(packet)
        if messages:
            self._receive(self, messages)
        if pieces and not pieces[-1]:
            self._hand_over(b"")

    def _hand_over(self, packet: bytes) -> None:
        """Let the library read one packet; an empty one means that the connection is over."""
        self._fed = packet
        self._ended = not packet
        if self._paho.socket() is not None:
            self._paho.loop_read()

    def _hand_out(self, bufsize: int) -> bytes:
        """Stand in for the socket when the library reads."""
        if not self._fed and not self._ended:
            raise BlockingIOError
        part, self._fed = self._fed[:bufsize], self._fed[bufsize:]
        return part

    def pause(self) -> None:
        """Read nothing for now, so that the broker holds the rest back."""
        if not self._paused and (sock := self._paho.socket()) is not None:
            self._paused = True
            self._loop.remove_reader(sock.fileno())

    def resume(self) -> None:
        """Read on."""
        if self._paused and (sock := self._paho.socket()) is not None:
            self._paused = False
            self._loop.add_reader(sock.fileno(), self._read)
            self._loop.call_soon(self._read)

    def answer(self, mids: Iterable[int], publications: Iterable[tuple[str, bytes]] = ()) -> None:
        """Acknowledge messages, then publish some at QoS 0, all in one write. Raises LinkLost."""
        packets = acknowledgements(mids) + b"".join([publication(*one) for one in publications])
        if self._paho.socket() is None:
            raise LinkLost
        if packets:
            self._paho._packet_queue(PUBACK, packets, 0, 1)  # noqa: SLF001
            self._paho.loop_write()

    async def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, keep_seconds: int | None = None
    ) -> None:
        """Publish one message; at QoS 1 wait for the broker's word. Raises PublishRefused, LinkLost.

        The broker throws away what it could not deliver within `keep_seconds`.
        """
        properties = (
            None if keep_seconds is None else _properties(PacketTypes.PUBLISH, MessageExpiryInterval=keep_seconds)
        )
        try:
            info = self._paho.publish(topic, payload, qos, retain, properties)
        except ValueError as error:
            raise PublishRefused(f"{topic!r} cannot be published to: {error}") from None
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise LinkLost
        if qos == 0:
            return
        future = self._published[info.mid] = self._loop.create_future()
        try:
            reason = await asyncio.wait_for(future, ANSWER_SECONDS)
        except TimeoutError:
            raise LinkLost("The broker did not acknowledge a message in time.") from None
        finally:
            self._published.pop(info.mid, None)
        if reason.is_failure:
            raise PublishRefused(f"The broker refused a message to {topic}: {reason}.")

    async def subscribe(self, filters: Sequence[str], *, qos: int = 1) -> list[str]:
        """Subscribe; retained messages come again each time. Gives those that the broker refused."""
        options = SubscribeOptions(qos=qos, retainHandling=SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE)
        refused: list[str] = []
        for start in range(0, len(filters), FILTERS_EACH):
            some = filters[start : start + FILTERS_EACH]
            with _as_lost(self._broker):
                answers = await self._client.subscribe([(name, options) for name in some])
            for name, answer in zip(some, answers, strict=True):
                if isinstance(answer, ReasonCode) and answer.is_failure:
                    refused.append(name)
        return refused

    async def until_lost(self) -> Never:
        """Wait until the connection is lost, then raise LinkLost with the reason."""
        if self._watcher is None:
            raise LinkLost
        raise await asyncio.shield(self._watcher)

    async def _watch(self) -> LinkLost:
        try:
            with _as_lost(self._broker):
                async for _ in self._client.messages:
                    pass  # none comes here: `_read` takes them all
        except LinkLost as error:
            return error
        return LinkLost()

    def _wants_to_write(self, _client: Any, _data: Any, sock: Any) -> None:
        """Write when the socket can take more. While connecting, this is called in another thread."""
        if self._paho.is_connected():
            self._loop.add_writer(sock.fileno(), self._paho.loop_write)
        else:
            self._loop.call_soon_threadsafe(self._loop.add_writer, sock.fileno(), self._paho.loop_write)

    def _was_published(self, _client: Any, _data: Any, mid: int, reason: ReasonCode, _properties: Any) -> None:
        if (future := self._published.get(mid)) is not None and not future.done():
            future.set_result(reason)

    async def _keep_alive(self) -> None:
        """Ping the broker when there was silence; the library finds out when it does not answer."""
        while self._paho.loop_misc() == MQTTErrorCode.MQTT_ERR_SUCCESS:  # noqa: ASYNC110 - it is a clock
            await asyncio.sleep(1)


def _properties(packet: int, **values: int) -> Properties:
    """Make MQTT 5 properties for a kind of packet."""
    made = Properties(packet)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made


@contextmanager
def _as_lost(broker: Broker) -> Iterator[None]:
    """Turn the library's errors into LinkLost, in words."""
    try:
        yield
    except aiomqtt.MqttError as error:
        raise LinkLost(_words(broker, error)) from error


def _words(broker: Broker, error: aiomqtt.MqttError) -> str:
    match error.__cause__ or error.__context__:
        case ssl.SSLCertVerificationError() as cause:
            trusted = broker.ca_file or "the certificate authorities of this system"
            words = f"The certificate of the broker at {broker} does not fit {trusted}: {cause.verify_message}."
        case ssl.SSLError() as cause:
            words = f"The broker at {broker} does not speak TLS as expected: {cause.reason}."
        case ConnectionRefusedError():
            words = f"No MQTT broker answers at {broker}."
        case socket.gaierror():
            words = f"There is no host named {broker.host}."
        case aiomqtt.MqttCodeError() as cause:
            words = f"The connection to the broker at {broker} is lost: {cause}."
        case _ if isinstance(error, aiomqtt.MqttCodeError):
            words = f"The broker at {broker} refused: {error}."
        case _:
            words = f"The broker at {broker} cannot be reached: {error}."
    return words
