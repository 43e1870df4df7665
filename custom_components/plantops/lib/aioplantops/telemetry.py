"""What devices and the backend say to each other over MQTT; `docs/protocol.md` is the same in prose."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .wire import ChannelKey, Counter, Name, Wire

MAX_READINGS = 1_000
"""Readings that one message may carry. A node's whole buffer fits; a run-away node does not."""

MAX_PAYLOAD_BYTES = 256 * 1024
"""A longer message is refused unread."""


class Sample(Wire):
    """One channel's value at one time, as a device writes it."""

    c: ChannelKey
    """Channel key."""
    t: float | None = None
    """Unix time in seconds, UTC, may be fractional; absent only for "now"."""
    v: float
    """The value in the unit that the device's info names (else the metric's own)."""


class Batch(Wire):
    """Some samples, sent together and acknowledged together."""

    boot: Counter | None = None
    """A random number that the device draws at each start."""
    seq: Counter | None = None
    """Counts the device's batches since that start. `boot` and `seq` together name a batch."""
    readings: Annotated[tuple[Sample, ...], Field(max_length=MAX_READINGS)]


class Ack(Wire):
    """The backend's word that a batch is safe: the device may forget it."""

    boot: Counter
    seq: Counter
    stored: int
    """Readings that are new in the store."""
    duplicate: int = 0
    """Readings that were there already (the batch was sent again)."""
    refused: int
    """Readings that will never be stored; `/api/v1/dead-letters` tells why. Sending them again is useless."""


class ChannelInfo(Wire):
    """What a device says of one of its channels."""

    metric: str
    unit: str | None = None
    """The unit that the device sends; None: the metric's own."""
    name: Name | None = None


class ValveInfo(Wire):
    """What a device says of one of its valves, or of a pump, which is no different."""

    name: Name | None = None
    max_seconds: Annotated[float, Field(gt=0, le=3_600)] | None = None
    """The device closes it after so long by itself, whatever it was told; None: it does not say."""
    litres_per_minute: Annotated[float, Field(gt=0, le=200)] | None = None


class Info(Wire):
    """What a device says of itself, retained on the broker."""

    model: Name | None = None
    manufacturer: Name | None = None
    firmware: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] | None = None
    hardware_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] | None = None
    """The MAC address, 12 lower-case hexadecimal digits."""
    name: Name | None = None
    sleep_seconds: Annotated[float, Field(ge=0, le=90 * 86_400)] | None = None
    """How long the device sleeps between two reports; 0 or None: it stays awake."""
    channels: Annotated[dict[ChannelKey, ChannelInfo], Field(max_length=64)] = Field(default_factory=dict)
    valves: Annotated[dict[ChannelKey, ValveInfo], Field(max_length=16)] | None = None
    """What `water` can open, by the names that commands use; None: it does not say."""


class Command(Wire):
    """Something that a device shall do, once, before `expires`."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    action: Literal["water", "stop", "identify", "restart"]
    valve: ChannelKey | None = None
    """What to open; of `stop`: what to close, None: everything."""
    seconds: Annotated[float, Field(gt=0, le=3_600)] | None = None
    """How long to water."""
    issued: float | None = None
    """Unix time in seconds at which it was given: a device that has started since then does not water."""
    expires: float
    """Unix time in seconds after which the command must not be carried out."""


class CommandState(StrEnum):
    """What became of a command, in a device's words."""

    RUNNING = "running"
    """Water flows; another result will follow."""
    DONE = "done"
    STOPPED = "stopped"
    """It was told to stop before the time was over."""
    REFUSED = "refused"
    """Nothing was done, and `detail` tells why."""
    EXPIRED = "expired"
    """It came too late; nothing was done."""
    FAILED = "failed"
    """Something was done, or tried, and went wrong: `detail` tells what."""


class CommandResult(Wire):
    """What became of a command. A watering has two results: `running`, and how it ended."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    ok: bool
    state: CommandState | None = None
    """None, as of simple devices: done if `ok`, else refused."""
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None
    """How long water flowed; None: as long as was asked for, or it is not known."""
    detail: Annotated[str, Field(max_length=400)] = ""

    @property
    def outcome(self) -> CommandState:
        """The state, also of a device that does not tell it."""
        return self.state or (CommandState.DONE if self.ok else CommandState.REFUSED)


ONLINE = "online"
OFFLINE = "offline"
