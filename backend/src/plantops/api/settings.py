"""The garden's settings as the API shows them."""

from aioplantops.settings import GardenSettings, GardenSettingsChange

from .call import Call
from .keys import GARDEN_RULES


async def show(call: Call) -> GardenSettings:
    """Give what holds for the whole garden."""
    return await call.app[GARDEN_RULES].show()


async def change(call: Call[GardenSettingsChange]) -> GardenSettings:
    """Change what holds for the whole garden."""
    return await call.app[GARDEN_RULES].change(call.body)
