"""Devices as the API shows them."""

from aioplantops.models import Device, DeviceChange, Page

from .call import DEVICE, Call
from .keys import DEVICES, GARDEN
from .lists import ListQuery


async def list_all(call: Call[None, ListQuery]) -> Page[Device]:
    """List devices by id."""
    return await call.app[GARDEN].device_page(call.query.cursor, call.query.limit)


async def show(call: Call) -> Device:
    """Give a device."""
    return await call.app[GARDEN].device(call.at(DEVICE))


async def change(call: Call[DeviceChange]) -> Device:
    """Change what a person may change."""
    return await call.app[DEVICES].change(call.at(DEVICE), call.body)
