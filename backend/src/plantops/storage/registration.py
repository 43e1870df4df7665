"""What the house remembers of devices that register: the keys that let them in, and the accounts that they get.

Only what is wanted is written here; `mqtt/reconcile.py` makes the broker agree.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from aioplantops.models import DeviceAccess, DeviceKind
from aioplantops.registration import RegistrationKey
from asyncpg import Record

from .accounts import AccountKind
from .locks import LOCK_CLASS, Lock
from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A registration key, and what its being good depends on."""

    key: RegistrationKey
    first_used_at: datetime | None

    @classmethod
    def of(cls, row: Record) -> Self:
        """Read a row."""
        fields = dict(row)
        first_used_at = fields.pop("first_used_at")
        return cls(RegistrationKey(**fields), first_used_at)


@dataclass(frozen=True, slots=True)
class Account:
    """A broker account as it should be."""

    username: str
    kind: AccountKind
    state: DeviceAccess
    password: bytes
    """Sealed."""
    registered_at: datetime
    """Of a device: when it last got a password by registering."""
    hardware_id: str | None = None
    topic_prefix: str | None = None
    registered_with: UUID | None = None
    version: int = 1

    @classmethod
    def of(cls, row: Record) -> Self:
        """Read a row."""
        return cls(**{**row, "kind": AccountKind(row["kind"]), "state": DeviceAccess(row["state"])})


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A device or an account as a person wants it listed."""

    username: str
    kind: AccountKind | None
    """None: a device that has no account."""
    state: DeviceAccess | None
    applied: bool
    """Whether the broker has it so."""
    hardware_id: str | None
    topic_prefix: str | None
    name: str | None
    model: str | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a device says of itself when it registers."""

    id: str
    kind: DeviceKind
    name: str | None = None
    hardware_id: str | None = None
    model: str | None = None
    firmware: str | None = None


async def add_key(connection: Connection, key: RegistrationKey, secret_hash: bytes) -> None:
    """Keep a new key."""
    await queries.add_key(
        connection,
        id=key.id,
        name=key.name,
        hash=secret_hash,
        once=key.once,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )


async def key_by_hash(connection: Connection, secret_hash: bytes) -> KeyRow | None:
    """Find the key that a secret belongs to."""
    row = await queries.key_by_hash(connection, hash=secret_hash)
    return None if row is None else KeyRow.of(row)


async def key_by_id(connection: Connection, key_id: UUID) -> RegistrationKey | None:
    """Find a key, good or not."""
    row = await queries.key_by_id(connection, id=key_id)
    return None if row is None else KeyRow.of(row).key


async def keys(connection: Connection, after: UUID | None, count: int) -> tuple[RegistrationKey, ...]:
    """List keys from the oldest on, at most `count`, those after one of them."""
    return tuple([KeyRow.of(row).key async for row in queries.keys(connection, after=after, count=count)])


async def keys_called(connection: Connection, name: str) -> tuple[RegistrationKey, ...]:
    """List every key of that name that isn't revoked."""
    return tuple([KeyRow.of(row).key async for row in queries.keys_called(connection, name=name)])


async def revoke_key(connection: Connection, key_id: UUID, now: datetime) -> None:
    """Make a key worthless; the devices that registered with it stay."""
    await queries.revoke_key(connection, id=key_id, now=now)


async def key_was_used(connection: Connection, key_id: UUID, hardware_id: str, now: datetime) -> None:
    """Note that a device got something for a key."""
    await queries.key_was_used(connection, id=key_id, hardware_id=hardware_id, now=now)


async def alone(connection: Connection) -> None:
    """Be the only one who changes accounts, on all replicas, until the transaction ends."""
    await queries.lock(connection, lock_class=LOCK_CLASS, lock=int(Lock.ACCOUNTS))


async def account_of_hardware(connection: Connection, hardware_id: str) -> Account | None:
    """Find a board's account."""
    row = await queries.account_of_hardware(connection, hardware_id=hardware_id)
    return None if row is None else Account.of(row)


async def account(connection: Connection, username: str) -> Account | None:
    """Find an account."""
    row = await queries.account(connection, username=username)
    return None if row is None else Account.of(row)


async def taken(connection: Connection, names: Collection[str], hardware_id: str) -> set[str]:
    """Tell which names a board cannot have."""
    rows = queries.taken(connection, names=list(names), hardware_id=hardware_id)
    return {row["name"] async for row in rows}


async def add(connection: Connection, new: Account) -> Account:
    """Make an account."""
    version = await queries.add_account(
        connection,
        username=new.username,
        kind=new.kind,
        state=new.state,
        hardware_id=new.hardware_id,
        topic_prefix=new.topic_prefix,
        password=new.password,
        key_id=new.registered_with,
        now=new.registered_at,
    )
    return replace(new, version=version)


async def change(connection: Connection, changed: Account, now: datetime) -> Account:
    """Change an account's state, password, or by whom it was registered; its version grows."""
    version = await queries.change_account(
        connection,
        username=changed.username,
        state=changed.state,
        password=changed.password,
        registered_with=changed.registered_with,
        registered_at=changed.registered_at,
        now=now,
    )
    return replace(changed, version=version)


async def how_many_devices(connection: Connection) -> int:
    """Count the devices."""
    count: int = await queries.how_many_devices(connection)
    return count


async def introduce(connection: Connection, said: Introduction, now: datetime) -> None:
    """Make a device known, or note what it says of itself now."""
    await queries.introduce(
        connection,
        id=said.id,
        kind=said.kind,
        name=said.name,
        hardware_id=said.hardware_id,
        model=said.model,
        firmware=said.firmware,
        now=now,
    )


async def is_applied(connection: Connection, username: str, version: int) -> bool:
    """Tell whether the broker has an account in this version, or a later one."""
    return bool(await queries.is_applied(connection, username=username, version=version))


async def accounts(connection: Connection) -> list[AccountLine]:
    """List all devices and accounts."""
    lines = []
    async for row in queries.accounts(connection):
        fields = dict(row)
        if fields["kind"] is not None:
            fields |= {"kind": AccountKind(fields["kind"]), "state": DeviceAccess(fields["state"])}
        lines.append(AccountLine(**fields))
    return lines
