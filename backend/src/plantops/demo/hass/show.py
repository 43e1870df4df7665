"""Home Assistant beside the demo, from its start to its end."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import aiohttp

from plantops.demo import ports
from plantops.demo.hass.door import Door
from plantops.demo.hass.folder import LOCAL, lay_out
from plantops.demo.notes import HassNotes
from plantops.demo.programs import Program
from plantops.ops.folder import make_folder, write_private
from plantops.ops.supervision import Child
from plantops.settings import Settings

PORT = 8123
"""Where people look for Home Assistant."""
LOGIN = "gardener"
READY_SECONDS = 300.0
CARD = "frontend/plantops-card.js"
STOP_SECONDS = 40.0
"""It writes its database to the end."""


@dataclass(frozen=True, slots=True)
class HassParts:
    """What a Home Assistant beside the demo is made of."""

    program: Path
    """Its `hass`; the Python beside it runs it."""
    release: Path
    """The integration as HACS installs it: a zip."""
    port: int = PORT
    """Where it should answer; another is taken where somebody else does."""

    @property
    def has_card(self) -> bool:
        """Whether the release brings the card for dashboards; it was built where Node was to be had."""
        with ZipFile(self.release) as archive:
            return CARD in archive.namelist()


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
