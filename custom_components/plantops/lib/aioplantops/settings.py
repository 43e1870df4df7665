"""What holds for the whole garden, and may be changed while it runs."""

from typing import Annotated

from pydantic import Field

from .site import DayTime
from .wire import Answer, Request, Utc

type EscalationHours = Annotated[float, Field(ge=0.25, le=168)]


class GardenSettings(Answer):
    """The garden's settings. Times of the day are meant in the garden's time zone (`TIME_ZONE`)."""

    quiet_from: DayTime | None
    """From here until `quiet_until` nobody is told anything; what happens meanwhile is told afterwards, if it lasts."""
    quiet_until: DayTime | None
    """None, as `quiet_from`: there are no quiet hours."""
    critical_breaks_quiet: bool
    """Whether people are told in their quiet hours what is critical."""
    digest_at: DayTime
    """When channels that get one message a day get it."""
    escalate_after_hours: float
    """After so many hours an alert that nobody acknowledged is told once more, as worse."""
    irrigation_enabled: bool = True
    """Whether anything is watered by irrigators at all; switching it off closes every valve."""
    watering_tasks: bool = True
    """Whether each plant gets a watering task by itself."""


class GardenSettingsChange(Request):
    """What to change of the garden's settings; absent fields stay."""

    quiet_from: DayTime | None = None
    """`null`, here or at `quiet_until`: no quiet hours any more."""
    quiet_until: DayTime | None = None
    critical_breaks_quiet: bool = True
    """Absent: unchanged, as all others."""
    digest_at: DayTime = "08:00"
    escalate_after_hours: EscalationHours = 12.0
    irrigation_enabled: bool = True
    watering_tasks: bool = True


class NewestBackup(Answer):
    """The newest backup that is whole."""

    made_at: Utc
    """The moment that it holds."""
    bytes: int


class Keeping(Answer):
    """How long readings are kept, and whether there is a backup of them."""

    raw_days: int
    """Days that raw readings are kept (`RETENTION_RAW_DAYS`)."""
    hourly_days: int
    """Days that their hours are kept (`RETENTION_HOURLY_DAYS`); days are kept for ever."""
    backup: NewestBackup | None = None
    """None: nobody has noted one; only the production stack's service `backup` does."""
