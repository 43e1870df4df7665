"""Irrigators as the API shows them, and how people water with them."""

from aioplantops.irrigation import Irrigator, IrrigatorChange, IrrigatorCreate, WateringCommand, WaterPlant
from aioplantops.models import Page

from .call import IRRIGATOR, PLANT, Call
from .keys import IRRIGATION_ORDERS, IRRIGATORS
from .lists import ListQuery


async def list_all(call: Call[None, ListQuery]) -> Page[Irrigator]:
    """List the irrigators."""
    return await call.app[IRRIGATORS].page(call.query.cursor, call.query.limit)


async def create(call: Call[IrrigatorCreate]) -> Irrigator:
    """Add an irrigator."""
    return await call.app[IRRIGATORS].create(call.body)


async def show(call: Call) -> Irrigator:
    """Give an irrigator."""
    return await call.app[IRRIGATORS].show(call.at(IRRIGATOR))


async def change(call: Call[IrrigatorChange]) -> Irrigator:
    """Change an irrigator."""
    return await call.app[IRRIGATORS].change(call.at(IRRIGATOR), call.body)


async def remove(call: Call) -> None:
    """Remove an irrigator."""
    await call.app[IRRIGATORS].remove(call.at(IRRIGATOR))


async def waterings(call: Call[None, ListQuery]) -> Page[WateringCommand]:
    """List an irrigator's waterings."""
    return await call.app[IRRIGATORS].waterings(call.at(IRRIGATOR), call.query.cursor, call.query.limit)


async def stop(call: Call) -> Irrigator:
    """Close an irrigator's valve."""
    return await call.app[IRRIGATION_ORDERS].stop(call.at(IRRIGATOR))


async def clear(call: Call) -> Irrigator:
    """Let a blocked irrigator work again."""
    return await call.app[IRRIGATION_ORDERS].clear(call.at(IRRIGATOR))


async def switch_off(call: Call) -> None:
    """Switch irrigation off in the whole house."""
    await call.app[IRRIGATION_ORDERS].switch_off()


async def water(call: Call[WaterPlant]) -> WateringCommand:
    """Water a plant."""
    return await call.app[IRRIGATION_ORDERS].water(call.at(PLANT), call.body)
