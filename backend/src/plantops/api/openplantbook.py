"""OpenPlantbook as the API shows it: the account, the search there, and what is taken over."""

from typing import Annotated

from aioplantops.openplantbook import (
    OpenPlantbookAccount,
    OpenPlantbookAccountWish,
    OpenPlantbookImport,
    OpenPlantbookSearch,
)
from aioplantops.species import Species
from aioplantops.wire import ONE_LINE, Request
from pydantic import StringConstraints

from .call import Call
from .keys import OPENPLANTBOOK


class OpenPlantbookQuery(Request):
    """What to search for."""

    search: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120, pattern=ONE_LINE)]
    """A name as OpenPlantbook spells it, or a part of one: unlike the search of profiles, it forgives nothing."""


async def account(call: Call) -> OpenPlantbookAccount:
    """Tell whether there is an account."""
    return await call.app[OPENPLANTBOOK].account()


async def keep_account(call: Call[OpenPlantbookAccountWish]) -> OpenPlantbookAccount:
    """Keep an account, once OpenPlantbook has taken it."""
    return await call.app[OPENPLANTBOOK].keep(call.body)


async def forget_account(call: Call) -> None:
    """Forget the account."""
    await call.app[OPENPLANTBOOK].forget()


async def search(call: Call[None, OpenPlantbookQuery]) -> OpenPlantbookSearch:
    """Search OpenPlantbook."""
    return await call.app[OPENPLANTBOOK].search(call.query.search)


async def take_over(call: Call[OpenPlantbookImport]) -> Species:
    """Take a plant over into a profile."""
    return await call.app[OPENPLANTBOOK].take_over(call.body)
