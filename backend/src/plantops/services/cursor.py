"""Where a list was left off: opaque to clients, and refused in words when it is not one of ours."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from aioplantops.errors import Invalid

LONGEST = 1_000
"""Characters of a cursor; the longest name fits well."""


def foreign_cursor() -> Invalid:
    """Make the error for a cursor that is none of ours."""
    return Invalid("The cursor is not one that was handed out: begin without it.")


def write_cursor(parts: Sequence[str]) -> str:
    """Write the last item's sort key as a cursor."""
    return urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode().rstrip("=")


def read_cursor(cursor: str, parts: int) -> list[str]:
    """Read a cursor of so many parts. Raises Invalid when it is not one that was handed out."""
    try:
        read = json.loads(urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)))
        if _fits(read, parts):
            return list(read)
    except ValueError:
        pass
    raise foreign_cursor()


def _fits(read: object, parts: int) -> bool:
    return (
        isinstance(read, list)
        and len(read) == parts
        and all(isinstance(part, str) and "\x00" not in part and part.isprintable() for part in read)
    )
