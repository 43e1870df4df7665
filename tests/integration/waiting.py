"""Waiting for what a real backend does in its own time."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant

PATIENCE_SECONDS = 120.0


async def until(hass: HomeAssistant, condition: Callable[[], object], words: str = "") -> None:
    """Let everything go on until `condition()` holds; fail when it does not in time."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(0.02)
                await hass.async_block_till_done()
    except TimeoutError:
        raise AssertionError(f"in {PATIENCE_SECONDS:g} s it did not come about: {words}") from None
