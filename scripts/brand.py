"""Draw the integration's icon and logo: a leaf over a drop, in the sizes that Home Assistant wants. Pure, no library.

    python scripts/brand.py        writes custom_components/plantops/brand/*.png anew

Each pixel's colour follows from its place; 3 by 3 samples make the edges smooth.
"""

import struct
import zlib
from math import hypot
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "custom_components" / "plantops" / "brand"
LEAF, VEIN, WATER, NOTHING = (46, 125, 50), (232, 245, 233), (2, 136, 209), None
SAMPLES = 3
LEAF_RADIUS = 0.70

type Colour = tuple[int, int, int] | None


def mark(x: float, y: float) -> Colour:
    """Tell the colour at a place of the unit square, y downwards."""
    if hypot(x - 0.78, y - 0.80) < 0.15 or (0.50 < y < 0.80 and abs(x - 0.78) < (y - 0.50) * 0.42):
        return WATER
    if hypot(x - 0.78, y - 0.80) < 0.18 or (0.43 < y < 0.80 and abs(x - 0.78) < (y - 0.43) * 0.42):
        return NOTHING  # a rim, so that the drop stands out
    # A leaf is where two discs overlap; its vein, and the stem beyond it, lie on the diagonal.
    if hypot(x - 0.15, y - 0.15) < LEAF_RADIUS and hypot(x - 0.85, y - 0.85) < LEAF_RADIUS:
        return VEIN if abs(x + y - 1) < 0.022 and x < 0.78 else LEAF
    return LEAF if abs(x + y - 1) < 0.03 and 0.06 < x < 0.3 else NOTHING


def picture(width: int, height: int) -> bytes:
    """Give a PNG with the mark in its middle, on a transparent ground."""
    size = min(width, height)
    left = (width - size) / 2
    rows = bytearray()
    for row in range(height):
        rows.append(0)
        for column in range(width):
            rows += _pixel((column - left) / size, row / size, 1 / size)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _pixel(x: float, y: float, step: float) -> bytes:
    places = ((i + 0.5) / SAMPLES * step for i in range(SAMPLES))
    offsets = tuple(places)
    seen = [colour for dx in offsets for dy in offsets if (colour := mark(x + dx, y + dy)) is not None]
    if not seen:
        return bytes(4)
    mixed = (round(sum(colour[part] for colour in seen) / len(seen)) for part in range(3))
    return bytes((*mixed, round(255 * len(seen) / SAMPLES**2)))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, size in (("icon", 256), ("icon@2x", 512), ("logo", 256), ("logo@2x", 512)):
        (FOLDER / f"{name}.png").write_bytes(picture(size, size))
