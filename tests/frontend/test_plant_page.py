"""The plant's page in a real browser: what happened is on the charts, plants are compared, pictures leafed through."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from aioplantops.alerts import AlertKind
from aioplantops.care import CareKind, CareLog
from aioplantops.metrics import Metric
from aioplantops.models import PlantCreate
from plantops.demo.care import drawing
from playwright.async_api import Page, expect

from tests.frontend.conftest import DESKTOP, PHONE, Dashboard
from tests.frontend.planting import Past, alert_of, plant_with

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTE = timedelta(minutes=1)
DRY: Past = [(minutes * MINUTE, 12.0) for minutes in range(0, 300, 10)]
WITH_A_GAP: Past = [(minutes * MINUTE, 50.0) for minutes in range(0, 1_200, 10) if not 300 < minutes < 900]


async def test_what_happened_is_told_where_it_is_marked(dashboard: Dashboard) -> None:
    async with dashboard.client() as client:
        dry = PlantCreate.model_validate({"name": "Dry one", "thresholds": {"soil_moisture": {"low": 35, "high": 75}}})
        plant = await plant_with(client, dry, "marked", {Metric.SOIL_MOISTURE: DRY})
        alert = await alert_of(client, plant, AlertKind.SOIL_MOISTURE_LOW)
        noted = datetime.now(UTC) - timedelta(hours=3)
        await client.log_care(plant, CareLog(kind=CareKind.NOTE, at=noted, note="<b>hm"))
        for options, lasts in ((DESKTOP, "still so"), (PHONE, "noch immer")):
            async with dashboard.visit(**options) as visit:
                await visit.go(f"/plants/{plant}")
                await _walk_the_lane(visit.page, (f"{lasts} {alert.words}", "<b>hm"))
                assert await visit.violations() == []
                assert visit.complaints == []
        await _leads_on(dashboard, plant, alert.words)
        await client.delete_plant(plant)


async def _walk_the_lane(page: Page, told: Sequence[str]) -> None:
    """Go from mark to mark with the arrow keys, hearing of each."""
    lane = page.locator("plantops-lane").first
    marks = lane.get_by_role("button")
    await expect(marks).to_have_count(len(told))
    await marks.first.focus()
    for words in told:
        await expect(page.locator("plantops-chart .read").first).to_contain_text(words)
        await expect(lane.locator("[tabindex='0']")).to_have_count(1)
        await page.keyboard.press("ArrowRight")


async def _leads_on(dashboard: Dashboard, plant: UUID, words: str) -> None:
    """See that who says by keyboard that one knows is on the alert, or the next, not at the page's beginning."""
    async with dashboard.visit() as visit:
        for page, said, kept in (
            ("/today", "Tomorrow", "quiet until"),
            (f"/plants/{plant}", "I know", "You know of it"),
        ):
            await visit.go(page)
            row = visit.page.locator("plantops-alert", has_text=words)
            await row.get_by_role("button", name=f"{said}:").press("Enter")
            await expect(row).to_contain_text(kept)
            await expect(visit.page.locator("plantops-alert:focus, plantops-task:focus")).to_have_count(1)


async def test_a_plant_is_compared_with_another_and_gaps_stay_gaps(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        one = await plant_with(client, PlantCreate(name="One"), "compared-1", {Metric.SOIL_MOISTURE: WITH_A_GAP})
        other = await plant_with(
            client, PlantCreate(name="<i>Other"), "compared-2", {Metric.SOIL_MOISTURE: DRY, Metric.TEMPERATURE: DRY}
        )
        await visit.go(f"/plants/{one}")
        await page.get_by_text("Day", exact=True).click()
        await page.get_by_label("Compare with").select_option("<i>Other")
        chart = page.locator("plantops-chart")
        await expect(chart.locator(".legend li")).to_have_text(["One", "<i>Other"])
        await expect(chart.get_by_role("img")).to_have_attribute(
            "aria-label", re.compile("One: last 50.*; <i>Other: last 12")
        )
        await page.get_by_text("As a table").click()
        rows = chart.get_by_role("table").locator("tbody tr")
        await expect(rows).to_have_count(24)
        await expect(rows.last.locator("td")).to_have_text(["50\u202f%", "12\u202f%"])
        await expect(rows.locator("td:nth-child(2)", has_text="no readings").first).to_be_attached()
        assert await visit.violations() == []
        await page.get_by_role("button", name="Earlier").click()
        await expect(page.get_by_text("No readings in this span")).to_be_visible()
        await expect(page.locator(".when [aria-live]")).to_contain_text("until")
        assert visit.complaints == []
        for plant in (one, other):
            await client.delete_plant(plant)


async def test_pictures_are_leafed_through_with_the_keyboard_and_removed(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        plant = (await client.create_plant(PlantCreate(name="Pictured"))).id
        taken = datetime(2026, 3, 14, 12, tzinfo=UTC)
        for days in range(9):
            await client.add_photo(plant, drawing(0, 3 * days, taken + timedelta(days=days)))
        await visit.go("/")
        small = page.locator("plantops-plant-card", has_text="Pictured").locator("img")
        await small.scroll_into_view_if_needed()
        await small.evaluate("image => image.decode()")  # fails for what is no picture
        await visit.go(f"/plants/{plant}")
        photos = page.locator("plantops-photos")
        await expect(photos.locator("li")).to_have_count(7)
        await photos.get_by_role("button", name="All 9 photos").click()
        await expect(photos.locator("li")).to_have_count(9)
        await photos.get_by_role("button", name="Pictured on 22 Mar 2026").click()
        shown = page.get_by_role("dialog")
        await expect(shown.get_by_role("img", name="Pictured on 22 Mar 2026")).to_be_visible()
        await page.keyboard.press("ArrowLeft")
        await expect(shown.get_by_role("img", name="Pictured on 21 Mar 2026")).to_be_visible()
        await page.keyboard.press("Home")
        await expect(shown.get_by_role("status")).to_contain_text("9 of 9")
        assert await visit.violations() == []
        await page.keyboard.press("Escape")
        await expect(shown).to_have_count(0)
        await photos.get_by_role("button", name="Pictured on 14 Mar 2026").click()
        await shown.get_by_role("button", name="Remove").click()
        await shown.get_by_role("button", name="Are you sure?").click()
        await expect(photos.locator("li")).to_have_count(8)
        await expect(shown).to_have_count(0)
        assert visit.complaints == []
        await client.delete_plant(plant)
