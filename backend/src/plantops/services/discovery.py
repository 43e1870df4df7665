"""Getting to know devices: what they say of themselves and their channels, and whether they are there.

Names that a person gave stay. A channel that makes no sense becomes a dead letter; the others are taken.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aioplantops.errors import DeviceNotWritable
from aioplantops.metrics import METRICS, Metric, Scale, scale
from aioplantops.models import DeviceKind
from aioplantops.telemetry import ChannelInfo
from aioplantops.topics import Leaf, build

from plantops.domain.intake import HTTP_TOPIC, PAYLOAD_HEAD_BYTES, InfoNews, Reason, StatusNews
from plantops.domain.reading import Unfit
from plantops.ops.metrics import Metrics
from plantops.storage import devices, valves
from plantops.storage.devices import ChannelRow, NewChannel
from plantops.storage.letters import Letter
from plantops.storage.pool import Connection
from plantops.storage.telemetry import DataRefused, blaming_data

from .letters import Letters
from .news import News
from .registry import BETTER, MOST_CHANNELS, Registry, Wanted, channel_name

type Heard = InfoNews | StatusNews


@dataclass(slots=True)
class Declared:
    """What a device's declaration asks for, channel by channel."""

    new: list[NewChannel]
    changed: list[ChannelRow]
    banned: dict[str, Unfit]


class Discovery:
    """The door at which devices introduce themselves."""

    def __init__(self, registry: Registry, letters: Letters, *, news: News, metrics: Metrics) -> None:
        """Take the registry, the tray for dead letters, and who wants to hear news."""
        self._registry = registry
        self._letters = letters
        self._news = news
        self._metrics = metrics

    async def hear(self, connection: Connection, heard: Sequence[Heard]) -> None:
        """Note what devices say, in one transaction; saying the same again changes nothing.

        What the store can take in no way becomes a dead letter, and the rest is noted. Raises DeviceNotWritable when
        something that came by HTTP speaks for a device that has MQTT.
        """
        try:
            await self._hear(connection, heard)
        except DataRefused as error:
            middle = len(heard) // 2
            if middle == 0:
                await self._refuse(connection, heard[0], str(error))
                return
            await self.hear(connection, heard[:middle])
            await self.hear(connection, heard[middle:])

    async def _hear(self, connection: Connection, heard: Sequence[Heard]) -> None:
        """Note what devices say. Raises DataRefused when some of it cannot be stored; then nothing is noted."""
        tray: list[Letter] = []
        banned: list[tuple[InfoNews, Mapping[str, Unfit]]] = []
        told: list[StatusNews] = []
        with self._metrics.database("discover"), blaming_data():
            async with connection.transaction():
                wanted: dict[str, Wanted] = {}
                for news in heard:
                    _want(wanted, news)
                learnt = await self._registry.learn(connection, wanted)
                changed = set(learnt.new)
                rows = await self._channels(connection, heard)
                for news in heard:
                    known = learnt.known.get(news.device_id)
                    if known is None:
                        continue  # no room for another device; its readings are refused, which is told there
                    if isinstance(news, StatusNews):
                        if await devices.set_status(connection, news.device_id, news.status, news.received_at):
                            told.append(news)
                    elif _may_speak(news.kind, known.kind):
                        bans = await self._note(connection, news, rows.get(news.device_id, {}), changed)
                        banned.append((news, bans))
                        tray += self._admitted(news, bans)
                await self._letters.keep(connection, tray)
        self._tell(changed, told, banned)
        self._letters.count(tray)

    async def _channels(self, connection: Connection, heard: Sequence[Heard]) -> dict[str, dict[str, ChannelRow]]:
        """Read the channels of all devices that introduce themselves, by device and key."""
        found: dict[str, dict[str, ChannelRow]] = {}
        for row in await devices.load_channels(connection, {news.device_id for news in heard if _introduces(news)}):
            found.setdefault(row.device_id, {})[row.key] = row
        return found

    async def _note(
        self, connection: Connection, news: InfoNews, rows: Mapping[str, ChannelRow], changed: set[str]
    ) -> dict[str, Unfit]:
        """Write down what one device says; tell which of its channels make no sense."""
        if await devices.describe(connection, news.device_id, news.info):
            changed.add(news.device_id)
        declared = _declared(news, rows)
        if declared.new:
            await devices.add_channels(connection, declared.new, news.received_at)
        if declared.changed:
            await devices.redeclare(connection, declared.changed)
        opens = news.info.valves
        told = opens is not None and await valves.declare(connection, news.device_id, opens)
        if declared.new or declared.changed or told:
            changed.add(news.device_id)
        return declared.banned

    def _tell(
        self,
        changed: Iterable[str],
        told: Iterable[StatusNews],
        banned: Iterable[tuple[InfoNews, Mapping[str, Unfit]]],
    ) -> None:
        for said, channels in banned:
            # A node tells of all its channels; stock discovery and posts by HTTP tell of some.
            whole = said.kind is DeviceKind.PLANTOPS
            self._registry.ban(said.device_id, channels, declared=None if whole else said.info.channels)
        for device_id in changed:
            self._registry.forget(device_id)
            self._news.device(device_id)
        for news in told:
            self._news.status(news.device_id, news.status, news.received_at)

    def _admitted(self, news: InfoNews, bans: Mapping[str, Unfit]) -> Iterable[Letter]:
        for key, fault in bans.items():
            if self._letters.admits(news.device_id, news.received_at):
                yield _letter(news, fault, json.dumps({key: news.info.channels[key].model_dump(exclude_none=True)}))

    async def _refuse(self, connection: Connection, news: Heard, words: str) -> None:
        """Keep what the store cannot take as a dead letter."""
        if self._letters.admits(news.device_id, news.received_at):
            said = news.info.model_dump_json(exclude_none=True) if isinstance(news, InfoNews) else news.status
            tray = [_letter(news, Unfit(Reason.DATA, words), said)]
            await self._letters.keep(connection, tray)
            self._letters.count(tray)


def _letter(news: Heard, fault: Unfit, said: str) -> Letter:
    if not isinstance(news, InfoNews):
        topic = build(news.device_id, Leaf.STATUS)
    else:
        topic = HTTP_TOPIC if news.kind is DeviceKind.HTTP else build(news.device_id, Leaf.INFO)
    payload = said.encode()
    head = payload[:PAYLOAD_HEAD_BYTES]
    return Letter(news.received_at, news.device_id, topic, fault.reason, fault.detail, head, len(payload))


def _introduces(news: Heard) -> bool:
    return isinstance(news, InfoNews)


def _want(wanted: dict[str, Wanted], news: Heard) -> None:
    # A status tells nothing of how a device speaks: stock ESPHome may send one as well.
    kind = news.kind if isinstance(news, InfoNews) else DeviceKind.ESPHOME
    want = wanted.setdefault(news.device_id, Wanted(kind, news.received_at))
    want.kind = max(want.kind, kind, key=BETTER.__getitem__)


def _may_speak(kind: DeviceKind, known: DeviceKind) -> bool:
    """Tell whether a declaration counts: not when the device itself speaks better than whoever describes it."""
    if BETTER[kind] >= BETTER[known]:
        return True
    if kind is DeviceKind.HTTP:
        raise DeviceNotWritable
    return False


def _declared(news: InfoNews, rows: Mapping[str, ChannelRow]) -> Declared:
    """Compare what a device says of its channels with what is kept."""
    found = Declared([], [], {})
    room = MOST_CHANNELS - len(rows)
    for key, said in news.info.channels.items():
        measure = _measure(key, said)
        row = rows.get(key)
        if isinstance(measure, Unfit):
            found.banned[key] = measure
        elif row is None and len(found.new) >= room:
            detail = f"A device can have {MOST_CHANNELS} channels; {key} is one more."
            found.banned[key] = Unfit(Reason.TOO_MANY_CHANNELS, detail)
        elif row is None:
            name = said.name or channel_name(key, measure.metric)
            sent = said.unit or measure.unit
            found.new.append(NewChannel(news.device_id, key, name, measure.metric, measure.unit, sent))
        else:
            _compare(row, said, measure, found)
    return found


def _measure(key: str, said: ChannelInfo) -> Scale | Unfit:
    if said.metric not in Metric:
        return Unfit(Reason.UNKNOWN_METRIC, f"{key}: {said.metric[:60]!r} is no metric that PlantOps knows.")
    metric = Metric(said.metric)
    measure = scale(metric, said.unit)
    if measure is None:
        unit = METRICS[metric].unit
        return Unfit(
            Reason.UNKNOWN_UNIT, f"{key}: {(said.unit or '')[:60]!r} is no unit of {metric}; its own is {unit!r}."
        )
    return measure


def _compare(row: ChannelRow, said: ChannelInfo, measure: Scale, found: Declared) -> None:
    """Note what changed of a channel; what it measures may change only as long as it holds no readings."""
    name = row.name if row.named_by_user else said.name or row.name
    now = replace(row, name=name, sent_unit=said.unit or measure.unit)
    if row.empty:
        now = replace(now, metric=measure.metric, unit=measure.unit)
    elif measure.metric != row.metric:
        detail = f"{row.key} measured {row.metric} so far; readings of {measure.metric} need a key of their own."
        found.banned[row.key] = Unfit(Reason.UNKNOWN_METRIC, detail)
        return
    elif measure.unit != row.unit:
        detail = f"{row.key} is kept in {row.unit!r}, which {said.unit!r} cannot be converted to; use a key of its own."
        found.banned[row.key] = Unfit(Reason.UNKNOWN_UNIT, detail)
    if now != row:
        found.changed.append(now)
