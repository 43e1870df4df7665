"""Many plants at once: a table is tried line by line in one transaction, which stays only if it may and all is well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aioplantops.errors import Invalid
from aioplantops.plant_import import ImportLine, LineDoes, PlantImport

from plantops.domain.plant_table import BOUNDS, EMPTIED, Row, write_csv
from plantops.domain.species.search import Hit
from plantops.ops.logs import Clock
from plantops.storage import plant_table as store
from plantops.storage.plant_table import Planted
from plantops.storage.pool import Database

from .news import News
from .plant_lines import Lines
from .species import SpeciesProfiles

SURE = 0.8
"""So alike must a name be to be meant, where it is spelt otherwise …"""
CLEARLY = 0.08
"""… and so much more alike than that of another species."""
EXACTLY = 1.0
"""Who has the very name, alone, is meant, however alike others are."""
MOST_GUESSES = 200
"""Names of species in one table that are looked for: each may take 40 ms of the processor that readings need too."""
NAMED = 3
"""Candidates that a refusal names."""
SHOWN = 50
"""Wrong places that a refusal names."""


class _Undo(Exception):
    """Take back what was tried."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Which species a text means, or why nobody can tell."""

    species_id: str | None
    why: str = ""


class PlantTables:
    """Imports and exports plants as tables."""

    def __init__(self, database: Database, profiles: SpeciesProfiles, *, news: News, clock: Clock) -> None:
        """Take the store, who knows species, who hears of changes, and the clock (aware UTC)."""
        self._database = database
        self._profiles = profiles
        self._news = news
        self._clock = clock

    async def take(self, rows: Sequence[Row], *, dry_run: bool) -> PlantImport:
        """Make the garden as a table says, or tell what that would do. Raises Invalid, and has done nothing then."""
        meant = await self._meanings(dict.fromkeys(row.cells.get("species", "-") for row in rows))
        lines: list[ImportLine] = []
        touched: list[UUID] = []
        try:
            async with self._database.transaction("import_plants") as connection:
                table = await Lines.begin(connection, rows, meant, self._clock())
                lines = [await table.line(row) for row in rows]
                touched = table.touched
                _stay_only_if(not dry_run and not any(line.errors for line in lines))
        except _Undo:
            if not dry_run:
                raise _refusal(lines) from None
        else:
            for plant_id in touched:
                self._news.plant(plant_id)
        return _report(lines, dry_run=dry_run)

    async def export(self) -> str:
        """Give all plants as CSV, which an import finds unchanged."""
        async with self._database.snapshot("export_plants") as connection:
            plants = await store.plants(connection, self._clock())
        return write_csv(_written(plant) for plant in plants)

    async def _meanings(self, texts: Iterable[str]) -> dict[str, Meant]:
        meant: dict[str, Meant] = {}
        guesses = 0
        for text in texts:
            if text == EMPTIED:
                continue
            if (known := await self._profiles.known(text)) is not None:
                meant[text] = Meant(known)
            elif guesses < MOST_GUESSES:
                guesses += 1
                meant[text] = await self._guessed(text)
            else:
                why = f"only {MOST_GUESSES} names of species are looked for in one table; write ids, or several tables"
                meant[text] = Meant(None, why)
        return meant

    async def _guessed(self, text: str) -> Meant:
        hits = await self._profiles.likely(text, NAMED)
        if hits and hits[0].likeness >= SURE and _alone(hits):
            return Meant(hits[0].species.id)
        if not hits:
            return Meant(None, "no species has a name like this; search for it, or make a profile of your own")
        names = ", ".join(f"{hit.species.id} ({hit.matched})" for hit in hits)
        return Meant(None, f"this may be one of several species; write the id of the one that is meant: {names}")


def _stay_only_if(well: bool) -> None:  # noqa: FBT001 - it reads like a sentence
    if not well:
        raise _Undo


def _alone(hits: Sequence[Hit]) -> bool:
    second = hits[1].likeness if len(hits) > 1 else 0.0
    return second <= hits[0].likeness - CLEARLY or second < EXACTLY <= hits[0].likeness


def _report(lines: Sequence[ImportLine], *, dry_run: bool) -> PlantImport:
    count = {does: sum(line.does is does for line in lines) for does in LineDoes}
    return PlantImport(
        dry_run=dry_run,
        done=not dry_run,
        created=count[LineDoes.CREATE],
        changed=count[LineDoes.CHANGE],
        unchanged=count[LineDoes.UNCHANGED],
        errors=count[LineDoes.ERROR],
        lines=tuple(_only_tried(line) if dry_run else line for line in lines),
    )


def _only_tried(line: ImportLine) -> ImportLine:
    return line.model_copy(update={"plant_id": None}) if line.does is LineDoes.CREATE else line


def _refusal(lines: Sequence[ImportLine]) -> Invalid:
    found = [
        {"where": f"line {line.line}" + (f", {error.column}" if error.column else ""), "why": error.why}
        for line in lines
        for error in line.errors
    ]
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    return Invalid(f"{found[0]['where']}: {found[0]['why']}{more}. Nothing was changed.", errors=tuple(found[:SHOWN]))


def _written(plant: Planted) -> Mapping[str, str]:
    row = {
        "id": str(plant.id),
        "name": plant.name,
        "species": plant.species_id or "",
        "species_text": plant.species or "",
        "area": plant.area or "",
        "substrate": plant.substrate or "",
        "pot_litres": "" if plant.pot_litres is None else f"{plant.pot_litres:.12g}",
        "notes": plant.notes,
        "channels": " ".join(plant.channels),
    }
    bounds = dict(plant.bounds.items())
    for name, (need, end) in BOUNDS.items():
        value = getattr(bounds.get(need), end, None)
        row[name] = "" if value is None else f"{value:.12g}"
    return row
