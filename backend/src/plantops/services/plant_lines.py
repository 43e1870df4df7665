"""One line of a table of plants after the other: which plant it means, what would be different, and doing it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid7

from aioplantops.errors import PlantOpsError
from aioplantops.models import PlantChange, PlantCreate
from aioplantops.plant_import import ImportLine, LineDoes, LineError
from pydantic import ValidationError

from plantops.domain.plant_table import BOUNDS, EMPTIED, Row
from plantops.domain.resolution import HOUR, floor
from plantops.domain.species.thresholds import NOTHING
from plantops.storage import care, plant_table
from plantops.storage import plants as store
from plantops.storage.plant_table import Planted, Probe
from plantops.storage.plants import AssignmentRow, Own
from plantops.storage.pool import Connection

from .plants import with_bounds
from .species import bounds_after, profile

if TYPE_CHECKING:
    from .plant_tables import Meant

FIELDS = {"name": "name", "species_text": "species", "area": "area", "substrate": "substrate", "notes": "notes"}
"""Columns of text, and the field of a plant that each is."""


class _Wrong(Exception):
    """Something in a line is wrong."""

    def __init__(self, column: str | None, why: str) -> None:
        super().__init__(why)
        self.error = LineError(column=column, why=why)


@dataclass(slots=True)
class Lines:
    """A table at work within a transaction."""

    connection: Connection
    now: datetime
    meant: Mapping[str, Meant]
    by_id: Mapping[str, Planted]
    by_name: Mapping[str, Sequence[Planted]]
    probes: Mapping[str, Probe]
    names: Counter[str]
    """How often the table names a plant, for those that it knows by name alone."""
    touched: list[UUID] = field(default_factory=list)

    @classmethod
    async def begin(
        cls, connection: Connection, rows: Sequence[Row], meant: Mapping[str, Meant], now: datetime
    ) -> Self:
        """Look at what is there."""
        planted = await plant_table.plants(connection, now)
        by_name: dict[str, list[Planted]] = {}
        for plant in planted:
            by_name.setdefault(plant.name.casefold(), []).append(plant)
        wanted = {name for row in rows for name in row.cells.get("channels", "").split()}
        probes = await plant_table.channels(
            connection, [*wanted, *(name for plant in planted for name in plant.channels)]
        )
        named = Counter(row.cells["name"].casefold() for row in rows if "name" in row.cells)
        return cls(connection, now, meant, {str(plant.id): plant for plant in planted}, by_name, probes, named)

    async def line(self, row: Row) -> ImportLine:
        """Do what a line says; tell what that was, or what is wrong."""
        errors = [LineError(column=wrong.column, why=wrong.why) for wrong in row.wrong]
        old: Planted | None = None
        plant_id: UUID | None = None
        changes: tuple[str, ...] = ()
        try:
            old = self._plant(row)
            plant_id = old.id if old else None
            fields, columns = self._difference(row, old)
            probes = self._new_probes(row, old)
            changes = (*columns, "channels") if probes else columns
            if not errors and (changes or old is None):
                plant_id = await self._do(old, fields, probes)
        except _Wrong as wrong:
            errors.append(wrong.error)
        except ValidationError as error:
            errors += [_misfit(found["loc"], found["msg"]) for found in error.errors(include_url=False)]
        except PlantOpsError as error:
            errors.append(LineError(column=None, why=error.detail))
        does = LineDoes.CREATE if old is None else LineDoes.CHANGE if changes else LineDoes.UNCHANGED
        return ImportLine(
            line=row.line,
            name=row.cells.get("name") or (old.name if old else None),
            does=LineDoes.ERROR if errors else does,
            plant_id=plant_id,
            changes=changes,
            errors=tuple(errors),
        )

    def _plant(self, row: Row) -> Planted | None:
        """Find the plant that a line means; None: a new one."""
        number, name = row.cells.get("id"), row.cells.get("name")
        if number is not None:
            found = self.by_id.get(number.lower())
            if found is None:
                raise _Wrong("id", "there is no such plant; leave the id away for a new one")
            return found
        if name is None:
            raise _Wrong("name", "a plant needs a name")
        if self.names[name.casefold()] > 1:
            raise _Wrong(
                "name", "this name stands twice in the table; tell them apart by their ids, or name them differently"
            )
        found_here = self.by_name.get(name.casefold(), ())
        if len(found_here) > 1:
            raise _Wrong("name", "several plants have this name; tell which by its id (an export has them)")
        return found_here[0] if found_here else None

    def _difference(self, row: Row, old: Planted | None) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Tell the fields that a line changes, and the columns that they stand in."""
        fields: dict[str, Any] = {}
        columns: list[str] = []
        for column, text in row.cells.items():
            if column in {"id", "channels"} or (column == "name" and old is not None and "id" not in row.cells):
                continue  # who is known by its name keeps it as it is written there
            value = None if text == EMPTIED else text
            if column in BOUNDS:
                need, end = BOUNDS[column]
                wanted = None if value is None else float(value)
                if wanted != getattr(getattr(old.bounds if old else NOTHING, need), end, None):
                    fields.setdefault("thresholds", {}).setdefault(str(need), {})[end] = wanted
                    columns.append(column)
                continue
            name, wanted_field = self._field(column, value)
            if old is None or wanted_field != getattr(old, name):
                fields[name] = wanted_field
                columns.append(column)
        return fields, tuple(columns)

    def _field(self, column: str, value: str | None) -> tuple[str, object]:
        if column == "species":
            if value is None:
                return "species_id", None
            meant = self.meant[value]
            if meant.species_id is None:
                raise _Wrong("species", meant.why)
            return "species_id", meant.species_id
        if column == "pot_litres":
            return "pot_litres", None if value is None else float(value)
        return FIELDS[column], "" if column == "notes" and value is None else value

    def _new_probes(self, row: Row, old: Planted | None) -> list[Probe]:
        """Give the channels that shall serve the plant and don't yet; what serves it already stays."""
        here = {self.probes[name].metric: name for name in (old.channels if old else ())}
        found: list[Probe] = []
        for name in row.cells.get("channels", "").split():
            probe = self.probes.get(name)
            if probe is None:
                raise _Wrong("channels", f"there is no channel {name[:200]}; it is written device/channel key")
            there = here.get(probe.metric)
            if there not in {None, name}:
                raise _Wrong(
                    "channels", f"the plant has {probe.metric} from {there} already: end that assignment first"
                )
            if there is None:
                here[probe.metric] = name
                found.append(probe)
        return found

    async def _do(self, old: Planted | None, fields: Mapping[str, Any], probes: Sequence[Probe]) -> UUID:
        plant_id = await self._create(fields) if old is None else await self._change(old, fields)
        for probe in probes:
            row = AssignmentRow(uuid7(), plant_id, probe.id, probe.metric, floor(self.now, HOUR), None)
            if await store.assign(self.connection, row) is not None:
                raise _Wrong("channels", f"another channel will serve the plant for {probe.metric}: end that first")
        await care.note(self.connection, plant_id, self.now)
        self.touched.append(plant_id)
        return plant_id

    async def _create(self, fields: Mapping[str, Any]) -> UUID:
        wish = PlantCreate.model_validate(fields)
        species = await profile(self.connection, wish.species_id)
        if species is not None and wish.species is None:
            wish = wish.model_copy(update={"species": species.name})
        plant_id = uuid7()
        own = Own(wish.species_id, bounds_after(NOTHING, wish.thresholds, species), {})
        await store.add(self.connection, plant_id, wish, own, self.now)
        return plant_id

    async def _change(self, old: Planted, fields: Mapping[str, Any]) -> UUID:
        wish = PlantChange.model_validate(fields)
        own = await store.own(self.connection, old.id)
        if own is None:
            raise _Wrong(None, "the plant was removed meanwhile")
        wish, bounds = await with_bounds(self.connection, wish, own.species_id, own.bounds)
        await store.change(self.connection, old.id, wish, Own(own.species_id, bounds, own.site), self.now)
        return old.id


def _misfit(place: tuple[int | str, ...], message: str) -> LineError:
    why = message.removeprefix("Value error, ").removeprefix("Input ")
    columns = {field: column for column, field in FIELDS.items()} | {"species_id": "species"}
    first = str(place[0]) if place else ""
    column = f"{place[1]}_{place[2]}" if len(place) > 2 else columns.get(first, first)  # noqa: PLR2004 - need and end
    return LineError(column=None if column == "thresholds" or not column else column, why=f"{why[:1].lower()}{why[1:]}")
