"""Light, air and growth of whole days, as the garden's time zone and the plant's site count them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from .metrics import Metric
from .wire import Answer, Utc

MOST_DAYS = 400
"""Days that one answer may have."""


class LightSum(Answer):
    """The light of some time."""

    dli: float | None = None
    """Photosynthetic light that fell on the plant, mol/m²; None: none was measured."""
    coverage: float = 0.0
    """Part of the time that measurements cover, 0 to 1. What lies in gaps is not in `dli`."""
    metric: Metric | None = None
    """`ppfd`, or `illuminance` by the factor of the light source."""


class PlantLight(Answer):
    """A plant's light now: looked at every few minutes, told when it changed."""

    time: Utc
    """When it was so first."""
    day: date
    """Today, as the plant counts days."""
    today: LightSum = LightSum()
    """Since the plant's day began."""
    yesterday: LightSum = LightSum()
    """The plant's last whole day."""
    last_24_hours: LightSum = LightSum()


class PlantDay(Answer):
    """One day of a plant."""

    day: date
    from_: Annotated[Utc, Field(alias="from")]
    until: Utc
    """23 or 25 hours later where the clock is changed."""
    complete: bool
    """Whether the day is over; late readings may still change it."""
    dli: float | None = None
    """Daily light integral, mol/m²; None: no light was measured."""
    light_coverage: float = 0.0
    """Part of the day (so far) that light readings cover, 0 to 1. What lies in gaps is not in `dli`."""
    light_metric: Metric | None = None
    """What `dli` is made from: `ppfd`, or `illuminance` by the factor of the light source."""
    vpd_mean: float | None = None
    """Vapour pressure deficit between leaf and air, kPa, over the time that is covered."""
    vpd_max: float | None = None
    air_coverage: float = 0.0
    """Part of the day (so far) in which temperature and humidity are both known, 0 to 1."""
    temperature_mean: float | None = None
    """°C, over the time that is covered."""
    temperature_min: float | None = None
    temperature_max: float | None = None
    temperature_coverage: float = 0.0
    growing_degree_days: float | None = None
    """°C·d between the site's `growth_base` and `growth_upper`; None: too little of the day is known."""


class PlantDays(Answer):
    """Some days of a plant, the oldest first. Days of which nothing is known are left out."""

    plant_id: UUID
    time_zone: str
    days: tuple[PlantDay, ...]
