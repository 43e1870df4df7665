"""Every column whose values lie sealed in the database, in one table, so that a change of keys misses none.

To add one, add two queries to `sealed.sql` and a line to ``SEALED``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .pool import Connection
from .queries import changed_rows, load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column with sealed values."""

    name: str
    """Its values are sealed for the purpose ``<name>:<key of the row>``."""
    what: str
    """What people call its values, in the plural."""
    after: Callable[..., Any]
    """Gives key and value of rows after a key, in the order of keys."""
    exchange: Callable[..., Any]
    """Puts one value in another's place, if that is still there."""

    def purpose(self, key: str) -> str:
        """Give what the value of a row is sealed for."""
        return f"{self.name}:{key}"


SEALED = (
    SealedColumn(
        "broker_account",
        "passwords of broker accounts",
        queries.broker_account_passwords,
        queries.exchange_broker_account_password,
    ),
)


async def values(connection: Connection, column: SealedColumn, after: str, count: int) -> Sequence[tuple[str, bytes]]:
    """Give keys and sealed values of at most `count` rows whose keys come after one."""
    return [(row["key"], row["value"]) async for row in column.after(connection, after=after, count=count)]


async def exchange(connection: Connection, column: SealedColumn, key: str, before: bytes, now: bytes) -> bool:
    """Put a newly sealed value in the place of another; false when somebody else changed it meanwhile."""
    return changed_rows(await column.exchange(connection, key=key, before=before, now=now)) == 1
