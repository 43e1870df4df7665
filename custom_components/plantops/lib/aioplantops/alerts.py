"""Problems with a beginning and an end: what is told of them, and what people may do about them."""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from uuid import UUID

from .errors import NotFound, PlantOpsError
from .severity import Severity
from .wire import Answer, DeviceId, Request, Utc


class AlertKind(StrEnum):
    """What is wrong. A client must bear kinds that it does not know yet."""

    SOIL_MOISTURE_LOW = "soil_moisture_low"
    SOIL_MOISTURE_HIGH = "soil_moisture_high"
    TEMPERATURE_LOW = "temperature_low"
    TEMPERATURE_HIGH = "temperature_high"
    HUMIDITY_LOW = "humidity_low"
    HUMIDITY_HIGH = "humidity_high"
    SOIL_CONDUCTIVITY_LOW = "soil_conductivity_low"
    SOIL_CONDUCTIVITY_HIGH = "soil_conductivity_high"
    DLI_LOW = "dli_low"
    """Too little light, over several days."""
    DLI_HIGH = "dli_high"
    DEVICE_SILENT = "device_silent"
    """A device says nothing any more, although it usually would have."""
    SENSOR_FAULT = "sensor_fault"
    """What a probe says cannot be true: it is stuck, jumps, or says what cannot be."""
    BATTERY_LOW = "battery_low"
    FROST = "frost"
    """It will be too cold outside, by the forecast."""
    IRRIGATION_FAILED = "irrigation_failed"
    LEAK = "leak"
    RESERVOIR_EMPTY = "reservoir_empty"


class Alert(Answer):
    """A problem: opened, acknowledged, resolved. A plant, or a device, has at most one open one of each kind."""

    id: UUID
    kind: AlertKind
    severity: Severity
    plant_id: UUID | None = None
    """The plant that it is about; None: it is about a device."""
    device_id: DeviceId | None = None
    """The device that it is about, or that told of the plant."""
    channel_id: int | None = None
    """The channel that told of it."""
    opened_at: Utc
    acknowledged_at: Utc | None = None
    """Since when a person knows of it."""
    snoozed_until: Utc | None = None
    """Until when nobody wants to hear of it."""
    escalated_at: Utc | None = None
    """When it was told again, because nobody had acknowledged it for hours."""
    resolved_at: Utc | None = None
    """When it was over; None: it is open."""
    value: float | None = None
    """What was measured when it opened, in `unit`; while it is open, now and then what is measured now."""
    unit: str | None = None
    bound: float | None = None
    """The bound that was passed, in `unit`."""
    words: str
    """One sentence for people."""
    ending: str | None = None
    """Why it is over, as a sentence; None: it is open."""
    held: str | None = None
    """Why it is neither told worse nor resolved at the moment, e.g. because its probe is silent; None: it is judged."""

    def quiet(self, now: datetime) -> bool:
        """Tell whether people asked not to be reminded of it now: they know of it, or want to be asked later."""
        return self.acknowledged_at is not None or (self.snoozed_until is not None and now < self.snoozed_until)


class AlertSnooze(Request):
    """Until when nobody wants to hear of an alert."""

    until: Utc


class AlertNotFound(NotFound):
    """There is no such alert."""

    code = "alert_not_found"


class AlertResolved(PlantOpsError):
    """The alert is over already; there is nothing left to do about it."""

    code, status = "alert_resolved", HTTPStatus.CONFLICT
