"""What people call the devices and channels, and where they are: a name that a person gave stays."""

from aioplantops.errors import ChannelNotFound, DeviceNotFound
from aioplantops.models import Channel, ChannelChange, Device, DeviceChange

from plantops.storage import naming as store
from plantops.storage.pool import Connection, Database

from .garden import Garden
from .news import News
from .registry import Registry


class Devices:
    """Names devices and channels."""

    def __init__(self, database: Database, garden: Garden, registry: Registry, *, news: News) -> None:
        """Take the store, who reads the garden, the registry, and who wants to hear of changes."""
        self._database = database
        self._garden = garden
        self._registry = registry
        self._news = news

    async def change(self, device_id: str, wish: DeviceChange) -> Device:
        """Change what the wish names. Raises DeviceNotFound."""
        async with self._database.transaction("change_device") as connection:
            if not await store.change_device(connection, device_id, wish):
                raise DeviceNotFound
        self._registry.forget(device_id)
        self._news.device(device_id)
        return await self._garden.device(device_id)

    async def channel(self, channel_id: int) -> Channel:
        """Give a channel. Raises ChannelNotFound."""
        async with self._database.acquire("channel") as connection:
            return await self._channel(connection, channel_id)

    async def rename_channel(self, channel_id: int, wish: ChannelChange) -> Channel:
        """Name a channel. Raises ChannelNotFound."""
        async with self._database.transaction("rename_channel") as connection:
            await store.rename_channel(connection, channel_id, wish.name)
            channel = await self._channel(connection, channel_id)
        self._registry.forget(channel.device_id)
        self._news.device(channel.device_id)
        return channel

    async def _channel(self, connection: Connection, channel_id: int) -> Channel:
        found = await store.channel(connection, channel_id)
        if found is None:
            raise ChannelNotFound
        return found
