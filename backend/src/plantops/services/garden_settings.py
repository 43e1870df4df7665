"""The settings that hold for the whole garden, as people see and change them."""

from aioplantops.errors import Invalid
from aioplantops.settings import GardenSettings, GardenSettingsChange, Keeping

from plantops.storage import garden_settings as store
from plantops.storage.pool import Database

QUIET = ("quiet_from", "quiet_until")


class GardenRules:
    """Keeps the garden's settings."""

    def __init__(self, database: Database, keep_days: tuple[int, int] = (400, 3650)) -> None:
        """Take the store, and for how many days raw readings and their hours are kept."""
        self._database, self._keep_days = database, keep_days

    async def show(self) -> GardenSettings:
        """Give the settings."""
        async with self._database.acquire("settings") as connection:
            return await store.garden_settings(connection)

    async def keeping(self) -> Keeping:
        """Tell how long readings are kept, and when the newest backup was made."""
        raw, hourly = self._keep_days
        async with self._database.acquire("keeping") as connection:
            return Keeping(raw_days=raw, hourly_days=hourly, backup=await store.newest_backup(connection))

    async def change(self, wish: GardenSettingsChange) -> GardenSettings:
        """Change what a wish names. Raises Invalid where the quiet hours have one end only, or no length."""
        async with self._database.transaction("change_settings") as connection:
            settings = _changed(await store.garden_settings(connection, to_change=True), wish)
            await store.change(connection, settings)
        return settings


def _changed(old: GardenSettings, wish: GardenSettingsChange) -> GardenSettings:
    named = wish.model_dump(exclude_unset=True)
    ends = {named[end] for end in QUIET if end in named}
    if None in ends:
        if len(ends) > 1:
            raise _refusal("quiet_from", "quiet hours have two ends: `null` for both, or a time for both")
        named |= dict.fromkeys(QUIET)
    settings = GardenSettings.model_validate({**dict(old), **named})
    if (settings.quiet_from is None) != (settings.quiet_until is None):
        missing = QUIET[0] if settings.quiet_from is None else QUIET[1]
        raise _refusal(missing, "quiet hours have two ends: give this one too")
    if settings.quiet_from is not None and settings.quiet_from == settings.quiet_until:
        raise _refusal("quiet_until", "quiet hours that end when they begin have no length; `null` switches them off")
    return settings


def _refusal(where: str, why: str) -> Invalid:
    return Invalid(f"{where}: {why}.", errors=({"where": where, "why": why},))
