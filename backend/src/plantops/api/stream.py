"""The live stream: one WebSocket on which a client hears everything that happens, and has nothing to say."""

import asyncio
from contextlib import suppress

from aiohttp import web
from aioplantops.errors import Invalid, Unavailable

from plantops.services.access import Access, Caller
from plantops.services.listener import Farewell, Listener

from .call import Call
from .keys import ACCESS, HEALTH, HUB

HEARTBEAT_SECONDS = 30.0
"""The backend pings this often; a client that does not answer within half of it is gone."""

CHECK_SECONDS = 5.0
"""So often it is looked whether the client's token still holds."""

SEND_SECONDS = 20.0
"""A client that takes nothing for so long is too slow."""

CLOSE_SECONDS = 3.0
"""How long a client may take to say good-bye."""

MOST_WORDS = 60
"""Messages that a client may send on one connection; they are ignored, more are not borne."""

LONGEST_WORD = 4_096
"""Bytes of a client's message."""


async def listen(call: Call) -> web.WebSocketResponse:
    """Greet, give the snapshot, and then every event, until one of the two goes."""
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_SECONDS, timeout=CLOSE_SECONDS, max_msg_size=LONGEST_WORD, compress=False
    )
    if not socket.can_prepare(call.request):
        raise Invalid("This address speaks WebSocket only: connect to it with ws:// or wss://.")
    hub = call.app[HUB]
    async with hub.join() as listener:
        if call.app[HEALTH].stopping():  # everybody was let go already
            listener.dismiss(Farewell.GOING_AWAY)
        await socket.prepare(call.request)
        watch = [
            asyncio.create_task(_hear(socket, listener), name="stream: hear"),
            asyncio.create_task(_guard(listener, call.app[ACCESS], call.who), name="stream: guard"),
        ]
        try:
            await _tell(socket, listener, hub.hello)
            farewell = listener.farewell or Farewell.GOING_AWAY
            await _close(call.request, socket, farewell)
        finally:
            for task in watch:
                task.cancel()
            await asyncio.gather(*watch, return_exceptions=True)
    return socket


async def farewell(app: web.Application) -> None:
    """Let everybody go when the app stops."""
    if HUB in app:
        app[HUB].dismiss_all(Farewell.GOING_AWAY)
        await asyncio.sleep(0)


async def _tell(socket: web.WebSocketResponse, listener: Listener, hello: str) -> None:
    try:
        await socket.send_str(hello)
        async for message in listener.messages():
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send_str(message)
    except TimeoutError:
        listener.dismiss(Farewell.SLOW)
    except ConnectionError:  # the client went
        listener.dismiss(Farewell.GOING_AWAY)


async def _hear(socket: web.WebSocketResponse, listener: Listener) -> None:
    """Listen to the client only to notice when it goes, or says too much."""
    heard = 0
    async for _ in socket:
        heard += 1
        if heard > MOST_WORDS:
            listener.dismiss(Farewell.UNASKED)
            return
    listener.dismiss(Farewell.GOING_AWAY)


async def _guard(listener: Listener, access: Access, caller: Caller) -> None:
    """Let the client go soon after its token was revoked or has expired."""
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        with suppress(Unavailable):
            if not await access.still_valid(caller):
                listener.dismiss(Farewell.NOT_ALLOWED)
                return


async def _close(request: web.Request, socket: web.WebSocketResponse, farewell: Farewell) -> None:
    """Say good-bye; hang up on a client that does not even take that."""
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(2 * CLOSE_SECONDS):
            await socket.close(code=farewell, message=farewell.name.lower().encode())
            return
    if request.transport is not None:
        request.transport.abort()
