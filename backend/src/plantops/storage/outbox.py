"""The outgoing mail: what any replica wants published, until the one that speaks with the broker has sent it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from .pool import Connection
from .queries import load

queries = load(__file__)

CHANNEL = "plantops_outbox"
"""The NOTIFY channel on which new mail is announced."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits for the broker."""

    id: int
    topic: str
    payload: bytes
    qos: int
    expires_at: datetime | None = None
    """When the broker shall throw it away, if it could not be delivered until then."""


async def put(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
    connection: Connection,
    topic: str,
    payload: bytes,
    *,
    now: datetime,
    qos: int = 1,
    expires_at: datetime | None = None,
) -> int:
    """Queue a message and answer its id; it is sent after the caller's transaction, unless `expires_at` comes first."""
    number: int = await queries.put(
        connection, topic=topic, payload=payload, qos=qos, created_at=now, expires_at=expires_at
    )
    return number


async def take_due(connection: Connection, now: datetime, limit: int = 100) -> list[OutboxRow]:
    """Take the oldest messages inside the caller's transaction; expired ones are dropped unsent."""
    await queries.drop_expired(connection, now=now)
    return [
        OutboxRow(row["id"], row["topic"], row["payload"], row["qos"], row["expires_at"])
        async for row in queries.due(connection, most=limit, now=now)
    ]


async def done(connection: Connection, ids: Collection[int]) -> None:
    """Forget messages that the broker has confirmed, in the transaction that took them."""
    await queries.done(connection, ids=list(ids))
