"""The outbox of what happened: written in the transaction in which it did, so that only what is true is told."""

from plantops.domain.notice import Notice

from .pool import Connection
from .queries import load

queries = load(__file__)


async def happen(connection: Connection, notice: Notice) -> None:
    """Write down, in the caller's transaction, what people shall hear of."""
    await queries.happen(
        connection,
        kind=notice.kind,
        severity=notice.severity,
        subject=notice.subject,
        at=notice.at,
        plant_id=notice.plant_id,
        device_id=notice.device_id,
        title=notice.title,
        body=notice.body,
    )


async def withdraw(connection: Connection, subject: str) -> None:
    """Take back what nobody was told yet of something, such as a task that was done: it is not true any more."""
    await queries.withdraw_unrouted(connection, subject=subject)
    await queries.withdraw_waiting(connection, subject=subject)
