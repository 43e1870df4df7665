"""The account at OpenPlantbook; the plants that were taken over from there lie among the species profiles."""

from dataclasses import dataclass
from datetime import datetime

from .pool import Connection
from .queries import load

queries = load(__file__)

PURPOSE = "openplantbook_account:openplantbook"
"""What the credentials are sealed for."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account as it lies there."""

    credentials: bytes
    """Sealed."""
    set_at: datetime


async def account(connection: Connection) -> Account | None:
    """Give the account, if there is one."""
    row = await queries.account(connection)
    return None if row is None else Account(row["credentials"], row["set_at"])


async def keep(connection: Connection, credentials: bytes, now: datetime) -> None:
    """Keep an account in the place of an earlier one."""
    await queries.keep_account(connection, credentials=credentials, now=now)


async def forget(connection: Connection) -> None:
    """Forget the account."""
    await queries.forget_account(connection)
