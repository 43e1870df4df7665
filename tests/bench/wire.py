"""One MQTT 3.1.1 connection of the sender: packets written beforehand, acknowledgements compared, nothing else."""

import socket
import ssl
from array import array
from dataclasses import dataclass

from tests.bench.load import Load

CONNECT, CONNACK, PUBLISH_QOS_1, PUBACK, DISCONNECT = 0x10, b"\x20\x02\x00\x00", 0x32, 0x40, b"\xe0\x00"
MIDS = 60_000
"""Packet ids are used in turn; more than any window."""
ACK_BYTES = 4
READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Target:
    """Where the broker is, and as whom the sender comes."""

    host: str
    port: int
    username: str
    password: str
    ca_file: str = ""
    """The CA that signed the broker's certificate; empty: no TLS."""


def text(words: str) -> bytes:
    """Write a text as MQTT does: its length first."""
    return len(raw := words.encode()).to_bytes(2) + raw


def packet(first: int, body: bytes) -> bytes:
    """Write a packet: its kind, its length, its body."""
    length, size = len(body), bytearray()
    while length > 0x7F:  # seven bits a byte
        size.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes((first, *size, length)) + body


def connect(target: Target, client_id: str) -> socket.socket:
    """Connect, TLS and MQTT both."""
    raw = socket.create_connection((target.host, target.port), timeout=10)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if target.ca_file:
        raw = ssl.create_default_context(cafile=target.ca_file).wrap_socket(raw, server_hostname=target.host)
    words = b"".join(text(word) for word in (client_id, target.username, target.password))
    raw.sendall(packet(CONNECT, text("MQTT") + b"\x04\xc2\x00\x00" + words))
    answer = raw.recv(ACK_BYTES)
    if answer != CONNACK:
        raise ConnectionError(f"the broker refused the sender: {answer.hex()}")
    raw.settimeout(0)
    return raw


class Line:
    """One connection with its share of the messages: every so many-th, beginning with its own number."""

    def __init__(self, target: Target, load: Load, share: int, connections: int) -> None:
        """Connect and write all packets."""
        packets: list[bytes] = []
        for index, message in enumerate(range(share, load.messages, connections)):
            mid = (index % MIDS + 1).to_bytes(2)
            packets.append(packet(PUBLISH_QOS_1, text(load.topic(message)) + mid + load.payload(message)))
        self._ends = array("Q", [0])
        for each in packets:
            self._ends.append(self._ends[-1] + len(each))
        self._bytes = memoryview(b"".join(packets))
        self._expected = b"".join(bytes((PUBACK, 2)) + (i % MIDS + 1).to_bytes(2) for i in range(2 * MIDS))
        self._written = 0
        self._heard = b""
        self.total = len(packets)
        self.sent = 0
        """Messages that have left wholly."""
        self.acked = 0
        """The first so many messages are acknowledged."""
        self.socket = connect(target, f"bench-{load.name}-{share}")

    @property
    def done(self) -> bool:
        """Tell whether everything is sent and acknowledged."""
        return self.acked >= self.total

    @property
    def is_stuck(self) -> bool:
        """Tell whether a packet has left only in part, because the socket took no more."""
        return self._written > self._ends[self.sent]

    def finish(self) -> None:
        """Send no more, but for the packet that has begun to leave."""
        self.total = self.sent + self.is_stuck

    def push(self, allowed: int, window: int) -> None:
        """Write as many messages as the count, the window and the socket allow."""
        until = min(self.total, max(allowed, 0), self.acked + window)
        small = until == self.acked + window and until - self.sent < window // 8
        if until <= self.sent or small:  # few large writes instead of many small ones
            return
        try:
            while self._written < self._ends[until]:
                self._written += self.socket.send(self._bytes[self._written : self._ends[until]])
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):  # fmt: skip
            while self._ends[self.sent + 1] <= self._written:
                self.sent += 1
        else:
            self.sent = until

    def hear(self) -> None:
        """Read acknowledgements; they must come in order."""
        while True:
            try:
                piece = self.socket.recv(READ_BYTES)
            except (ssl.SSLWantReadError, BlockingIOError):  # fmt: skip
                return
            if not piece:
                raise ConnectionError("the broker closed the connection")
            heard = self._heard + piece
            whole = len(heard) // ACK_BYTES
            start = self.acked % MIDS * ACK_BYTES
            if heard[: whole * ACK_BYTES] != self._expected[start : start + whole * ACK_BYTES]:
                raise ConnectionError("the broker acknowledged out of order")
            self._heard = heard[whole * ACK_BYTES :]
            self.acked += whole
