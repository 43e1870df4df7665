"""Who may come in: tokens and browser sessions, what they allow, and patience with wrong ones.

Every request looks its token up in the database (measured: well below a millisecond), so that a revoked token
is worthless at once, on every replica.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from aioplantops.access import Session, Token
from aioplantops.errors import Invalid, LastAdminToken, TokenNotFound, Unauthorized
from aioplantops.models import Page, Scope

from plantops.ops.logs import Clock
from plantops.storage import access as store
from plantops.storage.pool import Connection, Database

from .patience import Patience

TOKEN = re.compile(r"plantops_[A-Za-z0-9_-]{43}")
"""What a token's secret looks like: easy to find by scanners for leaked secrets; 256 random bits."""

SESSION_LASTS = timedelta(days=30)
SESSION_PROLONGED_BELOW = timedelta(days=29)
"""A session that is used slides on, but is written at most once a day."""

TOKENS_SHOWN = 1_000
"""More than anybody has; the command line lists so many."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who showed a valid token or session."""

    token_id: UUID
    name: str
    """The token's name."""
    scopes: tuple[Scope, ...]
    by_session: bool = False
    """True: a browser with a cookie, whose Origin must be checked."""

    def may(self, scope: Scope) -> bool:
        """Tell whether one of the token's scopes allows it."""
        return any(held.grants(scope) for held in self.scopes)


def digest(secret: str) -> bytes:
    """Give what is stored of a secret. It has 256 random bits, so a fast hash is enough."""
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()


class Access:
    """The doorkeeper."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Take the store and the clock (aware UTC)."""
        self._database = database
        self._clock = clock
        self._patience = Patience()

    async def create(
        self, name: str, scopes: tuple[Scope, ...], expires_at: datetime | None = None
    ) -> tuple[Token, str]:
        """Make a token; the secret is told now and never again.

        Raises Invalid when it would have expired already.
        """
        now = self._clock()
        if expires_at is not None and expires_at <= now:
            raise Invalid("The token would have expired already.", errors=({"where": "expires_at", "why": "is past"},))
        secret = f"plantops_{secrets.token_urlsafe(32)}"
        token = Token(id=uuid4(), name=name, scopes=tuple(sorted(set(scopes))), created_at=now, expires_at=expires_at)
        async with self._database.acquire("add_token") as connection:
            await store.add_token(connection, token, digest(secret))
        return token, secret

    async def page(self, count: int, after: UUID | None = None) -> Page[Token]:
        """List tokens from the oldest on, expired and revoked ones too."""
        async with self._database.acquire("list_tokens") as connection:
            found = await store.tokens(connection, after, count + 1)
        items = found[:count]
        return Page[Token](items=items, next=str(items[-1].id) if len(found) > count else None)

    async def list(self) -> tuple[Token, ...]:
        """List the tokens, for the command line."""
        return (await self.page(TOKENS_SHOWN)).items

    async def find(self, wanted: str) -> Token:
        """Find a token by id, or by name when only one is called so. Raises TokenNotFound."""
        async with self._database.acquire("find_token") as connection:
            try:
                token_id = UUID(wanted)
            except ValueError:
                called = await store.tokens_called(connection, wanted)
            else:
                called = tuple(filter(None, [await store.token_by_id(connection, token_id)]))
        if len(called) > 1:
            ids = ", ".join(str(token.id) for token in called)
            raise TokenNotFound(f"Several tokens are called {wanted!r}; name one by its id: {ids}.")
        if not called:
            raise TokenNotFound
        return called[0]

    async def revoke(self, token_id: UUID, *, even_last: bool = False) -> None:
        """Make a token worthless at once, everywhere, with the browser sessions that it began.

        Raises TokenNotFound, and LastAdminToken when nobody could make tokens any more (unless `even_last`).
        """
        now = self._clock()
        async with self._database.transaction("revoke_token") as connection:
            if await store.token_by_id(connection, token_id) is None:
                raise TokenNotFound
            if not even_last and await store.lock_admin_tokens(connection, now) == {token_id}:
                raise LastAdminToken
            await store.revoke_token(connection, token_id, now)

    async def by_token(self, secret: str, address: str) -> Caller:
        """Tell whom a token belongs to.

        Raises Unauthorized when it is unknown, expired or revoked, and LoginBlocked when that happens too often
        from one address. A valid token is let in also from a blocked address: others behind the same proxy must
        not be able to lock it out.
        """
        now = self._clock()
        async with self._database.acquire("check_token") as connection:
            return _caller(await self._valid(connection, secret, address, now=now))

    async def by_session(self, secret: str) -> Caller:
        """Tell whom a browser's cookie belongs to. Raises Unauthorized.

        An old cookie is no attack (browsers send it until it is replaced), so it isn't counted as one.
        """
        now = self._clock()
        async with self._database.acquire("check_session") as connection:
            grant, _ = await self._session(connection, secret, now)
        return _caller(grant)

    async def still_valid(self, caller: Caller) -> bool:
        """Tell whether a caller's token holds (for those who stay long, such as the stream)."""
        async with self._database.acquire("check_token") as connection:
            return await store.is_valid(connection, caller.token_id, self._clock())

    async def log_in(self, token: str, address: str) -> tuple[Session, str]:
        """Begin a browser session; the second is the cookie's secret. Raises as `by_token` does."""
        now = self._clock()
        secret = secrets.token_urlsafe(32)
        async with self._database.acquire("log_in") as connection:
            grant = await self._valid(connection, token, address, now=now)
            expires_at = now + SESSION_LASTS
            await store.add_session(connection, digest(secret), grant.token_id, now=now, expires_at=expires_at)
        return Session(name=grant.name, scopes=grant.scopes, expires_at=expires_at), secret

    async def session(self, secret: str) -> Session:
        """Tell what a browser session may do, and how long. Raises Unauthorized."""
        async with self._database.acquire("check_session") as connection:
            grant, expires_at = await self._session(connection, secret, self._clock())
        return Session(name=grant.name, scopes=grant.scopes, expires_at=expires_at)

    async def log_out(self, secret: str) -> None:
        """End a browser session; one that is over already is fine."""
        async with self._database.acquire("log_out") as connection:
            await store.end_session(connection, digest(secret))

    async def _valid(self, connection: Connection, secret: str, address: str, *, now: datetime) -> store.Grant:
        hashed = digest(secret)
        grant = await store.token_by_hash(connection, hashed, now) if TOKEN.fullmatch(secret) else None
        if grant is None or not hmac.compare_digest(grant.hash, hashed):
            wrong = Unauthorized("This token is not valid: it is unknown, expired or revoked.")
            await self._patience.refuse(connection, address, now, wrong)
        await self._patience.forgive(connection, address)
        await _note_use(connection, grant, now)
        return grant

    async def _session(self, connection: Connection, secret: str, now: datetime) -> tuple[store.Grant, datetime]:
        hashed = digest(secret)
        grant = await store.session_by_hash(connection, hashed, now)
        if grant is None or grant.expires_at is None or not hmac.compare_digest(grant.hash, hashed):
            raise Unauthorized("The browser session is over: log in again.")
        expires_at = grant.expires_at
        if expires_at - now < SESSION_PROLONGED_BELOW:
            expires_at = now + SESSION_LASTS
            await store.prolong_session(connection, hashed, expires_at)
        await _note_use(connection, grant, now)
        return grant, expires_at


async def _note_use(connection: Connection, grant: store.Grant, now: datetime) -> None:
    if grant.last_used_at is None or now - grant.last_used_at > store.NOTED_EVERY:
        await store.token_was_used(connection, grant.token_id, now)


def _caller(grant: store.Grant) -> Caller:
    by_session = grant.expires_at is not None
    return Caller(token_id=grant.token_id, name=grant.name, scopes=grant.scopes, by_session=by_session)
