"""What a client asks about pictures of plants."""

from collections.abc import AsyncIterator
from uuid import UUID

from .calls import Calls
from .models import Page
from .photos import MOST_BYTES, Photo


class PhotoCalls(Calls):
    """The part of a client that is about pictures."""

    def photos(self, plant_id: UUID) -> AsyncIterator[Photo]:
        """Walk through a plant's pictures, the newest first. Raises PlantNotFound."""
        return self._walk(Page[Photo], f"/api/v1/plants/{plant_id}/photos")

    async def add_photo(self, plant_id: UUID, picture: bytes, media: str = "image/jpeg") -> Photo:
        """Keep a picture. Raises PlantNotFound, PhotoInvalid, PhotoUnsupported, TooLarge, TooManyPhotos."""
        return await self.transport.upload(f"/api/v1/plants/{plant_id}/photos", picture, media, Photo)

    async def photo(self, plant_id: UUID, photo_id: UUID, *, thumbnail: bool = False) -> bytes:
        """Give a picture as JPEG, or a small one of at most 320 pixels. Raises PhotoNotFound."""
        path = f"/api/v1/plants/{plant_id}/photos/{photo_id}{'/thumbnail' if thumbnail else ''}"
        return await self.transport.download(path, "image/jpeg", MOST_BYTES)

    async def delete_photo(self, plant_id: UUID, photo_id: UUID) -> None:
        """Remove a picture, and its entry in the care log. Raises PhotoNotFound."""
        await self.transport.tell("DELETE", f"/api/v1/plants/{plant_id}/photos/{photo_id}")
