"""What was heard since the last time that it was told: only the newest of everything, so it cannot grow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aioplantops.models import DeviceStatus

from .news import Thing


@dataclass(slots=True)
class PendingEvents:
    """News between two turns of the hub."""

    devices: set[str] = field(default_factory=set)
    """Devices that changed."""
    plants: set[UUID] = field(default_factory=set)
    """Plants that changed."""
    things: set[tuple[Thing, str]] = field(default_factory=set)
    """What else has news."""
    newest: set[str] = field(default_factory=set)
    """Devices of which another replica got readings."""
    latest: dict[str, tuple[datetime, dict[int, tuple[datetime, float]]]] = field(default_factory=dict)
    """By device: when it was last seen, and its newest readings by channel id (time, value)."""
    statuses: dict[str, tuple[DeviceStatus, datetime]] = field(default_factory=dict)

    def readings(self, device_id: str, last_seen: datetime, latest: Mapping[int, tuple[datetime, float]]) -> None:
        """Hear a device's newest readings."""
        known = self.latest.get(device_id)
        if known is None:
            self.latest[device_id] = (last_seen, dict(latest))
            return
        seen, readings = known
        for channel_id, reading in latest.items():
            if channel_id not in readings or readings[channel_id][0] <= reading[0]:
                readings[channel_id] = reading
        self.latest[device_id] = (max(seen, last_seen), readings)

    def status(self, device_id: str, status: DeviceStatus, at: datetime) -> None:
        """Hear that a device came or went."""
        known = self.statuses.get(device_id)
        if known is None or known[1] <= at:
            self.statuses[device_id] = (status, at)

    def look_again(self, earlier: PendingEvents) -> None:
        """Take over what could not be looked at."""
        self.devices |= earlier.devices
        self.plants |= earlier.plants
        self.newest |= earlier.newest
        self.things |= earlier.things
