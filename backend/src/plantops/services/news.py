"""Who wants to hear what happened: the words in which services tell it, without knowing who listens."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from aioplantops.models import DeviceStatus


class Thing(StrEnum):
    """What has news beside devices and plants; `services/things` knows how each kind is looked up."""

    CARE = "care"
    ALERT = "alert"
    IRRIGATOR = "irrigator"
    WATERING = "watering"
    TASK = "task"


class News(Protocol):
    """Takes news after they are committed. Every method returns at once and never raises."""

    def readings(self, device_id: str, last_seen: datetime, latest: Mapping[int, tuple[datetime, float]]) -> None:
        """Tell a device's newest readings by channel id, as stored."""

    def status(self, device_id: str, status: DeviceStatus, at: datetime) -> None:
        """Tell that a device came or went."""

    def device(self, device_id: str) -> None:
        """Tell that a device is new or was changed, or its channels."""

    def device_removed(self, device_id: str) -> None:
        """Tell that a device is gone."""

    def plant(self, plant_id: UUID) -> None:
        """Tell that a plant is new or was changed, or its assignments."""

    def plant_removed(self, plant_id: UUID) -> None:
        """Tell that a plant is gone."""

    def thing(self, thing: Thing, key: str) -> None:
        """Tell that something of another kind is new, was changed or is gone; the key holds no blanks."""
