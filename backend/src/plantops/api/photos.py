"""Pictures of plants as the API takes and shows them."""

from aiohttp import hdrs, web
from aioplantops.models import Page
from aioplantops.photos import KINDS, MOST_BYTES, Photo, PhotoUnsupported
from aioplantops.wire import Request, Words

from .bodies import read_bytes
from .call import PHOTO, PLANT, Call
from .keys import ALBUM
from .lists import ListQuery

UPLOAD_SECONDS = 60.0
"""A picture over a slow phone's line takes a while."""
FOR_EVER = "private, max-age=31536000, immutable"
"""A picture never changes; only people who may see it keep it."""


class PhotoQuery(Request):
    """What is said of a picture."""

    note: Words = ""


async def add(call: Call[None, PhotoQuery]) -> Photo:
    """Keep a picture. It is made smaller and written anew; where it was taken, and with what, is removed."""
    plant_id = call.at(PLANT)
    if call.request.content_type not in KINDS:
        raise PhotoUnsupported
    album = call.app[ALBUM]
    await album.check(plant_id)
    async with album.table():
        payload = await read_bytes(call.request, MOST_BYTES, UPLOAD_SECONDS)
        return await album.add(plant_id, payload, call.query.note)


async def list_all(call: Call[None, ListQuery]) -> Page[Photo]:
    """List a plant's pictures."""
    return await call.app[ALBUM].page(call.at(PLANT), call.query.cursor, call.query.limit)


async def show(call: Call) -> web.Response:
    """Give a picture of at most 1,600 pixels a side."""
    return await _image(call, small=False)


async def thumbnail(call: Call) -> web.Response:
    """Give a picture of at most 320 pixels a side."""
    return await _image(call, small=True)


async def remove(call: Call) -> None:
    """Remove a picture, and its entry in the care log."""
    await call.app[ALBUM].remove(call.at(PLANT), call.at(PHOTO))


async def _image(call: Call, *, small: bool) -> web.Response:
    photo_id = call.at(PHOTO)
    body = await call.app[ALBUM].image(call.at(PLANT), photo_id, small=small)
    headers = {hdrs.CACHE_CONTROL: FOR_EVER, hdrs.CONTENT_DISPOSITION: f'inline; filename="plant-{photo_id}.jpg"'}
    return web.Response(body=body, content_type="image/jpeg", headers=headers)
