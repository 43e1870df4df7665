"""Irrigation on a plant's page: the demo's pump is given to a plant, waters, is refused, overruled and stopped."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.irrigation import Irrigator, IrrigatorCreate
from aioplantops.models import PlantCreate
from aioplantops.settings import GardenSettingsChange
from playwright.async_api import Page, expect

from tests.frontend.conftest import DESKTOP, PHONE, Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_pump_waters_is_refused_overruled_and_stopped(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client, _free_pump(client) as demos:
        page, dialog = visit.page, visit.page.get_by_role("dialog")
        plant = await client.create_plant(PlantCreate(name="Pumped fern"))
        await visit.go(f"/plants/{plant.id}")
        await _set_up(page, demos)
        section = page.get_by_role("region", name="Irrigation")
        await expect(section).to_contain_text("Has not watered yet.")
        (made,) = [one async for one in client.irrigators() if one.name == "Fern's hose"]
        assert (made.plant_ids, made.max_seconds, made.leak_channel_id) == ((plant.id,), 600, demos.leak_channel_id)

        await section.get_by_label("Seconds").fill("2")
        await section.get_by_role("button", name="Water …").click()
        await expect(dialog).to_be_visible()
        await expect(page.get_by_text("For 2 seconds: Pumped fern.")).to_be_visible()
        await dialog.get_by_role("button", name="Water for 2 s").click()
        await expect(section).to_contain_text(re.compile(r"2 s · \d+\u202fml, done"))
        await expect(page.locator("ol li").first).to_contain_text("by irrigation")

        await section.get_by_label("Seconds").fill("600")
        await section.get_by_role("button", name="Water …").click()
        await dialog.get_by_role("button", name="Water for 600 s").click()
        await expect(page.get_by_role("alert")).to_contain_text("Not now:")
        await dialog.get_by_role("button", name="Water all the same").click()
        await expect(section).to_contain_text("water flows")
        await section.get_by_role("button", name="Stop").click()
        await expect(section).to_contain_text("stopped")
        await expect(section).to_contain_text("ready")

        await section.get_by_role("button", name="Remove").click()
        await dialog.get_by_role("button", name="Remove").click()
        await expect(section.get_by_text("Fern's hose")).to_have_count(0)
        await client.delete_plant(plant.id)
        assert [line for line in visit.complaints if "409" not in line] == []


async def test_what_nobody_can_overrule_is_told_and_left(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        (pump,) = [one async for one in client.irrigators()]
        await visit.go(f"/plants/{pump.plant_ids[0]}")
        section = visit.page.get_by_role("region", name="Irrigation")
        await expect(section.get_by_role("button", name="Water …")).to_be_visible()
        await section.get_by_role("button", name="Water …").click()
        await client.switch_irrigation_off()
        await expect(section).to_contain_text("switched off")
        dialog = visit.page.get_by_role("dialog")
        await dialog.get_by_role("button", name=re.compile("^Water for")).click()
        await expect(visit.page.get_by_role("alert")).to_contain_text("switched off")
        await expect(dialog.get_by_role("button")).to_have_text(["Close"])
        await dialog.get_by_role("button", name="Close").click()
        await client.change_settings(GardenSettingsChange(irrigation_enabled=True))
        await expect(section.get_by_role("button", name="Water …")).to_be_visible()


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_irrigation_shuts_nobody_out(dashboard: Dashboard, options: dict[str, Any]) -> None:
    async with dashboard.visit(**options | {"locale": "en-GB"}) as visit, dashboard.client() as client:
        (pump,) = [one async for one in client.irrigators()]
        await visit.go(f"/plants/{pump.plant_ids[0]}")
        section = visit.page.get_by_role("region", name="Irrigation")
        await section.get_by_role("button", name="Change").click()
        for part in ("What it may do", "What watches over it"):
            await visit.page.get_by_text(part).click()
        await visit.page.locator("summary", has_text="Waters by itself").click()
        await visit.page.locator("label", has_text="Waters by itself").click()
        await expect(visit.page.get_by_label("Times a day, at most")).to_be_visible()
        assert await visit.violations() == []
        await visit.page.keyboard.press("Escape")
        await section.get_by_role("button", name="Water …").click()
        await expect(visit.page.get_by_role("dialog")).to_be_visible()
        assert await visit.violations() == []
        assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert visit.complaints == []


async def _set_up(page: Page, demos: Irrigator) -> None:
    """Let the demo's pump water the plant whose page it is."""
    await page.get_by_role("button", name="Let a pump water it").click()
    await page.get_by_role("combobox", name="Pump or valve").select_option(f"{demos.device_id} {demos.valve}")
    await page.get_by_label("Name", exact=True).fill("Fern's hose")
    await page.get_by_text("What it may do").click()
    await page.get_by_label("Longest watering, seconds").fill("600")
    await page.get_by_label("All together in a day").fill("3000")
    await page.get_by_text("What watches over it").click()
    await page.get_by_role("combobox", name="Leak sensor").select_option(str(demos.leak_channel_id))
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()


@asynccontextmanager
async def _free_pump(client: PlantOpsClient) -> AsyncIterator[Irrigator]:
    """Take the demo's pump from its plant for a while."""
    (pump,) = [one async for one in client.irrigators()]
    await client.delete_irrigator(pump.id)
    try:
        yield pump
    finally:
        async for left in client.irrigators():
            await client.delete_irrigator(left.id)
        wish = pump.model_dump(include={"plant_ids", "device_id", "valve", "reservoir_channel_id", "leak_channel_id"})
        await client.create_irrigator(IrrigatorCreate.model_validate(wish))
