"""The whole garden in one answer, for clients that begin."""

from aiohttp import web

from .call import Call
from .keys import GARDEN


async def show(call: Call) -> web.Response:
    """Give all devices with their channels, and all plants, as they are at one moment."""
    return web.Response(body=await call.app[GARDEN].snapshot(), content_type="application/json")
