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
MOST_PIXELS_AT_ONCE = 25_000_000
"""Of other pictures, which must be unpacked whole: 100 MB of memory."""
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
            _check(sent)
            taken_at = _taken_at(sent, zone, now)
            sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(sent)
            image = _opaque(upright)
    except UnidentifiedImageError:
        raise PhotoInvalid from None
    except Image.DecompressionBombError:
        raise PhotoInvalid("This picture has more pixels than any camera takes.") from None
    except BROKEN:
        raise PhotoInvalid("This picture is damaged or cut off; it cannot be read to its end.") from None
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(_jpeg(image, QUALITY), _jpeg(small, THUMBNAIL_QUALITY), image.width, image.height, taken_at)


@contextmanager
def _quietly() -> Iterator[None]:
    """Hear nothing of odd notes in a picture: they are thrown away."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield


def _check(sent: Image.Image) -> None:
    """Look at the header alone."""
    most = MOST_PIXELS if sent.format == "JPEG" else MOST_PIXELS_AT_ONCE
    if sent.width * sent.height > most:
        raise PhotoInvalid(
            f"This picture has {sent.width:,} by {sent.height:,} pixels; send at most {most // 1_000_000} million."
        )
    if min(sent.size) < SHORTEST_SIDE:
        raise PhotoInvalid(f"This picture is too small to show anything: each side needs {SHORTEST_SIDE} pixels.")


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
