"""What a chart asks for."""

from typing import Annotated

from aioplantops.metrics import Metric
from pydantic import Field

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
