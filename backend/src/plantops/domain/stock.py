"""Understands stock ESPHome nodes: what they announce to Home Assistant, and what their states mean to a garden.

A stock node knows nothing of PlantOps. It announces each sensor in a retained JSON message under
``homeassistant/sensor/<node>/<object_id>/config``, and sends bare numbers without unit and time to the state topic
that the announcement names. Written down from ESPHome 2026.10; Home Assistant's MQTT discovery documentation names
the keys, of which each has a long and an abbreviated form.
"""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any

from aioplantops.metric_guess import guess
from aioplantops.telemetry import ChannelInfo, Info
from aioplantops.topics import parse
from aioplantops.wire import DEVICE_ID, Wire
from pydantic import AliasChoices, BeforeValidator, Field, ValidationError

MAX_DISCOVERY_BYTES = 16 * 1024
"""ESPHome's announcements are below 1 KiB."""
MAX_TOPIC_LENGTH = 256
NAME_LENGTH = 120
NUMBER = re.compile(rb"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?")
_MAC = re.compile(r"[0-9a-f]{12}")
_NODE = re.compile(DEVICE_ID)
_OBJECT = re.compile(r"[A-Za-z0-9_-]{1,100}")
_FORBIDDEN_IN_TOPIC = re.compile(r"[+#\x00-\x1f]|^[$]|^(homeassistant|esphome)/")


def _text(value: object) -> object:
    """Keep one line of at most 120 characters; anything that is no text counts as absent."""
    if not isinstance(value, str):
        return None
    return "".join(letter for letter in value if letter.isprintable()).strip()[:NAME_LENGTH] or None


def _mac(value: object) -> str | None:
    plain = value.replace(":", "").replace("-", "").lower() if isinstance(value, str) else ""
    return plain if _MAC.fullmatch(plain) else None


type Text = Annotated[str | None, BeforeValidator(_text)]
type Topic = Annotated[str | None, Field(max_length=MAX_TOPIC_LENGTH)]


def _field(*names: str) -> Any:
    return Field(None, validation_alias=AliasChoices(*names))


class StockDevice(Wire):
    """The part of an announcement that tells of the node."""

    identifiers: Any = _field("ids", "identifiers")
    connections: Any = _field("cns", "connections")
    name: Text = None
    model: Text = _field("mdl", "model")
    manufacturer: Text = _field("mf", "manufacturer")
    firmware: Text = _field("sw", "sw_version")

    @property
    def mac(self) -> str | None:
        """The hardware id: 12 lower-case hexadecimal digits, from the connections or the identifiers."""
        pairs = self.connections if isinstance(self.connections, list) else []
        known = [pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2 and pair[0] == "mac"]  # noqa: PLR2004
        others = self.identifiers if isinstance(self.identifiers, list) else [self.identifiers]
        return next(filter(None, map(_mac, [*known, *others])), None)


class StockConfig(Wire):
    """One announcement."""

    base: Topic = _field("~")
    name: Text = None
    unit: Text = _field("unit_of_meas", "unit_of_measurement")
    device_class: Text = _field("dev_cla", "device_class")
    state_topic: Topic = _field("stat_t", "state_topic")
    availability_topic: Topic = _field("avty_t", "availability_topic")
    available: Text = _field("pl_avail", "payload_available")
    not_available: Text = _field("pl_not_avail", "payload_not_available")
    template: Any = _field("val_tpl", "value_template")
    device: StockDevice = Field(default_factory=StockDevice, validation_alias=AliasChoices("dev", "device"))

    def topic(self, topic: str | None) -> str | None:
        """Complete a topic with the base that `~` stands for; None when nobody should listen there."""
        if topic is None:
            return None
        if self.base is not None and topic.startswith("~"):
            topic = self.base + topic[1:]
        elif self.base is not None and topic.endswith("~"):
            topic = topic[:-1] + self.base
        fits = 0 < len(topic) <= MAX_TOPIC_LENGTH and not _FORBIDDEN_IN_TOPIC.search(topic) and parse(topic) is None
        return topic if fits else None


@dataclass(frozen=True, slots=True)
class Availability:
    """Where a node says whether it is there, and in which words."""

    topic: str
    online: bytes
    offline: bytes


@dataclass(frozen=True, slots=True)
class StockChannel:
    """One sensor of a stock node that means something to a garden."""

    device_id: str
    key: str
    info: Info
    state_topic: str
    availability: Availability | None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An announcement that PlantOps does not use, and why."""

    reason: str
    state_topic: str | None = None


def announced(topic: str) -> tuple[str, str, str] | None:
    """Read a discovery topic: type, node and object id; None when it is none, or names no possible device."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] != "homeassistant" or parts[4] != "config":  # noqa: PLR2004
        return None
    kind, node, object_id = parts[1:4]
    fits = _OBJECT.fullmatch(kind) and _NODE.fullmatch(node) and _OBJECT.fullmatch(object_id)
    return (kind, node, object_id) if fits else None


def understand(topic: str, payload: bytes) -> StockChannel | Ignored:
    """Read one announcement. Never raises: what does not make sense is ignored with a reason."""
    place = announced(topic)
    if place is None or place[0] != "sensor":
        return Ignored("not a sensor of a node")
    _, node, object_id = place
    config = _open(payload)
    if config is None:
        return Ignored("not understood")
    state_topic = config.topic(config.state_topic)
    if state_topic is None:
        return Ignored("no usable state topic")
    if config.template is not None:
        return Ignored("its states are made by a template: not from ESPHome", state_topic)
    metric = guess(config.device_class, config.unit, f"{config.name or ''} {object_id}")
    if metric is None:
        return Ignored("nothing that a garden knows", state_topic)
    name = config.name or config.device.name or object_id
    info = Info(
        model=config.device.model,
        manufacturer=config.device.manufacturer,
        firmware=config.device.firmware,
        hardware_id=config.device.mac,
        name=config.device.name,
        channels={f"sensor/{object_id}": ChannelInfo(metric=metric, unit=config.unit, name=name)},
    )
    return StockChannel(node, f"sensor/{object_id}", info, state_topic, _availability(config))


class StockIntroduction(Wire):
    """What a node says of itself under ``esphome/discover/<node>``."""

    name: Text = None
    friendly_name: Text = None
    mac: Any = None
    version: Text = None
    board: Text = None


def introduces(topic: str) -> str | None:
    """Read the topic of an introduction: the node; None when it is none, or names no possible device."""
    node = topic.removeprefix("esphome/discover/")
    return node if node != topic and _NODE.fullmatch(node) else None


def introduced(payload: bytes) -> Info | None:
    """Read a node's introduction; None where it makes no sense. Never raises."""
    if not payload or len(payload) > MAX_DISCOVERY_BYTES:
        return None
    try:
        said = StockIntroduction.model_validate_json(payload)
    except ValidationError:
        return None
    name = said.friendly_name or said.name
    return Info(name=name, hardware_id=_mac(said.mac), firmware=said.version, model=said.board, channels={})


def _open(payload: bytes) -> StockConfig | None:
    if len(payload) > MAX_DISCOVERY_BYTES:
        return None
    try:
        return StockConfig.model_validate_json(payload)
    except ValidationError:
        return None


def _availability(config: StockConfig) -> Availability | None:
    topic = config.topic(config.availability_topic)
    if topic is None:
        return None
    return Availability(topic, (config.available or "online").encode(), (config.not_available or "offline").encode())


def number(payload: bytes) -> float | None:
    """Read a state; None for `nan`, `None` and every other text."""
    value = float(payload) if NUMBER.fullmatch(payload) else math.nan
    return value if math.isfinite(value) else None
