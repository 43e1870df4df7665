"""Pictures: read with care, made smaller, and written anew, so that nothing is left of a camera's notes. Pure.

Whoever sends a picture may be anybody's broken phone or a bad joke: only three formats are tried, the header tells how
large it is before a single pixel is unpacked, and what comes out was drawn by us, pixel by pixel.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from struct import error as StructError  # noqa: N812 - it is an exception
from zoneinfo import ZoneInfo

from aioplantops.photos import PhotoInvalid
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 1_600
THUMBNAIL_SIDE = 320
SHORTEST_SIDE = 16
MOST_PIXELS = 64_000_000
"""Of a JPEG, which can be unpacked at a part of its size: more than phones take."""
MOST_PIXELS_IN_SCANS = 25_000_000
"""Of a JPEG that comes in several passes, all of which are kept until the last: 150 MB of memory."""
MOST_PIXELS_AT_ONCE = 12_500_000
"""Of other pictures, which must be unpacked whole, a WebP several times over: 250 MB."""
MOST_SCANS = 500
"""Passes of a JPEG. Ten are usual; each costs time, and a few bytes could ask for one more."""
START_OF_SCAN = b"\xff\xda"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG that say how large it is, and of how many colours."""
PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
QUALITY, THUMBNAIL_QUALITY = 85, 78
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    OverflowError,
    MemoryError,
    StructError,
)
"""What the library raises for pictures that are none, or are cut off."""
AHEAD = timedelta(minutes=10)
BEHIND = datetime(2000, 1, 1, tzinfo=UTC)
"""Before digital cameras were common; a camera whose clock was never set says so or even less."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept."""

    image: bytes
    """JPEG."""
    thumbnail: bytes
    width: int
    height: int
    taken_at: datetime | None
    """As the camera says; None: it says nothing that can be right."""


def picture(payload: bytes, zone: ZoneInfo, now: datetime) -> Picture:
    """Make of what was sent what is kept. Raises PhotoInvalid. `zone` is where a camera is that doesn't say."""
    try:
        with _quietly(), Image.open(BytesIO(payload), formats=FORMATS) as sent:
            _check(sent, payload)
            taken_at = _taken_at(sent, zone, now)
            image = _opaque(ImageOps.exif_transpose(_smaller(sent)))
    except UnidentifiedImageError:
        raise PhotoInvalid from None
    except Image.DecompressionBombError:
        raise PhotoInvalid("This picture has more pixels than any camera takes.") from None
    except BROKEN:
        raise PhotoInvalid("This picture is damaged or cut off; it cannot be read to its end.") from None
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(_jpeg(image, QUALITY), _jpeg(small, THUMBNAIL_QUALITY), image.width, image.height, taken_at)


@contextmanager
def _quietly() -> Iterator[None]:
    """Hear nothing of odd notes in a picture: they are thrown away."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield


def _check(sent: Image.Image, payload: bytes) -> None:
    """Look at the header alone."""
    most = MOST_PIXELS_AT_ONCE
    if sent.format in {"JPEG", "MPO"}:
        most = MOST_PIXELS_IN_SCANS if _in_scans(payload) else MOST_PIXELS
        if payload.count(START_OF_SCAN) > MOST_SCANS:
            raise PhotoInvalid("This picture is drawn in more passes than any program makes.")
    if sent.width * sent.height > most:
        raise PhotoInvalid(
            f"This picture has {sent.width:,} by {sent.height:,} pixels; send at most {most // 1_000_000} million."
        )
    if min(sent.size) < SHORTEST_SIDE:
        raise PhotoInvalid(f"This picture is too small to show anything: each side needs {SHORTEST_SIDE} pixels.")


def _in_scans(payload: bytes) -> bool:
    """Tell whether a JPEG's first pass gives less than all of it: then everything is kept until the last one."""
    at, colours = 2, 0
    while at + 4 < len(payload):
        kind = payload[at + 1]
        if payload[at] != 0xFF or kind == 0xFF:  # noqa: PLR2004 - filled up between markers
            at += 1
            continue
        if kind in PROGRESSIVE:
            return True
        if kind == START_OF_SCAN[1]:
            return payload[at + 4] < colours
        if kind in FRAMES and at + 9 < len(payload):
            colours = payload[at + 9]
        at += 2 + int.from_bytes(payload[at + 2 : at + 4])
    return True


def _smaller(sent: Image.Image) -> Image.Image:
    """Unpack a picture and let go of its many pixels before anything else is made of them."""
    sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    sent.load()
    if sent.mode not in {"L", "RGB", "RGBA"}:
        sent = sent.convert("RGBA" if sent.has_transparency_data else "RGB")
    sent.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return sent


def _opaque(image: Image.Image) -> Image.Image:
    """Draw a picture on white paper, without anything that came with it."""
    paper = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper.paste(clear, mask=clear.getchannel("A"))
    else:
        paper.paste(image.convert("RGB"))
    return paper


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _taken_at(sent: Image.Image, zone: ZoneInfo, now: datetime) -> datetime | None:
    notes = sent.getexif().get_ifd(ExifTags.IFD.Exif)
    text = str(notes.get(ExifTags.Base.DateTimeOriginal, ""))
    offset = str(notes.get(ExifTags.Base.OffsetTimeOriginal, ""))
    try:
        taken = datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone follows
        known = datetime.strptime(offset[:6], "%z").tzinfo if offset else zone
    except ValueError:
        return None
    moment = taken.replace(tzinfo=known).astimezone(UTC)
    return moment if BEHIND <= moment <= now + AHEAD else None
