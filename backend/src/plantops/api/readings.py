"""Readings that come by HTTP."""

from aioplantops.history import ReadingsPost, ReadingsPosted

from .call import Call
from .keys import POSTING


async def post(call: Call[ReadingsPost]) -> ReadingsPosted:
    """Store readings."""
    return await call.app[POSTING].post(call.body)
