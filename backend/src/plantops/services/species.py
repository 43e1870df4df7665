"""Species profiles, those of the table and those of one's own: found by any name, kept while a plant has them."""

from collections.abc import Iterable, Sequence
from functools import cache
from heapq import merge
from uuid import uuid7

from aioplantops.errors import Invalid, SpeciesInUse, SpeciesNotFound, SpeciesNotYours, TooManySpecies
from aioplantops.models import Page
from aioplantops.needs import Needs, NeedsWish
from aioplantops.species import Rest, RestWish, Species, SpeciesChange, SpeciesCreate, SpeciesFound, SpeciesSource

from plantops.domain.species.fold import fold
from plantops.domain.species.search import Hit, Index, best
from plantops.domain.species.table import builtin
from plantops.domain.species.thresholds import NOTHING, clash, merged
from plantops.ops.logs import Clock
from plantops.storage import care
from plantops.storage import species as store
from plantops.storage.pool import Connection, Database

from .cursor import read_cursor, write_cursor
from .news import News

MOST_PROFILES = 1_000
"""Profiles of one's own: all of them are read for each search, which then takes up to 100 ms."""

NAMED_USERS = 3
"""Plants that a refusal names."""


@cache
def _builtin_index() -> Index:
    """Have the table ready to be searched, from the first search on; that one takes 0.1 s longer."""
    return Index(builtin().values())


type ByName = tuple[tuple[str, str], Species]
"""A profile behind what it is sorted by: its name without case and accents, then its id."""


def _by_name(profiles: Iterable[Species]) -> list[ByName]:
    return sorted(((fold(one.name), one.id), one) for one in profiles)


@cache
def _builtin_by_name() -> list[ByName]:
    """Have the table in the order of its names, from the first list on."""
    return _by_name(builtin().values())


class SpeciesProfiles:
    """Finds profiles; makes, changes and removes those of one's own."""

    def __init__(self, database: Database, *, news: News, clock: Clock) -> None:
        """Take the store, who wants to hear that a plant's spans changed, and the clock (aware UTC)."""
        self._database = database
        self._news = news
        self._clock = clock
        self._builtin = builtin()

    async def page(self, cursor: str | None, limit: int) -> Page[SpeciesFound]:
        """List all profiles by name. Raises Invalid for a cursor that is none."""
        after = None if cursor is None else tuple(read_cursor(cursor, 2))
        found = merge(_builtin_by_name(), _by_name(await self._stored()))
        rest = [(key, one) for key, one in found if after is None or key > after]
        more = write_cursor(list(rest[limit - 1][0])) if len(rest) > limit else None
        return Page[SpeciesFound](items=tuple(_found(one) for _, one in rest[:limit]), next=more)

    async def search(self, text: str, limit: int) -> Page[SpeciesFound]:
        """Give the profiles whose names fit, the best first, also when they are spelt wrongly."""
        hits = await self.likely(text, limit)
        return Page[SpeciesFound](items=tuple(_found(hit.species, hit.matched) for hit in hits))

    async def likely(self, text: str, most: int) -> list[Hit]:
        """Give the profiles that a name may mean, the likeliest first."""
        return best([*_builtin_index().hits(text), *Index(await self._stored()).hits(text)], most)

    async def known(self, text: str) -> str | None:
        """Give the id of a profile if the text is one."""
        if text in self._builtin:
            return text
        async with self._database.acquire("species") as connection:
            found = await store.profile(connection, text)
        return None if found is None else found.id

    async def show(self, species_id: str) -> Species:
        """Give a profile. Raises SpeciesNotFound."""
        if (found := self._builtin.get(species_id)) is not None:
            return found
        async with self._database.acquire("species") as connection:
            found = await store.profile(connection, species_id)
        if found is None:
            raise SpeciesNotFound
        return found

    async def create(self, wish: SpeciesCreate) -> Species:
        """Keep a profile of one's own. Raises TooManySpecies."""
        species = Species.model_validate(
            {
                **wish.model_dump(exclude={"needs", "rest"}),
                "id": f"{SpeciesSource.CUSTOM}:{uuid7()}",
                "source": SpeciesSource.CUSTOM,
                "needs": merged(NOTHING, wish.needs),
                "rest": _rest(wish.rest),
            }
        )
        async with self._database.transaction("add_species") as connection:
            if await store.count(connection) >= MOST_PROFILES:
                raise TooManySpecies
            await store.add(connection, species, self._clock())
        return species

    async def change(self, species_id: str, wish: SpeciesChange) -> Species:
        """Change a profile of one's own, and with it the spans of its plants.

        Raises SpeciesNotFound, SpeciesNotYours, and Invalid where spans would be upside down, also those of a plant.
        """
        async with self._database.transaction("change_species") as connection:
            old = await self._own(connection, species_id)
            if old.source is not SpeciesSource.CUSTOM:
                raise SpeciesNotYours
            species = _changed(old, wish)
            users = await store.users(connection, species_id)
            for user in users:
                if (why := clash(species, user.own)) is not None:
                    raise _refusal("needs", f"the plant “{user.name}” has bounds of its own; {why}")
            await store.change(connection, species, self._clock())
            for plant_id in sorted(user.id for user in users):
                await care.note(connection, plant_id, self._clock())
        for user in users:
            self._news.plant(user.id)
        return species

    async def remove(self, species_id: str) -> None:
        """Remove a profile of one's own. Raises SpeciesNotFound, SpeciesNotYours and SpeciesInUse."""
        async with self._database.transaction("remove_species") as connection:
            await self._own(connection, species_id)
            if await store.remove(connection, species_id) is None:
                raise SpeciesInUse(_in_use(await store.users(connection, species_id)))

    async def _own(self, connection: Connection, species_id: str) -> Species:
        if species_id in self._builtin:
            raise SpeciesNotYours
        found = await store.profile(connection, species_id, to_change=True)
        if found is None:
            raise SpeciesNotFound
        return found

    async def _stored(self) -> list[Species]:
        async with self._database.acquire("species") as connection:
            return await store.profiles(connection)


async def profile(connection: Connection, species_id: str | None, *, must_be_there: bool = True) -> Species | None:
    """Give the profile of an id; None for no id. A stored one stays until the transaction ends.

    Raises SpeciesNotFound unless it need not be there: a plant may have one that only another version's table knows.
    """
    if species_id is None:
        return None
    found = builtin().get(species_id) or await store.profile(connection, species_id)
    if found is None and must_be_there:
        raise SpeciesNotFound(f"There is no species profile “{species_id}”; search for one, or make one of your own.")
    return found


def bounds_after(own: Needs, wish: NeedsWish | None, species: Species | None) -> Needs:
    """Tell a plant's own bounds after a wish. Raises Invalid where they, or they and the profile, are upside down."""
    try:
        after = merged(own, wish)
    except ValueError as error:
        raise _refusal("thresholds", str(error)) from None
    if (why := clash(species, after)) is not None:
        raise _refusal("thresholds", why)
    return after


def _changed(old: Species, wish: SpeciesChange) -> Species:
    named = wish.model_dump(exclude_unset=True, exclude={"needs", "rest"})
    if "needs" in wish.model_fields_set:
        try:
            named["needs"] = merged(old.needs, wish.needs)
        except ValueError as error:
            raise _refusal("needs", str(error)) from None
    if "rest" in wish.model_fields_set:
        named["rest"] = _rest(wish.rest)
    return Species.model_validate({**dict(old), **named})


def _rest(wish: RestWish | None) -> Rest | None:
    return None if wish is None else Rest(months=tuple(sorted(wish.months)), needs=merged(NOTHING, wish.needs))


def _found(species: Species, matched: str | None = None) -> SpeciesFound:
    return SpeciesFound.model_construct(**dict(species), matched=matched)


def _refusal(where: str, why: str) -> Invalid:
    return Invalid(f"{where}: {why}.", errors=({"where": where, "why": why},))


def _in_use(users: Sequence[store.User]) -> str:
    names = ", ".join(f"“{user.name}”" for user in users[:NAMED_USERS])
    more = f" and {len(users) - NAMED_USERS} more" if len(users) > NAMED_USERS else ""
    return f"This profile is in use by {names}{more}: give these plants another one first."
