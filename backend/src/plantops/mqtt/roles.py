"""What each kind of account may do on the broker: one table of topics for each.

Roles name their topics literally, one role for each device: Mosquitto 2.0 does not fill in user names in patterns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aioplantops.topics import FROM_DEVICES, TO_DEVICES, build, every

from plantops.mqtt.catalogue import FILTERS

ENTRY_KEYS = ("acltype", "topic", "allow")


@dataclass(frozen=True, slots=True)
class Role:
    """The topics that one account may write and read."""

    name: str
    writes: tuple[str, ...] = ()
    subscribes: tuple[str, ...] = ()
    """Filters that it may subscribe to, literally as written here."""
    subscribes_within: tuple[str, ...] = ()
    """Patterns within which it may subscribe to anything."""
    receives: tuple[str, ...] | None = None
    """Topics that reach it; None: those of its subscriptions."""

    @property
    def acls(self) -> list[dict[str, Any]]:
        """Write it as Mosquitto's dynamic security does."""
        receives = (*self.subscribes, *self.subscribes_within) if self.receives is None else self.receives
        return [
            *_entries("publishClientSend", self.writes),
            *_entries("publishClientReceive", receives),
            *_entries("subscribeLiteral", self.subscribes),
            *_entries("subscribePattern", self.subscribes_within),
        ]


def _entries(kind: str, topics: Iterable[str]) -> list[dict[str, Any]]:
    return [{"acltype": kind, "topic": topic, "allow": True} for topic in topics]


def device(device_id: str) -> Role:
    """Allow a PlantOps node its own tree, and of that only its part of the protocol.

    Raises ValueError when `device_id` could not be a device's name.
    """
    return Role(
        f"device-{device_id}",
        writes=tuple(build(device_id, leaf) for leaf in FROM_DEVICES),
        subscribes=tuple(build(device_id, leaf) for leaf in TO_DEVICES),
    )


def stock_node(node: str, prefix: str) -> Role:
    """Allow a stock ESPHome node everything below its prefix, its own announcements, and its commands."""
    return Role(
        f"stock-{node}",
        writes=(f"{prefix}/#", f"homeassistant/+/{node}/+/config", f"esphome/discover/{node}"),
        subscribes=("esphome/discover", f"esphome/ping/{node}", "homeassistant/status"),
        subscribes_within=(f"{prefix}/+/+/command", f"{prefix}/+/+/+/command"),
    )


INGEST = Role(
    "plantops-ingest",
    writes=tuple(every(leaf) for leaf in TO_DEVICES),
    subscribes=tuple(every(leaf) for leaf in FROM_DEVICES),
    receives=("plantops/#",),
)
"""The backend's telemetry session."""

STOCK_READER = Role("plantops-stock-reader", subscribes=FILTERS, subscribes_within=("#",), receives=("#",))
"""The backend's session for stock ESPHome nodes, whose state topics may lie anywhere. It only reads."""
