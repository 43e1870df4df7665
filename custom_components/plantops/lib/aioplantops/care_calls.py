"""What a client asks about care: what was done, what is to be done."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from .calls import Calls
from .care import AbsencePlan, CareChange, CareEvent, CareKind, CareLog
from .models import Page


class CareCalls(Calls):
    """The part of a client that is about care."""

    def care(self, plant_id: UUID) -> AsyncIterator[CareEvent]:
        """Walk through what was done to a plant, the newest first. Raises PlantNotFound."""
        return self._walk(Page[CareEvent], f"/api/v1/plants/{plant_id}/care")

    def house_care(
        self, *, kind: CareKind | None = None, plant_id: UUID | None = None, since: datetime | None = None
    ) -> AsyncIterator[CareEvent]:
        """Walk through what was done in the whole house, the newest first: all, of a kind, or since a time."""
        wanted = {"kind": kind, "plant_id": plant_id, "since": None if since is None else since.isoformat()}
        query = {name: str(value) for name, value in wanted.items() if value is not None}
        return self._walk(Page[CareEvent], "/api/v1/care", query)

    async def log_care(self, plant_id: UUID, care: CareLog) -> CareEvent:
        """Write down what was done to a plant. Raises PlantNotFound."""
        return await self.transport.send("POST", f"/api/v1/plants/{plant_id}/care", CareEvent, body=care)

    async def change_care(self, plant_id: UUID, event_id: UUID, change: CareChange) -> CareEvent:
        """Correct what a person wrote down; fields that were not set stay.

        Raises CareEventNotFound, CareEventDetected.
        """
        path = f"/api/v1/plants/{plant_id}/care/{event_id}"
        return await self.transport.send("PATCH", path, CareEvent, body=change)

    async def delete_care(self, plant_id: UUID, event_id: UUID) -> None:
        """Take back what a person wrote down, or dismiss a watering that was none. Raises CareEventNotFound."""
        await self.transport.tell("DELETE", f"/api/v1/plants/{plant_id}/care/{event_id}")

    async def plan_absence(self, until: datetime) -> AbsencePlan:
        """Tell who must be watered before leaving now, and who needs a visit. Raises SpanInvalid."""
        return await self.transport.ask(AbsencePlan, "/api/v1/absence", {"until": until.isoformat()})
