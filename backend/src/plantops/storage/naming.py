"""What people call devices and channels, which no device may overwrite."""

from aioplantops.models import Channel, DeviceChange

from . import calibration
from .garden import channel_tree
from .pool import Connection
from .queries import load

queries = load(__file__)


async def change_device(connection: Connection, device_id: str, change: DeviceChange) -> bool:
    """Change the fields that the wish names; tell whether there is such a device."""
    done = await queries.change_device(
        connection, id=device_id, fields=sorted(change.model_fields_set), name=change.name, area=change.area
    )
    return bool(done)


async def rename_channel(connection: Connection, channel_id: int, name: str) -> None:
    """Name a channel, if it is there."""
    await queries.rename_channel(connection, id=channel_id, name=name)


async def channel(connection: Connection, channel_id: int) -> Channel | None:
    """Give a channel with its newest reading."""
    row = await queries.channel(connection, id=channel_id)
    if row is None:
        return None
    return Channel.model_validate(channel_tree(row, await calibration.of_channels(connection, [channel_id])))
