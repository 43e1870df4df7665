"""What a client asks about calendar feeds."""

from collections.abc import AsyncIterator
from uuid import UUID

from .calendar import CalendarFeed, CalendarFeedCreate, CalendarFeedCreated
from .calls import Calls
from .models import Page


class CalendarCalls(Calls):
    """The part of a client that is about the garden's calendar."""

    def calendar_feeds(self) -> AsyncIterator[CalendarFeed]:
        """Walk through the feeds."""
        return self._walk(Page[CalendarFeed], "/api/v1/calendar-feeds")

    async def create_calendar_feed(self, name: str) -> CalendarFeedCreated:
        """Make a feed; its address is shown this once. Raises TooManyCalendarFeeds."""
        body = CalendarFeedCreate(name=name)
        return await self.transport.send("POST", "/api/v1/calendar-feeds", CalendarFeedCreated, body=body)

    async def delete_calendar_feed(self, feed_id: UUID) -> None:
        """Make a feed's address worthless at once. Raises CalendarFeedNotFound."""
        await self.transport.tell("DELETE", f"/api/v1/calendar-feeds/{feed_id}")
