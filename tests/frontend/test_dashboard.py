"""The dashboard in a real browser, against a real demo: what people see, and what they never should."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.history import PostedReading, ReadingsPost
from aioplantops.metrics import Metric
from aioplantops.models import AssignmentCreate, PlantCreate
from aioplantops.tasks import TaskKind, TaskRuleCreate
from aioplantops.telemetry import ChannelInfo
from playwright.async_api import Page, Route, expect

from tests.frontend.conftest import DESKTOP, PHONE, Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("/", "/today", "/devices", "/settings", "/system")


async def test_a_wrong_token_is_told_and_a_right_one_shows_every_plant(dashboard: Dashboard) -> None:
    async with dashboard.visit(logged_in=False) as visit, dashboard.client() as client:
        await visit.page.goto(dashboard.url)
        await visit.page.get_by_label("Access token").fill("plantops_wrong")
        await visit.page.keyboard.press("Enter")
        await expect(visit.page.get_by_role("alert")).to_contain_text("opens nothing")
        await visit.page.get_by_label("Access token").fill(dashboard.token)
        await visit.page.get_by_role("button", name="Log in").click()
        plants = (await client.garden()).plants
        await expect(visit.page.locator("plantops-plant-card")).to_have_count(len(plants))
        await visit.page.get_by_role("button", name="Log out").click()
        await expect(visit.page.get_by_label("Access token")).to_be_visible()


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_no_page_complains_asks_strangers_or_shuts_anybody_out(
    dashboard: Dashboard, options: dict[str, Any]
) -> None:
    async with dashboard.visit(**options) as visit:
        await visit.go("/")
        plant = await visit.page.locator("plantops-plant-card a").first.get_attribute("href")
        for path in (*PAGES, str(plant)):
            await visit.go(path)
            if path == plant:
                await visit.page.wait_for_selector("plantops-chart canvas")
            assert (path, await visit.violations()) == (path, [])
            assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert visit.complaints == []
        assert {url for url in visit.asked if not url.startswith((dashboard.url, "blob:", "data:"))} == set()


async def test_who_waits_for_the_first_answer_is_told(dashboard: Dashboard) -> None:
    answered = asyncio.Event()

    async def late(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    async with dashboard.visit() as visit:
        await visit.page.route("**/api/v1/session", late)
        await visit.page.goto(dashboard.url, wait_until="commit")
        await expect(visit.page.get_by_role("status")).to_have_text("Looking at the garden …")
        answered.set()
        await expect(visit.page.locator("plantops-plant-card").first).to_be_visible()
        assert visit.complaints == []
        await visit.page.unroute_all(behavior="wait")


async def test_a_reading_moves_the_garden_by_itself(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        plant = await _plant(client, "Tomato of the test", 61.0)
        await visit.go("/")
        card = visit.page.locator("plantops-plant-card", has_text="Tomato of the test")
        await expect(card.locator("svg text").first).to_have_text("61")
        await _post(client, 44.0)
        await expect(card.locator("svg text").first).to_have_text("44")
        await client.delete_plant(plant)
        await expect(card).to_have_count(0)


async def test_a_name_is_never_more_than_words(dashboard: Dashboard) -> None:
    evil = '<img src=x onerror="window.fooled=1">'
    async with dashboard.visit() as visit, dashboard.client() as client:
        plant = await client.create_plant(PlantCreate(name=evil, area="<b>x", notes=evil))
        for path in ("/", f"/plants/{plant.id}", "/today"):
            await visit.go(path)
        await visit.go(f"/plants/{plant.id}")
        await expect(visit.page.get_by_role("heading", name=evil)).to_be_visible()
        await expect(visit.page).to_have_title(f"{evil} · PlantOps")
        assert await visit.page.evaluate("window.fooled === undefined")
        assert visit.complaints == []
        await client.delete_plant(plant.id)


async def test_an_address_that_means_nothing_is_told_so_and_what_cannot_be_stored_too(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        await visit.go("/plants/%")
        await expect(visit.page.get_by_role("heading", name="Nothing grows here")).to_be_visible()
        channels = {"soil": ChannelInfo(metric=Metric.SOIL_MOISTURE)}
        readings = (PostedReading(c="soil", v=40), PostedReading(c="soil", v=900))
        await client.post_readings(ReadingsPost(device_id="beyond-belief", channels=channels, readings=readings))
        await visit.go("/system")
        await expect(visit.page.get_by_text("in the last minute")).to_be_visible()
        await expect(visit.page.locator("plantops-letters li").first).to_contain_text("beyond-belief")
        assert await visit.violations() == []
        assert visit.complaints == []


async def test_a_watering_written_down_in_one_browser_is_seen_in_another(dashboard: Dashboard) -> None:
    async with dashboard.visit() as one, dashboard.visit() as other, dashboard.client() as client:
        plant = await client.create_plant(PlantCreate(name="Watered by two"))
        for visit in (one, other):
            await visit.go(f"/plants/{plant.id}")
        await expect(other.page.get_by_text("Nothing is written down")).to_be_visible()
        await one.page.get_by_role("button", name="Watered", exact=True).click()
        await one.is_told("was watered")
        await expect(other.page.locator("ol li")).to_contain_text("written down")
        await client.delete_plant(plant.id)
        await expect(other.page.get_by_role("heading", name="This plant is gone.")).to_be_visible()


async def test_a_plant_is_added_given_sensors_and_bounds_cared_for_and_removed(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        await _post(client, 33.0)
        await visit.go("/")
        await page.get_by_role("button", name="Add a plant").click()
        await page.get_by_label("Name", exact=True).fill("Fern by the window")
        await page.get_by_role("combobox", name="Species").fill("bosten fern")
        await page.get_by_role("option", name="Nephrolepis exaltata").first.click()
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name="Fern by the window")).to_be_visible()

        await page.get_by_role("button", name="Sensors").click()
        sensors = page.get_by_label("Soil moisture")
        ours = sensors.locator("option", has_text="browser-test")
        await sensors.select_option(value=await ours.get_attribute("value"))
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("plantops-ring svg text").first).to_have_text("33")

        await _change_bounds(page)
        await page.get_by_role("button", name="More …").click()
        await page.get_by_role("combobox", name="What").select_option("repotted")
        await page.get_by_label("Pot, litres").fill("2.5")
        await page.get_by_role("button", name="Save").click()
        await expect(page.locator("ol li").first).to_contain_text("Repotted")

        plant = next(one for one in (await client.garden()).plants if one.name == "Fern by the window")
        assert plant.thresholds.soil_moisture
        assert (plant.thresholds.soil_moisture.low, plant.thresholds.soil_moisture.high) == (10, 20)
        assert (plant.species_id, plant.pot_litres) == ("nephrolepis-exaltata", 2.5)
        await page.get_by_role("button", name="Remove").click()
        await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        await expect(page.locator("plantops-plant-card", has_text="Fern by the window")).to_have_count(0)
        assert [line for line in visit.complaints if "422" not in line] == []  # bounds upside down


async def test_a_task_done_in_one_browser_is_gone_from_another(dashboard: Dashboard) -> None:
    async with dashboard.visit() as one, dashboard.visit() as other, dashboard.client() as client:
        plant = await client.create_plant(PlantCreate(name="Hungry one"))
        soon = datetime.now(UTC) + timedelta(hours=1)
        rule = TaskRuleCreate(plant_id=plant.id, kind=TaskKind.FERTILISED, every=14, first_due=soon)
        await client.create_task_rule(rule)
        for visit in (one, other):
            await visit.go("/today")
            await expect(visit.page.locator("plantops-task", has_text="Hungry one").first).to_contain_text("Fertilise")
        task = one.page.locator("plantops-task", has_text="Fertilise").filter(has_text="Hungry one")
        await task.get_by_role("button", name="Done").press("Enter")
        gone = other.page.locator("plantops-task", has_text="Fertilise").filter(has_text="Hungry one")
        await expect(gone).to_have_count(0)
        # The row is gone, the place is not: on the row that follows, or the heading where none does.
        await expect(one.page.locator("plantops-alert:focus, plantops-task:focus, h1:focus")).to_have_count(1)
        await one.go(f"/plants/{plant.id}")
        await expect(one.page.locator("ol li")).to_contain_text("Fertilised written down")
        await client.delete_plant(plant.id)


async def test_a_probe_is_calibrated_step_by_step(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        await _post_volts(client, 2.8)
        await visit.go("/devices")
        device = page.locator("li.card", has_text="calibrated-by-hand")
        await device.get_by_text("Channels").click()
        await device.get_by_role("button", name="Calibrate").click()
        for volts in (2.8, 1.2):
            await page.get_by_role("button", name="Begin").first.click()
            await expect(page.get_by_role("button", name="Take it all the same")).to_be_visible()
            await _post_volts(client, volts)
            await expect(page.locator(".live")).to_have_text(f"{volts:.2f}\u202fV")
            await page.get_by_role("button", name="Take it all the same").click()
            await expect(page.get_by_text(f"✓ {volts:.2f}")).to_be_visible()
        await page.get_by_role("button", name="Use this calibration").click()
        await visit.is_told("is calibrated")
        await _post_volts(client, 2.0)
        await expect(device.locator("dd", has_text="50\u202f%")).to_be_visible()
        assert visit.complaints == []  # such as a question after what is not under way


async def test_everything_can_be_reached_with_the_keyboard(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit:
        await visit.go("/")
        await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Enter")  # skips to the content
        for _ in range(5):  # add a plant, search, place, state, the first plant
            await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Enter")
        await expect(visit.page).to_have_url(re.compile("/plants/"))
        await expect(visit.page).to_have_title(re.compile(". · PlantOps"))
        back = visit.page.get_by_role("link", name="← Garden")
        await expect(back).to_be_visible()
        await visit.page.keyboard.press("Tab")  # goes on in what has come, not in what is gone
        await expect(back).to_be_focused()
        await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Enter")  # watered; at rest meanwhile, a button loses the focus
        await expect(visit.page.get_by_role("status").filter(has_text="was watered")).to_be_visible()
        await expect(visit.page.get_by_role("button", name="Watered", exact=True)).to_be_focused()
        await visit.page.go_back()
        await expect(visit.page.locator("plantops-plant-card").first).to_be_visible()


async def test_who_comes_back_from_a_plant_finds_the_garden_sifted_as_it_was(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit:
        await visit.go("/")
        await visit.page.get_by_role("searchbox").fill("mint")
        await expect(visit.page.locator("plantops-plant-card")).to_have_count(1)
        await expect(visit.page.get_by_text(re.compile(r"^\s*1 of \d+ plants\s*$"))).to_be_visible()
        await visit.page.get_by_role("link", name="Mint").click()
        await expect(visit.page).to_have_url(re.compile("/plants/"))
        await visit.page.go_back()
        await expect(visit.page.get_by_role("searchbox")).to_have_value("mint")
        await expect(visit.page.locator("plantops-plant-card")).to_have_count(1)


async def test_names_that_never_end_make_no_page_wider_than_a_phone(dashboard: Dashboard) -> None:
    async with dashboard.visit(**PHONE) as visit, dashboard.client() as client:
        endless = "Kletterpflanzenzüchtungsversuchsobjekt" * 3
        plant = await client.create_plant(PlantCreate(name=endless, area=endless, substrate=endless, notes=endless))
        channels = {"soil": ChannelInfo(metric=Metric.SOIL_MOISTURE, name=endless[:80])}
        readings = (PostedReading(c="soil", v=41.0),)
        await client.post_readings(ReadingsPost(device_id="endless-" + "x" * 40, channels=channels, readings=readings))
        for path in ("/", f"/plants/{plant.id}", "/devices"):
            await visit.go(path)
            await expect(visit.page.get_by_text(re.compile("Kletter|endless-")).first).to_be_attached()
            assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        await client.delete_plant(plant.id)


async def _plant(client: PlantOpsClient, name: str, moisture: float) -> UUID:
    """Make a plant whose soil a source over HTTP tells."""
    plant = await client.create_plant(PlantCreate(name=name))
    await _post(client, moisture)
    device = await client.device("browser-test")
    await client.assign(plant.id, AssignmentCreate(channel_id=device.channels[0].id))
    return plant.id


async def _post(client: PlantOpsClient, moisture: float) -> None:
    channels = {"soil": ChannelInfo(metric=Metric.SOIL_MOISTURE)}
    readings = (PostedReading(c="soil", v=moisture),)
    await client.post_readings(ReadingsPost(device_id="browser-test", channels=channels, readings=readings))


async def _change_bounds(page: Page) -> None:
    """Set bounds of the plant's own, first upside down."""
    await page.get_by_role("button", name="Change").click()
    await page.get_by_text("When is it content?").click()
    await page.get_by_label("Soil moisture (%), at least").fill("80")
    await page.get_by_label("Soil moisture (%), at most").fill("20")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("must lie below")
    await page.get_by_label("Soil moisture (%), at least").fill("10")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def _post_volts(client: PlantOpsClient, volts: float) -> None:
    channels = {"soil": ChannelInfo(metric=Metric.SOIL_MOISTURE, unit="V")}
    readings = (PostedReading(c="soil", v=volts),)
    await client.post_readings(ReadingsPost(device_id="calibrated-by-hand", channels=channels, readings=readings))
