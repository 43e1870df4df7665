"""The garden's calendar for people's own calendars: each reads it at an address of its own, which can be revoked."""

import asyncio
import re
import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid7
from zoneinfo import ZoneInfo

from aioplantops.calendar import CalendarFeed, CalendarFeedNotFound, TooManyCalendarFeeds
from aioplantops.models import Page

from plantops.domain.almanac import calendar
from plantops.domain.tongue import Tongue
from plantops.ops.logs import Clock
from plantops.storage import calendar_feeds as store
from plantops.storage.garden import installation
from plantops.storage.pool import Database

from .access import digest
from .cursor import foreign_cursor, read_cursor, write_cursor

SECRET_BYTES = 32
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
MOST_FEEDS = 100
LOOK_BACK = timedelta(days=366)
MOST_ENTRIES = 2_000
"""Tasks, and as many of what was done: a second of work. A calendar of more is no use to anybody."""
NOTED_EVERY = timedelta(hours=1)


class Calendars:
    """Keeps feeds, and writes the calendar."""

    def __init__(self, database: Database, zone: ZoneInfo, clock: Clock, tongue: Tongue) -> None:
        """Take the store, the garden's time zone, the clock (aware UTC), and the house's language."""
        self._database = database
        self._zone = zone
        self._clock = clock
        self._tongue = tongue

    async def page(self, cursor: str | None, limit: int) -> Page[CalendarFeed]:
        """List feeds; their secrets are shown nowhere. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.acquire("calendar_feeds") as connection:
            found = await store.page(connection, after, limit + 1)
        more = write_cursor([str(found[limit - 1].id)]) if len(found) > limit else None
        return Page[CalendarFeed](items=tuple(found[:limit]), next=more)

    async def create(self, name: str) -> tuple[CalendarFeed, str]:
        """Make a feed; its secret is told now and never again. Raises TooManyCalendarFeeds."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        feed = CalendarFeed(id=uuid7(), name=name, created_at=self._clock())
        async with self._database.transaction("add_calendar_feed") as connection:
            if await store.count(connection) >= MOST_FEEDS:
                raise TooManyCalendarFeeds
            await store.add(connection, feed, digest(secret))
        return feed, secret

    async def remove(self, feed_id: UUID) -> None:
        """Make a feed worthless at once. Raises CalendarFeedNotFound."""
        async with self._database.transaction("remove_calendar_feed") as connection:
            if not await store.remove(connection, feed_id):
                raise CalendarFeedNotFound

    async def read(self, secret: str) -> tuple[bytes, str]:
        """Give the calendar, and a mark that changes with it. Raises CalendarFeedNotFound for a secret that is none."""
        now = self._clock()
        async with self._database.transaction("read_calendar") as connection:
            if not await store.use(connection, digest(secret), now, now - NOTED_EVERY):
                raise CalendarFeedNotFound
        async with self._database.snapshot("calendar") as connection:
            entries = await store.entries(connection, now - LOOK_BACK, MOST_ENTRIES, self._tongue)
            identity = await installation(connection)
        body = await asyncio.to_thread(calendar, entries, self._tongue, self._zone, identity)
        return body, sha256(body).hexdigest()[:32]


def _cursor(cursor: str) -> UUID:
    (number,) = read_cursor(cursor, 1)
    try:
        return UUID(number)
    except ValueError:
        raise foreign_cursor() from None
