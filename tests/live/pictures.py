"""Pictures of the garden in Home Assistant, taken by a headless Chromium that logs in as a person does.

python -m tests.live.pictures DEMO.JSON FOLDER     of a running `make demo-ha`
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.frontend.conftest import ARGUMENTS, DESKTOP
from tests.photograph import photograph
from tests.servers import named

PATIENCE_MILLISECONDS = 600_000
SETTLE_MILLISECONDS = 2_500
"""Home Assistant's graphs are drawn a moment after their frames; nothing tells when."""
PAGES = {
    "dashboard": ("", "Water "),
    "care": ("/plantops-garden/care", "Calendar"),
    "integration": ("/config/integrations/integration/plantops", "Custom integration"),
    "plant": ("", "Log watering"),
}
"""By the picture's name: the page (none: where the visitor is), and a word that stands on it once it is drawn."""
PLANT = "Monstera"
MANY = 10
"""So many plants, at least, have a card on the page that people see first."""
COLOURS = 128
STAYS = "if (navigator.serviceWorker) navigator.serviceWorker.register = () => new Promise(() => {})"
"""Home Assistant's page loads itself anew once its service worker has come, in the midst of whatever is looked at."""


@dataclass(slots=True)
class Seen:
    """What the browser saw."""

    first_address: str = ""
    cards: int = 0
    complaints: list[str] = field(default_factory=list)


async def take(login: Mapping[str, str], folder: Path) -> Seen:
    """Open a browser and take the pictures; for whoever has none."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=named("PLANTOPS_CHROMIUM"), args=ARGUMENTS, timeout=PATIENCE_MILLISECONDS
        )
        try:
            return await visit(browser, login, folder)
        finally:
            await browser.close()


async def visit(browser: Browser, login: Mapping[str, str], folder: Path) -> Seen:
    """Log in, look at the pages, and write a picture of each into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    context = await browser.new_context(**DESKTOP)
    try:
        await context.add_init_script(STAYS)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        return await _look(page, login, folder)
    finally:
        await context.close()


async def _look(page: Page, login: Mapping[str, str], folder: Path) -> Seen:
    seen = Seen()
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    await page.goto(login["url"])
    await page.locator("input[name=username]").fill(login["username"])
    await page.locator("input[name=password]").fill(login["password"])
    await page.keyboard.press("Enter")
    for name, (path, word) in PAGES.items():
        if path:
            await page.goto(login["url"] + path)
        elif seen.first_address:
            await page.get_by_text(PLANT, exact=True).first.click()
        await page.locator("#ha-launch-screen").wait_for(state="detached")
        await page.get_by_text(word).first.wait_for()
        if not seen.first_address:
            await page.locator("plantops-plant-card").nth(MANY).wait_for()
        await page.wait_for_timeout(SETTLE_MILLISECONDS)
        _keep(await photograph(page), folder / f"home-assistant-{name}.png")
        seen.complaints += await page.locator("hui-error-card, hui-warning").all_inner_texts()
        seen.first_address = seen.first_address or page.url
        seen.cards += await page.locator("plantops-plant-card").count()
    return seen


def _keep(picture: bytes, path: Path) -> None:
    """Write a picture with the few colours that a page has: a third of the bytes."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    notes = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asyncio.run(take(notes["home_assistant"], Path(sys.argv[2])))
