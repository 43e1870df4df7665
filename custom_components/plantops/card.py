"""The card for dashboards, served by the integration itself so that both are always of one version."""

from pathlib import Path

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from .const import DOMAIN

BUILT = Path(__file__).parent / "frontend"
"""Made by the build of the frontend; a checkout does not have it, the release does."""

CARD = "plantops-card.js"


async def serve(hass: HomeAssistant, folder: Path = BUILT) -> None:
    """Let every dashboard load the card, if it is here and there are dashboards.

    The address bears the version: a browser never mixes an old card with a newer integration.
    """
    there = await hass.async_add_executor_job((folder / CARD).is_file)
    if not there or "frontend" not in hass.config.components:
        return
    version = (await async_get_integration(hass, DOMAIN)).version
    place = f"/{DOMAIN}/{version}"
    await hass.http.async_register_static_paths([StaticPathConfig(place, str(folder), cache_headers=True)])
    add_extra_js_url(hass, f"{place}/{CARD}")
