"""Notification channels and what was told on them as the API shows them."""

from aioplantops.models import Page
from aioplantops.notifications import (
    Notification,
    NotificationChannel,
    NotificationChannelChange,
    NotificationChannelCreate,
    NotificationChannelCreated,
    NotificationTest,
)

from .call import NOTIFICATION_CHANNEL, Call
from .keys import NOTIFICATION_CHANNELS
from .lists import ListQuery


async def list_channels(call: Call) -> Page[NotificationChannel]:
    """List the channels by name; their addresses and keys are shown nowhere."""
    return await call.app[NOTIFICATION_CHANNELS].list_all()


async def create(call: Call[NotificationChannelCreate]) -> NotificationChannelCreated:
    """Make a channel. The answer shows, this once, what a webhook is signed with where that was made here."""
    return await call.app[NOTIFICATION_CHANNELS].create(call.body)


async def change(call: Call[NotificationChannelChange]) -> NotificationChannel:
    """Change a channel; one that was refused is tried again."""
    return await call.app[NOTIFICATION_CHANNELS].change(call.at(NOTIFICATION_CHANNEL), call.body)


async def remove(call: Call) -> None:
    """Remove a channel."""
    await call.app[NOTIFICATION_CHANNELS].remove(call.at(NOTIFICATION_CHANNEL))


async def test(call: Call) -> NotificationTest:
    """Send a test message now, and tell what the other side says."""
    return await call.app[NOTIFICATION_CHANNELS].test(call.at(NOTIFICATION_CHANNEL))


async def list_all(call: Call[None, ListQuery]) -> Page[Notification]:
    """List what people were told, the newest first, and what could not be told."""
    return await call.app[NOTIFICATION_CHANNELS].told(call.query.cursor, call.query.limit)
