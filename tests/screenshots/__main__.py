"""The command: `python -m tests.screenshots [--docs] [--only NAME …]`."""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from aioplantops.client import PlantOpsClient
from PIL import Image
from playwright.async_api import Browser, async_playwright

from tests.house.demonstration import Demo, demo
from tests.photograph import photograph
from tests.screenshots.pages import IN_DOCS, PICTURES, Picture
from tests.servers import named

ROOT = Path(__file__).parents[2]
INTO = ROOT / "build" / "screenshots"
DOCS = ROOT / "docs" / "images"
BROWSER = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars")
SIZES: Mapping[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True},
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CALM = "*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent }"
SETTLE_MS = 700
"""What is still fetched, such as small pictures, may come."""
ALERT_SECONDS = 180
COLOURS = 128
"""A page has few: a picture with no more is a third of the bytes."""


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description="Photograph the dashboard.")
    parser.add_argument("--docs", action="store_true", help="copy those that README and docs show into docs/images")
    parser.add_argument("--only", nargs="+", choices=[one.name for one in PICTURES], help="only these pages")
    return parser.parse_args()


async def _ids(running: Demo) -> dict[str, str]:
    """Find the plants that are shown, once the demo has found something to say about one of them."""
    async with running.client() as client:
        plants = sorted((await client.garden()).plants, key=lambda one: one.name)
        pictured = next(plant for plant in plants if plant.photo_id)
        wrong = await _wrong(client)
        shown = max((plant for plant in plants if plant.id in wrong), key=lambda one: len(one.values))
        return {"plant": str(shown.id), "pictured": str(pictured.id)}


async def _wrong(client: PlantOpsClient) -> set[UUID]:
    """Wait for the first alerts: whom they are about depends on the hour, that there are some does not."""
    try:
        async with asyncio.timeout(ALERT_SECONDS):
            while True:
                alerts = (await client.garden()).alerts
                if wrong := {alert.plant_id for alert in alerts if alert.plant_id}:
                    return wrong
                await asyncio.sleep(1)
    except TimeoutError:
        raise SystemExit(
            f"No plant of the demo has had an alert for {ALERT_SECONDS} s: has its backend said why?"
        ) from None


async def _take(browser: Browser, running: Demo, picture: Picture, ids: Mapping[str, str]) -> None:
    """Take one page in all sizes and colours."""
    url, token = str(running.notes()["url"]), str(running.notes()["token"])
    for size, options in SIZES.items():
        for scheme in SCHEMES:
            context = await browser.new_context(
                **options, color_scheme=scheme, locale="en-GB", reduced_motion="reduce", bypass_csp=True
            )
            if picture.logged_in:
                await context.request.post(f"{url}/api/v1/session", data={"token": token}, headers={"Origin": url})
            page = await context.new_page()
            await page.goto(f"{url}{picture.path.format_map(ids)}")
            await page.locator(picture.ready).first.wait_for()
            for step in picture.steps:
                await step(page)
            await page.wait_for_timeout(SETTLE_MS)
            file = INTO / f"{picture.name}-{size}-{scheme}.png"
            await photograph(page, path=file, full_page=picture.whole, style=CALM)
            await context.close()
            print(file.relative_to(ROOT))  # noqa: T201 - a command tells what it made


async def main() -> None:
    """Start a demo, photograph it, and end it."""
    words = _words()
    INTO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="plantops-pictures-") as name:
        async with demo(Path(name) / "demo") as running, async_playwright() as playwright:
            await running.until_running()
            browser = await playwright.chromium.launch(executable_path=named("PLANTOPS_CHROMIUM"), args=BROWSER)
            ids = await _ids(running)
            for picture in PICTURES:
                if not words.only or picture.name in words.only:
                    await _take(browser, running, picture, ids)
            await browser.close()
    if words.docs:
        for taken, shown in IN_DOCS.items():
            if (INTO / f"{taken}.png").exists():
                few = Image.open(INTO / f"{taken}.png").convert("RGB").quantize(COLOURS)
                few.save(DOCS / shown, optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
