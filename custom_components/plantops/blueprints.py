"""Blueprints for the commonest automations, laid where Home Assistant looks for them."""

from pathlib import Path
from shutil import copyfile

from homeassistant.core import HomeAssistant

from .const import DOMAIN

SHIPPED = Path(__file__).parent / "blueprints"


async def install(hass: HomeAssistant) -> None:
    """Lay out those that are not there; what a person changed stays as it is."""
    await hass.async_add_executor_job(_copy, Path(hass.config.path("blueprints", "automation", DOMAIN)))


def _copy(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for blueprint in sorted(SHIPPED.glob("*.yaml")):
        if not (folder / blueprint.name).exists():
            copyfile(blueprint, folder / blueprint.name)
