"""Home Assistant beside the demo, from its first start to its end, and what is set up in it by itself."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aioplantops.client import PlantOpsClient

from plantops.demo import ports
from plantops.demo.hass import board
from plantops.demo.hass.door import Door, HassRefused, Line
from plantops.demo.hass.folder import LOCAL, lay_out
from plantops.demo.notes import DemoNotes, HassNotes
from plantops.demo.programs import Program
from plantops.ops.folder import make_folder, write_private
from plantops.ops.supervision import Child
from plantops.settings import Settings

PORT = 8123
"""Where people look for Home Assistant."""
OWNER, LOGIN = "Gardener", "gardener"
READY_SECONDS = 300.0
STOP_SECONDS = 40.0
"""It writes its database to the end."""
PATIENCE_SECONDS = 120.0
"""How long the dashboard waits for the plants in it."""
LOOK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class HassParts:
    """What a Home Assistant beside the demo is made of."""

    program: Path
    """Its `hass`; the Python beside it runs it."""
    release: Path
    """The integration as HACS installs it: a zip."""
    port: int = PORT
    """Where it should answer; another is taken where somebody else does."""


@asynccontextmanager
async def open_hass(parts: HassParts, settings: Settings, on_exit: Callable[[int], None]) -> AsyncIterator[HassNotes]:
    """Run Home Assistant until the block ends; it answers when this returns, and knows nothing of PlantOps yet."""
    data = settings.plantops_data.absolute()
    port = ports.prefer(parts.port, everywhere=False)
    folder = lay_out(data / "home-assistant", parts.release, port=port, time_zone=settings.time_zone)
    notes = HassNotes(url=f"http://localhost:{port}", username=LOGIN, password=_password(folder))
    program = Program(
        name="Home Assistant",
        arguments=("homeassistant", "--config", str(folder), "--skip-pip", "--log-no-color"),
        folder=folder,
        env={"HOME": str(folder)},
        log=make_folder(data / "log", mode=0o700) / "home-assistant.log",
        python=parts.program.parent / "python",
        patience=STOP_SECONDS,
    )

    async def ready(child: Child) -> None:
        async with aiohttp.ClientSession() as session:
            await child.ready(Door(f"http://{LOCAL}:{port}", session).is_open, within=READY_SECONDS)

    async with program.running(ready, on_exit):
        yield notes


def _password(folder: Path) -> str:
    """Give the owner's password, which is made once; short, because only this machine is let in."""
    kept = folder / "password"
    if not kept.exists():
        write_private(kept, f"{secrets.token_hex(4)}\n")
    return kept.read_text(encoding="ascii").strip()


async def furnish(demo: DemoNotes) -> None:
    """Make the owner, add the integration and show the dashboard; what is there already is left alone.

    Raises HassRefused where the user has changed what this builds on.
    """
    if (hass := demo.home_assistant) is None:
        return
    async with aiohttp.ClientSession() as session:
        door = Door(hass.url, session)
        await door.make_owner(OWNER, hass.username, hass.password)
        await door.log_in(hass.username, hass.password)
        await _add_integration(door, demo)
        plants = {str(plant.id) async for plant in PlantOpsClient(demo.url, demo.token, session).plants()}
        async with door.line() as line:
            if not any(shown["url_path"] == board.PATH for shown in await line.command("lovelace/dashboards/list")):
                await _show_board(line, plants)


async def _add_integration(door: Door, demo: DemoNotes) -> None:
    """Add the demo's backend as a person would; one that is there is told its address and token again."""
    flow = await door.ask("POST", "/api/config/config_entries/flow", {"handler": "plantops"})
    fields = {"url": demo.url, "token": demo.token}
    done = await door.ask("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", fields)
    if done["type"] == "form":
        raise HassRefused(f"The integration does not find PlantOps at {demo.url}: {done['errors']}")


async def _show_board(line: Line, plants: set[str]) -> None:
    """Make the dashboard, and let it be what everybody sees first."""
    server, shown = await _known(line, plants)
    about = {"title": board.TITLE, "icon": board.ICON, "mode": "storage", "require_admin": False}
    await line.command("lovelace/dashboards/create", url_path=board.PATH, show_in_sidebar=True, **about)
    await line.command("lovelace/config/save", url_path=board.PATH, config=board.board(server, shown))
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
