"""A small DNS server, as Docker's own is one: it tells under which addresses the containers of a service are."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import override

TTL_SECONDS = 600
"""Docker says so too, whatever happens to the container meanwhile."""
HEADER = struct.Struct("!HHHHHH")
FOUND, UNKNOWN = 0x8580, 0x8583
"""An answer that is authoritative: with records (perhaps none), or that there is no such name."""
A = 1


@dataclass(slots=True)
class Names:
    """Which name has which addresses; may be changed at any time."""

    port: int = 0
    addresses: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Names]:
        """Answer on 127.0.0.1, at a free port, until the block ends."""
        names = cls()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Answers(names), local_addr=("127.0.0.1", 0))
        names.port = transport.get_extra_info("sockname")[1]
        try:
            yield names
        finally:
            transport.close()

    def answer(self, question: bytes) -> bytes:
        """Answer one question for an address."""
        number, *_ = HEADER.unpack_from(question)
        name, end = _name(question, HEADER.size)
        (kind,) = struct.unpack_from("!H", question, end)
        known = self.addresses.get(name)
        found = [IPv4Address(each).packed for each in known or () if kind == A]
        records = b"".join(struct.pack("!HHHIH", 0xC000 | HEADER.size, A, 1, TTL_SECONDS, 4) + each for each in found)
        flags = FOUND if known else UNKNOWN
        return HEADER.pack(number, flags, 1, len(found), 0, 0) + question[HEADER.size : end + 4] + records


class _Answers(asyncio.DatagramProtocol):
    def __init__(self, names: Names) -> None:
        self.names = names

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(self.names.answer(data), addr)


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """Read a name in a question; gives it and where it ends."""
    labels = []
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels).lower(), at + 1
