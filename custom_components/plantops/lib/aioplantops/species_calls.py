"""What a client asks about species."""

from collections.abc import AsyncIterator

from .calls import Calls
from .models import Page
from .species import Species, SpeciesChange, SpeciesCreate, SpeciesFound
from .transport import Query


class SpeciesCalls(Calls):
    """The part of a client that is about species."""

    async def find_species(self, text: str, *, limit: int = 10) -> tuple[SpeciesFound, ...]:
        """Search the species by any of their names, also misspelt ones; the best come first."""
        query: Query = {"search": text, "limit": limit}
        return (await self.transport.ask(Page[SpeciesFound], "/api/v1/species", query)).items

    def all_species(self) -> AsyncIterator[SpeciesFound]:
        """Walk through all species profiles, by name."""
        return self._walk(Page[SpeciesFound], "/api/v1/species")

    async def species(self, species_id: str) -> Species:
        """Give a species profile. Raises SpeciesNotFound."""
        return await self.transport.ask(Species, f"/api/v1/species/{species_id}")

    async def create_species(self, species: SpeciesCreate) -> Species:
        """Make a profile of one's own. Raises TooManySpecies."""
        return await self.transport.send("POST", "/api/v1/species", Species, body=species)

    async def change_species(self, species_id: str, change: SpeciesChange) -> Species:
        """Change a profile of one's own; fields that were not set stay. Raises SpeciesNotFound, SpeciesNotYours."""
        return await self.transport.send("PATCH", f"/api/v1/species/{species_id}", Species, body=change)

    async def delete_species(self, species_id: str) -> None:
        """Remove a profile of one's own. Raises SpeciesNotFound, SpeciesNotYours, SpeciesInUse."""
        await self.transport.tell("DELETE", f"/api/v1/species/{species_id}")
