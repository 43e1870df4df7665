"""Pictures of plants: one after the other they tell how a plant grows."""

from http import HTTPStatus
from uuid import UUID

from .errors import NotFound, PlantOpsError
from .wire import Answer, Utc

MOST_BYTES = 15 * 1024 * 1024
"""The largest picture that may be sent."""

KINDS = ("image/jpeg", "image/png", "image/webp")
"""What a picture may be sent as."""


class Photo(Answer):
    """A picture of a plant: a JPEG without anything that tells where or with what it was taken."""

    id: UUID
    plant_id: UUID
    taken_at: Utc
    """By the camera, if it says so and can be right; else when it was sent."""
    width: int
    """Pixels."""
    height: int
    bytes: int
    created_at: Utc


class PhotoNotFound(NotFound):
    """There is no such picture of this plant."""

    code = "photo_not_found"


class PhotoInvalid(PlantOpsError):
    """This is no picture that can be read: send JPEG, PNG or WebP."""

    code, status = "photo_invalid", HTTPStatus.UNPROCESSABLE_ENTITY


class PhotoUnsupported(PlantOpsError):
    """Send the picture itself as the body, with “Content-Type: image/jpeg” (or image/png, image/webp)."""

    code, status = "photo_unsupported", HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TooManyPhotos(PlantOpsError):
    """There is no room for more pictures: remove some first."""

    code, status = "too_many_photos", HTTPStatus.CONFLICT
