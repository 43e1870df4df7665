"""What the house remembers of who may come in: tokens, browser sessions and failed logins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from aioplantops.access import Token
from aioplantops.models import Scope
from asyncpg import Record

from .pool import Connection
from .queries import load

queries = load(__file__)

FAILURES_FORGOTTEN_AFTER = timedelta(hours=1)
"""After so long without a failed login the count for an address begins anew."""

NOTED_EVERY = timedelta(minutes=1)
"""A token's last use is written at most this often."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A valid token, as found by a secret."""

    token_id: UUID
    name: str
    hash: bytes
    scopes: tuple[Scope, ...]
    last_used_at: datetime | None
    expires_at: datetime | None = None
    """When the browser session ends; None: it is no session."""


def _token(row: Record) -> Token:
    return Token(**{**row, "scopes": _scopes(row["scopes"])})


def _scopes(words: Sequence[str]) -> tuple[Scope, ...]:
    """Read scopes; one that this version doesn't know (a newer one wrote it) allows nothing here."""
    return tuple(Scope(word) for word in words if word in Scope)


def _grant(row: Record | None, *, session: bool = False) -> Grant | None:
    if row is None:
        return None
    return Grant(
        token_id=row["id"],
        name=row["name"],
        hash=row["hash"],
        scopes=_scopes(row["scopes"]),
        last_used_at=row["last_used_at"],
        expires_at=row["expires_at"] if session else None,
    )


async def add_token(connection: Connection, token: Token, secret_hash: bytes) -> None:
    """Keep a new token."""
    await queries.add_token(
        connection,
        id=token.id,
        name=token.name,
        hash=secret_hash,
        scopes=[str(scope) for scope in token.scopes],
        created_at=token.created_at,
        expires_at=token.expires_at,
    )


async def token_by_hash(connection: Connection, secret_hash: bytes, now: datetime) -> Grant | None:
    """Find the valid token that a secret belongs to."""
    return _grant(await queries.token_by_hash(connection, hash=secret_hash, now=now))


async def token_by_id(connection: Connection, token_id: UUID) -> Token | None:
    """Find a token, valid or not."""
    row = await queries.token_by_id(connection, id=token_id)
    return None if row is None else _token(row)


async def is_valid(connection: Connection, token_id: UUID, now: datetime) -> bool:
    """Tell whether a token is neither revoked nor expired."""
    return bool(await queries.is_valid(connection, id=token_id, now=now))


async def tokens(connection: Connection, after: UUID | None, count: int) -> tuple[Token, ...]:
    """List tokens from the oldest on, at most `count`, those after one of them."""
    return tuple([_token(row) async for row in queries.tokens(connection, after=after, count=count)])


async def tokens_called(connection: Connection, name: str) -> tuple[Token, ...]:
    """List every token of that name that isn't revoked."""
    return tuple([_token(row) async for row in queries.tokens_called(connection, name=name)])


async def token_was_used(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Note that a token was used, at most once a minute."""
    await queries.token_was_used(connection, id=token_id, now=now, since=now - NOTED_EVERY)


async def lock_admin_tokens(connection: Connection, now: datetime) -> frozenset[UUID]:
    """List the valid admin tokens and hold them until the transaction ends."""
    return frozenset([row["id"] async for row in queries.lock_admin_tokens(connection, now=now)])


async def revoke_token(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Make a token worthless, and log out the browsers that came in with it."""
    await queries.revoke_token(connection, id=token_id, now=now)
    await queries.end_sessions(connection, token_id=token_id)


async def add_session(
    connection: Connection, secret_hash: bytes, token_id: UUID, *, now: datetime, expires_at: datetime
) -> None:
    """Keep a browser's session."""
    await queries.add_session(connection, hash=secret_hash, token_id=token_id, created_at=now, expires_at=expires_at)


async def session_by_hash(connection: Connection, secret_hash: bytes, now: datetime) -> Grant | None:
    """Find the running session that a secret belongs to."""
    return _grant(await queries.session_by_hash(connection, hash=secret_hash, now=now), session=True)


async def prolong_session(connection: Connection, secret_hash: bytes, expires_at: datetime) -> None:
    """Let a session go on until `expires_at`."""
    await queries.prolong_session(connection, hash=secret_hash, expires_at=expires_at)


async def end_session(connection: Connection, secret_hash: bytes) -> None:
    """Log one browser out."""
    await queries.end_session(connection, hash=secret_hash)


async def blocked_until(connection: Connection, address: str, now: datetime) -> datetime | None:
    """Tell until when an address must wait after wrong credentials."""
    moment: datetime | None = await queries.blocked_until(connection, address=address, now=now)
    return moment


async def note_failure(connection: Connection, address: str, now: datetime) -> None:
    """Count a wrong credential from an address, and make it wait from the 5th on."""
    await queries.note_failure(connection, address=address, now=now, forget_before=now - FAILURES_FORGOTTEN_AFTER)


async def forgive(connection: Connection, address: str) -> None:
    """Forget an address' wrong credentials."""
    await queries.forgive(connection, address=address)
