"""What a chart, or a list of days, asks for."""

import re
from datetime import date
from typing import Annotated

from aioplantops.metrics import Metric
from aioplantops.wire import Request
from pydantic import BeforeValidator, Field

from .lists import SpanQuery


class HistoryQuery(SpanQuery):
    """Which part of the past, and how finely."""

    points: Annotated[int, Field(ge=2, le=2_000)] = 500
    """The most points that the answer may have, gap marks included."""


class ChannelHistoryQuery(HistoryQuery):
    """The same of a channel."""

    as_sent: bool = False
    """True: what the channel sent, in the unit that it sent; false: calibrated, where it is."""


class PlantHistoryQuery(HistoryQuery):
    """The same of one of a plant's metrics."""

    metric: Metric
    """What was measured."""


def _plain(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("write a day as YYYY-MM-DD")
    return value


type Day = Annotated[date, BeforeValidator(_plain)]
"""A date without a time."""


class DaysQuery(Request):
    """Which days."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    """The first day, e.g. 2026-11-01; absent: 30 days before `until`."""
    until: Day | None = None
    """The day after the last one; absent: tomorrow, so that today is the last."""
