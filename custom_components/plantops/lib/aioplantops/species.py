"""What is known of a species: the spans that it is content in, how it rests, how it is cared for, and who says so."""

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema, model_validator

from .needs import Needs, NeedsWish
from .wire import Answer, Name, Request, Utc

MOST_NAMES = 12
"""Names of one kind that a profile may have."""

_ID = r"[a-z0-9][a-z0-9-]{0,79}(:[a-z0-9][a-z0-9-]{0,79})?"
_LONGEST_ID = 120


def _id(text: str) -> str:
    if len(text) > _LONGEST_ID or re.fullmatch(_ID, text) is None:
        raise ValueError("is no id of a species profile; they look like monstera-deliciosa, and a search tells them")
    return text


type SpeciesId = Annotated[
    str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": f"^{_ID}$", "maxLength": _LONGEST_ID})
]
"""``monstera-deliciosa`` comes with PlantOps; whatever has a colon, e.g. ``custom:…``, lies in the database."""

type Month = Annotated[int, Field(ge=1, le=12)]
type Months = Annotated[tuple[Month, ...], Field(min_length=1, max_length=11)]
type Names = Annotated[tuple[Name, ...], Field(max_length=MOST_NAMES)]
type CareNote = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")]


class SpeciesSource(StrEnum):
    """Where a profile comes from."""

    BUILTIN = "builtin"
    """The table that comes with PlantOps."""
    CUSTOM = "custom"
    """A person wrote it."""
    OPENPLANTBOOK = "openplantbook"
    """It was imported from OpenPlantbook."""


class CommonNames(Answer):
    """What people call a species; the usual name first."""

    en: tuple[str, ...] = ()
    de: tuple[str, ...] = ()


class CareNotes(Answer):
    """How to care for a species, in a few sentences."""

    en: str = ""
    de: str = ""


class Rest(Answer):
    """The season in which a species rests, and what it needs then instead."""

    months: tuple[int, ...]
    """1 to 12, as the northern half of the earth counts seasons."""
    needs: Needs


class Species(Answer):
    """A species' profile."""

    id: SpeciesId
    source: SpeciesSource
    name: str
    """The name that it is listed by: the scientific one where there is one."""
    scientific_name: str | None = None
    synonyms: tuple[str, ...] = ()
    """Other scientific names, mostly older ones that are still on labels."""
    common_names: CommonNames = CommonNames()
    group: str | None = None
    """Plants of a group want much the same."""
    needs: Needs
    rest: Rest | None = None
    care: CareNotes = CareNotes()
    basis: str = ""
    """How the numbers were found, and how far they can be trusted."""
    references: tuple[str, ...] = ()
    """What the numbers and notes lean on."""
    pid: str | None = None
    """What OpenPlantbook calls it, where it was imported from there."""
    fetched_at: Utc | None = None
    """When it was imported, or imported anew."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names that it may be looked for by."""
        scientific = () if self.scientific_name is None else (self.scientific_name,)
        return (self.name, *scientific, *self.synonyms, *self.common_names.en, *self.common_names.de)


class SpeciesFound(Species):
    """A species in a list."""

    matched: str | None = None
    """The name that fits best to what was searched; None where nothing was."""


class CommonNamesWish(Request):
    """What people call a species; the usual name first."""

    en: Names = ()
    de: Names = ()


class CareNotesWish(Request):
    """How to care for a species."""

    en: CareNote = ""
    de: CareNote = ""


class RestWish(Request):
    """The season in which a species rests, and what it needs then instead."""

    months: Months
    needs: NeedsWish

    @model_validator(mode="after")
    def _each_month_once(self) -> Self:
        if len(set(self.months)) < len(self.months):
            raise ValueError("a month stands twice")
        return self


class SpeciesCreate(Request):
    """A profile of one's own."""

    name: Name
    scientific_name: Name | None = None
    synonyms: Names = ()
    common_names: CommonNamesWish = CommonNamesWish()
    needs: NeedsWish = NeedsWish()
    rest: RestWish | None = None
    care: CareNotesWish = CareNotesWish()


class SpeciesChange(Request):
    """What to change of one's own profile; absent fields stay, `null` empties where it may stand.

    Of `needs` only the ends that are named change; everything else is replaced as a whole.
    """

    name: Name = ""
    scientific_name: Name | None = None
    synonyms: Names = ()
    common_names: CommonNamesWish = CommonNamesWish()
    needs: NeedsWish | None = None
    rest: RestWish | None = None
    care: CareNotesWish = CareNotesWish()
