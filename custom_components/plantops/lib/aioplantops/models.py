"""The things in a garden as the API tells them, and what a client may ask to have changed."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from .air import Air
from .alerts import Alert
from .calibration import CalibrationHint
from .care import NextWatering, PotLitres
from .days import PlantLight
from .hours import Hour
from .irrigation import Irrigator, Valve
from .metrics import Metric
from .needs import NeedsWish, Thresholds
from .site import Site, SiteWish
from .species import SpeciesId
from .tasks import CareTask
from .wire import Answer, ChannelKey, DeviceId, Name, Request, Utc, Words


class DeviceKind(StrEnum):
    """How a device speaks to PlantOps."""

    PLANTOPS = "plantops"
    """The PlantOps protocol over MQTT: buffered, acknowledged, never loses a reading."""
    ESPHOME = "esphome"
    """A stock ESPHome node over MQTT: live states only."""
    HTTP = "http"
    """Readings posted to the API, e.g. by Home Assistant."""


class DeviceStatus(StrEnum):
    """Whether a device is there, by its own birth message and the broker's will."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class DeviceAccess(StrEnum):
    """Whether the broker lets a device in."""

    PENDING = "pending"
    """It registered and waits for somebody to approve it."""
    ACTIVE = "active"
    REVOKED = "revoked"
    """It was thrown out, and cannot come back by registering."""


class Latest(Answer):
    """The newest reading of a channel, in the channel's unit."""

    time: Utc
    value: float


class Channel(Answer):
    """One measured series of a device."""

    id: int
    device_id: DeviceId
    key: ChannelKey
    name: str
    metric: Metric
    unit: str
    """The unit of the values that are told: the metric's own, or a probe's uncalibrated volts."""
    calibrated: bool = False
    """Whether a calibration makes them of what was sent; see `/channels/{id}/calibration`."""
    calibration_hint: CalibrationHint | None = None
    """Why it should be calibrated anew; None: nothing speaks for it."""
    latest: Latest | None = None


class Device(Answer):
    """A physical node, or a source of readings over HTTP."""

    id: DeviceId
    name: str
    kind: DeviceKind
    status: DeviceStatus
    status_at: Utc | None = None
    last_seen: Utc | None = None
    hardware_id: str | None = None
    """MAC address, 12 lower-case hexadecimal digits."""
    model: str | None = None
    manufacturer: str | None = None
    firmware: str | None = None
    sleep_seconds: float | None = None
    area: str | None = None
    access: DeviceAccess | None = None
    """None: PlantOps keeps no broker account for it."""
    created_at: Utc
    channels: tuple[Channel, ...] = ()
    valves: tuple[Valve, ...] = ()
    """What it can open, as it says."""


class DeviceChange(Request):
    """What a person may change of a device; absent fields stay, `null` empties."""

    name: Name = ""
    """The name to show; absent: unchanged."""
    area: Name | None = None


class ChannelChange(Request):
    """What a person may change of a channel."""

    name: Name


class Assignment(Answer):
    """Which channel serves a plant for one metric, and when."""

    id: UUID
    plant_id: UUID
    channel_id: int
    device_id: DeviceId
    metric: Metric
    from_: Annotated[Utc, Field(alias="from")]
    until: Utc | None = None
    """None: until further notice."""


class AssignmentCreate(Request):
    """Let a channel serve a plant from one UTC hour until another (None: until further notice)."""

    channel_id: int
    from_: Annotated[Hour | None, Field(alias="from")] = None
    """Absent: since the current hour began."""
    until: Hour | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.from_ is not None and self.until is not None and self.until <= self.from_:
            raise ValueError("an assignment must end after it begins")
        return self


class AssignmentChange(Request):
    """Move the ends of an assignment; absent fields stay, `"until": null` means until further notice."""

    from_: Annotated[Hour | None, Field(alias="from")] = None
    until: Hour | None = None


class PlantValue(Answer):
    """What a plant's channel for one metric says now."""

    metric: Metric
    unit: str
    value: float
    time: Utc
    channel_id: int


class Plant(Answer):
    """What the user cares for."""

    id: UUID
    name: str
    species: str | None = None
    """What the user calls the species."""
    species_id: SpeciesId | None = None
    """The profile that its thresholds come from."""
    area: str | None = None
    substrate: str | None = None
    pot_litres: float | None = None
    notes: str = ""
    created_at: Utc
    updated_at: Utc
    photo_id: UUID | None = None
    """Its newest picture."""
    assignments: tuple[Assignment, ...] = ()
    """Those that hold now or later; the past ones are at `/plants/{id}/assignments`."""
    values: tuple[PlantValue, ...] = ()
    """The newest reading of each metric that a channel serves now."""
    thresholds: Thresholds = Thresholds()
    """The spans that hold now: profile, its season, and what the user set."""
    site: Site = Site()
    air: Air | None = None
    """By the newest temperature and humidity, and the site's leaf offset."""
    light: PlantLight | None = None
    """None: no channel measures its light."""
    next_watering: NextWatering | None = None
    """When it will want water; None: too little is known of it."""
    last_watered_at: Utc | None = None
    """Written down by a person or seen in its soil."""


class PlantCreate(Request):
    """A new plant."""

    name: Name
    species: Name | None = None
    """Free text; absent: the profile's name, if there is one."""
    species_id: SpeciesId | None = None
    area: Name | None = None
    substrate: Name | None = None
    pot_litres: PotLitres | None = None
    notes: Words = ""
    thresholds: NeedsWish | None = None
    """Bounds of the user's own. A change touches only the ends that it names; `null` takes all of them away."""
    site: SiteWish | None = None


class PlantChange(Request):
    """What to change of a plant; absent fields stay, `null` empties (not the name)."""

    name: Name = ""
    species: Name | None = None
    """Free text; absent: the new profile's name, if the profile changes."""
    species_id: SpeciesId | None = None
    area: Name | None = None
    substrate: Name | None = None
    pot_litres: PotLitres | None = None
    notes: Words = ""
    thresholds: NeedsWish | None = None
    """Bounds of the user's own. A change touches only the ends that it names; `null` takes all of them away."""
    site: SiteWish | None = None


class GardenSnapshot(Answer):
    """The whole garden at one moment: all devices with their channels, all plants, and what is wrong with them."""

    devices: tuple[Device, ...]
    plants: tuple[Plant, ...]
    alerts: tuple[Alert, ...] = ()
    """Those that are open, the oldest first."""
    irrigation: tuple[Irrigator, ...] = ()
    tasks: tuple[CareTask, ...] = ()
    """Those that are to be done, the most urgent first."""


class Scope(StrEnum):
    """What a token allows: read ⊂ care ⊂ garden ⊂ admin, and `ingest` beside them."""

    READ = "read"
    CARE = "care"
    GARDEN = "garden"
    ADMIN = "admin"
    INGEST = "ingest"

    def grants(self, wanted: Scope) -> bool:
        """Tell whether having this scope is enough for ``wanted``."""
        if self is wanted or self is Scope.ADMIN:
            return True
        ladder = (Scope.READ, Scope.CARE, Scope.GARDEN)
        return self in ladder and wanted in ladder and ladder.index(self) >= ladder.index(wanted)


class DeadLetter(Answer):
    """A message, or a reading of one, that could not be stored, and why."""

    id: int
    received_at: Utc
    device_id: str | None
    topic: str
    reason: str
    detail: str
    payload: str
    """The beginning of what was sent; bytes that are no UTF-8 are shown as \\xNN."""
    payload_bytes: int
    """The length of what was sent, bytes."""


class Page[Item](Answer):
    """A part of a list; `next` is the cursor of the part that follows, None at the end."""

    items: tuple[Item, ...]
    next: str | None = None
