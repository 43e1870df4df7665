"""What a client asks about species, those of OpenPlantbook too."""

from collections.abc import AsyncIterator

from .calls import Calls
from .models import Page
from .openplantbook import (
    OpenPlantbookAccount,
    OpenPlantbookAccountWish,
    OpenPlantbookImport,
    OpenPlantbookSearch,
)
from .species import Species, SpeciesChange, SpeciesCreate, SpeciesFound
from .transport import Query

ACCOUNT = "/api/v1/settings/openplantbook"


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

    async def openplantbook_account(self) -> OpenPlantbookAccount:
        """Tell whether there is an account at OpenPlantbook."""
        return await self.transport.ask(OpenPlantbookAccount, ACCOUNT)

    async def set_openplantbook_account(self, account: OpenPlantbookAccountWish) -> OpenPlantbookAccount:
        """Keep an account at OpenPlantbook, once it has been tried. Raises OpenPlantbookRefused and the like."""
        return await self.transport.send("PUT", ACCOUNT, OpenPlantbookAccount, body=account)

    async def forget_openplantbook_account(self) -> None:
        """Forget the account at OpenPlantbook; what was imported stays."""
        await self.transport.tell("DELETE", ACCOUNT)

    async def search_openplantbook(self, text: str) -> OpenPlantbookSearch:
        """Search OpenPlantbook. Raises NoOpenPlantbookAccount, OpenPlantbookBusy and the like."""
        return await self.transport.ask(OpenPlantbookSearch, "/api/v1/openplantbook", {"search": text})

    async def import_from_openplantbook(self, pid: str, *, refresh: bool = False) -> Species:
        """Take a plant of OpenPlantbook over into a profile; one that was taken over before is given without asking."""
        body = OpenPlantbookImport(pid=pid, refresh=refresh)
        return await self.transport.send("POST", "/api/v1/openplantbook", Species, body=body)
