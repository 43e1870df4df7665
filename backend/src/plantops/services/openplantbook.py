"""Plants of OpenPlantbook: searched there with the user's account, taken over into profiles that need no internet."""

from collections.abc import Mapping, Sequence

from aioplantops.errors import Invalid, TooManySpecies
from aioplantops.openplantbook import (
    NoOpenPlantbookAccount,
    OpenPlantbookAccount,
    OpenPlantbookAccountWish,
    OpenPlantbookFound,
    OpenPlantbookImport,
    OpenPlantbookNotUnderstood,
    OpenPlantbookSearch,
)
from aioplantops.species import Species

from plantops.domain.species.openplantbook import MOST_FOUND, Hit, Nonsense, profile, species_id
from plantops.domain.species.thresholds import clash
from plantops.ops.logs import Clock
from plantops.ops.vault import CannotOpen, Vault
from plantops.storage import openplantbook as store
from plantops.storage import species as profiles
from plantops.storage.openplantbook import PURPOSE
from plantops.storage.pool import Database

from .news import News
from .openplantbook_line import Credentials, Line
from .species import MOST_PROFILES


class OpenPlantbook:
    """Keeps the account, searches, and imports."""

    def __init__(self, database: Database, vault: Vault, line: Line, *, news: News, clock: Clock) -> None:
        """Take store and strongbox, the line outside, who hears that spans changed, and the clock (aware UTC)."""
        self._database = database
        self._vault = vault
        self._line = line
        self._news = news
        self._clock = clock

    async def account(self) -> OpenPlantbookAccount:
        """Tell whether there is an account."""
        async with self._database.acquire("openplantbook") as connection:
            kept = await store.account(connection)
        return OpenPlantbookAccount(configured=kept is not None, set_at=None if kept is None else kept.set_at)

    async def keep(self, wish: OpenPlantbookAccountWish) -> OpenPlantbookAccount:
        """Keep an account, if OpenPlantbook takes it; else the earlier one stays. Raises the errors of the line."""
        credentials = Credentials(wish.client_id.get_secret_value(), wish.client_secret.get_secret_value())
        await self._line.enter(credentials)
        now = self._clock()
        async with self._database.acquire("openplantbook") as connection:
            await store.keep(connection, self._vault.seal(credentials.written(), PURPOSE), now)
        return OpenPlantbookAccount(configured=True, set_at=now)

    async def forget(self) -> None:
        """Forget the account; what was imported stays."""
        async with self._database.acquire("openplantbook") as connection:
            await store.forget(connection)

    async def search(self, text: str) -> OpenPlantbookSearch:
        """Search there, and tell what is here already. Raises NoOpenPlantbookAccount and the errors of the line."""
        found = await self._line.search(await self._credentials(), text)
        hits = found.results[:MOST_FOUND]
        ids = {hit.pid: species_id(hit.pid) for hit in hits}
        async with self._database.acquire("openplantbook") as connection:
            here = await profiles.known(connection, list(ids.values()))
        return OpenPlantbookSearch(items=_found(hits, ids, here), more=max(found.count, len(found.results)) > len(hits))

    async def take_over(self, wish: OpenPlantbookImport) -> Species:
        """Give a plant's profile: the one that is here, else, or to refresh it, what OpenPlantbook tells now.

        Raises NoOpenPlantbookAccount, the errors of the line, TooManySpecies, and Invalid where a plant's own bounds
        would be upside down. Then nothing has changed.
        """
        if not wish.refresh:
            async with self._database.acquire("openplantbook") as connection:
                if (here := await profiles.profile(connection, species_id(wish.pid))) is not None:
                    return here
        detail = await self._line.detail(await self._credentials(), wish.pid)
        try:
            species = profile(detail, self._clock())
        except Nonsense as error:
            raise OpenPlantbookNotUnderstood(
                f"What OpenPlantbook tells of this plant cannot be: {error}. Nothing was changed."
            ) from None
        await self._keep_profile(species)
        return species

    async def _keep_profile(self, species: Species) -> None:
        async with self._database.transaction("import_species") as connection:
            old = await profiles.profile(connection, species.id, to_change=True)
            users = await profiles.users(connection, species.id)
            for user in users:
                if (why := clash(species, user.own)) is not None:
                    why = f"the plant “{user.name}” has bounds of its own; {why}"
                    raise Invalid(f"pid: {why}.", errors=({"where": "pid", "why": why},))
            if old is None and await profiles.count(connection) >= MOST_PROFILES:
                raise TooManySpecies
            await profiles.put(connection, species, self._clock())
        for user in users:
            self._news.plant(user.id)

    async def _credentials(self) -> Credentials:
        async with self._database.acquire("openplantbook") as connection:
            kept = await store.account(connection)
        if kept is None:
            raise NoOpenPlantbookAccount
        try:
            return Credentials.of(self._vault.open(kept.credentials, PURPOSE))
        except CannotOpen:
            raise NoOpenPlantbookAccount(
                "The account at OpenPlantbook does not open any more: give it again."
            ) from None


def _found(hits: Sequence[Hit], ids: Mapping[str, str], here: frozenset[str]) -> tuple[OpenPlantbookFound, ...]:
    return tuple(
        OpenPlantbookFound(
            pid=hit.pid,
            name=hit.display_pid,
            alias=hit.alias,
            category=hit.category,
            species_id=ids[hit.pid] if ids[hit.pid] in here else None,
        )
        for hit in hits
    )
