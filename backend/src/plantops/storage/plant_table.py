"""All plants as a table has them, and the channels that one names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aioplantops.metrics import Metric
from aioplantops.needs import Needs

from .pool import Connection
from .queries import load

queries = load(__file__)


@dataclass(frozen=True, slots=True)
class Planted:
    """A plant as a table has it."""

    id: UUID
    name: str
    species: str | None
    species_id: str | None
    area: str | None
    substrate: str | None
    pot_litres: float | None
    notes: str
    bounds: Needs
    channels: tuple[str, ...]
    """``device_id/channel_key`` of those that serve it now."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A channel that a table names."""

    id: int
    name: str
    metric: Metric


async def plants(connection: Connection, now: datetime) -> list[Planted]:
    """Give all plants by name."""
    return [
        Planted(
            row["id"],
            row["name"],
            row["species"],
            row["species_id"],
            row["area"],
            row["substrate"],
            row["pot_litres"],
            row["notes"],
            Needs.model_validate(row["own_thresholds"]),
            tuple(row["channels"]),
        )
        async for row in queries.plants(connection, now=now)
    ]


async def channels(connection: Connection, names: Sequence[str]) -> dict[str, Probe]:
    """Give the channels of some names; those that are not there are left out."""
    rows = queries.channels(connection, names=list(names))
    return {row["name"]: Probe(row["id"], row["name"], Metric(row["metric"])) async for row in rows}
