"""The garden's calendar, and the feeds by which other calendars read it."""

from aiohttp import hdrs, web
from aioplantops.calendar import CalendarFeed, CalendarFeedCreate, CalendarFeedCreated
from aioplantops.models import Page

from .call import CALENDAR_FEED, CALENDAR_SECRET, Call
from .keys import CALENDARS
from .lists import ListQuery

FRESH = "private, max-age=300"
"""Calendars ask again after five minutes at the soonest."""


class CalendarFeedQuery(ListQuery):
    """Which part of the list of feeds."""


async def list_all(call: Call[None, CalendarFeedQuery]) -> Page[CalendarFeed]:
    """List the feeds; their addresses are shown nowhere."""
    return await call.app[CALENDARS].page(call.query.cursor, call.query.limit)


async def create(call: Call[CalendarFeedCreate]) -> CalendarFeedCreated:
    """Make a feed and show its address, this once."""
    feed, secret = await call.app[CALENDARS].create(call.body.name)
    return CalendarFeedCreated(**dict(feed), path=f"/api/v1/calendar/{secret}.ics")


async def remove(call: Call) -> None:
    """Make a feed's address worthless at once."""
    await call.app[CALENDARS].remove(call.at(CALENDAR_FEED))


async def read(call: Call) -> web.Response:
    """Give the calendar: what is to be done, and what was done in the past year."""
    body, mark = await call.app[CALENDARS].read(call.at(CALENDAR_SECRET))
    headers = {hdrs.CACHE_CONTROL: FRESH, hdrs.ETAG: f'"{mark}"'}
    known = call.request.if_none_match or ()
    if any(tag.value in {mark, "*"} for tag in known):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_DISPOSITION] = 'inline; filename="plantops.ics"'
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)
