"""The demo with its Home Assistant, and what a person or a program can find out about both."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil
from aioplantops.client import PlantOpsClient
from aioplantops.errors import CannotConnect, Unavailable
from plantops.demo.hass.door import Door, HassRefused, NotThere

from tests.house.demonstration import LOOK_SECONDS, Demo

PATIENCE_SECONDS = 600.0
"""Nothing here is a matter of speed: a busy machine may take its time."""


async def until[T](look: Callable[[], Awaitable[T]], words: str) -> T:
    """Look again and again until there is something to see; fail, saying what was waited for, when it never is.

    While Home Assistant or the backend is away there is nothing to see.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with suppress(HassRefused, CannotConnect, Unavailable):
                    if seen := await look():
                        return seen
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"in {PATIENCE_SECONDS:g} s it did not come about: {words}") from None


@dataclass(slots=True)
class House:
    """The running demo, with somebody logged in at its Home Assistant."""

    demo: Demo
    door: Door
    client: PlantOpsClient

    @property
    def hass_folder(self) -> Path:
        """Where Home Assistant keeps what is its own."""
        return self.demo.folder / "home-assistant"

    @property
    def login(self) -> dict[str, str]:
        """Address, user and password, as demo.json tells them."""
        return cast("dict[str, str]", self.demo.notes()["home_assistant"])

    async def command(self, kind: str, **fields: object) -> Any:
        """Send Home Assistant a command as its pages do."""
        async with self.door.line() as line:
            return await line.command(kind, **fields)

    async def state(self, entity_id: str) -> dict[str, Any] | None:
        """Give an entity's state; None while there is none."""
        with suppress(NotThere):
            state: dict[str, Any] = await self.door.ask("GET", f"/api/states/{entity_id}")
            return state
        return None

    async def is_at(self, entity_id: str, value: str) -> bool:
        """Tell whether an entity has this state now."""
        return (await self.state(entity_id) or {}).get("state") == value

    async def entity(self, unique_id: str) -> str:
        """Wait for one of our entities and give its name in Home Assistant."""

        async def look() -> str | None:
            rows = await self.command("config/entity_registry/list")
            ours = (row["entity_id"] for row in rows if row["platform"] == "plantops" and row["unique_id"] == unique_id)
            return next(ours, None)

        return cast("str", await until(look, f"an entity {unique_id}"))

    async def device(self, entity_id: str) -> str:
        """Give the id of the device that an entity belongs to."""
        found = await self.command("config/entity_registry/get", entity_id=entity_id)
        return cast("str", found["device_id"])

    async def instance(self) -> str:
        """Tell which installation it is."""
        return str((await self.client.health()).instance_id)

    def process(self, word: str) -> psutil.Process:
        """Find the process of the demo that has the word on its command line."""
        for process in self.demo.family():
            with suppress(psutil.Error):
                if word in process.cmdline():
                    return process
        raise AssertionError(f"the demo has no process {word}")

    def log(self) -> list[str]:
        """Give what Home Assistant and the integration have logged, line by line."""
        return (self.demo.folder / "log" / "home-assistant.log").read_text(encoding="utf-8").splitlines()
