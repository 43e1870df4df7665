"""One request as a handler sees it: checked, typed, and with the name of who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from aiohttp import web
from aioplantops.alerts import AlertNotFound
from aioplantops.calendar import CalendarFeedNotFound
from aioplantops.calibration import CalibrationNotFound
from aioplantops.care import CareEventNotFound
from aioplantops.errors import (
    AssignmentNotFound,
    ChannelNotFound,
    DeviceNotFound,
    NotFound,
    PlantNotFound,
    RegistrationKeyNotFound,
    SpeciesNotFound,
    TokenNotFound,
    Unauthorized,
)
from aioplantops.irrigation_errors import IrrigatorNotFound
from aioplantops.notifications import ChannelNotKnown
from aioplantops.photos import PhotoNotFound
from aioplantops.species import SpeciesId
from aioplantops.tasks import TaskNotFound, TaskRuleNotFound
from aioplantops.wire import DeviceId
from pydantic import Field, TypeAdapter, ValidationError

from plantops.services.access import Caller

LARGEST_ID = 2**31 - 1
"""The largest number that PostgreSQL's integer can hold."""


@dataclass(frozen=True, slots=True)
class Place[Value]:
    """A variable part of an address, such as ``{plant_id}``: its form, and what is said when it fits nothing."""

    name: str
    form: TypeAdapter[Value]
    missing: type[NotFound]

    def read(self, text: str) -> Value:
        """Read it from the address. Raises the kind of NotFound that fits: what cannot exist is not there."""
        try:
            return self.form.validate_strings(text)
        except ValidationError:
            raise self.missing from None


type DocsFile = Literal["start.js", "swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"]
type CalendarSecret = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
type ChannelId = Annotated[int, Field(ge=1, le=LARGEST_ID)]

PLANT: Place[UUID] = Place("plant_id", TypeAdapter(UUID), PlantNotFound)
ASSIGNMENT: Place[UUID] = Place("assignment_id", TypeAdapter(UUID), AssignmentNotFound)
CARE_EVENT: Place[UUID] = Place("event_id", TypeAdapter(UUID), CareEventNotFound)
TASK: Place[UUID] = Place("task_id", TypeAdapter(UUID), TaskNotFound)
TASK_RULE: Place[UUID] = Place("rule_id", TypeAdapter(UUID), TaskRuleNotFound)
CALENDAR_FEED: Place[UUID] = Place("feed_id", TypeAdapter(UUID), CalendarFeedNotFound)
CALENDAR_SECRET: Place[str] = Place("secret", TypeAdapter(CalendarSecret), CalendarFeedNotFound)
PHOTO: Place[UUID] = Place("photo_id", TypeAdapter(UUID), PhotoNotFound)
TOKEN: Place[UUID] = Place("token_id", TypeAdapter(UUID), TokenNotFound)
NOTIFICATION_CHANNEL: Place[UUID] = Place("notification_channel_id", TypeAdapter(UUID), ChannelNotKnown)
KEY: Place[UUID] = Place("key_id", TypeAdapter(UUID), RegistrationKeyNotFound)
CALIBRATION: Place[UUID] = Place("calibration_id", TypeAdapter(UUID), CalibrationNotFound)
ALERT: Place[UUID] = Place("alert_id", TypeAdapter(UUID), AlertNotFound)
IRRIGATOR: Place[UUID] = Place("irrigator_id", TypeAdapter(UUID), IrrigatorNotFound)
CHANNEL: Place[int] = Place("channel_id", TypeAdapter(ChannelId), ChannelNotFound)
DEVICE: Place[str] = Place("device_id", TypeAdapter(DeviceId), DeviceNotFound)
SPECIES: Place[str] = Place("species_id", TypeAdapter(SpeciesId), SpeciesNotFound)
FILE: Place[DocsFile] = Place("file", TypeAdapter(DocsFile), NotFound)

PLACES: Mapping[str, Place[Any]] = {
    place.name: place
    for place in (
        NOTIFICATION_CHANNEL,
        PLANT,
        ASSIGNMENT,
        CARE_EVENT,
        TASK,
        TASK_RULE,
        CALENDAR_FEED,
        CALENDAR_SECRET,
        PHOTO,
        TOKEN,
        KEY,
        CALIBRATION,
        ALERT,
        IRRIGATOR,
        CHANNEL,
        DEVICE,
        SPECIES,
        FILE,
    )
}
"""Every variable part that an address may have, by its name in the route's template."""


@dataclass(frozen=True, slots=True)
class Call[Body = None, Query = None]:
    """What a handler gets: ``async def create(call: Call[PlantCreate]) -> Plant``."""

    request: web.Request
    body: Body
    """The request's JSON as the route's `body` model; None where the route has none."""
    query: Query
    """What stands behind the question mark, as the route's `query` model; None where the route has none."""
    address: str
    """Where the client is, seen through the trusted proxies."""
    caller: Caller | None = None
    """Who asks; None only on public routes."""

    @property
    def app(self) -> web.Application:
        """The app, for its typed keys: ``call.app[GARDEN]``."""
        return self.request.app

    @property
    def who(self) -> Caller:
        """Who asks. Raises Unauthorized on a public route to which nobody showed a token."""
        if self.caller is None:
            raise Unauthorized
        return self.caller

    def at[Value](self, place: Place[Value]) -> Value:
        """Give a variable part of the address: ``plant_id = call.at(PLANT)``."""
        return place.read(self.request.match_info[place.name])
