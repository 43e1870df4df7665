"""The garden's settings as the API shows them."""

from aioplantops.settings import GardenSettings, GardenSettingsChange, Keeping

from .call import Call
from .keys import GARDEN_RULES, IRRIGATION_ORDERS


async def show(call: Call) -> GardenSettings:
    """Give what holds for the whole garden."""
    return await call.app[GARDEN_RULES].show()


async def keeping(call: Call) -> Keeping:
    """Tell how long readings are kept, and when the newest backup was made."""
    return await call.app[GARDEN_RULES].keeping()


async def change(call: Call[GardenSettingsChange]) -> GardenSettings:
    """Change what holds for the whole garden."""
    settings = await call.app[GARDEN_RULES].change(call.body)
    if "irrigation_enabled" in call.body.model_fields_set:
        await call.app[IRRIGATION_ORDERS].switched(on=settings.irrigation_enabled)
    return settings
