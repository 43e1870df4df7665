"""Reading what a request carries: JSON bodies and query strings, checked once, here."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import PayloadEncodingError
from aioplantops.errors import Invalid, Malformed, TooLarge, TooSlow, UnsupportedMedia
from aioplantops.wire import Request
from pydantic import ValidationError

from .problems import PLACE_LENGTH, invalid


async def read_body[Body: Request](request: web.Request, model: type[Body], *, limit: int, seconds: float) -> Body:
    """Read a JSON body of at most `limit` bytes as `model`.

    Raises UnsupportedMedia, TooLarge, TooSlow, Malformed or Invalid.
    """
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMedia
    payload = await _bytes(request, limit, seconds)
    check_json(payload)
    try:
        return model.model_validate_json(payload, strict=True)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
            raise Malformed from None
        raise invalid(error) from None


async def _bytes(request: web.Request, limit: int, seconds: float) -> bytes:
    too_large = TooLarge(f"The request is larger than {limit:,} bytes.")
    if (request.content_length or 0) > limit:
        raise too_large
    try:
        async with asyncio.timeout(seconds):
            payload = await request.read()
    except TimeoutError:
        raise TooSlow from None
    except ClientPayloadError, PayloadEncodingError, web.RequestPayloadError:
        raise Malformed("The request's body does not arrive as its headers announce it.") from None
    if len(payload) > limit:
        raise too_large
    return payload


async def read_bytes(request: web.Request, limit: int, seconds: float) -> bytes:
    """Read a body that is no JSON; what is longer than `limit` is given up as soon as that is known.

    Raises TooLarge, TooSlow or Malformed.
    """
    too_large = TooLarge(f"This is larger than {limit // 1024**2} MiB.")
    if (request.content_length or 0) > limit:
        raise too_large
    payload = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                payload += chunk
                if len(payload) > limit:
                    raise too_large
    except TimeoutError:
        raise TooSlow from None
    except ClientPayloadError, PayloadEncodingError, web.RequestPayloadError:
        raise Malformed("The request's body does not arrive as its headers announce it.") from None
    return bytes(payload)


def check_json(payload: bytes) -> None:
    """Make sure that it is JSON in UTF-8 and says nothing twice (of two equal names one would win silently).

    Raises Malformed or Invalid. NaN and Infinity pass here: the model judges them where they stand.
    """
    try:
        json.loads(payload.decode(), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise Malformed("The request is not UTF-8.") from None
    except RecursionError:
        raise Malformed("The request is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"The request is not valid JSON: {error}.") from None
    except ValueError:
        raise Malformed("The request holds a number that is too long.") from None


def _once(pairs: Sequence[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) == len(pairs):
        return
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    raise Invalid(
        "A name stands twice.", errors=tuple({"where": name[:PLACE_LENGTH], "why": "stands twice"} for name in twice)
    )


def read_query[Query: Request](request: web.Request, model: type[Query]) -> Query:
    """Read what stands behind the question mark as `model`. Raises Invalid."""
    names = Counter(name for name, _ in request.query.items())
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise Invalid(
            "A parameter stands twice.",
            errors=tuple({"where": name[:PLACE_LENGTH], "why": "stands twice"} for name in twice),
        )
    try:
        return model.model_validate_strings(dict(request.query))
    except ValidationError as error:
        raise invalid(error) from None
