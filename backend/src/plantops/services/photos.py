"""The album: pictures of plants, each of which stands in the care log too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid7
from zoneinfo import ZoneInfo

from aioplantops.care import CareEvent, CareKind, CareSource
from aioplantops.errors import PlantNotFound, Unavailable
from aioplantops.models import Page
from aioplantops.photos import Photo, PhotoNotFound, TooManyPhotos

from plantops.ops.logs import Clock
from plantops.storage import care
from plantops.storage import photos as store
from plantops.storage.pool import Database

from .care import CareBook
from .cursor import foreign_cursor, read_cursor, write_cursor
from .garden import Garden

if TYPE_CHECKING:
    from plantops.domain.picture import Picture

MOST_OF_A_PLANT = 400
"""Pictures: more than one a day for a year."""
MOST_BYTES = 2 * 1024**3
"""Of all pictures: the database, and each backup, grows by them."""
AT_ONCE = 1
"""Pictures that are unpacked at a time: each takes up to 250 MB."""
WAITING = 4


class Album:
    """Keeps pictures."""

    def __init__(
        self, database: Database, garden: Garden, care_book: CareBook, *, zone: ZoneInfo, clock: Clock
    ) -> None:
        """Take the store, who reads the garden, who writes the log, the garden's time zone, and the clock."""
        self._database = database
        self._garden = garden
        self._care = care_book
        self._zone = zone
        self._clock = clock
        self._table = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def table(self) -> AsyncIterator[None]:
        """Have the room that a picture takes. Raises Unavailable when too many wait for it."""
        if self._waiting >= WAITING:
            raise Unavailable("Many pictures are being looked at already: send this one again in a moment.")
        self._waiting += 1
        try:
            async with self._table:
                yield
        finally:
            self._waiting -= 1

    async def check(self, plant_id: UUID) -> None:
        """Make sure that there is such a plant and room for one more picture. Raises PlantNotFound, TooManyPhotos."""
        async with self._database.snapshot("photo_room") as connection:
            await self._garden.plant_within(connection, plant_id)
            _check_room(await store.room(connection, plant_id))

    async def add(self, plant_id: UUID, payload: bytes, note: str = "") -> Photo:
        """Keep a picture, and write it down. Raises PlantNotFound, PhotoInvalid, TooManyPhotos."""
        now = self._clock()
        made = await asyncio.to_thread(_draw, payload, self._zone, now)
        photo = _photo(plant_id, made, now)
        event = CareEvent(
            id=uuid7(),
            plant_id=plant_id,
            kind=CareKind.PHOTO,
            source=CareSource.LOGGED,
            at=photo.taken_at,
            note=note,
            photo_id=photo.id,
        )
        async with self._database.transaction("add_photo") as connection:
            if not await care.hold(connection, plant_id):
                raise PlantNotFound
            _check_room(await store.room(connection, plant_id))
            await store.add(connection, photo, made)
            await self._care.write(connection, event, now)
        await self._care.tell(event, now)
        return photo

    async def page(self, plant_id: UUID, cursor: str | None, limit: int) -> Page[Photo]:
        """List a plant's pictures, the newest first. Raises PlantNotFound and Invalid."""
        after = None if cursor is None else _cursor(cursor)
        async with self._database.snapshot("photo_page") as connection:
            found = await store.page(connection, plant_id, after, limit + 1)
            if not found:
                await self._garden.plant_within(connection, plant_id)
        last = found[limit - 1] if len(found) > limit else None
        more = None if last is None else write_cursor([last.taken_at.isoformat(), str(last.id)])
        return Page[Photo](items=tuple(found[:limit]), next=more)

    async def image(self, plant_id: UUID, photo_id: UUID, *, small: bool = False) -> bytes:
        """Give a picture as JPEG, or the small one of it. Raises PhotoNotFound."""
        async with self._database.acquire("photo") as connection:
            found = await store.image(connection, plant_id, photo_id, small=small)
        if found is None:
            raise PhotoNotFound
        return found

    async def remove(self, plant_id: UUID, photo_id: UUID) -> None:
        """Remove a picture, and its entry in the log. Raises PhotoNotFound."""
        async with self._database.acquire("photo_event") as connection:
            event_id = await store.event(connection, plant_id, photo_id)
        if event_id is None:
            raise PhotoNotFound
        await self._care.remove(plant_id, event_id)


def _check_room(room: store.Room) -> None:
    if room.of_plant >= MOST_OF_A_PLANT:
        raise TooManyPhotos(f"This plant has {MOST_OF_A_PLANT} pictures, as many as a plant can: remove some first.")
    if room.bytes >= MOST_BYTES:
        raise TooManyPhotos("All pictures together take 2 GiB, as much as they may: remove some first.")


def _draw(payload: bytes, zone: ZoneInfo, now: datetime) -> Picture:
    from plantops.domain.picture import picture  # noqa: PLC0415 - 3 MB, which a house without pictures does not pay

    return picture(payload, zone, now)


def _photo(plant_id: UUID, made: Picture, now: datetime) -> Photo:
    return Photo(
        id=uuid7(),
        plant_id=plant_id,
        taken_at=made.taken_at or now,
        width=made.width,
        height=made.height,
        bytes=len(made.image),
        created_at=now,
    )


def _cursor(cursor: str) -> tuple[datetime, UUID]:
    time, number = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(time).astimezone(UTC), UUID(number)
    except ValueError, OverflowError:
        raise foreign_cursor() from None
