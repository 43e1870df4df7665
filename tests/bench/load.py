"""What the benchmarks send: numbered readings, so that a checker knows every row again.

Message `m` comes from device `m % devices` and carries the time `begin_us + m * step_us`, which no other message has;
which channels it speaks of follows from `m` too. A row is right when its time, channel and value fit one message.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Self

CHANNELS = (
    "soil_moisture",
    "soil_temperature",
    "soil_conductivity",
    "temperature",
    "humidity",
    "illuminance",
    "battery",
    "water_level",
)
"""Keys of metrics whose spans all hold 0 to 40."""

MICROSECONDS = 1_000_000
VALUES = 4_001
BOOT = 2_914_823_411


def now_us() -> int:
    """Tell the time, microseconds since 1970."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class Load:
    """A row of messages, each known by its number."""

    name: str
    """The devices are called `<name>-<number>`."""
    messages: int
    per_message: int = 1
    """Readings in a message, all of one time; at most `channels`."""
    devices: int = 200
    channels: int = 5
    """Channels of each device, spoken of in turn."""
    step_us: int = 40
    """Time between two messages as the readings tell it, microseconds."""
    numbered: bool = True
    """Whether messages carry boot and seq, so that the backend answers each of them."""
    begin_us: int = field(default_factory=now_us)

    def to_json(self) -> str:
        """Write it down for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    @property
    def readings(self) -> int:
        """Count the readings of all messages."""
        return self.messages * self.per_message

    def device(self, message: int) -> str:
        """Name the device that sends a message."""
        return f"{self.name}-{message % self.devices:04d}"

    def topic(self, message: int) -> str:
        """Name the topic of a message."""
        return f"plantops/{self.device(message)}/telemetry"

    def keys(self, message: int) -> Iterator[str]:
        """Name the channels that a message speaks of."""
        first = message // self.devices * self.per_message
        return (CHANNELS[(first + slot) % self.channels] for slot in range(self.per_message))

    def payload(self, message: int) -> bytes:
        """Write a message as a device would."""
        second, rest = divmod(self.begin_us + message * self.step_us, MICROSECONDS)
        value = message % VALUES / 100
        readings = ",".join(f'{{"c":"{key}","t":{second}.{rest:06d},"v":{value}}}' for key in self.keys(message))
        head = f'"boot":{BOOT},"seq":{message // self.devices},' if self.numbered else ""
        return f'{{{head}"readings":[{readings}]}}'.encode()

    def message_of(self, device: str, key: str, time_us: int, value: float) -> int | None:
        """Tell the message that this row came from; None if there is none."""
        message, rest = divmod(time_us - self.begin_us, self.step_us)
        if rest or not 0 <= message < self.messages or self.device(message) != device:
            return None
        return message if key in self.keys(message) and value == message % VALUES / 100 else None
