"""How messages look on the way from and to the broker: only as much of MQTT 5 as the busy path needs.

Received messages are most of what the backend ever does, so they are cut out of the byte stream here, many at
a time; every other packet goes to the MQTT library untouched. Layouts: OASIS MQTT 5.0, sections 2.1, 3.3, 3.4.
"""

from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from aioplantops.telemetry import MAX_PAYLOAD_BYTES

PUBLISH = 0x30
PUBACK = 0x40
KIND_BITS = 0xF0
QOS_BITS = 0x06
RETAIN_BIT = 0x01
MORE_BIT = 0x80
MAX_LENGTH_BYTES = 4
_PUBACK = Struct("!BBH")

KEPT_BYTES = MAX_PAYLOAD_BYTES + 80 * 1024
"""How much of one packet is kept: the longest payload that is read, and a topic of any length. The rest of a longer
packet is thrown away while it arrives, so that nobody can fill the backend's memory with one message."""


class BadPacket(Exception):
    """The broker sent something that is no MQTT."""


class Packet(NamedTuple):
    """One received message."""

    topic: str
    payload: bytes
    """The payload; of one that is longer than `MAX_PAYLOAD_BYTES` perhaps only the beginning."""
    mid: int
    """What to acknowledge it by; 0 for one that needs no acknowledgement (QoS 0)."""
    retained: bool
    payload_bytes: int
    """The payload's real length."""


class Splitter:
    """Cuts what the broker sends into received messages and other packets, whatever the pieces it arrives in."""

    def __init__(self) -> None:
        """Begin with an empty stream."""
        self._rest = b""
        self._skip = 0

    def cut(self, pieces: list[bytes]) -> tuple[list[Packet], list[bytes]]:
        """Take the next bytes of the stream; give the messages and the other packets that are complete now."""
        stream = b"".join((self._rest, *pieces))
        messages: list[Packet] = []
        others: list[bytes] = []
        start = min(self._skip, len(stream))
        self._skip -= start
        available = len(stream)
        while available - start >= 2:  # noqa: PLR2004 - the shortest packet
            body, length = start + 2, stream[start + 1]
            if length & MORE_BIT:
                body, length = _long(stream, start, available)
            end = body + length
            if body > available or (end > available and available - start < KEPT_BYTES):
                break
            if stream[start] & KIND_BITS == PUBLISH:
                messages.append(_message(stream, start, body, end))
            else:
                others.append(stream[start:end])
            self._skip = max(0, end - available)
            start = min(end, available)
        self._rest = stream[start:]
        return messages, others


def _long(stream: bytes, start: int, available: int) -> tuple[int, int]:
    """Read a length of more than one byte: where the body begins, and its bytes (beyond the stream: not all here)."""
    length = 0
    for index in range(MAX_LENGTH_BYTES):
        position = start + 1 + index
        if position >= available:
            return available + 1, 0
        length |= (stream[position] & ~MORE_BIT) << (7 * index)
        if not stream[position] & MORE_BIT:
            return position + 1, length
    raise BadPacket("a length of more than four bytes")


def _message(stream: bytes, start: int, body: int, end: int) -> Packet:
    first = stream[start]
    position = body + 2 + (stream[body] << 8 | stream[body + 1])
    topic = stream[body + 2 : position].decode(errors="replace")
    mid = 0
    if first & QOS_BITS:
        mid = stream[position] << 8 | stream[position + 1]
        position += 2
    if properties := stream[position]:
        before = position
        if properties & MORE_BIT:
            position, properties = _long(stream, before - 1, len(stream))
            position -= 1
        position += properties
    position += 1
    if position > end:
        raise BadPacket("a message that ends before its payload")
    kept = min(end, position + KEPT_BYTES)
    return Packet(topic, stream[position:kept], mid, first & RETAIN_BIT != 0, end - position)


def acknowledgements(mids: Iterable[int]) -> bytes:
    """Write the acknowledgements (PUBACK, Success) of some messages."""
    pack = _PUBACK.pack
    return b"".join([pack(PUBACK, 2, mid) for mid in mids if mid])


def publication(topic: str, payload: bytes) -> bytes:
    """Write a message at QoS 0."""
    name = topic.encode()
    length = 3 + len(name) + len(payload)
    head = bytearray((PUBLISH,))
    while length > ~MORE_BIT & 0xFF:
        head.append(length & 0x7F | MORE_BIT)
        length >>= 7
    head += bytes((length, len(name) >> 8, len(name) & 0xFF))
    return b"".join((head, name, b"\x00", payload))
