"""What OpenPlantbook says, read with care: whatever is not as it should be is refused, in words.

Its numbers are those of a widespread soil probe's app. Light is the sum of a day, in mmol/m²; lux, which it tells too,
is of a moment and no need of ours. Soil moisture is a percentage on that probe's own scale, not on the calibrated one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated

from aioplantops.needs import Band, Need, Needs, misfit
from aioplantops.species import MOST_NAMES, CommonNames, Species, SpeciesSource
from aioplantops.wire import Name, Wire
from pydantic import ConfigDict, Field, StrictFloat, StrictInt, ValidationError

from .fold import fold

MMOL_PER_MOL = 1_000
SLUG_LENGTH = 60
NAME_LETTERS = 120
MOST_FOUND = 100
"""Plants of one search that are looked at."""
LANGUAGES = ("en", "de")
BASIS = (
    "Imported from OpenPlantbook, whose numbers many people collected and nobody measured. Its soil moisture is in per "
    "cent of a certain probe's own scale, not of your calibrated one (0: your dry soil, 100: your soaked soil): the "
    "bounds are taken over as they stand, as a beginning. Watch your plant, and set its own bounds."
)
REFERENCES = ("OpenPlantbook (open.plantbook.io)",)

type Number = StrictInt | StrictFloat | None


@dataclass(frozen=True, slots=True)
class _Ends:
    """The two fields of OpenPlantbook that a need comes from, and what they are divided by."""

    low: str
    high: str
    by: int = 1


ENDS: Mapping[Need, _Ends] = MappingProxyType(
    {
        Need.SOIL_MOISTURE: _Ends("min_soil_moist", "max_soil_moist"),
        Need.TEMPERATURE: _Ends("min_temp", "max_temp"),
        Need.HUMIDITY: _Ends("min_env_humid", "max_env_humid"),
        Need.SOIL_CONDUCTIVITY: _Ends("min_soil_ec", "max_soil_ec"),
        Need.DLI: _Ends("min_light_mmol", "max_light_mmol", MMOL_PER_MOL),
    }
)


class Nonsense(ValueError):
    """The answer is not what it should be; the message says why, in words."""


class Said(Wire):
    """What OpenPlantbook says: of the right types, or not at all; what we don't know is ignored."""

    model_config = ConfigDict(strict=True)


class Token(Said):
    """What opens OpenPlantbook for a while."""

    access_token: Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[\x21-\x7e]+$")]
    expires_in: Annotated[float, Field(gt=0)] = 3_600.0
    """Seconds."""


class Hit(Said):
    """A plant in a list."""

    pid: Name
    display_pid: Name
    alias: Name | None = None
    category: Annotated[str, Field(max_length=500)] | None = None


class Hits(Said):
    """What a search found."""

    count: Annotated[int, Field(ge=0)]
    results: tuple[Hit, ...]


class _CommonName(Said):
    name: str
    language_code: str


class Detail(Said):
    """All that is known of a plant."""

    pid: Name
    display_pid: Name
    alias: Name | None = None
    common_names: Annotated[tuple[_CommonName, ...], Field(max_length=500)] = ()
    min_soil_moist: Number = None
    max_soil_moist: Number = None
    min_temp: Number = None
    max_temp: Number = None
    min_env_humid: Number = None
    max_env_humid: Number = None
    min_soil_ec: Number = None
    max_soil_ec: Number = None
    min_light_mmol: Number = None
    max_light_mmol: Number = None


def read[Said: Said](model: type[Said], body: bytes) -> Said:
    """Read an answer. Raises Nonsense, which does not repeat what the answer holds."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise Nonsense("it is no JSON, but perhaps a page for people") from None
        place = ".".join(str(step) for step in first["loc"])[:80] or "the whole"
        raise Nonsense(f"{place}: {first['msg'].lower()}") from None


def species_id(pid: str) -> str:
    """Give the id of the profile that a plant of OpenPlantbook is imported into; no two plants have the same."""
    pid = pid.casefold()
    words = fold(pid)
    slug = "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in words).split())
    if pid != slug.replace("-", " ") or len(slug) > SLUG_LENGTH:
        slug = f"{slug[:SLUG_LENGTH]}-{sha256(pid.encode()).hexdigest()[:8]}".lstrip("-")
    return f"{SpeciesSource.OPENPLANTBOOK}:{slug}"


def profile(detail: Detail, fetched_at: datetime) -> Species:
    """Make a profile of what OpenPlantbook tells. Raises Nonsense for spans that are upside down or cannot be real."""
    bands = {need: _band(need, detail) for need in Need}
    if not any(bands.values()):
        raise Nonsense("it tells no span of anything that a plant needs")
    return Species(
        id=species_id(detail.pid),
        source=SpeciesSource.OPENPLANTBOOK,
        pid=detail.pid,
        fetched_at=fetched_at,
        name=detail.display_pid,
        scientific_name=detail.display_pid,
        common_names=CommonNames(**{language: _names(detail, language) for language in LANGUAGES}),
        needs=Needs(**{str(need): band for need, band in bands.items()}),
        basis=BASIS,
        references=REFERENCES,
    )


def _band(need: Need, detail: Detail) -> Band | None:
    """Give a span; nothing, or nothing but zeros, means that nobody knows it."""
    ends = ENDS[need]
    low, high = (_divided(getattr(detail, field), ends.by) for field in (ends.low, ends.high))
    if not low and not high:
        return None
    if (why := misfit(need, low, high)) is not None:
        raise Nonsense(why)
    return Band(low=low, high=high)


def _divided(value: float | None, by: int) -> float | None:
    return None if value is None else round(value / by, 6)


def _names(detail: Detail, language: str) -> tuple[str, ...]:
    """Give a plant's names in a language, those that can be names; the alias counts as English, as most are."""
    said = [one.name for one in detail.common_names if one.language_code.lower() == language]
    if language == "en" and detail.alias is not None:
        said.insert(0, detail.alias)
    fitting = (" ".join(name.split()) for name in said if name.isprintable() and 0 < len(name.strip()) <= NAME_LETTERS)
    own = {fold(detail.display_pid), fold(detail.pid)}
    return tuple({fold(name): name for name in fitting if fold(name) not in own}.values())[:MOST_NAMES]
