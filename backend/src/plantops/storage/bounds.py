"""The spans that hold for plants at one moment, laid out as the garden is told."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from aioplantops.needs import Needs
from aioplantops.species import Species

from plantops.domain.species.table import builtin
from plantops.domain.species.thresholds import resolve

from .pool import Connection
from .queries import load
from .species import read_profile

queries = load(__file__)

type Tree = dict[str, Any]
type Stored = tuple[str, str, Mapping[str, Any]]

REMEMBERED = 4_096
"""Different kinds of plants that are remembered: most have the same spans as others of their species."""


class Bounds:
    """Lays out the spans of many plants; a profile that several of them have is read once."""

    def __init__(self, month: int) -> None:
        """Take the month, 1 to 12, as the profiles count them."""
        self._month = month
        self._stored: dict[str, Species] = {}

    def of(self, species_id: str | None, stored: Stored | None, own: str) -> Tree:
        """Tell the spans that hold, from one's own and the profile: its source, name and rest if it is a stored one.

        A profile that this version's table does not know counts as none.
        """
        if species_id is None or stored is None:
            return _of_the_table(species_id, own, self._month)
        if (species := self._stored.get(species_id)) is None:
            species = self._stored[species_id] = read_profile(species_id, *stored)
        return _laid_out(species, own, self._month)


async def thresholds(connection: Connection, month: int, plant_ids: Collection[UUID]) -> dict[UUID, Tree]:
    """Give the spans that hold for some plants in a month as profiles count it, laid out as `Thresholds`."""
    bounds = Bounds(month)
    return {
        number: bounds.of(species_id, (source, name, profile) if source else None, own)
        async for number, species_id, own, source, name, profile in queries.bounds(
            connection, plant_ids=list(plant_ids)
        )
    }


@lru_cache(maxsize=REMEMBERED)
def _of_the_table(species_id: str | None, own: str, month: int) -> Tree:
    return _laid_out(None if species_id is None else builtin().get(species_id), own, month)


def _laid_out(species: Species | None, own: str, month: int) -> Tree:
    """Lay out the spans; their origins as plain words are written three times as fast as enum members are."""
    return resolve(species, Needs.model_validate_json(own), month).model_dump(mode="json")
