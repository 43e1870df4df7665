"""What is done to plants, when they will want water next, and what becomes of them while their people are away."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from .errors import NotFound, PlantOpsError
from .wire import Answer, Name, Request, Utc, Words


class CareKind(StrEnum):
    """What was done."""

    WATERED = "watered"
    FERTILISED = "fertilised"
    REPOTTED = "repotted"
    PRUNED = "pruned"
    MISTED = "misted"
    """Sprayed: good for the leaves, no watering."""
    MOVED = "moved"
    NOTE = "note"
    """Something that was seen."""
    PHOTO = "photo"
    """A picture was taken; see `photo_id`."""


class CareSource(StrEnum):
    """Who says so."""

    DETECTED = "detected"
    """The soil got wetter."""
    LOGGED = "logged"
    """A person wrote it down."""
    IRRIGATED = "irrigated"
    """An irrigator did it."""


class CareEvent(Answer):
    """Something that was done to a plant."""

    id: UUID
    plant_id: UUID
    kind: CareKind
    source: CareSource
    at: Utc
    litres: float | None = None
    """Of water, when it was watered."""
    note: str = ""
    pot_litres: float | None = None
    """The new pot's, when it was repotted."""
    substrate: str | None = None
    """The new one, when it was repotted."""
    area: str | None = None
    """Where it stands since it was moved."""
    photo_id: UUID | None = None
    """The picture that was taken."""
    level_before: float | None = None
    """Soil moisture before, % as the probe showed it."""
    level_after: float | None = None
    """Soil moisture once the surplus had run out, %."""
    soaked_through: bool | None = None
    """Whether the soil got as wet as it can; None: nothing to compare with yet."""
    command_id: UUID | None = None
    """The watering command, where an irrigator did it."""


type Litres = Annotated[float, Field(gt=0, le=1_000)]
type PotLitres = Annotated[float, Field(gt=0, le=10_000)]

FIELDS_OF: Mapping[CareKind, frozenset[str]] = {
    CareKind.WATERED: frozenset({"litres"}),
    CareKind.REPOTTED: frozenset({"pot_litres", "substrate"}),
    CareKind.MOVED: frozenset({"area"}),
}
"""What can be said of each kind beside its time and a note."""
DETAILS = frozenset().union(*FIELDS_OF.values())


def check_details(kind: CareKind, said: Mapping[str, object]) -> None:
    """Make sure that what is said of a care event belongs to its kind. Raises ValueError with a sentence."""
    foreign = [name for name in sorted(DETAILS - FIELDS_OF.get(kind, frozenset())) if said.get(name) is not None]
    if foreign:
        kinds = [known for known, names in FIELDS_OF.items() if foreign[0] in names]
        raise ValueError(f"{foreign[0]} belongs to “{kinds[0]}”, not to “{kind}”")
    if kind is CareKind.MOVED and said.get("area") is None:
        raise ValueError("say where it was moved to: area")
    if kind is CareKind.NOTE and not said.get("note"):
        raise ValueError("a note needs words: note")


class CareLog(Request):
    """Something to write down; repotting and moving change the plant, too."""

    kind: CareKind = CareKind.WATERED
    at: Utc | None = None
    """Absent: now."""
    litres: Litres | None = None
    """Of water; of a watering only."""
    note: Words = ""
    pot_litres: PotLitres | None = None
    """The new pot's; of a repotting only."""
    substrate: Name | None = None
    """The new one; of a repotting only."""
    area: Name | None = None
    """Where it stands from now on; of a move, which needs it."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind is CareKind.PHOTO:
            raise ValueError("a photo is sent to /plants/{plant_id}/photos, which writes it down")
        check_details(self.kind, dict(self))
        return self


class CareChange(Request):
    """What to correct of something that a person wrote down; absent fields stay, `null` empties (not `at`)."""

    at: Utc | None = None
    litres: Litres | None = None
    note: Words = ""
    pot_litres: PotLitres | None = None
    substrate: Name | None = None
    area: Name | None = None


class CareEventNotFound(NotFound):
    """There is no such entry in this plant's care log."""

    code = "care_event_not_found"


class CareEventDetected(PlantOpsError):
    """This watering was seen in the soil, nobody wrote it down: it can be dismissed (DELETE), not changed."""

    code, status = "care_event_detected", HTTPStatus.CONFLICT


class Basis(StrEnum):
    """What a plant's next watering is told from."""

    THRESHOLD = "threshold"
    """The plant's own bound for soil moisture."""
    HABIT = "habit"
    """The level at which this plant is usually watered."""
    BEGINNING = "beginning"
    """What most plants want: too little is known of this one."""
    CARE_LOG = "care_log"
    """The days between the waterings that were written down."""


class Confidence(StrEnum):
    """How sure it is, in one word."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class NextWatering(Answer):
    """When a plant will want water."""

    at: Utc
    """In the past: it wants water now."""
    earliest: Utc
    latest: Utc
    """Four times of five the plant wants water between `earliest` and `latest`."""
    reason: str
    """One sentence for people."""
    basis: Basis
    confidence: Confidence


class Verdict(StrEnum):
    """What a plant needs while its people are away."""

    FINE = "fine"
    """It holds out until they are back."""
    WATER_BEFORE = "water_before"
    """Watered thoroughly right before they leave, it holds out."""
    NEEDS_VISIT = "needs_visit"
    """Even watered right before, it does not hold out: somebody must come."""
    UNKNOWN = "unknown"
    """Too little is known of it."""


class AbsentPlant(Answer):
    """What becomes of one plant."""

    plant_id: UUID
    name: str
    area: str | None = None
    verdict: Verdict
    visit_by: Utc | None = None
    """When somebody must have come at the latest, if it was watered right before its people left."""
    next_watering: NextWatering | None = None


class AbsencePlan(Answer):
    """Who must be watered before leaving, and who needs a visit; the neediest first."""

    from_: Annotated[Utc, Field(alias="from")]
    until: Utc
    plants: tuple[AbsentPlant, ...]
