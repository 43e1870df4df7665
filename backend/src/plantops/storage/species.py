"""Species profiles that are not in the table: kept as JSON, as they are always read and written whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from aioplantops.needs import Needs
from aioplantops.species import Species

from .pool import Connection
from .queries import load

queries = load(__file__)

IN_COLUMNS = {"id", "source", "name"}
"""What a row has columns for."""


@dataclass(frozen=True, slots=True)
class User:
    """A plant that has a profile."""

    id: UUID
    name: str
    own: Needs


async def profile(connection: Connection, species_id: str, *, to_change: bool = False) -> Species | None:
    """Give a profile, which stays as it is until the transaction ends if it is to be changed, else at least stays."""
    query = queries.profile_to_change if to_change else queries.profile
    row = await query(connection, id=species_id)
    return None if row is None else _species(row)


async def profiles(connection: Connection) -> list[Species]:
    """Give all profiles."""
    return [_species(row) async for row in queries.profiles(connection)]


async def known(connection: Connection, ids: list[str]) -> frozenset[str]:
    """Tell which of some ids have a profile here."""
    return frozenset([row["id"] async for row in queries.known(connection, ids=ids)])


async def count(connection: Connection) -> int:
    """Count the profiles."""
    return int(await queries.count(connection))


async def add(connection: Connection, species: Species, now: datetime) -> None:
    """Keep a new profile."""
    await queries.add(
        connection, id=species.id, source=species.source, name=species.name, profile=_rest(species), now=now
    )


async def put(connection: Connection, species: Species, now: datetime) -> None:
    """Keep a profile, in the place of an earlier one of its id."""
    await queries.put(
        connection, id=species.id, source=species.source, name=species.name, profile=_rest(species), now=now
    )


async def change(connection: Connection, species: Species, now: datetime) -> None:
    """Write a profile anew."""
    await queries.change(connection, id=species.id, name=species.name, profile=_rest(species), now=now)


async def remove(connection: Connection, species_id: str) -> bool | None:
    """Remove a profile; tell whether there was one. None: a plant has it, and nothing was removed."""
    try:
        async with connection.transaction():
            return bool(await queries.remove(connection, id=species_id))
    except asyncpg.ForeignKeyViolationError:
        return None


async def users(connection: Connection, species_id: str) -> list[User]:
    """Give the plants that have a profile."""
    rows = queries.users(connection, id=species_id)
    return [User(row["id"], row["name"], Needs.model_validate(row["own_thresholds"])) async for row in rows]


def read_profile(species_id: str, source: str, name: str, profile: Mapping[str, Any]) -> Species:
    """Make a species of what its row says."""
    return Species.model_validate({**profile, "id": species_id, "source": source, "name": name})


def _species(row: Mapping[str, Any]) -> Species:
    return read_profile(row["id"], row["source"], row["name"], row["profile"])


def _rest(species: Species) -> dict[str, Any]:
    return species.model_dump(mode="json", exclude=IN_COLUMNS, exclude_defaults=True)
