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
    """Puts one value, sealed anew, in another's place, if that is still there."""
    replace: Callable[..., Any]
    """As `exchange`, but with another value, where nobody can open the one that is there."""

    def purpose(self, key: str) -> str:
        """Give what the value of a row is sealed for."""
        return f"{self.name}:{key}"


SAMPLE = SealedColumn(
    "sealed_sample", "secrets", queries.samples, queries.exchange_sample, replace=queries.exchange_sample
)
"""There from the first start on."""
SEALED = (
    SAMPLE,
    SealedColumn(
        "broker_account",
        "passwords of broker accounts",
        queries.broker_account_passwords,
        queries.exchange_broker_account_password,
        replace=queries.replace_broker_account_password,
    ),
    SealedColumn(
        "notification_channel",
        "addresses of notification channels",
        queries.notification_channel_secrets,
        queries.exchange_notification_channel_secret,
        replace=queries.replace_notification_channel_secret,
    ),
    SealedColumn(
        "openplantbook_account",
        "credentials for OpenPlantbook",
        queries.openplantbook_credentials,
        queries.exchange_openplantbook_credentials,
        replace=queries.forget_openplantbook_credentials,
    ),
)


async def values(connection: Connection, column: SealedColumn, after: str, count: int) -> Sequence[tuple[str, bytes]]:
    """Give keys and sealed values of at most `count` rows whose keys come after one."""
    return [(row["key"], row["value"]) async for row in column.after(connection, after=after, count=count)]


async def add_sample(connection: Connection, value: bytes) -> None:
    """Keep a sample, unless there is one."""
    await queries.add_sample(connection, value=value)


async def exchange(connection: Connection, column: SealedColumn, key: str, before: bytes, now: bytes) -> bool:
    """Put a newly sealed value in the place of another; false when somebody else changed it meanwhile."""
    return changed_rows(await column.exchange(connection, key=key, before=before, now=now)) == 1


async def replace(connection: Connection, column: SealedColumn, key: str, before: bytes, now: bytes) -> bool:
    """Put another value in the place of one that nobody can open; false when somebody else changed it meanwhile."""
    return changed_rows(await column.replace(connection, key=key, before=before, now=now)) == 1
