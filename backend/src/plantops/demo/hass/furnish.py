"""What is set up in the demo's Home Assistant by itself, over its own API: owner, integration, dashboard."""

import asyncio

import aiohttp
from aioplantops.client import PlantOpsClient

from plantops.demo.hass import board
from plantops.demo.hass.door import Door, HassRefused, Line
from plantops.demo.notes import DemoNotes, HassNotes

OWNER = "Gardener"
OPTIONS = {"suggest_areas": True, "statistics": "past"}
"""The demo's two weeks go into Home Assistant's statistics, too."""
PATIENCE_SECONDS = 120.0
"""How long the dashboard waits for the plants in it."""
LOOK_SECONDS = 0.3
FLOW = "/api/config/config_entries/flow"
OPTIONS_FLOW = "/api/config/config_entries/options/flow"


async def furnish(demo: DemoNotes, hass: HassNotes, *, with_card: bool) -> None:
    """Make the owner, add the integration and show the dashboard; what is there already is left alone.

    Raises HassRefused where the user has changed what this builds on.
    """
    async with aiohttp.ClientSession() as session:
        door = Door(hass.url, session)
        await door.make_owner(OWNER, hass.username, hass.password)
        await door.log_in(hass.username, hass.password)
        await _add_integration(door, demo)
        plants = {str(plant.id) async for plant in PlantOpsClient(demo.url, demo.token, session).plants()}
        async with door.line() as line:
            if any(shown["url_path"] == board.PATH for shown in await line.command("lovelace/dashboards/list")):
                return
            await _show(line, board.BY_ITSELF if with_card else board.board(*await _known(line, plants)))


async def _add_integration(door: Door, demo: DemoNotes) -> None:
    """Add the demo's backend as a person would; one that is there is told its address and token again."""
    flow = await door.ask("POST", FLOW, {"handler": "plantops"})
    done = await door.ask("POST", f"{FLOW}/{flow['flow_id']}", {"url": demo.url, "token": demo.token})
    if done["type"] == "form":
        raise HassRefused(f"The integration does not find PlantOps at {demo.url}: {done['errors']}")
    if done["type"] == "create_entry":
        flow = await door.ask("POST", OPTIONS_FLOW, {"handler": done["result"]["entry_id"]})
        await door.ask("POST", f"{OPTIONS_FLOW}/{flow['flow_id']}", OPTIONS)


async def _show(line: Line, config: board.Card) -> None:
    """Make the dashboard, and let it be what everybody sees first."""
    about = {"title": board.TITLE, "icon": board.ICON, "mode": "storage", "require_admin": False}
    await line.command("lovelace/dashboards/create", url_path=board.PATH, show_in_sidebar=True, **about)
    await line.command("lovelace/config/save", url_path=board.PATH, config=config)
    await line.command("frontend/set_system_data", key="core", value={"default_panel": board.PATH})


async def _known(line: Line, plants: set[str]) -> tuple[board.Thing, list[board.Thing]]:
    """Give the server and the plants as soon as Home Assistant has them all, or what it has after a while."""
    clock = asyncio.get_running_loop()
    end = clock.time() + PATIENCE_SECONDS
    while True:
        registries = [await line.command(f"config/{kind}_registry/list") for kind in ("entity", "device", "area")]
        server, shown = board.things(*registries)
        if plants <= {plant.id for plant in shown if plant.entities} or clock.time() > end:
            return server, shown
        await asyncio.sleep(LOOK_SECONDS)
