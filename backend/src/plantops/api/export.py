"""Readings to take away."""

import asyncio
from typing import Annotated
from uuid import UUID

from aiohttp import web
from aioplantops.errors import Invalid
from aioplantops.wire import DeviceId
from pydantic import Field

from plantops.services.export import ReaderGone, Selection

from .call import LARGEST_ID, Call
from .keys import CLOCK, EXPORTS
from .lists import SpanQuery

READER_SECONDS = 60.0
"""A client that takes nothing for so long is given up, and the store is free for others."""


class ExportQuery(SpanQuery):
    """What to export: everything, or one channel, plant or device."""

    channel_id: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    plant_id: UUID | None = None
    """The channels that served the plant, each for its time."""
    device_id: DeviceId | None = None
    calibrated: bool = False
    """True: calibrations are applied; false: values as stored. `unit` tells what a line is in."""
    format: Annotated[str, Field(pattern="^csv$")] = "csv"


async def csv(call: Call[None, ExportQuery]) -> web.StreamResponse:
    """Write CSV as fast as the client reads it; when the client goes, the store stops reading."""
    query = call.query
    named = [which for which in (query.channel_id, query.plant_id, query.device_id) if which is not None]
    if len(named) > 1:
        raise Invalid("Name a channel, a plant or a device, not several of them.")
    selection = Selection(
        span=query.span(call.app[CLOCK]()),
        channel_id=query.channel_id,
        plant_id=query.plant_id,
        device_id=query.device_id,
        calibrated=query.calibrated,
    )
    response = web.StreamResponse()
    response.content_type = "text/csv"
    response.charset = "utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="plantops.csv"'

    async def write(chunk: bytes) -> None:
        async with asyncio.timeout(READER_SECONDS):
            await response.write(chunk)

    try:
        async with call.app[EXPORTS].open(selection) as export:
            await response.prepare(call.request)
            if call.request.method != "HEAD":
                await export.write(write)
    except ReaderGone:
        if (transport := call.request.transport) is not None:
            transport.abort()  # so that nobody takes what came for everything
    return response
