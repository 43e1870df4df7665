"""What is done to plants, when they will want water next, and what becomes of them while their people are away."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from .wire import Answer, Request, Utc, Words


class CareKind(StrEnum):
    """What was done."""

    WATERED = "watered"


class CareSource(StrEnum):
    """Who says so."""

    DETECTED = "detected"
    """The soil got wetter."""
    LOGGED = "logged"
    """A person wrote it down."""


class CareEvent(Answer):
    """Something that was done to a plant."""

    id: UUID
    plant_id: UUID
    kind: CareKind
    source: CareSource
    at: Utc
    litres: float | None = None
    note: str = ""
    level_before: float | None = None
    """Soil moisture before, % as the probe showed it."""
    level_after: float | None = None
    """Soil moisture once the surplus had run out, %."""
    soaked_through: bool | None = None
    """Whether the soil got as wet as it can; None: nothing to compare with yet."""


class CareLog(Request):
    """Something to write down."""

    kind: CareKind = CareKind.WATERED
    at: Utc | None = None
    """Absent: now."""
    litres: Annotated[float, Field(gt=0, le=1_000)] | None = None
    note: Words = ""


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
