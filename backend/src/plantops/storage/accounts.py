"""Which accounts the broker should have. The broker is made to agree with this table and is never asked for it.

Who changes an account makes its version grow and announces it on `CHANNEL`; `storage/registration.py` does both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aioplantops.models import DeviceAccess

from .pool import Connection
from .queries import load

queries = load(__file__)

CHANNEL = "plantops_accounts"
"""The NOTIFY channel on which changed accounts are announced, by user name."""


class AccountKind(StrEnum):
    """Whose account it is."""

    DEVICE = "device"
    STOCK = "stock"
    """A stock ESPHome node."""
    HOME_ASSISTANT = "home_assistant"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as it should be."""

    username: str
    kind: AccountKind
    state: DeviceAccess
    topic_prefix: str | None
    password: bytes
    """Sealed; `purpose` names what for."""
    version: int = 1
    applied_version: int = 0


def purpose(username: str) -> str:
    """Name the purpose for which an account's password is sealed."""
    return f"broker_account:{username}"


async def everything(connection: Connection) -> list[AccountRow]:
    """Read every account."""
    return [_row(record) async for record in queries.everything(connection)]


async def to_apply(connection: Connection) -> list[AccountRow]:
    """Read the accounts that the broker does not have as they should be."""
    return [_row(record) async for record in queries.to_apply(connection)]


async def mark_applied(connection: Connection, versions: Mapping[str, int]) -> None:
    """Note which version of some accounts, by user name, the broker has now."""
    if versions:
        await queries.mark_applied(connection, usernames=list(versions), versions=list(versions.values()))


def _row(record: Mapping[str, object]) -> AccountRow:
    fields = dict(record)
    return AccountRow(
        **{**fields, "kind": AccountKind(fields["kind"]), "state": DeviceAccess(fields["state"])}  # type: ignore[arg-type]
    )
