"""Keys to the API as it tells them, and what a client may ask for: tokens, and browser sessions."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from .models import Scope
from .wire import Answer, Name, Request, Utc


class Token(Answer):
    """A key to the API; the secret itself is kept nowhere."""

    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    created_at: Utc
    expires_at: Utc | None = None
    last_used_at: Utc | None = None
    revoked_at: Utc | None = None


class TokenCreate(Request):
    """A wish for a new token."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=5)] = (Scope.READ,)
    expires_at: Utc | None = None


class TokenCreated(Token):
    """A new token with its secret: the only time that it is shown."""

    token: Annotated[str, Field(repr=False)]


class SessionCreate(Request):
    """A browser's login."""

    token: Annotated[str, Field(min_length=1, max_length=200, repr=False)]


class Session(Answer):
    """What a browser session may do, and how long."""

    name: str
    scopes: tuple[Scope, ...]
    expires_at: Utc
