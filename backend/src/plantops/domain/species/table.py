"""The table of species that comes with PlantOps: one TOML file for each group, read and checked once.

A group names the spans that its plants share, and what they lean on; a species names only what differs.
To add a species, add a block to the file of its group (see docs/species.md).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Self

from aioplantops.needs import Band, Need, Needs
from aioplantops.species import CareNotes, CommonNames, Months, Rest, Species, SpeciesSource
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .fold import fold

type Ends = Annotated[tuple[float, float], Field(min_length=2, max_length=2)]
type Said = Annotated[str, Field(min_length=3, max_length=600)]
type Called = Annotated[tuple[Annotated[str, Field(min_length=2, max_length=80)], ...], Field(min_length=1)]


class _Lines(BaseModel):
    """Anything in the files: a word that is not known there is a typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Spans(_Lines):
    """Spans as `[low, high]`."""

    soil_moisture: Ends | None = None
    temperature: Ends | None = None
    humidity: Ends | None = None
    soil_conductivity: Ends | None = None
    dli: Ends | None = None

    def needs(self, shared: Needs) -> Needs:
        """Give these spans, and the shared ones where nothing else is said. Raises ValueError for what cannot be."""
        own = {need: Band(low=ends[0], high=ends[1]) for need in Need if (ends := getattr(self, need)) is not None}
        return Needs.model_validate({**dict(shared.items()), **own}).fitting()


class _Rest(_Lines):
    months: Months
    needs: _Spans


class _Note(_Lines):
    en: Said
    de: Said


class _Kind(_Lines):
    """One species."""

    scientific: Said
    synonyms: tuple[Said, ...] = ()
    en: Called
    de: Called
    needs: _Spans = _Spans()
    rest: _Rest | None = None
    no_rest: bool = False
    note: _Note | None = None


class _Group(_Lines):
    """One file."""

    basis: Said
    references: Annotated[tuple[Said, ...], Field(min_length=1)]
    needs: _Spans
    rest: _Rest | None = None
    care: _Note
    species: Annotated[tuple[_Kind, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_need(self) -> Self:
        if missing := [need for need in Need if getattr(self.needs, need) is None]:
            raise ValueError(f"a group names every need; missing: {', '.join(missing)}")
        return self

    def told(self, name: str) -> Iterator[Species]:
        """Give its species as the API tells them."""
        shared = self.needs.needs(Needs())
        for kind in self.species:
            needs = kind.needs.needs(shared)
            yield Species(
                id=slug(kind.scientific),
                source=SpeciesSource.BUILTIN,
                name=kind.scientific,
                scientific_name=kind.scientific,
                synonyms=kind.synonyms,
                common_names=CommonNames(en=kind.en, de=kind.de),
                group=name,
                needs=needs,
                rest=self._rest_of(kind, shared, needs),
                care=CareNotes(
                    en=_joined(kind.note.en if kind.note else None, self.care.en),
                    de=_joined(kind.note.de if kind.note else None, self.care.de),
                ),
                basis=self.basis,
                references=self.references,
            )

    def _rest_of(self, kind: _Kind, shared: Needs, needs: Needs) -> Rest | None:
        """Give the rest of a species: its own as it stands, or the group's fitted to it."""
        if kind.no_rest:
            return None
        if kind.rest is not None:
            return Rest(months=kind.rest.months, needs=kind.rest.needs.needs(Needs()))
        if self.rest is None:
            return None
        bands = {
            need: Band(
                low=_fitted(need, band.low, getattr(shared, need).low, getattr(needs, need).low),
                high=_fitted(need, band.high, getattr(shared, need).high, getattr(needs, need).high),
            )
            for need, band in self.rest.needs.needs(Needs()).items()
        }
        return Rest(months=self.rest.months, needs=Needs.model_validate(bands).fitting())


def _fitted(need: Need, resting: float | None, shared: float, own: float) -> float:
    """Fit an end of the group's rest to a species: who wants twice as much water as its group does so at rest too.

    Temperatures have no proportions: there the lower one holds.
    """
    if resting is None or resting == shared:
        return own
    if need is Need.TEMPERATURE or shared == 0:
        return min(resting, own)
    return round(own * resting / shared, 1 if need is Need.DLI else 0)


def _joined(*sentences: str | None) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def slug(scientific: str) -> str:
    """Make an id from a scientific name, e.g. ``ficus-lyrata``; ids are kept in gardens and never change."""
    return re.sub(r"[^a-z0-9]+", "-", fold(scientific)).strip("-")


@cache
def builtin() -> Mapping[str, Species]:
    """Give all species of the table by id. Raises ValueError where a file says what cannot be."""
    found: dict[str, Species] = {}
    for file in sorted(files(__package__).joinpath("table").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        group = _Group.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        for species in group.told(file.name.removesuffix(".toml")):
            if found.setdefault(species.id, species) is not species:
                raise ValueError(f"{file.name}: {species.name} stands twice in the table")
    return MappingProxyType(found)
