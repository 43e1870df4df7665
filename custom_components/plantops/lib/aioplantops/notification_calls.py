"""What a client asks about telling people, and about what holds for the whole garden."""

from collections.abc import AsyncIterator
from uuid import UUID

from .calls import Calls
from .models import Page
from .notifications import (
    Notification,
    NotificationChannel,
    NotificationChannelChange,
    NotificationChannelCreate,
    NotificationChannelCreated,
    NotificationTest,
)
from .settings import GardenSettings, GardenSettingsChange, Keeping

SETTINGS = "/api/v1/settings"
CHANNELS = "/api/v1/notification-channels"


class NotificationCalls(Calls):
    """The part of a client that is about telling people."""

    async def settings(self) -> GardenSettings:
        """Give what holds for the whole garden."""
        return await self.transport.ask(GardenSettings, SETTINGS)

    async def keeping(self) -> Keeping:
        """Tell how long readings are kept, and when the newest backup was made."""
        return await self.transport.ask(Keeping, f"{SETTINGS}/keeping")

    async def change_settings(self, change: GardenSettingsChange) -> GardenSettings:
        """Change what holds for the whole garden; fields that were not set stay."""
        return await self.transport.send("PATCH", SETTINGS, GardenSettings, body=change)

    async def notification_channels(self) -> tuple[NotificationChannel, ...]:
        """Give the ways on which people are told."""
        return (await self.transport.ask(Page[NotificationChannel], CHANNELS)).items

    async def create_notification_channel(self, channel: NotificationChannelCreate) -> NotificationChannelCreated:
        """Make a way on which people are told. Raises TargetRefused, TooManyChannels."""
        return await self.transport.send("POST", CHANNELS, NotificationChannelCreated, body=channel)

    async def change_notification_channel(
        self, channel_id: UUID, change: NotificationChannelChange
    ) -> NotificationChannel:
        """Change one; fields that were not set stay. Raises ChannelNotKnown, ChannelSetOutside, TargetRefused."""
        return await self.transport.send("PATCH", f"{CHANNELS}/{channel_id}", NotificationChannel, body=change)

    async def delete_notification_channel(self, channel_id: UUID) -> None:
        """Remove one. Raises ChannelNotKnown, ChannelSetOutside."""
        await self.transport.tell("DELETE", f"{CHANNELS}/{channel_id}")

    async def test_notification_channel(self, channel_id: UUID) -> NotificationTest:
        """Send a test message now, which takes as long as the other side does. Raises ChannelNotKnown."""
        return await self.transport.send("POST", f"{CHANNELS}/{channel_id}/test", NotificationTest)

    def notifications(self) -> AsyncIterator[Notification]:
        """Walk through what people were told, the newest first."""
        return self._walk(Page[Notification], "/api/v1/notifications")
