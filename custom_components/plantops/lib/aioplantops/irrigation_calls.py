"""What a client asks about irrigation: who waters what, water now, stop."""

from collections.abc import AsyncIterator
from uuid import UUID

from .calls import Calls
from .irrigation import Irrigator, IrrigatorChange, IrrigatorCreate, WateringCommand, WaterPlant
from .models import Page


class IrrigationCalls(Calls):
    """The part of a client that is about irrigation."""

    async def water(self, plant_id: UUID, wish: WaterPlant) -> WateringCommand:
        """Water a plant. Give the wish a key, and asking again after a lost answer waters once.

        Raises PlantNotFound, NoIrrigator, IrrigatorNotFound, WateringRefused with every reason in `errors`.
        """
        return await self.transport.send("POST", f"/api/v1/plants/{plant_id}/water", WateringCommand, body=wish)

    def irrigators(self) -> AsyncIterator[Irrigator]:
        """Walk through the irrigators, by name."""
        return self._walk(Page[Irrigator], "/api/v1/irrigators")

    async def irrigator(self, irrigator_id: UUID) -> Irrigator:
        """Give an irrigator. Raises IrrigatorNotFound."""
        return await self.transport.ask(Irrigator, f"/api/v1/irrigators/{irrigator_id}")

    async def create_irrigator(self, irrigator: IrrigatorCreate) -> Irrigator:
        """Let a valve water plants. Raises DeviceNotFound, PlantNotFound, ChannelNotFound, IrrigatorTaken."""
        return await self.transport.send("POST", "/api/v1/irrigators", Irrigator, body=irrigator)

    async def change_irrigator(self, irrigator_id: UUID, change: IrrigatorChange) -> Irrigator:
        """Change an irrigator; fields that were not set stay. Raises IrrigatorNotFound."""
        return await self.transport.send("PATCH", f"/api/v1/irrigators/{irrigator_id}", Irrigator, body=change)

    async def delete_irrigator(self, irrigator_id: UUID) -> None:
        """Close the valve and remove the irrigator. Raises IrrigatorNotFound."""
        await self.transport.tell("DELETE", f"/api/v1/irrigators/{irrigator_id}")

    def waterings(self, irrigator_id: UUID) -> AsyncIterator[WateringCommand]:
        """Walk through an irrigator's waterings, the newest first. Raises IrrigatorNotFound."""
        return self._walk(Page[WateringCommand], f"/api/v1/irrigators/{irrigator_id}/waterings")

    async def stop_irrigator(self, irrigator_id: UUID) -> Irrigator:
        """Close the valve now. Raises IrrigatorNotFound."""
        return await self.transport.send("POST", f"/api/v1/irrigators/{irrigator_id}/stop", Irrigator)

    async def clear_irrigator(self, irrigator_id: UUID) -> Irrigator:
        """Let a blocked irrigator work again. Raises IrrigatorNotFound."""
        return await self.transport.send("POST", f"/api/v1/irrigators/{irrigator_id}/clear", Irrigator)

    async def switch_irrigation_off(self) -> None:
        """Switch irrigation off in the whole house, and close every valve."""
        await self.transport.tell("POST", "/api/v1/irrigation/off")
