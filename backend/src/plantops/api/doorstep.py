"""Closing a door on nobody's nose: a listening socket whose queue is let in before it goes.

A connection that the kernel has made, but that nobody has accepted yet, is torn when its listening socket closes,
together with the request that was already sent over it, and a proxy must not repeat a POST. So the door first stops
answering (Linux only, by a filter on the socket itself, which needs no rights); whoever knocks meanwhile knocks again
a second later, as TCP does, and is then refused before having said a word.
"""

import asyncio
import ctypes
import socket
import struct
import sys
from contextlib import suppress
from typing import cast

from aiohttp import web

ON_THE_WAY_SECONDS = 0.02
"""How long a connection that is half made may take until it is whole: the way there and back in a house."""

SO_ATTACH_FILTER = 26
"""socket(7); Python does not name it."""

NO_NEWCOMERS = (
    (0x30, 0, 0, 13),  # load the flags of the TCP header
    (0x54, 0, 0, 0x12),  # look at SYN and ACK
    (0x15, 0, 1, 0x02),  # a SYN alone is a newcomer:
    (0x06, 0, 0, 0),  # not heard
    (0x06, 0, 0, 0xFFFFFFFF),  # everything else is
)
"""A classic BPF program: code, jump if true, jump if false, operand (linux/filter.h)."""


async def shut(site: web.BaseSite, server: web.Server) -> None:
    """Stop listening, and let the server have everybody who was connected before."""
    listening = cast("asyncio.Server | None", site._server)  # noqa: SLF001 - aiohttp does not hand it out
    doors = [door.dup() for door in listening.sockets] if listening is not None else []
    for door in doors:
        hear_no_newcomers(door)
    if doors:
        await asyncio.sleep(ON_THE_WAY_SECONDS)
    await site.stop()
    late = [one for door in doors for one in _last_ones(door)]
    connect = asyncio.get_running_loop().connect_accepted_socket
    let_in = (connect(server, one, ssl=site._ssl_context) for one in late)  # noqa: SLF001
    await asyncio.gather(*let_in, return_exceptions=True)


def hear_no_newcomers(door: socket.socket) -> None:
    """Let a listening socket answer nobody who is not half in already."""
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in NO_NEWCOMERS))
    with suppress(OSError):  # a kernel that does not know it: the gap is then as long as a few Python instructions
        door.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(NO_NEWCOMERS), ctypes.addressof(program))
        )


def _last_ones(door: socket.socket) -> list[socket.socket]:
    """Accept who waits, and close the door behind them."""
    found = []
    with door, suppress(OSError):  # BlockingIOError: nobody is left
        while True:
            found.append(door.accept()[0])
    return found
