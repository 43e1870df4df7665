"""`plantops plants`: many plants at once, from a table and to one."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from aioplantops.errors import Invalid, PlantOpsError
from aioplantops.plant_import import LineDoes, PlantImport
from rich.markup import escape

from plantops import bootstrap
from plantops.domain.plant_table import Row, TableRefused, decoded, read_csv
from plantops.services.bulletin import Bulletin
from plantops.services.plant_tables import PlantTables
from plantops.services.species import SpeciesProfiles
from plantops.settings import Settings

from .shell import run, say

MOST_BYTES = 1024 * 1024
commands = typer.Typer()
plants = typer.Typer(help="Take plants in from a table, or write them to one.", no_args_is_help=True)
commands.add_typer(plants, name="plants")


class TableUnreadable(PlantOpsError):
    """The table cannot be read."""


@plants.command("import")
def take(
    file: Annotated[Path, typer.Argument(help="The table: CSV, or YAML if its name ends with .yaml or .yml.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what each line would do.")] = False,
) -> None:
    """Make the garden as a table says: all of it, or nothing where a line is wrong."""

    async def work(settings: Settings) -> None:
        rows, bulletin = _rows(file), Bulletin()
        async with bootstrap.open_store(settings) as database:
            profiles = SpeciesProfiles(database, news=bulletin, clock=bootstrap.now)
            tables = PlantTables(database, profiles, news=bulletin, clock=bootstrap.now)
            tried = await tables.take(rows, dry_run=True)
            _show(tried)
            if tried.errors:
                raise TableUnreadable(f"{tried.errors} of {len(rows)} lines are wrong; nothing was changed.")
            if not dry_run:
                await tables.take(rows, dry_run=False)
                await bulletin.publish(database)
        end = "nothing was changed: leave --dry-run away to do it" if dry_run else "done"
        say.print(f"{tried.created} new, {tried.changed} changed, {tried.unchanged} unchanged; {end}.", highlight=False)

    run(work, quiet=True)


@plants.command("export")
def give(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; else standard output.")] = None,
) -> None:
    """Write all plants as CSV, as an import takes it."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_store(settings) as database:
            profiles = SpeciesProfiles(database, news=Bulletin(), clock=bootstrap.now)
            text = await PlantTables(database, profiles, news=Bulletin(), clock=bootstrap.now).export()
        try:
            if output is None:
                sys.stdout.write(text)
            else:
                output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise TableUnreadable(f"{output} cannot be written: {error.strerror}.") from None

    run(work, quiet=True)


def _rows(file: Path) -> list[Row]:
    from plantops.domain.plant_yaml import read_yaml  # noqa: PLC0415 - other commands need no YAML

    try:
        with file.open("rb") as opened:
            body = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise TableUnreadable(f"{file} cannot be read: {error.strerror}.") from None
    if len(body) > MOST_BYTES:
        raise TableUnreadable(f"{file} is larger than {MOST_BYTES:,} bytes.")
    try:
        text = decoded(body)
        return read_yaml(text) if file.suffix.lower() in {".yaml", ".yml"} else read_csv(text)
    except TableRefused as error:
        column = f", {error.wrong.column}" if error.wrong.column else ""
        raise Invalid(f"{file}, line {error.wrong.line}{column}: {error.wrong.why}.") from None


def _show(tried: PlantImport) -> None:
    for line in tried.lines:
        if line.does is LineDoes.UNCHANGED:
            continue
        what = f" ({', '.join(line.changes)})" if line.changes else ""
        say.print(f"line {line.line}: {line.does} {escape(line.name or '?')}{what}", highlight=False)
        for error in line.errors:
            where = f"{error.column}: " if error.column else ""
            say.print(f"  {escape(where + error.why)}", highlight=False)
