"""A real demo and a real browser, shared by the tests of the dashboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aioplantops.client import PlantOpsClient
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from tests.bench.greenhouse import Greenhouse
from tests.bench.rig import Store
from tests.house.demonstration import demo
from tests.servers import named

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""A browser that asks nobody but the page; the tests may run as root, where Chromium has no sandbox."""

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "color_scheme": "light"}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "locale": "de-DE", "color_scheme": "dark"}
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"

TOLD = """window.told = [];
customElements.whenDefined("plantops-told").then(line => {
  line.prototype.updated = function () {
    window.told.push(this.renderRoot.querySelector("[role=status]").textContent);
  };
});"""
"""What the line at the edge of the page says is gone after some seconds, seen or not."""
LOOK_SECONDS = 0.1
PATIENCE_MS = 120_000
"""A busy machine may take its time; nothing is judged by it."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Visit:
    """One browser at the dashboard, with everything that it complained about and everybody that it asked."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def hear(self, line: ConsoleMessage) -> None:
        """Keep what the page complains of, and whom it asked in vain."""
        if line.type == "error":
            self.complaints.append(f"{line.text} {line.location['url']}")

    async def go(self, path: str) -> None:
        """Open a page of the dashboard and wait until it shows something."""
        await self.page.goto(f"{self.url}{path}")
        await self.page.wait_for_selector("main h1, main li, main .card")

    async def is_told(self, words: str) -> None:
        """Wait until the line at the edge of the page has said something."""
        async with asyncio.timeout(PATIENCE_MS / 1_000):
            while not await self.page.evaluate("words => window.told.some(said => said.includes(words))", words):
                await asyncio.sleep(LOOK_SECONDS)

    async def violations(self) -> list[tuple[str, list[str]]]:
        """Tell what axe finds on the page that shuts people out."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate("axe.run().then(said => said.violations)")
        return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


@dataclass
class Dashboard:
    """A backend that shows the dashboard, and a browser."""

    browser: Browser
    url: str
    token: str

    @asynccontextmanager
    async def visit(self, *, logged_in: bool = True, token: str = "", **options: Any) -> AsyncIterator[Visit]:
        """Open the dashboard in a browser of its own, logged in with the demo's token or another."""
        context = await self.browser.new_context(**{**DESKTOP, **options})
        context.set_default_timeout(PATIENCE_MS)
        try:
            if logged_in:
                await self._log_in(context, token or self.token)
            await context.add_init_script(TOLD)
            visit = Visit(await context.new_page(), self.url)
            visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
            visit.page.on("console", visit.hear)
            visit.page.on("request", lambda request: visit.asked.add(request.url))
            yield visit
        finally:
            await context.close()

    async def _log_in(self, context: BrowserContext, token: str) -> None:
        answer = await context.request.post(
            f"{self.url}/api/v1/session", data={"token": token}, headers={"Origin": self.url}, timeout=PATIENCE_MS
        )
        assert answer.ok, await answer.text()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[PlantOpsClient]:
        """Open the API beside the browser."""
        async with aiohttp.ClientSession() as session:
            yield PlantOpsClient(self.url, self.token, session)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start a browser once for all tests."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=named("PLANTOPS_CHROMIUM"), args=ARGUMENTS, timeout=PATIENCE_MS
        )
        try:
            yield running
        finally:
            await running.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def dashboard(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dashboard]:
    """Start a demo once for all tests of the dashboard."""
    folder: Path = tmp_path_factory.mktemp("dashboard") / "demo"
    async with demo(folder, ALLOW_PRIVATE_TARGETS="127.0.0.0/8") as running:
        await running.until_running()
        notes = running.notes()
        yield Dashboard(browser, str(notes["url"]), str(notes["token"]))


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def greenhouse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Greenhouse]:
    """Start a large garden once for all tests, with a backend that may be killed."""
    folder = tmp_path_factory.mktemp("greenhouse")
    folder.chmod(0o711)
    async with Store.open(folder / "store") as store, Greenhouse.open(folder, store) as running:
        yield running
