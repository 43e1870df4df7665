"""Keys to the API: made, listed and revoked by those with the scope `admin`."""

from typing import Annotated
from uuid import UUID

from aioplantops.access import Token, TokenCreate, TokenCreated
from aioplantops.errors import OwnToken
from aioplantops.models import Page
from aioplantops.wire import Request
from pydantic import Field

from .call import TOKEN, Call
from .keys import ACCESS


class TokenQuery(Request):
    """Which part of the list of tokens."""

    limit: Annotated[int, Field(ge=1, le=200)] = 100
    """Tokens in one answer."""
    cursor: UUID | None = None
    """`next` of the part before; absent: from the oldest on."""


async def list_all(call: Call[None, TokenQuery]) -> Page[Token]:
    """List the tokens, revoked and expired ones too; secrets are shown nowhere."""
    return await call.app[ACCESS].page(call.query.limit, call.query.cursor)


async def create(call: Call[TokenCreate]) -> TokenCreated:
    """Make a token and show its secret, this once."""
    wish = call.body
    token, secret = await call.app[ACCESS].create(wish.name, wish.scopes, wish.expires_at)
    return TokenCreated(**dict(token), token=secret)


async def revoke(call: Call) -> None:
    """Make a token worthless at once. Nobody saws off the branch they sit on: for that there is the command line."""
    if call.at(TOKEN) == call.who.token_id:
        raise OwnToken
    await call.app[ACCESS].revoke(call.at(TOKEN))
