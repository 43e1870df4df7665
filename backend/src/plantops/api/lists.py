"""What every list and every span in a query string looks like."""

import re
from datetime import datetime, timedelta
from typing import Annotated

from aioplantops.wire import Request, Utc
from pydantic import BeforeValidator, Field

from plantops.domain.resolution import Span, chart_span
from plantops.services.cursor import LONGEST

DEFAULT_SPAN = timedelta(days=1)
"""What is shown when nobody says since when."""

_LOST_PLUS = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)$")


def _with_plus(value: object) -> object:
    """Mend `2026-11-23T10:00:00 01:00`: a plus sign that was not escaped arrives as a blank."""
    return _LOST_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else value


type Moment = Annotated[Utc, BeforeValidator(_with_plus)]
"""ISO 8601 with a time zone, or Unix seconds."""


class ListQuery(Request):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100
    """Items in one answer."""
    cursor: Annotated[str, Field(max_length=LONGEST)] | None = None
    """`next` of the part before; absent: from the beginning on."""


class SpanQuery(Request):
    """A span of time; the end does not belong to it."""

    from_: Annotated[Moment | None, Field(alias="from")] = None
    """ISO 8601 with a time zone, or Unix seconds; absent: a day before `until`."""
    until: Moment | None = None
    """ISO 8601 with a time zone, or Unix seconds; absent: now."""

    def span(self, now: datetime) -> Span:
        """Give the span, as seen now. Raises SpanInvalid for one that nobody can have meant."""
        until = self.until or now
        return chart_span(self.from_ or until - DEFAULT_SPAN, until)
