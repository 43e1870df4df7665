"""Three hundred plants in a real browser, a backend that dies under it, and readings that come over MQTT."""

import re
import time

import pytest
from aioplantops.models import PlantCreate
from playwright.async_api import Browser, Locator, Page, expect

from tests.bench.greenhouse import AREAS, OLD, PLANTS, Greenhouse, report
from tests.frontend.conftest import Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARK = "window.stillTheSame = true"
OTHERS_ARE_HERE = "customElements.whenDefined('plantops-today-page').then(() => true)"
"""The other pages are fetched as soon as there is time."""
LAID_OUT = "card => card.checkVisibility({ contentVisibilityAuto: true })"
"""It is ready before anybody scrolls to it."""
IS_MARKED = "window.stillTheSame === true"


def _dashboard(browser: Browser, greenhouse: Greenhouse) -> Dashboard:
    return Dashboard(browser, greenhouse.url, greenhouse.token)


async def test_every_plant_is_there_and_the_past_is_asked_for_as_one_scrolls(
    browser: Browser, greenhouse: Greenhouse
) -> None:
    async with _dashboard(browser, greenhouse).visit() as visit:
        page = visit.page
        await visit.go("/")
        cards = page.locator("plantops-plant-card")
        await expect(cards).to_have_count(PLANTS)
        await expect(page.locator("plantops-line path").first).to_be_attached()
        assert len([url for url in visit.asked if "/history" in url]) < PLANTS / 2
        assert await cards.last.evaluate(LAID_OUT)
        await cards.last.scroll_into_view_if_needed()
        await expect(cards.last.locator("plantops-line path")).to_be_visible()
        await page.get_by_label("Place", exact=True).select_option("Bench 3")
        await expect(cards).to_have_count(PLANTS // AREAS)
        await page.get_by_role("searchbox").fill("plant 002 basil")
        await expect(cards).to_have_count(1)
        await page.get_by_role("searchbox").fill("nothing like it")
        await page.get_by_role("button", name="Show all").click()
        await expect(cards).to_have_count(PLANTS)
        assert visit.complaints == []


async def test_three_years_are_one_chart(browser: Browser, greenhouse: Greenhouse) -> None:
    async with _dashboard(browser, greenhouse).visit() as visit:
        page = visit.page
        await visit.go("/")
        await page.get_by_role("searchbox").fill(OLD)
        await page.locator("plantops-plant-card a").click()
        await page.get_by_text("3 years", exact=True).click()
        await page.get_by_text("As a table").click()
        rows = page.get_by_role("table").locator("tbody tr")
        for row, mean in ((1, 20), (12, 40), (20, 60)):
            await expect(rows.nth(row).locator("td")).to_have_text(re.compile(rf"^\s*{mean}\s%"))
        await expect(rows.locator("td", has_text="no readings")).to_have_count(0)
        await expect(page.locator("plantops-chart canvas")).to_be_visible()
        assert visit.complaints == []


async def test_a_reading_of_a_node_is_seen_without_loading_anew(browser: Browser, greenhouse: Greenhouse) -> None:
    async with _dashboard(browser, greenhouse).visit() as visit, greenhouse.line() as line:
        await visit.go("/")
        await visit.page.evaluate(MARK)
        for moisture in (11.0, 88.0):
            await report(line, 17, moisture, time.time())
            await expect(_soil(visit.page, 17)).to_have_text(f"{moisture:.0f}")
        assert await visit.page.evaluate(IS_MARKED)


async def test_the_page_bears_a_backend_that_dies_and_is_right_when_it_is_back(
    browser: Browser, greenhouse: Greenhouse
) -> None:
    async with _dashboard(browser, greenhouse).visit() as visit, greenhouse.line() as line:
        page = visit.page
        away = page.locator(".away")
        await visit.go("/")
        await page.evaluate(MARK)
        await report(line, 23, 52.0, time.time())
        await expect(_soil(page, 23)).to_have_text("52")
        await expect(away).to_be_hidden()
        await page.evaluate(OTHERS_ARE_HERE)

        await greenhouse.kill()
        await expect(away).to_contain_text("PlantOps does not answer. What you see is as of")
        await expect(page.locator("main.old")).to_be_visible()
        await expect(page.locator("plantops-plant-card")).to_have_count(PLANTS)
        await expect(_soil(page, 23)).to_have_text("52")
        await page.get_by_role("link", name="Today").click()
        await expect(page.get_by_role("heading", name="Today")).to_be_visible()
        await page.get_by_role("link", name="Garden").click()
        await report(line, 23, 34.0, time.time())

        await greenhouse.start()
        await expect(away).to_be_hidden()
        await expect(page.locator("main.old")).to_have_count(0)
        await expect(_soil(page, 23)).to_have_text("34")
        async with greenhouse.client() as client:
            plant = await client.create_plant(PlantCreate(name="Came after the night"))
            await expect(page.locator("plantops-plant-card")).to_have_count(PLANTS + 1)
            await client.delete_plant(plant.id)
            await expect(page.locator("plantops-plant-card")).to_have_count(PLANTS)
        assert await page.evaluate(IS_MARKED)


def _soil(page: Page, number: int) -> Locator:
    """Find what the ring of a plant's card says."""
    return page.locator("plantops-plant-card", has_text=f"Plant {number:03}").locator("svg text").first
