"""The garden's settings: one row, a column for each of them. A new one needs its column here and in the `.sql` file."""

from datetime import time

from aioplantops.settings import GardenSettings, NewestBackup

from .pool import Connection
from .queries import load

queries = load(__file__)


async def garden_settings(connection: Connection, *, to_change: bool = False) -> GardenSettings:
    """Give the settings, which nobody else changes until the transaction ends if they are to be changed."""
    row = await (queries.settings_to_change if to_change else queries.settings)(connection)
    return GardenSettings.model_validate({name: _told(value) for name, value in row.items()})


async def change(connection: Connection, settings: GardenSettings) -> None:
    """Write the settings anew."""
    await queries.change_settings(
        connection,
        quiet_from=_time(settings.quiet_from),
        quiet_until=_time(settings.quiet_until),
        critical_breaks_quiet=settings.critical_breaks_quiet,
        digest_at=_time(settings.digest_at),
        escalate_after_hours=settings.escalate_after_hours,
        irrigation_enabled=settings.irrigation_enabled,
        watering_tasks=settings.watering_tasks,
    )


async def newest_backup(connection: Connection) -> NewestBackup | None:
    """Give the newest backup, as whoever made it has noted; None: nobody has."""
    row = await queries.newest_backup(connection)
    return None if row is None else NewestBackup(made_at=row["made_at"], bytes=row["bytes"])


def _told(value: object) -> object:
    return value.isoformat("minutes") if isinstance(value, time) else value


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
