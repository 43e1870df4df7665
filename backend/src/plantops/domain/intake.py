"""What comes in at the door: opened, sorted, and not yet in the store. Only words for it; nothing here acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import CommandResult, Info, Sample

PAYLOAD_HEAD_BYTES = 2_048
"""How much of a refused message is kept for people to look at."""

HTTP_TOPIC = "/api/v1/readings"
"""Stands where a message over MQTT has its topic."""


class Reason(StrEnum):
    """Why something was refused; stable words, seen in dead letters, HTTP results and metrics."""

    MALFORMED = "malformed"
    NOT_UTF8 = "not_utf8"
    WRONG_TOPIC = "wrong_topic"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"
    RANGE = "range"
    UNKNOWN_METRIC = "unknown_metric"
    UNKNOWN_UNIT = "unknown_unit"
    CLOCK = "clock"
    TOO_OLD = "too_old"
    BAD_KEY = "bad_key"
    TOO_MANY_CHANNELS = "too_many_channels"
    TOO_MANY_DEVICES = "too_many_devices"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that will never be stored, and why, in words that help its owner."""

    reason: Reason
    detail: str
    payload: bytes
    """The beginning of what was sent (at most `PAYLOAD_HEAD_BYTES`)."""
    payload_bytes: int
    """The length of what was sent, bytes."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The readings of one message, MQTT or HTTP: the good ones, and the refusals found at the door."""

    device_id: str
    kind: DeviceKind
    topic: str
    received_at: datetime
    samples: Sequence[Sample]
    boot: int | None = None
    seq: int | None = None
    refusals: tuple[Refusal, ...] = ()
    unknown_fields: int = 0


@dataclass(frozen=True, slots=True)
class StatusNews:
    """A device's birth, or its will."""

    device_id: str
    status: DeviceStatus
    received_at: datetime


@dataclass(frozen=True, slots=True)
class InfoNews:
    """What a device says of itself, or what is said of it: by stock ESPHome discovery, or with readings by HTTP."""

    device_id: str
    info: Info
    received_at: datetime
    kind: DeviceKind = DeviceKind.PLANTOPS


@dataclass(frozen=True, slots=True)
class ResultNews:
    """What became of a command."""

    device_id: str
    result: CommandResult
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """A whole message that could not be read."""

    device_id: str | None
    topic: str
    received_at: datetime
    refusal: Refusal


type Intake = Envelope | StatusNews | InfoNews | ResultNews | Refused
"""Whatever a message turned out to be."""
