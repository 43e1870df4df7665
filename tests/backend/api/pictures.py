"""Pictures for tests, drawn by code."""

import struct
import zlib
from datetime import datetime
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw


def drawn(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """Draw a picture whose left upper quarter is red."""
    image = Image.new(mode, size, "green")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill="red")
    return image


def written(image: Image.Image, form: str = "JPEG", **more: object) -> bytes:
    """Write a picture."""
    out = BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def phone(image: Image.Image, taken: datetime | None = None, *, turned: int = 1, offset: str = "+02:00") -> bytes:
    """Write a picture as a phone does: with orientation, time, and the place where people live."""
    notes = image.getexif()
    notes[ExifTags.Base.Orientation] = turned
    notes[ExifTags.Base.Make] = "SecretPhone"
    if taken is not None:
        notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
        notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = offset
    notes.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return written(image, exif=notes.tobytes(), comment=b"SecretComment")


def bomb(width: int, height: int) -> bytes:
    """Write a PNG of a few hundred kilobytes at most that is unpacked to any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def claiming(width: int, height: int, *, progressive: bool = False, colours_at_once: int = 3) -> bytes:
    """Write a JPEG of a few hundred bytes that says it has so many pixels."""
    made = bytearray(written(drawn((64, 48)), progressive=progressive))
    frame, scan = made.index(b"\xff\xc2" if progressive else b"\xff\xc0"), made.index(b"\xff\xda")
    made[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    made[scan + 4] = colours_at_once
    return bytes(made[:-20])
