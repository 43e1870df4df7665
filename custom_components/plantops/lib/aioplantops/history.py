"""The past of a plant or a channel as a chart wants it."""

from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from .metrics import Metric
from .telemetry import MAX_READINGS, ChannelInfo
from .wire import Answer, ChannelKey, DeviceId, Name, Request, Utc


class Resolution(StrEnum):
    """What a history was drawn from."""

    RAW = "raw"
    HOURLY = "hourly"
    DAILY = "daily"


class Point(Answer):
    """One point of a chart: a single reading, or all readings of `bucket_seconds` from `time` on.

    A point with `count` 0 and no values stands where a gap begins: a line must not be drawn across it.
    """

    time: Utc
    mean: float | None = None
    min: float | None = None
    max: float | None = None
    count: int = 0


class History(Answer):
    """A span of one series, with at most as many points as were asked for."""

    plant_id: UUID | None = None
    channel_id: int | None = None
    metric: Metric
    unit: str
    from_: Annotated[Utc, Field(alias="from")]
    until: Utc
    resolution: Resolution
    bucket_seconds: int | None = None
    """Width of each point's bucket in seconds; None: every point is one reading."""
    points: tuple[Point, ...]


class PostedReading(Request):
    """One reading that comes by HTTP."""

    c: ChannelKey
    t: float | None = None
    """Unix time in seconds, UTC; absent: now."""
    v: Any
    """The value; what is no finite number is refused by itself, the other readings are kept."""


class ReadingsPost(Request):
    """Readings of a source that has no MQTT, such as a sensor that lives in Home Assistant."""

    device_id: DeviceId
    name: Name | None = None
    channels: Annotated[dict[ChannelKey, ChannelInfo], Field(max_length=64)] = Field(default_factory=dict)
    """What is to be known of each channel; an undeclared channel's key is its metric."""
    readings: Annotated[tuple[PostedReading, ...], Field(max_length=MAX_READINGS)]
    """Empty: the source only introduces its channels, e.g. so that one can be assigned before it has spoken."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.readings and not self.channels:
            raise ValueError("there are neither readings nor channels")
        return self


class Outcome(StrEnum):
    """What became of a reading."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class ReadingResult(Answer):
    """What became of one posted reading, in the order of the request."""

    outcome: Outcome
    reason: str | None = None
    """Why it was refused, e.g. `clock`, `range`, `unknown_metric`."""
    detail: str | None = None


class ReadingsPosted(Answer):
    """What became of posted readings."""

    stored: int
    duplicate: int
    refused: int
    results: tuple[ReadingResult, ...]
