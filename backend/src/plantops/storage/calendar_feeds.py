"""Calendar feeds, and what stands in the calendar."""

import hmac
from datetime import datetime
from uuid import UUID

from aioplantops.calendar import CalendarFeed
from aioplantops.care import CareEvent

from plantops.domain.almanac import Entry
from plantops.domain.tongue import Tongue

from .pool import Connection
from .queries import load
from .tasks import read_task

queries = load(__file__)


async def add(connection: Connection, feed: CalendarFeed, hashed: bytes) -> None:
    """Keep a feed by the hash of its secret."""
    await queries.add(connection, id=feed.id, name=feed.name, hash=hashed, now=feed.created_at)


async def count(connection: Connection) -> int:
    """Tell how many feeds there are."""
    return int(await queries.count(connection))


async def page(connection: Connection, after: UUID | None, most: int) -> list[CalendarFeed]:
    """List feeds, the oldest first, after one."""
    return [CalendarFeed.model_validate(dict(row)) async for row in queries.page(connection, after_id=after, most=most)]


async def remove(connection: Connection, feed_id: UUID) -> bool:
    """Make a feed worthless; tell whether there was one."""
    return bool([row async for row in queries.remove(connection, id=feed_id)])


async def use(connection: Connection, hashed: bytes, now: datetime, unless_since: datetime) -> bool:
    """Tell whether there is a feed with such a secret, and note about when it was read."""
    row = await queries.used(connection, hash=hashed, now=now, unless_since=unless_since)
    return row is not None and hmac.compare_digest(row["hash"], hashed)


async def entries(connection: Connection, since: datetime, most: int, tongue: Tongue) -> list[Entry]:
    """Give what is to be done, and what was done since a time."""
    found = []
    async for row in queries.tasks(connection, most=most):
        fields = dict(row)
        area, stamp, plant = fields.pop("area"), fields.pop("created_at"), row["plant_name"]
        found.append(Entry(read_task(fields, tongue), stamp, plant, area))
    async for row in queries.done(connection, since=since, most=most):
        fields = dict(row)
        stamp, plant, area = (fields.pop(name) for name in ("created_at", "plant_name", "plant_area"))
        found.append(Entry(CareEvent.model_validate(fields), stamp, plant, area))
    return found
