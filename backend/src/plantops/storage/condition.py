"""How the store itself is: its clock, its schema, its extension."""

from dataclasses import dataclass
from datetime import datetime

from .migrate import MIGRATIONS, read
from .pool import Connection
from .queries import load

queries = load(__file__)

NEWEST = max(migration.version for migration in read(MIGRATIONS))
"""The schema that this program needs."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a database says of itself."""

    time: datetime
    migration: int | None
    timescale: str | None

    @property
    def migrated(self) -> bool:
        """Whether it has the schema that this program needs, or a newer one: an update replaces backends one by one."""
        return self.migration is not None and self.migration >= NEWEST


async def condition(connection: Connection) -> Condition:
    """Ask a database how it is."""
    row = await queries.condition(connection)
    migration = await queries.newest_migration(connection) if row["begun"] else None
    return Condition(time=row["time"], migration=migration, timescale=row["timescale"])
