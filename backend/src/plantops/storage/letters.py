"""The tray for what could not be delivered: a bounded table that people look through when a node misbehaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aioplantops.models import DeadLetter

from .pool import Connection
from .queries import load

queries = load(__file__)

MOST_LETTERS = 10_000
"""What the tray holds; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, or a reading of one, that will never be stored."""

    received_at: datetime
    device_id: str | None
    topic: str
    reason: str
    detail: str
    payload: bytes
    payload_bytes: int


async def add(connection: Connection, letters: Sequence[Letter]) -> None:
    """Put letters into the tray and let the oldest fall out."""
    await queries.add_letters(
        connection,
        received=[letter.received_at for letter in letters],
        devices=[letter.device_id for letter in letters],
        topics=[letter.topic for letter in letters],
        reasons=[letter.reason for letter in letters],
        details=[letter.detail for letter in letters],
        payloads=[letter.payload for letter in letters],
        sizes=[letter.payload_bytes for letter in letters],
    )
    await queries.trim(connection, most=MOST_LETTERS)


async def page(
    connection: Connection, before: int | None, most: int, *, device_id: str | None = None, reason: str | None = None
) -> list[DeadLetter]:
    """Read up to `most` letters, newest first, older than the letter `before`; of one device or reason if named."""
    return [
        DeadLetter.model_validate(dict(row) | {"payload": row["payload"].decode(errors="backslashreplace")})
        async for row in queries.page(connection, before=before, most=most, device_id=device_id, reason=reason)
    ]
