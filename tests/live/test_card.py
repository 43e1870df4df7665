"""The cards in a real Home Assistant: they appear, are set up, write waterings down, and lay a whole dashboard out."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aioplantops.care import CareKind, CareSource
from playwright.async_api import Page, expect

from tests.live.conftest import PATIENCE_MS, Home

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
DARK = "rgb(28, 28, 28)"
"""The ground of a card in Home Assistant's own dark theme."""
OURS = "plantops-plant-card, plantops-garden-card, plantops-watered-feature"

expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def plants(home: Home) -> dict[str, str]:
    """Show dashboards with the cards; give the plants' devices by the plants' names."""
    devices = await home.devices()
    async with home.demo.client() as client:
        named = {plant.name: devices[str(plant.id)] async for plant in client.plants()}
    await home.show("live-garden", {"strategy": {"type": "custom:plantops"}})
    async with home.line() as line:
        rows = await line.command("config/entity_registry/list")
    basil = [row for row in rows if row["device_id"] == named["Basil"]]
    (soil,) = [row["entity_id"] for row in basil if row["translation_key"] == "soil_moisture"]
    cards: list[dict[str, Any]] = [
        {"type": "custom:plantops-plant-card", "device": named["Basil"]},
        {"type": "custom:plantops-garden-card", "areas": ["kitchen"]},
        {"type": "custom:plantops-plant-card", "device": "gone"},
        {"type": "tile", "entity": soil, "features": [{"type": "custom:plantops-watered-feature"}]},
    ]
    section = {"type": "grid", "cards": cards}
    await home.show("live-cards", {"views": [{"title": "Cards", "type": "sections", "sections": [section]}]})
    return named


async def _violations(page: Page) -> list[str]:
    """Look for what shuts people out in the cards on a page."""
    await page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found: list[str] = await page.locator(OURS).evaluate_all(
        """async cards => {
            const name = one => `#${one.id ||= 'a' + Math.random().toString(36).slice(2)}`;
            const path = one => one ? [...path(one.getRootNode().host), name(one)] : [];
            const include = cards.slice(0, 6).map(card => ({fromShadowDom: path(card)}));
            const {violations} = await axe.run({include});
            return violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`));
        }"""
    )
    return found


async def test_a_dashboard_lays_itself_out(home: Home, plants: dict[str, str]) -> None:
    async with home.page("/live-garden") as page:
        cards = page.locator("plantops-plant-card")
        await expect(cards).to_have_count(len(plants))
        await expect(page.locator("plantops-garden-card li").first).to_be_visible()
        await expect(page.get_by_text("Need care")).to_be_visible()
        await expect(page.locator("hui-todo-list-card").get_by_text("Water ").first).to_be_visible()
        for place in ("Kitchen", "Bathroom", "Study"):
            await expect(page.locator("hui-heading-card").filter(has_text=place)).to_have_count(1)
        await expect(cards.filter(has_text="Basil").locator("plantops-line path")).to_have_count(1)
        assert await _violations(page) == []
        await page.emulate_media(color_scheme="dark")
        await expect(cards.first.locator("ha-card")).to_have_css("background-color", DARK)
        assert await _violations(page) == []
    assert [words for words in home.complaints if "plantops" in words] == []


@pytest.mark.usefixtures("plants")
async def test_a_watering_is_written_down(home: Home) -> None:
    async with home.demo.client() as client, home.page("/live-cards") as page:
        (basil,) = [plant async for plant in client.plants() if plant.name == "Basil"]
        await page.locator("plantops-plant-card").get_by_role("button", name="that Basil was watered").click()
        await expect(page.get_by_text("Written down: Basil")).to_be_attached()
        written = [(event.kind, event.source) async for event in client.care(basil.id)]
        assert (CareKind.WATERED, CareSource.LOGGED) in written
        await expect(page.locator("plantops-watered-feature").get_by_text("Watered")).to_be_visible()
        await expect(page.locator("plantops-garden-card li").filter(has_text="Basil")).to_be_visible()
        await expect(page.get_by_text("This plant is not in the garden any more.")).to_be_visible()
        name = page.locator("plantops-plant-card .name").first
        assert await name.evaluate("name => getComputedStyle(name).textOverflow") == "ellipsis"


@pytest.mark.usefixtures("plants")
async def test_the_editor_sets_a_card_up(home: Home) -> None:
    async with home.page("/live-cards/0?edit=1") as page:
        await page.locator("hui-card-edit-mode").first.click()
        dialog = page.locator("hui-dialog-edit-card")
        await expect(dialog.get_by_text("Offer “Watered”")).to_be_visible()
        await expect(dialog.locator("plantops-plant-card")).to_contain_text("Basil")
        await dialog.locator("ha-selector-text input").first.fill("The one by the window")
        await expect(dialog.locator("plantops-plant-card").get_by_text("The one by the window")).to_be_visible()


@pytest.mark.usefixtures("plants")
async def test_the_picker_suggests_the_card_of_a_plant(home: Home) -> None:
    async with home.page("/live-cards/0?edit=1") as page:
        await page.locator("hui-grid-section .add").first.click()
        await page.get_by_placeholder("Search entities").fill("chives health")
        await page.get_by_text("Health").first.click()
        await expect(page.locator("hui-dialog-create-card, ha-dialog").locator("plantops-plant-card")).to_contain_text(
            "Chives"
        )
