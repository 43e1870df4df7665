"""The PlantOps API as Python: one method for each thing that a program may ask of a garden.

```python
async with aiohttp.ClientSession() as session:
    client = PlantOpsClient("http://plantops.local:8000", token, session)
    garden = await client.garden()
```

Every method raises members of the `PlantOpsError` family and nothing else: what the backend's problem says
(`PlantNotFound`, `ScopeMissing`, …), `CannotConnect` when nobody answers, `NotUnderstood` when somebody else does.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import date, datetime
from uuid import UUID

from aiohttp import ClientSession
from yarl import URL

from .access import Token, TokenCreate, TokenCreated
from .alert_calls import AlertCalls
from .calendar_calls import CalendarCalls
from .calibrator import Calibrator
from .care_calls import CareCalls
from .days import PlantDays
from .health import Health
from .history import History, ReadingsPost, ReadingsPosted
from .irrigation_calls import IrrigationCalls
from .metrics import Metric
from .models import (
    Assignment,
    AssignmentChange,
    AssignmentCreate,
    Channel,
    ChannelChange,
    DeadLetter,
    Device,
    DeviceChange,
    GardenSnapshot,
    Page,
    Plant,
    PlantChange,
    PlantCreate,
)
from .notification_calls import NotificationCalls
from .photo_calls import PhotoCalls
from .registration import (
    PATH as REGISTER,
)
from .registration import (
    DeviceCredentials,
    DeviceRegister,
    RegistrationKey,
    RegistrationKeyCreate,
    RegistrationKeyCreated,
    RegistrationPlace,
)
from .species_calls import SpeciesCalls
from .stream import OnConnection, Update, ignore
from .task_calls import TaskCalls
from .transport import Query, Transport
from .trust import Trust

TIMEOUT_SECONDS = 10.0


class PlantOpsClient(
    SpeciesCalls, CareCalls, AlertCalls, IrrigationCalls, NotificationCalls, TaskCalls, CalendarCalls, PhotoCalls
):
    """One backend, asked with one token."""

    def __init__(
        self,
        base_url: str | URL,
        token: str | None,
        session: ClientSession,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        trust: Trust = True,
    ) -> None:
        """Take the backend's address, a token, an open session that stays the caller's, and whom to trust over TLS."""
        super().__init__(Transport(base_url, token, session, timeout_seconds, trust=trust))

    async def health(self) -> Health:
        """Tell how the backend feels; needs no token."""
        return await self.transport.ask(Health, "/api/health")

    async def garden(self) -> GardenSnapshot:
        """Give all devices with their channels, and all plants."""
        return await self.transport.ask(GardenSnapshot, "/api/v1/garden")

    def devices(self) -> AsyncIterator[Device]:
        """Walk through the devices: ``async for device in client.devices()``."""
        return self._walk(Page[Device], "/api/v1/devices")

    async def device(self, device_id: str) -> Device:
        """Give one device with its channels. Raises DeviceNotFound."""
        return await self.transport.ask(Device, f"/api/v1/devices/{device_id}")

    async def change_device(self, device_id: str, change: DeviceChange) -> Device:
        """Change what a person may change of a device. Raises DeviceNotFound."""
        return await self.transport.send("PATCH", f"/api/v1/devices/{device_id}", Device, body=change)

    async def register(self, device: DeviceRegister) -> DeviceCredentials:
        """Get a device's account at the broker; needs a registration key and no token, and HTTPS.

        Asking again because the answer was lost is harmless. Raises RegistrationKeyInvalid, DeviceRevoked,
        TlsRequired, BrokerAccountsExternal.
        """
        return await self.transport.send("POST", REGISTER, DeviceCredentials, body=device)

    async def approve(self, device_id: str) -> Device:
        """Let a device in that waits for it. Raises DeviceNotFound, NoBrokerAccount, DeviceRevoked."""
        return await self.transport.send("POST", f"/api/v1/devices/{device_id}/approve", Device)

    async def revoke_device(self, device_id: str) -> Device:
        """Throw a device off the broker for good. Raises DeviceNotFound, NoBrokerAccount."""
        return await self.transport.send("POST", f"/api/v1/devices/{device_id}/revoke", Device)

    async def restore_device(self, device_id: str) -> Device:
        """Let a device in again that was thrown out. Raises DeviceNotFound, NoBrokerAccount."""
        return await self.transport.send("POST", f"/api/v1/devices/{device_id}/restore", Device)

    async def renew_credentials(self, device_id: str) -> DeviceCredentials:
        """Give a device a new password; the old one is worthless at once. Raises NoBrokerAccount, DeviceRevoked."""
        return await self.transport.send("POST", f"/api/v1/devices/{device_id}/credentials", DeviceCredentials)

    def registration_keys(self) -> AsyncIterator[RegistrationKey]:
        """Walk through the registration keys, expired and revoked ones too."""
        return self._walk(Page[RegistrationKey], "/api/v1/registration-keys")

    async def registration_place(self) -> RegistrationPlace:
        """Tell where devices register, where the broker is, and whom they must trust."""
        return await self.transport.send("GET", "/api/v1/registration-place", RegistrationPlace)

    async def create_registration_key(self, key: RegistrationKeyCreate) -> RegistrationKeyCreated:
        """Make a registration key; its secret is shown this once."""
        return await self.transport.send("POST", "/api/v1/registration-keys", RegistrationKeyCreated, body=key)

    async def revoke_registration_key(self, key_id: UUID) -> None:
        """Make a registration key worthless at once; devices that registered with it stay.

        Raises RegistrationKeyNotFound.
        """
        await self.transport.tell("DELETE", f"/api/v1/registration-keys/{key_id}")

    async def channel(self, channel_id: int) -> Channel:
        """Give one channel. Raises ChannelNotFound."""
        return await self.transport.ask(Channel, f"/api/v1/channels/{channel_id}")

    async def change_channel(self, channel_id: int, change: ChannelChange) -> Channel:
        """Name a channel. Raises ChannelNotFound."""
        return await self.transport.send("PATCH", f"/api/v1/channels/{channel_id}", Channel, body=change)

    async def channel_history(
        self,
        channel_id: int,
        from_: datetime,
        until: datetime | None = None,
        *,
        points: int | None = None,
        as_sent: bool = False,
    ) -> History:
        """Give a channel's past as at most `points` points, calibrated unless wanted as sent.

        Raises ChannelNotFound, SpanInvalid.
        """
        query = {**_span(from_, until, points), **({"as_sent": "true"} if as_sent else {})}
        return await self.transport.ask(History, f"/api/v1/channels/{channel_id}/history", query)

    def calibrator(self, channel_id: int) -> Calibrator:
        """Give what calibrates a channel."""
        return Calibrator(self.transport, channel_id)

    def plants(self) -> AsyncIterator[Plant]:
        """Walk through the plants."""
        return self._walk(Page[Plant], "/api/v1/plants")

    async def plant(self, plant_id: UUID) -> Plant:
        """Give one plant. Raises PlantNotFound."""
        return await self.transport.ask(Plant, f"/api/v1/plants/{plant_id}")

    async def create_plant(self, plant: PlantCreate) -> Plant:
        """Add a plant. Raises SpeciesNotFound."""
        return await self.transport.send("POST", "/api/v1/plants", Plant, body=plant)

    async def change_plant(self, plant_id: UUID, change: PlantChange) -> Plant:
        """Change a plant; fields that were not set stay. Raises PlantNotFound, SpeciesNotFound."""
        return await self.transport.send("PATCH", f"/api/v1/plants/{plant_id}", Plant, body=change)

    async def delete_plant(self, plant_id: UUID) -> None:
        """Remove a plant; its readings stay with their channels. Raises PlantNotFound."""
        await self.transport.tell("DELETE", f"/api/v1/plants/{plant_id}")

    async def plant_history(
        self,
        plant_id: UUID,
        metric: Metric,
        from_: datetime,
        until: datetime | None = None,
        *,
        points: int | None = None,
    ) -> History:
        """Give what a plant felt, through all channels that served it. Raises PlantNotFound, SpanInvalid."""
        query = {"metric": str(metric), **_span(from_, until, points)}
        return await self.transport.ask(History, f"/api/v1/plants/{plant_id}/history", query)

    async def plant_days(self, plant_id: UUID, from_: date | None = None, until: date | None = None) -> PlantDays:
        """Tell a plant's light, air and growth day by day, `until` not among the days; the last 30 if none are named.

        Raises PlantNotFound, SpanInvalid.
        """
        ends = {"from": from_, "until": until}
        query: Query = {name: day.isoformat() for name, day in ends.items() if day is not None}
        return await self.transport.ask(PlantDays, f"/api/v1/plants/{plant_id}/days", query)

    def assignments(self, plant_id: UUID) -> AsyncIterator[Assignment]:
        """Walk through a plant's assignments, past ones too. Raises PlantNotFound."""
        return self._walk(Page[Assignment], f"/api/v1/plants/{plant_id}/assignments")

    async def assign(self, plant_id: UUID, assignment: AssignmentCreate) -> Assignment:
        """Let a channel serve a plant. Raises PlantNotFound, ChannelNotFound, AssignmentOverlaps."""
        return await self.transport.send("POST", f"/api/v1/plants/{plant_id}/assignments", Assignment, body=assignment)

    async def change_assignment(self, plant_id: UUID, assignment_id: UUID, change: AssignmentChange) -> Assignment:
        """Move the ends of an assignment. Raises AssignmentNotFound, AssignmentOverlaps, SpanInvalid."""
        path = f"/api/v1/plants/{plant_id}/assignments/{assignment_id}"
        return await self.transport.send("PATCH", path, Assignment, body=change)

    async def unassign(self, plant_id: UUID, assignment_id: UUID) -> None:
        """Remove an assignment, as if it had never been. Raises AssignmentNotFound."""
        await self.transport.tell("DELETE", f"/api/v1/plants/{plant_id}/assignments/{assignment_id}")

    async def post_readings(self, readings: ReadingsPost) -> ReadingsPosted:
        """Store readings of a source that has no MQTT. Sending the same again is harmless when they have times.

        Raises DeviceNotWritable when the device reports over MQTT.
        """
        return await self.transport.send("POST", "/api/v1/readings", ReadingsPosted, body=readings)

    def tokens(self) -> AsyncIterator[Token]:
        """Walk through the tokens, expired and revoked ones too."""
        return self._walk(Page[Token], "/api/v1/tokens")

    async def create_token(self, token: TokenCreate) -> TokenCreated:
        """Make a token; its secret is shown this once."""
        return await self.transport.send("POST", "/api/v1/tokens", TokenCreated, body=token)

    async def revoke_token(self, token_id: UUID) -> None:
        """Make a token worthless at once. Raises TokenNotFound, OwnToken, LastAdminToken."""
        await self.transport.tell("DELETE", f"/api/v1/tokens/{token_id}")

    def dead_letters(self) -> AsyncIterator[DeadLetter]:
        """Walk through what could not be stored, from the newest on."""
        return self._walk(Page[DeadLetter], "/api/v1/dead-letters")

    def export(self, from_: datetime, until: datetime | None = None, *, calibrated: bool = False) -> AsyncIterator[str]:
        """Walk through all readings of a span as lines of CSV, the heading first; as sent, unless wanted calibrated."""
        chosen = {"calibrated": "true"} if calibrated else {}
        return self.transport.lines("/api/v1/export", {**_span(from_, until, None), **chosen})

    def listen(self, on_connection: OnConnection = ignore) -> AsyncGenerator[Update]:
        """Yield the garden after everything that happens, for ever, over every interruption: see `stream`.

        Raises Unauthorized, ScopeMissing, ServerTooOld, ServerTooNew. Close it when it is left early (`aclosing`).
        """
        return self.transport.stream().listen(on_connection)


def _span(from_: datetime, until: datetime | None, points: int | None) -> Query:
    """Write a span as the API asks for it. The times need a time zone."""
    query: dict[str, str | int] = {"from": from_.isoformat()}
    if until is not None:
        query["until"] = until.isoformat()
    if points is not None:
        query["points"] = points
    return query
