"""What each kind of account may do on the broker: one table of topics for each.

Roles name their topics literally, one role for each device: Mosquitto 2.0 does not fill in user names in patterns.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aioplantops.topics import FROM_DEVICES, ROOT, TO_DEVICES, build, every
from aioplantops.wire import DEVICE_ID

from plantops.domain.topic_prefix import refusal
from plantops.mqtt.catalogue import FILTERS

DEFAULTS = {"publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True}
"""What somebody may do whom no role allows anything."""
ENTRY_KEYS = ("acltype", "topic", "allow")
DEVICE, STOCK, HOME_ASSISTANT = "device-", "stock-", "home-assistant"
"""How the roles are called that belong to one account each; `is_own` knows them."""
NODE = re.compile(DEVICE_ID)
DROPPED = "$SYS/broker/publish/messages/dropped"
"""How many messages the broker has thrown away since it started."""
UPTIME = "$SYS/broker/uptime"
CONTROL = "$CONTROL/dynamic-security/v1"
"""Where the accounts are changed; the answers come below."""
ANY = ("#", "$CONTROL/#", "$SYS/#")


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
    """Allow a PlantOps node its part of the protocol in its own tree, and what ESPHome's own MQTT does beside that.

    It cannot forge what the backend says to it. Raises ValueError when `device_id` could not be a device's name.
    """
    tree = f"{ROOT}/{device_id}"
    return Role(
        f"{DEVICE}{device_id}",
        writes=(*(build(device_id, leaf) for leaf in FROM_DEVICES), f"{tree}/+/+/state", *announcements(device_id)),
        subscribes=(*(build(device_id, leaf) for leaf in TO_DEVICES), *greetings(device_id)),
        subscribes_within=commands(tree),
    )


def stock_node(node: str, prefix: str) -> Role:
    """Allow a stock ESPHome node everything below its prefix, its own announcements, and its commands.

    Raises ValueError for a name or a prefix that no node can have.
    """
    if problem := refusal(prefix):
        raise ValueError(problem)
    if not NODE.fullmatch(node):
        raise ValueError(f"{node!r} is no name of a node: letters, digits, - and _ only, 64 at most.")
    return Role(
        f"{STOCK}{node}",
        writes=(f"{prefix}/#", *announcements(node)),
        subscribes=greetings(node),
        subscribes_within=commands(prefix),
    )


def is_prefix(prefix: str) -> bool:
    """Tell whether stock nodes may have this topic prefix."""
    return refusal(prefix) is None


def commands(prefix: str) -> tuple[str, ...]:
    """Give the patterns of the topics at which an ESPHome node takes commands for its entities."""
    return f"{prefix}/+/+/command", f"{prefix}/+/+/+/command"


def announcements(node: str) -> tuple[str, ...]:
    """Give the topics at which an ESPHome node tells of itself and its entities."""
    return f"homeassistant/+/{node}/+/config", f"esphome/discover/{node}"


def greetings(node: str) -> tuple[str, ...]:
    """Give the topics at which an ESPHome node is asked for itself, and hears that Home Assistant starts."""
    return "esphome/discover", f"esphome/ping/{node}", "homeassistant/status"


def home_assistant(prefixes: Iterable[str]) -> Role:
    """Allow Home Assistant's own MQTT integration to use the stock nodes with these prefixes, and nothing of PlantOps.

    It reads what nodes announce and say, sends them commands, and tells them when it starts.
    """
    places = sorted(set(prefixes))
    return Role(
        HOME_ASSISTANT,
        writes=("homeassistant/status", *(topic for prefix in places for topic in commands(prefix))),
        subscribes_within=("homeassistant/#", "esphome/discover/#", *(f"{prefix}/#" for prefix in places)),
    )


def is_own(name: str) -> bool:
    """Tell whether a role is one that PlantOps makes for an account of the database."""
    return name.startswith((DEVICE, STOCK)) or name == HOME_ASSISTANT


INGEST = Role(
    "plantops-ingest",
    writes=tuple(every(leaf) for leaf in TO_DEVICES),
    subscribes=(*(every(leaf) for leaf in FROM_DEVICES), DROPPED),
    receives=(f"{ROOT}/#", DROPPED),
)
"""The backend's telemetry session."""

STOCK_READER = Role("plantops-stock-reader", subscribes=FILTERS, subscribes_within=("#",), receives=("#",))
"""The backend's session for stock ESPHome nodes, whose state topics may lie anywhere. It only reads."""

ACCOUNTS = Role("plantops-accounts", writes=(CONTROL,), subscribes=(f"{CONTROL}/response",))
"""The backend's session that keeps the accounts. It hears and says nothing else."""

HEALTH = Role("plantops-health", subscribes=(UPTIME,))
"""Whoever asks whether the broker lives."""

EVERYTHING = Role("plantops-demo", writes=ANY, subscribes_within=ANY)
"""Only in the demo: whoever wants to look around."""
