"""Calendar feeds: addresses with a secret, from which a calendar reads what is to be done and what was."""

from http import HTTPStatus
from uuid import UUID

from .errors import NotFound, PlantOpsError
from .wire import Answer, Name, Request, Utc


class CalendarFeed(Answer):
    """An address that somebody's calendar reads."""

    id: UUID
    name: str
    created_at: Utc
    last_used_at: Utc | None = None
    """When it was read last, to the hour."""


class CalendarFeedCreate(Request):
    """A new feed, named after whose calendar reads it."""

    name: Name


class CalendarFeedCreated(CalendarFeed):
    """A feed with its address, which is shown this once."""

    path: str
    """What follows the backend's address; whoever knows it can read the calendar, and nothing else."""


class CalendarFeedNotFound(NotFound):
    """There is no such calendar."""

    code = "calendar_feed_not_found"


class TooManyCalendarFeeds(PlantOpsError):
    """There are as many calendar feeds as can be kept: remove some first."""

    code, status = "too_many_calendar_feeds", HTTPStatus.CONFLICT
