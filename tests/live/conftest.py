"""A real Home Assistant beside a real demo, the integration from the release's zip, a real browser before it."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from plantops.demo.hass.door import Door, Line
from playwright.async_api import Browser, Page, async_playwright

from tests.house.demonstration import Demo, demo
from tests.live.house import House
from tests.live.pictures import STAYS
from tests.servers import free_port, named

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 300_000
"""For whatever a page does; a machine with other work to do is slow."""
LOG_IN = "tokens => localStorage.setItem('hassTokens', tokens)"


@dataclass
class Home:
    """A running Home Assistant that has PlantOps in it."""

    demo: Demo
    browser: Browser
    url: str
    login: Mapping[str, str]
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """Open Home Assistant's WebSocket."""
        async with aiohttp.ClientSession() as session:
            door = Door(self.url, session)
            await door.log_in(self.login["username"], self.login["password"])
            async with door.line() as line:
                yield line

    async def show(self, path: str, config: Mapping[str, Any]) -> None:
        """Make a dashboard of one's own."""
        async with self.line() as line:
            about = {"title": path, "mode": "storage", "require_admin": False, "show_in_sidebar": True}
            await line.command("lovelace/dashboards/create", url_path=path, **about)
            await line.command("lovelace/config/save", url_path=path, config=config)

    async def devices(self) -> dict[str, str]:
        """Give the plants' devices in Home Assistant by the plants' ids."""
        async with self.demo.client() as client, self.line() as line:
            plants = {str(plant.id) async for plant in client.plants()}
            rows = await line.command("config/device_registry/list")
        return {name: row["id"] for row in rows for _, name in row["identifiers"] if name in plants}

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        """Let somebody in who talks with Home Assistant and the backend."""
        async with aiohttp.ClientSession() as session, self.demo.client() as client:
            door = Door(self.url, session)
            await door.log_in(self.login["username"], self.login["password"])
            yield House(self.demo, door, client)

    @asynccontextmanager
    async def page(self, path: str, **options: Any) -> AsyncIterator[Page]:
        """Open a page of Home Assistant, logged in through its own form."""
        context = await self.browser.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB", **options)
        await context.add_init_script(STAYS)
        context.set_default_timeout(PATIENCE_MS)
        try:
            page = await context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(error.stack or str(error)))
            await page.goto(f"{self.url}{path}")
            await page.locator("input[name=username]").fill(self.login["username"])
            await page.locator("input[name=password]").fill(self.login["password"])
            await page.keyboard.press("Enter")
            await page.locator("home-assistant-main").wait_for(state="attached")
            yield page
        finally:
            await context.close()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the integration as HACS installs it, with the card."""
    assert named("PLANTOPS_CARD").is_file()
    folder = tmp_path_factory.mktemp("release")
    subprocess.run([sys.executable, str(ROOT / "scripts" / "release.py"), str(folder)], check=True)
    return folder / "plantops.zip"


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory, release: Path) -> AsyncIterator[Home]:
    """Start demo, Home Assistant and browser once for all tests."""
    folder: Path = tmp_path_factory.mktemp("home") / "demo"
    beside = ("--hass", str(named("PLANTOPS_HASS")), "--release", str(release), "--hass-port", str(free_port()))
    async with demo(folder, *beside) as running, async_playwright() as playwright:
        await running.until_running()
        browser = await playwright.chromium.launch(
            executable_path=named("PLANTOPS_CHROMIUM"), args=ARGUMENTS, timeout=PATIENCE_MS
        )
        try:
            notes: Any = running.notes()
            hass = notes["home_assistant"]
            yield Home(running, browser, hass["url"], hass)
        finally:
            await browser.close()
