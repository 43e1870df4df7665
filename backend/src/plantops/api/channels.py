"""Channels as the API shows them."""

from aioplantops.history import History
from aioplantops.models import Channel, ChannelChange

from .call import CHANNEL, Call
from .history import ChannelHistoryQuery
from .keys import CLOCK, DEVICES, HISTORIES


async def show(call: Call) -> Channel:
    """Give a channel."""
    return await call.app[DEVICES].channel(call.at(CHANNEL))


async def change(call: Call[ChannelChange]) -> Channel:
    """Name a channel."""
    return await call.app[DEVICES].rename_channel(call.at(CHANNEL), call.body)


async def history(call: Call[None, ChannelHistoryQuery]) -> History:
    """Draw a channel's past."""
    span = call.query.span(call.app[CLOCK]())
    query = call.query
    return await call.app[HISTORIES].of_channel(call.at(CHANNEL), span, query.points, as_sent=query.as_sent)
