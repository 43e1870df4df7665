"""Species profiles as the API shows them."""

from typing import Annotated, Self

from aioplantops.models import Page
from aioplantops.species import Species, SpeciesChange, SpeciesCreate, SpeciesFound
from pydantic import Field, StringConstraints, model_validator

from .call import SPECIES, Call
from .keys import SPECIES_PROFILES
from .lists import ListQuery


class SpeciesQuery(ListQuery):
    """Which species."""

    limit: Annotated[int, Field(ge=1, le=200)] = 20
    """Items in one answer."""
    search: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    """Any name, or a part of one, in any spelling; empty: all species by name."""

    @model_validator(mode="after")
    def _one_part(self) -> Self:
        if self.search and self.cursor is not None:
            raise ValueError("a search is answered in one part: leave the cursor away")
        return self


async def list_all(call: Call[None, SpeciesQuery]) -> Page[SpeciesFound]:
    """List species by name, or those that fit a search, the best first."""
    query = call.query
    profiles = call.app[SPECIES_PROFILES]
    return await (
        profiles.search(query.search, query.limit) if query.search else profiles.page(query.cursor, query.limit)
    )


async def create(call: Call[SpeciesCreate]) -> Species:
    """Make a profile of one's own."""
    return await call.app[SPECIES_PROFILES].create(call.body)


async def show(call: Call) -> Species:
    """Give a profile."""
    return await call.app[SPECIES_PROFILES].show(call.at(SPECIES))


async def change(call: Call[SpeciesChange]) -> Species:
    """Change a profile of one's own."""
    return await call.app[SPECIES_PROFILES].change(call.at(SPECIES), call.body)


async def remove(call: Call) -> None:
    """Remove a profile of one's own."""
    await call.app[SPECIES_PROFILES].remove(call.at(SPECIES))
