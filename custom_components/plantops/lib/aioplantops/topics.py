"""The addresses of PlantOps on a broker, built and read in one place.

``plantops/<device_id>/<leaf>``: a device writes and reads below its own name only.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .wire import DEVICE_ID

ROOT = "plantops"
_DEVICE = re.compile(DEVICE_ID)


class Leaf(StrEnum):
    """What a PlantOps topic carries."""

    STATUS = "status"
    TELEMETRY = "telemetry"
    TELEMETRY_ACK = "telemetry/ack"
    INFO = "info"
    COMMAND = "command"
    COMMAND_RESULT = "command/result"


FROM_DEVICES = (Leaf.STATUS, Leaf.TELEMETRY, Leaf.INFO, Leaf.COMMAND_RESULT)
"""What devices write and the backend reads."""

TO_DEVICES = (Leaf.TELEMETRY_ACK, Leaf.COMMAND)
"""What the backend writes and a device reads."""

_LEAVES = {str(leaf): leaf for leaf in Leaf}


@dataclass(frozen=True, slots=True)
class Address:
    """One device's topic."""

    device_id: str
    leaf: Leaf

    @property
    def topic(self) -> str:
        """The topic as the broker knows it."""
        return f"{ROOT}/{self.device_id}/{self.leaf}"


def build(device_id: str, leaf: Leaf) -> str:
    """Build the topic of one device.

    Raises ValueError when ``device_id`` could not be a device's name (wildcards, slashes, blanks, too long).
    """
    if _DEVICE.fullmatch(device_id) is None:
        raise ValueError(f"{device_id!r} is no device id: letters, digits, - and _ only, 64 at most.")
    return Address(device_id, leaf).topic


def parse(topic: str) -> Address | None:
    """Read a topic; None when it is not one of PlantOps' or names no possible device."""
    parts = topic.split("/", 2)
    if len(parts) != 3 or parts[0] != ROOT or _DEVICE.fullmatch(parts[1]) is None:  # noqa: PLR2004
        return None
    leaf = _LEAVES.get(parts[2])
    return None if leaf is None else Address(parts[1], leaf)


def every(leaf: Leaf) -> str:
    """Build the filter that matches one leaf of all devices."""
    return f"{ROOT}/+/{leaf}"
