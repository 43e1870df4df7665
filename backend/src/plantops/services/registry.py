"""The registry: every device and channel that was ever met, by the names that messages use.

It is a cache: the truth is in the store. One process has one, shared by MQTT and HTTP; whoever changes or removes
a device or channel lets it `forget`. What a transaction learns is entered only after the commit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aioplantops.metrics import METRICS, Metric, metric_of, scale
from aioplantops.models import DeviceKind

from plantops.domain.intake import Reason
from plantops.domain.reading import Slot, Unfit
from plantops.storage import devices
from plantops.storage.devices import ChannelRow, NewChannel
from plantops.storage.pool import Connection

MOST_CHANNELS = 64
"""Channels of one device; a node with more is mistaken or malicious."""

MOST_DEVICES = 10_000
"""Devices of one garden."""

BETTER = {DeviceKind.HTTP: 0, DeviceKind.ESPHOME: 1, DeviceKind.PLANTOPS: 2}
"""A device that speaks in several ways is taken at its best one."""


@dataclass(slots=True)
class Known:
    """What is remembered of one device."""

    kind: DeviceKind
    slots: dict[str, Slot | Unfit]
    """All its channels by key; one that cannot take readings says why."""
    last_seen: datetime | None
    """As the store has it; a little behind."""

    def lacks(self, key: str) -> Unfit | None:
        """Tell why a channel that is not there cannot be made; None when it can."""
        if metric_of(key) is None:
            return Unfit(Reason.UNKNOWN_METRIC, f"{key} is no metric and was not declared.")
        if len(self.slots) >= MOST_CHANNELS:
            return Unfit(Reason.TOO_MANY_CHANNELS, f"A device can have {MOST_CHANNELS} channels; {key} is one more.")
        return None


@dataclass(slots=True)
class Wanted:
    """What messages need of a device that is not in the registry yet."""

    kind: DeviceKind
    seen: datetime
    keys: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Learnt:
    """What one transaction found out; not to be believed by others before its commit."""

    known: dict[str, Known] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    """Devices that are new, or have new channels."""
    full: bool = False
    """Whether there was no room for another device."""


class Registry:
    """The registry of one process."""

    def __init__(self, *, most_devices: int = MOST_DEVICES) -> None:
        """Begin knowing nobody."""
        self._known: dict[str, Known] = {}
        self._banned: dict[str, Mapping[str, Unfit]] = {}
        self._most_devices = most_devices

    def known(self, device_id: str) -> Known | None:
        """Look a device up."""
        return self._known.get(device_id)

    def last_seen(self, device_id: str) -> datetime | None:
        """Tell when a device was last seen, as the store has it; None when it is not known."""
        known = self._known.get(device_id)
        return None if known is None else known.last_seen

    def forget(self, device_id: str) -> None:
        """Look a device up in the store again before it is believed."""
        self._known.pop(device_id, None)

    def forget_all(self) -> None:
        """Believe nothing any more, e.g. after another replica did the work for a while."""
        self._known.clear()

    def ban(self, device_id: str, channels: Mapping[str, Unfit], *, declared: Collection[str] | None = None) -> None:
        """Take no readings of channels whose declaration makes no sense, until they are declared anew.

        `declared` are the channels that were spoken of; None: all that the device has.
        """
        before = {} if declared is None else self._banned.get(device_id, {})
        banned = {key: fault for key, fault in before.items() if key not in (declared or ())} | dict(channels)
        self._banned.pop(device_id, None)
        if banned:
            self._banned[device_id] = dict(list(banned.items())[-MOST_CHANNELS:])
        self.forget(device_id)

    def enter(self, learnt: Learnt) -> None:
        """Believe what a transaction learnt, now that it is committed."""
        self._known.update(learnt.known)

    async def learn(self, connection: Connection, wanted: Mapping[str, Wanted]) -> Learnt:
        """Read devices from the store and make what is missing, inside the caller's transaction."""
        learnt = Learnt()
        await self._meet(connection, wanted, learnt)
        missing = [
            channel
            for device_id, known in learnt.known.items()
            for channel in _new_channels(device_id, known, wanted[device_id].keys)
        ]
        if missing:
            await devices.add_channels(connection, missing, max(want.seen for want in wanted.values()))
            added = {channel.device_id for channel in missing}
            await self._read_channels(connection, {device_id: learnt.known[device_id] for device_id in added})
            learnt.new |= added
        return learnt

    async def _meet(self, connection: Connection, wanted: Mapping[str, Wanted], learnt: Learnt) -> None:
        rows = await devices.load_devices(connection, wanted)
        strangers = {device_id: (want.kind, want.seen) for device_id, want in wanted.items() if device_id not in rows}
        if strangers:
            room = max(0, self._most_devices - await devices.how_many(connection))
            learnt.full = len(strangers) > room
            strangers = dict(list(strangers.items())[:room])
            learnt.new |= await devices.add_devices(connection, strangers)
            rows |= await devices.load_devices(connection, strangers)
        for device_id, row in sorted(rows.items()):
            kind = wanted[device_id].kind
            if BETTER[kind] > BETTER[row.kind]:
                await devices.raise_kind(connection, device_id, kind)
                learnt.new.add(device_id)
            best = max(kind, row.kind, key=BETTER.__getitem__)
            learnt.known[device_id] = Known(best, {}, row.last_seen)
        await self._read_channels(connection, learnt.known)

    async def _read_channels(self, connection: Connection, known: Mapping[str, Known]) -> None:
        for row in await devices.load_channels(connection, known):
            known[row.device_id].slots[row.key] = slot(row)
        for device_id in known.keys() & self._banned.keys():
            known[device_id].slots.update(self._banned[device_id])


def slot(row: ChannelRow) -> Slot | Unfit:
    """Tell how a channel takes readings, or why it cannot."""
    if row.metric not in Metric:
        return Unfit(Reason.UNKNOWN_METRIC, f"{row.key} measures {row.metric}, which this PlantOps does not know.")
    measure = scale(Metric(row.metric), row.sent_unit)
    if measure is None or measure.unit != row.unit:
        return Unfit(Reason.UNKNOWN_UNIT, f"{row.key} is sent in {row.sent_unit!r}, but it is kept in {row.unit!r}.")
    return Slot(row.id, measure)


def channel_name(key: str, metric: Metric) -> str:
    """Name a channel that nobody named: "Soil moisture 2" for `soil_moisture_2`."""
    _, _, number = key.rpartition("_")
    name = METRICS[metric].name
    return f"{name} {number}" if number.isdecimal() and key not in Metric else name


def _new_channels(device_id: str, known: Known, keys: Collection[str]) -> Iterable[NewChannel]:
    """List the channels to make for keys that speak for themselves, as far as there is room."""
    room = max(0, MOST_CHANNELS - len(known.slots))
    speaking = [(key, metric) for key in sorted(keys - known.slots.keys()) if (metric := metric_of(key)) is not None]
    for key, metric in speaking[:room]:
        unit = METRICS[metric].unit
        yield NewChannel(device_id, key, channel_name(key, metric), metric, unit, unit)
