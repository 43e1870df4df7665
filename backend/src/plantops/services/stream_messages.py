"""How what happened is put into the words of the stream."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aioplantops.events import (
    ChannelReading,
    DeviceRemovedEvent,
    PlantReading,
    PlantRemovedEvent,
    ReadingsEvent,
    StatusEvent,
)
from aioplantops.metrics import Metric
from aioplantops.models import PlantValue

from plantops.domain.calibration import Calibration
from plantops.storage.garden import AssignmentRow

from .garden import Sight, Wish
from .listener import Message
from .pending import PendingEvents


class Assignments:
    """Which plants each channel serves, now and later, as of the last look at the store."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._by_channel: dict[int, list[AssignmentRow]] = {}

    def learn(self, wish: Wish, sight: Sight) -> None:
        """Remember the assignments of the plants that were looked at, all of them after a look at everything."""
        if wish.whole:
            self._by_channel = {}
        elif wish.plants:
            changed = frozenset(wish.plants)
            for channel_id, assignments in list(self._by_channel.items()):
                self._by_channel[channel_id] = [one for one in assignments if one.plant_id not in changed]
        for assignment in sight.assignments:
            self._by_channel.setdefault(assignment.channel_id, []).append(assignment)

    def plants_of(self, devices: Collection[str]) -> set[UUID]:
        """Tell which plants some devices serve: they have to be looked at too when a channel was declared anew."""
        return {one.plant_id for known in self._by_channel.values() for one in known if one.device_id in devices}

    def felt(self, reading: ChannelReading, now: datetime) -> Iterator[PlantReading]:
        """Tell which plants feel a reading: those that its channel serves now and served when it was taken."""
        for assignment in self._by_channel.get(reading.channel_id, ()):
            if assignment.holds(now) and assignment.holds(reading.time):
                value = PlantValue.model_construct(
                    metric=Metric(assignment.metric),
                    unit=assignment.unit,
                    value=reading.value,
                    time=reading.time,
                    channel_id=reading.channel_id,
                )
                yield PlantReading.model_construct(plant_id=assignment.plant_id, value=value)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What must be known to tell a reading, as of the last look at the store."""

    assignments: Assignments = field(default_factory=Assignments)
    calibrations: dict[int, Calibration] = field(default_factory=dict)

    def learn(self, wish: Wish, sight: Sight) -> None:
        """Remember what was seen of the plants and devices that were looked at, or of everything."""
        self.assignments.learn(wish, sight)
        looked_at = frozenset(wish.devices)
        for channel_id, known in list(self.calibrations.items()):
            if wish.whole or known.device_id in looked_at:
                del self.calibrations[channel_id]
        self.calibrations.update(sight.calibrations)

    def shown(self, latest: Mapping[int, tuple[datetime, float]]) -> Iterator[ChannelReading]:
        """Tell readings as stored in the units of their channels; what cannot be told in those is left out."""
        for channel_id, (time, value) in latest.items():
            known = self.calibrations.get(channel_id)
            shown = value if known is None else known.shown(time, value)
            if shown is not None:
                yield ChannelReading.model_construct(channel_id=channel_id, time=time, value=shown)


def readings_told(pending: PendingEvents, knowledge: Knowledge, now: datetime) -> Iterable[Message]:
    """Tell the readings that came in this process."""
    for device_id, (last_seen, latest) in pending.latest.items():
        yield _readings(device_id, last_seen, tuple(knowledge.shown(latest)), knowledge.assignments, now)


def newest_told(sight: Sight, knowledge: Knowledge) -> Iterable[Message]:
    """Tell the readings that another replica stored."""
    for newest in sight.newest:
        channels = tuple(knowledge.shown(newest.latest))
        yield _readings(newest.device_id, newest.last_seen, channels, knowledge.assignments, sight.at)


def statuses_told(pending: PendingEvents) -> Iterable[Message]:
    """Tell which devices came or went."""
    for device_id, (status, at) in pending.statuses.items():
        event = StatusEvent.model_construct(device_id=device_id, status=status, status_at=at, seq=0)
        yield Message.split(event.model_dump_json())


def changes_told(wish: Wish, sight: Sight) -> Iterable[Message]:
    """Tell what was found of the changed devices, plants and other things; what was not found is gone."""
    for device_id in wish.devices:
        if (device := sight.devices.get(device_id)) is not None:
            yield Message.of("device", "device", device.decode())
        else:
            yield Message.split(DeviceRemovedEvent(device_id=device_id).model_dump_json())
    for plant_id in wish.plants:
        if (plant := sight.plants.get(plant_id)) is not None:
            yield Message.of("plant", "plant", plant.decode())
        else:
            yield Message.split(PlantRemovedEvent(plant_id=plant_id).model_dump_json())
    for event in sight.events:
        yield Message.split(event.model_dump_json())


def _readings(
    device_id: str, last_seen: datetime, channels: tuple[ChannelReading, ...], assignments: Assignments, now: datetime
) -> Message:
    plants = tuple(felt for reading in channels for felt in assignments.felt(reading, now))
    event = ReadingsEvent.model_construct(
        device_id=device_id, last_seen=last_seen, channels=channels, plants=plants, seq=0
    )
    return Message.split(event.model_dump_json())
