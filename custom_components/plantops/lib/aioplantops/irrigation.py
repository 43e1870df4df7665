"""Irrigators: a valve or pump that waters plants, what it may do, what it was told, and why it refuses."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from .wire import Answer, ChannelKey, DeviceId, Name, Request, Utc

LONGEST_SECONDS = 3_600
"""No watering lasts longer, whatever the settings say."""

MOST_PLANTS = 32
"""On one hose."""

type Seconds = Annotated[float, Field(ge=1, le=LONGEST_SECONDS)]
type Pause = Annotated[float, Field(ge=0, le=7 * 86_400)]
type DaySeconds = Annotated[float, Field(ge=1, le=86_400)]
type Flow = Annotated[float, Field(gt=0, le=200)]
type Level = Annotated[float, Field(ge=0, le=100)]
type PlantIds = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_PLANTS)]
type CommandKey = Annotated[str, Field(min_length=8, max_length=120, pattern=r"^[\x21-\x7e]+$")]


class Valve(Answer):
    """A valve or pump, as its device declares it."""

    key: ChannelKey
    """What commands call it."""
    name: str | None = None
    max_seconds: float | None = None
    """The device closes it after so long by itself."""
    litres_per_minute: float | None = None


class WateringReason(StrEnum):
    """Why a plant is not watered, or what a person is warned of."""

    HOUSE_OFF = "house_off"
    IRRIGATOR_OFF = "irrigator_off"
    BLOCKED = "blocked"
    NO_VALVE = "no_valve"
    DEVICE_OFFLINE = "device_offline"
    BUSY = "busy"
    TOO_LONG = "too_long"
    DAILY_MAXIMUM = "daily_maximum"
    LEAK = "leak"
    LEAK_UNKNOWN = "leak_unknown"
    RESERVOIR_EMPTY = "reservoir_empty"
    RESERVOIR_UNKNOWN = "reservoir_unknown"
    PAUSE = "pause"
    PLANT_WET = "plant_wet"
    JUST_SOAKED = "just_soaked"
    PROBE_SILENT = "probe_silent"
    PROBE_FAULTY = "probe_faulty"


class WateringState(StrEnum):
    """How far a watering is."""

    SENT = "sent"
    """On its way to the device."""
    RUNNING = "running"
    """The device says that water flows."""
    DONE = "done"
    STOPPED = "stopped"
    """Ended before its time."""
    REFUSED = "refused"
    """The device did nothing, and says why."""
    EXPIRED = "expired"
    """It came too late, or never; nothing was done."""
    FAILED = "failed"
    """It went wrong, or nobody knows how it went."""

    @property
    def open(self) -> bool:
        """Whether water may flow."""
        return self in {WateringState.SENT, WateringState.RUNNING}

    @property
    def flowed(self) -> bool:
        """Whether water has flowed, for all that is known."""
        return self not in {WateringState.REFUSED, WateringState.EXPIRED}


class WateringOrigin(StrEnum):
    """Who wanted it."""

    PERSON = "person"
    AUTOMATIC = "automatic"


class Soil(StrEnum):
    """What the soil said of a watering."""

    WAITING = "waiting"
    RISEN = "risen"
    NOT_RISEN = "not_risen"
    UNKNOWN = "unknown"
    """No probe, no readings, or too little water to see."""


class WateringCommand(Answer):
    """A watering: what was asked for and what became of it."""

    id: UUID
    irrigator_id: UUID | None
    """None: the irrigator was removed since."""
    plant_id: UUID | None = None
    """For whom; None: the plant was removed since."""
    device_id: DeviceId
    valve: ChannelKey
    origin: WateringOrigin
    seconds: float
    """How long water shall flow."""
    litres: float | None = None
    """What that is, or was, by the irrigator's flow, for all its plants together; None: the flow is not known."""
    state: WateringState
    detail: str = ""
    """A sentence for people: why it was refused, what went wrong."""
    sent_at: Utc
    expires_at: Utc
    started_at: Utc | None = None
    ended_at: Utc | None = None
    ran_seconds: float | None = None
    """How long water flowed, as the device says."""
    moisture_before: float | None = None
    """Soil moisture before, %."""
    moisture_after: float | None = None
    """The highest since, %."""
    soil: Soil = Soil.WAITING
    warnings: tuple[str, ...] = ()
    """What spoke against it without forbidding it."""


class BlockKind(StrEnum):
    """Why an irrigator does nothing until a person says so."""

    LEAK = "leak"
    NO_RISE = "no_rise"
    """The soil did not get wetter after the last watering."""
    UNANSWERED = "unanswered"
    """The device never said how the last watering ended."""
    FAILED = "failed"
    """The device said that the last watering went wrong."""


class Block(Answer):
    """What an irrigator is blocked by."""

    kind: BlockKind
    since: Utc
    words: str
    """A sentence for people."""


class AutomaticBasis(StrEnum):
    """What an irrigator waters by."""

    MOISTURE = "moisture"
    """The plant's moisture is below its lower bound."""
    NEXT_WATERING = "next_watering"
    """The plant wants water now, as its own drying says."""


class Automatic(Answer):
    """When an irrigator waters by itself."""

    seconds: Seconds
    basis: AutomaticBasis = AutomaticBasis.MOISTURE
    from_: Annotated[time, Field(alias="from")] = time(7)
    """Time of the day in the garden's time zone, from which it may water."""
    until: time = time(21)
    """Until when; before `from`: over midnight."""
    most_per_day: Annotated[int, Field(ge=1, le=24)] = 2


class AutomaticWish(Request):
    """When an irrigator shall water by itself."""

    seconds: Seconds
    basis: AutomaticBasis = AutomaticBasis.MOISTURE
    from_: Annotated[time, Field(alias="from")] = time(7)
    until: time = time(21)
    most_per_day: Annotated[int, Field(ge=1, le=24)] = 2

    @model_validator(mode="after")
    def _no_zones(self) -> Self:
        if self.from_.tzinfo is not None or self.until.tzinfo is not None:
            raise ValueError("times of the day are those of the garden's time zone and carry none of their own")
        if self.from_ == self.until:
            raise ValueError("it could never water: `from` and `until` are the same")
        return self


class IrrigatorState(StrEnum):
    """How an irrigator is, in one word."""

    IDLE = "idle"
    STARTING = "starting"
    """A command is on its way."""
    RUNNING = "running"
    BLOCKED = "blocked"
    OFF = "off"
    """Switched off, alone or with the whole house."""


class Irrigator(Answer):
    """A valve or pump that waters plants."""

    id: UUID
    name: str
    plant_ids: tuple[UUID, ...]
    device_id: DeviceId
    valve: ChannelKey
    litres_per_minute: float | None = None
    max_seconds: float
    """The longest watering."""
    pause_seconds: float
    """The shortest pause between two."""
    daily_max_seconds: float
    """All waterings of the valve in one day of the garden's time zone."""
    reservoir_channel_id: int | None = None
    """A channel of metric `water_level`; None: the reservoir is not watched."""
    reservoir_minimum: float = 10.0
    """Below it the reservoir counts as empty, %."""
    leak_channel_id: int | None = None
    """A channel of metric `leak`."""
    flow_channel_id: int | None = None
    """A channel of metric `flow` or `valve_open`, which tells whether water runs."""
    automatic: Automatic | None = None
    """None: it waters only when told."""
    enabled: bool = True
    state: IrrigatorState
    block: Block | None = None
    last_command: WateringCommand | None = None
    created_at: Utc


class IrrigatorCreate(Request):
    """A new irrigator."""

    name: Name | None = None
    """Absent: the valve's name, or the first plant's."""
    plant_ids: PlantIds
    device_id: DeviceId
    valve: ChannelKey
    litres_per_minute: Flow | None = None
    """Absent: what the device declares, if it does."""
    max_seconds: Seconds = 30
    pause_seconds: Pause = 3_600
    daily_max_seconds: DaySeconds = 120
    reservoir_channel_id: int | None = None
    reservoir_minimum: Level = 10.0
    leak_channel_id: int | None = None
    flow_channel_id: int | None = None
    automatic: AutomaticWish | None = None
    enabled: bool = True


class IrrigatorChange(Request):
    """What to change of an irrigator; absent fields stay, `null` empties what may be empty."""

    name: Name = ""
    plant_ids: PlantIds = ()
    litres_per_minute: Flow | None = None
    max_seconds: Seconds = 30
    pause_seconds: Pause = 3_600
    daily_max_seconds: DaySeconds = 120
    reservoir_channel_id: int | None = None
    reservoir_minimum: Level = 10.0
    leak_channel_id: int | None = None
    flow_channel_id: int | None = None
    automatic: AutomaticWish | None = None
    enabled: bool = True


class WaterPlant(Request):
    """Water a plant now, for some seconds or with some litres."""

    seconds: Annotated[float, Field(gt=0, le=LONGEST_SECONDS)] | None = None
    litres: Annotated[float, Field(gt=0, le=1_000)] | None = None
    """Through the whole hose; needs an irrigator whose flow is known."""
    irrigator_id: UUID | None = None
    """Needed only where several irrigators water the plant."""
    force: bool = False
    """Water although the plant is wet, was just soaked, or the pause is not over. Nothing else gives way."""
    key: CommandKey | None = None
    """Chosen by the client: asking again with the same one is the same watering, not another."""

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.seconds is None) == (self.litres is None):
            raise ValueError("say either seconds or litres")
        return self
