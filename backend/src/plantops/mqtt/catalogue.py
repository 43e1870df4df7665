"""Which stock ESPHome nodes there are, and what their bare numbers mean.

Pure: every message comes with its time. Lives as long as one connection; the broker tells all announcements anew
when it is asked again, because they are retained.
"""

from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import Info, Sample

from plantops.domain.intake import Envelope, InfoNews, Intake, StatusNews
from plantops.domain.stock import Ignored, StockChannel, announced, introduced, introduces, number, understand
from plantops.mqtt.arrivals import Arrivals

MAX_CHANNELS = 20_000
MAX_CHANNELS_PER_NODE = 64
MAX_WAITING = 1_000
"""State topics that wait for their announcement."""
WAITING_EACH = 4
WAIT = timedelta(seconds=60)
REPEAT = timedelta(milliseconds=250)
"""A stalled connection delivers a state up to three times within a quarter of a second (seen with ESPHome 2026.10)."""
MAX_NUMBER_BYTES = 40
WAITS_AT_DEPTHS = range(4, 7)

FILTERS = (
    "homeassistant/+/+/+/config",
    "homeassistant/+/+/config",
    "esphome/discover/+",
    "+/sensor/+/state",
    "+/+/sensor/+/state",
    "+/+/+/sensor/+/state",
)
"""Announcements, and ESPHome's own state topics below a prefix of one to three levels."""


def covered(topic: str) -> bool:
    """Tell whether `FILTERS` bring the states of this topic already."""
    parts = topic.split("/")
    return len(parts) in WAITS_AT_DEPTHS and parts[-3] == "sensor" and parts[-1] == "state"


@dataclass(slots=True)
class Heard:
    """What one message comes to."""

    intakes: list[Intake] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    """Topics to subscribe to by name from now on."""


@dataclass(frozen=True, slots=True)
class _State:
    at: datetime
    value: float


class Catalogue:
    """What is known of the stock nodes on one broker."""

    def __init__(self) -> None:
        """Begin knowing nobody."""
        self.ignored: Counter[str] = Counter()
        """Messages without use, by the reason."""
        self.unmapped: dict[str, str] = {}
        """Announcements without use: topic and reason."""
        self._channels: dict[str, StockChannel] = {}
        self._nodes: Counter[str] = Counter()
        self._by_state: defaultdict[str, set[str]] = defaultdict(set)
        self._by_status: defaultdict[str, set[str]] = defaultdict(set)
        self._introduced: OrderedDict[str, Info] = OrderedDict()
        self._waiting: OrderedDict[str, list[_State]] = OrderedDict()
        self._last: dict[str, _State] = {}
        self._arrivals = Arrivals()

    def hear(self, topic: str, payload: bytes, at: datetime, *, retained: bool) -> Heard:
        """Take one message. Never raises."""
        if announced(topic) is not None:
            return self._announce(topic, payload, at)
        if (node := introduces(topic)) is not None:
            return self._introduce(node, payload, at)
        if topic in self._by_status:
            return self._status(topic, payload, at)
        return self._state(topic, payload, at, retained=retained)

    def _announce(self, topic: str, payload: bytes, at: datetime) -> Heard:
        before = self._channels.get(topic)
        if not payload:
            self._forget(topic)
            self.unmapped.pop(topic, None)
            return Heard()
        channel = understand(topic, payload)
        if isinstance(channel, Ignored):
            self._forget(topic)
            self._note(topic, channel)
            return Heard()
        if channel == before:
            return Heard()
        self._forget(topic)
        if not self._has_room(channel):
            self._note(topic, Ignored("too many sensors", channel.state_topic))
            return Heard()
        return self._enter(topic, channel, at)

    def _has_room(self, channel: StockChannel) -> bool:
        return len(self._channels) < MAX_CHANNELS and self._nodes[channel.device_id] < MAX_CHANNELS_PER_NODE

    def _enter(self, topic: str, channel: StockChannel, at: datetime) -> Heard:
        self.unmapped.pop(topic, None)
        self._channels[topic] = channel
        self._nodes[channel.device_id] += 1
        self._by_state[channel.state_topic].add(topic)
        heard = Heard()
        if not covered(channel.state_topic):
            heard.wanted.add(channel.state_topic)
        if (availability := channel.availability) is not None:
            self._by_status[availability.topic].add(topic)
            heard.wanted.add(availability.topic)
        known = self._introduced.get(channel.device_id)
        info = channel.info if known is None else _merged(known, channel.info)
        heard.intakes.append(InfoNews(channel.device_id, info, at, DeviceKind.ESPHOME))
        for state in self._waiting.pop(channel.state_topic, ()):
            if at - state.at <= WAIT:
                heard.intakes.append(self._reading(topic, channel, state))
        return heard

    def _forget(self, topic: str) -> None:
        """Let an announcement go. What was stored stays."""
        channel = self._channels.pop(topic, None)
        self._last.pop(topic, None)
        if channel is None:
            return
        self._nodes -= Counter((channel.device_id,))
        _discard(self._by_state, channel.state_topic, topic)
        if channel.availability is not None:
            _discard(self._by_status, channel.availability.topic, topic)

    def _note(self, topic: str, ignored: Ignored) -> None:
        self.ignored["announcement"] += 1
        if len(self.unmapped) < MAX_CHANNELS:
            self.unmapped[topic] = ignored.reason
        if ignored.state_topic is not None:
            self._waiting.pop(ignored.state_topic, None)

    def _introduce(self, node: str, payload: bytes, at: datetime) -> Heard:
        """Hear a node's own introduction: hardware id, firmware and the name that its owner gave it."""
        info = introduced(payload)
        if info is None:
            self.ignored["introduction"] += 1
            return Heard()
        self._introduced[node] = info
        self._introduced.move_to_end(node)
        if len(self._introduced) > MAX_CHANNELS:
            self._introduced.popitem(last=False)
        return Heard([InfoNews(node, info, at, DeviceKind.ESPHOME)] if self._nodes[node] else [])

    def _status(self, topic: str, payload: bytes, at: datetime) -> Heard:
        heard = Heard()
        told: set[str] = set()
        for channel in (self._channels[name] for name in sorted(self._by_status[topic])):
            words = channel.availability
            if words is None or channel.device_id in told or payload not in {words.online, words.offline}:
                continue
            told.add(channel.device_id)
            status = DeviceStatus.ONLINE if payload == words.online else DeviceStatus.OFFLINE
            heard.intakes.append(StatusNews(channel.device_id, status, at))
        return heard

    def _state(self, topic: str, payload: bytes, at: datetime, *, retained: bool) -> Heard:
        value = number(payload) if len(payload) <= MAX_NUMBER_BYTES else None
        if retained or value is None:
            self.ignored["stale" if retained else "text"] += 1
            return Heard()
        state = _State(self._arrivals.moment(at), value)
        names = self._by_state.get(topic)
        if not names:
            self._wait(topic, state)
            return Heard()
        heard = Heard()
        for name in sorted(names):
            last = self._last.get(name)
            if last is not None and last.value == value and abs(at - last.at) <= REPEAT:
                self.ignored["repeat"] += 1
                continue
            heard.intakes.append(self._reading(name, self._channels[name], state))
        return heard

    def _wait(self, topic: str, state: _State) -> None:
        """Keep a state for which no announcement has come yet; the oldest topic makes room."""
        if not covered(topic):
            self.ignored["unknown"] += 1
            return
        states = self._waiting.setdefault(topic, [])
        states.append(state)
        del states[:-WAITING_EACH]
        self._waiting.move_to_end(topic)
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popitem(last=False)
            self.ignored["unknown"] += 1

    def _reading(self, name: str, channel: StockChannel, state: _State) -> Envelope:
        self._last[name] = state
        samples = (Sample(c=channel.key, v=state.value),)
        return Envelope(channel.device_id, DeviceKind.ESPHOME, channel.state_topic, state.at, samples)


def _merged(known: Info, announced_info: Info) -> Info:
    """Lay what the announcement says over what the node said of itself."""
    said = {name: value for name in Info.model_fields if (value := getattr(announced_info, name))}
    return known.model_copy(update=said)


def _discard(index: defaultdict[str, set[str]], key: str, name: str) -> None:
    index[key].discard(name)
    if not index[key]:
        del index[key]
