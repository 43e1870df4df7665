"""Pictures of plants. They lie in the database, so that one backup holds everything and all replicas have them."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from aioplantops.photos import Photo

from .pool import Connection
from .queries import load

if TYPE_CHECKING:
    from plantops.domain.picture import Picture

queries = load(__file__)


class Room(NamedTuple):
    """What pictures there are."""

    of_plant: int
    bytes: int
    """Of all plants."""


async def room(connection: Connection, plant_id: UUID) -> Room:
    """Tell how many pictures a plant has, and how many bytes all pictures take."""
    return Room(*(await queries.room(connection, plant_id=plant_id)))


async def add(connection: Connection, photo: Photo, picture: Picture) -> None:
    """Keep a picture."""
    await queries.add(
        connection,
        id=photo.id,
        plant_id=photo.plant_id,
        taken_at=photo.taken_at,
        width=photo.width,
        height=photo.height,
        image=picture.image,
        thumbnail=picture.thumbnail,
        now=photo.created_at,
    )


async def page(connection: Connection, plant_id: UUID, after: tuple[datetime, UUID] | None, most: int) -> list[Photo]:
    """List a plant's pictures, the newest first, after one."""
    moment, number = after or (None, None)
    rows = queries.page(connection, plant_id=plant_id, after_time=moment, after_id=number, most=most)
    return [Photo.model_validate(dict(row)) async for row in rows]


async def image(connection: Connection, plant_id: UUID, photo_id: UUID, *, small: bool) -> bytes | None:
    """Give a picture, or the small one of it."""
    found = await (queries.thumbnail if small else queries.image)(connection, plant_id=plant_id, id=photo_id)
    return None if found is None else bytes(found)


async def event(connection: Connection, plant_id: UUID, photo_id: UUID) -> UUID | None:
    """Tell under which event a picture stands in the care log."""
    found: UUID | None = await queries.event(connection, plant_id=plant_id, id=photo_id)
    return found


async def remove(connection: Connection, photo_id: UUID) -> None:
    """Remove a picture, and what the care log says of it."""
    await queries.remove(connection, id=photo_id)
