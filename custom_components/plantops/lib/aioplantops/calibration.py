"""How a channel's numbers become the metric's unit: versions of `factor · sent + offset`, and the way to a new one."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from .errors import NotFound, PlantOpsError
from .hours import Hour
from .metrics import Metric
from .wire import Answer, Name, Request, Utc

MOST_POINTS = 20
"""Points that one calibration may be made from."""


class CalibrationNotFound(NotFound):
    """This channel has no such calibration."""

    code = "calibration_not_found"


class CalibrationInvalid(PlantOpsError):
    """These points make no calibration."""

    code, status = "calibration_invalid", HTTPStatus.UNPROCESSABLE_ENTITY


class CalibrationNotBegun(NotFound):
    """No calibration of this channel is under way: begin one with `POST /calibration/procedure`."""

    code = "calibration_not_begun"


class CalibrationUnsteady(PlantOpsError):
    """What the probe sends is not steady yet."""

    code, status = "calibration_unsteady", HTTPStatus.CONFLICT


class TooManyCalibrations(PlantOpsError):
    """This channel has as many calibrations as can be kept: remove some first."""

    code, status = "too_many_calibrations", HTTPStatus.CONFLICT


class CalibrationPoint(Request):
    """What the channel sent, and what it should have said."""

    sent: float
    """In the unit that the channel's values are stored in, e.g. V."""
    value: float
    """In the metric's unit, e.g. %."""


class FittedPoint(Answer):
    """A point of a calibration, and how well the calibration meets it."""

    sent: float
    value: float
    residual: float
    """What the calibration says of `sent`, less `value`: 0 for two points, which a line always meets."""


class Calibration(Answer):
    """A version: what it says holds from its hour until the next version's."""

    id: UUID
    channel_id: int
    from_: Annotated[Utc, Field(alias="from")]
    until: Utc | None = None
    """None: until further notice."""
    in_force: bool = True
    """False: it holds nowhere, because another one was made later for the same hour, or the channel's unit changed."""
    factor: float
    offset: float
    sent_unit: str
    unit: str
    points: tuple[FittedPoint, ...]
    substrate: str | None = None
    """What the probe stood in."""
    created_at: Utc


class CalibrationHint(Answer):
    """Why a probe should be calibrated anew: it shows another level after thorough waterings than it did."""

    reason: str
    since: Utc
    """The watering after which it was so."""
    shift: float
    """How much more it shows than it did, in the metric's unit; below 0: less."""


class ChannelCalibration(Answer):
    """All versions of a channel, the newest hour first."""

    channel_id: int
    metric: Metric
    sent_unit: str
    """The unit of what is stored."""
    unit: str
    """The unit of what is told: that of the metric where there is a calibration."""
    under_way: bool = False
    """Whether another one is being made: `…/calibration/procedure` tells how far it is."""
    versions: tuple[Calibration, ...]


class CalibrationCreate(Request):
    """Make a calibration of points that are known already, e.g. those of an earlier version of the same substrate."""

    points: Annotated[tuple[CalibrationPoint, ...], Field(min_length=2, max_length=MOST_POINTS)]
    from_: Annotated[Hour | None, Field(alias="from")] = None
    """Absent: since the current hour began. May lie in the past: what was sent then is told anew."""
    substrate: Name | None = None
    """What the probe stands in."""


class Capture(StrEnum):
    """What the probe is held in while a point is taken."""

    DRY = "dry"
    """Soil as dry as it gets: 0 % of soil moisture where no value is named."""
    WET = "wet"
    """The same soil, soaked and drained: 100 % where no value is named."""
    REFERENCE = "reference"
    """Anything whose value is known, e.g. by another instrument."""


class ProcedureStep(Request):
    """Begin to take a point; begins the procedure too, where none is under way."""

    capture: Capture
    value: float | None = None
    """What the channel should say there, in the metric's unit; absent: 0 for dry soil, 100 for wet soil."""
    substrate: Name | None = None
    """Absent: as before, else that of the plant that the channel serves."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.capture is Capture.REFERENCE and self.value is None:
            raise ValueError("a reference needs a `value`: what the channel should say there")
        return self


class ProcedureCapture(Request):
    """Take the point of the step that is under way."""

    anyway: bool = False
    """Take it although it isn't steady, e.g. of a node that sleeps for hours; one reading is needed at least."""


class ProcedureCommit(Request):
    """Make a calibration of the points that were taken."""

    from_: Annotated[Hour | None, Field(alias="from")] = None
    """Absent: since the current hour began. May lie in the past: what was sent then is told anew."""


class CapturedPoint(Answer):
    """A point that was taken from live readings."""

    capture: Capture
    sent: float
    """The median of the readings, in `sent_unit`."""
    value: float
    spread: float
    """The largest of the readings less the smallest."""
    readings: int
    captured_at: Utc


class LiveValue(Answer):
    """What the probe sends since the step began, and whether it has settled."""

    capture: Capture
    value: float
    """What the channel should say here."""
    since: Utc
    """Readings count from here."""
    sent: float | None = None
    """The median of the newest readings, in `sent_unit`; None: none came yet."""
    readings: int = 0
    """Newest readings that are judged."""
    spread: float | None = None
    """The largest of them less the smallest."""
    tolerance: float | None = None
    """They are steady when they lie so close together."""
    newest_at: Utc | None = None
    steady: bool = False
    missing: str | None = None
    """What is still missing, in words; None: the point can be taken."""


class CalibrationPreview(Answer):
    """The calibration that the points would make now."""

    factor: float
    offset: float
    points: tuple[FittedPoint, ...]


class CalibrationProcedure(Answer):
    """A calibration that is under way."""

    channel_id: int
    metric: Metric
    sent_unit: str
    unit: str
    """The metric's unit, in which `value` is."""
    substrate: str | None = None
    begun_at: Utc
    live: LiveValue | None = None
    """The step that is under way; None: the last point was taken."""
    points: tuple[CapturedPoint, ...] = ()
    preview: CalibrationPreview | None = None
    """None: it cannot be committed yet."""
    missing: str | None = None
    """What a calibration still lacks, in words; None: it can be committed."""
