"""The settings in a real browser: ways to people, quiet hours, tokens, keys, the plants' table; who may see what."""

import re
from typing import Any

import pytest
from aioplantops.access import TokenCreate
from aioplantops.models import Scope
from aioplantops.settings import GardenSettingsChange
from playwright.async_api import Page, expect

from tests.backend.services.strangers import says, stranger
from tests.frontend.conftest import DESKTOP, PHONE, Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_way_is_added_tried_changed_and_removed(dashboard: Dashboard) -> None:
    async with stranger(says(204)) as receiver, dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        await visit.go("/settings")
        await page.get_by_role("button", name="Add a way").click()
        await page.get_by_role("combobox", name="How").select_option("webhook")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_visible()  # it has no name yet
        await page.get_by_label("Name", exact=True).fill("The hallway")
        await page.get_by_label("Address").fill(f"{receiver.base}/hallway")
        await page.get_by_text("What is told").click()
        await page.get_by_label("An alert ends").uncheck()
        await dialog.get_by_role("button", name="Save").click()
        secret = page.get_by_label("Requests are signed with this.")
        await expect(secret).to_have_value(re.compile(".{16,}"))
        await dialog.get_by_role("button", name="Close").click()

        way = page.locator("plantops-ways li", has_text="The hallway")
        await way.get_by_role("button", name="Test").click()
        await expect(way).to_contain_text("It arrived")
        assert any(heard.path == "/hallway" for heard in receiver.heard)
        receiver.answers[:] = [says(404)]
        await way.get_by_role("button", name="Test").click()
        await expect(way).to_contain_text("It did not arrive")

        await way.get_by_role("button", name="Change").click()
        await page.get_by_role("combobox", name="Told is what is at least").select_option("critical")
        await page.get_by_label("Switched on").uncheck()
        await dialog.get_by_role("button", name="Save").click()
        await expect(way).to_contain_text("switched off")
        (made,) = [one for one in await client.notification_channels() if one.name == "The hallway"]
        assert (str(made.min_severity), made.enabled, len(made.kinds or ())) == ("critical", False, 6)

        await way.get_by_role("button", name="Remove").click()
        await dialog.get_by_role("button", name="Remove").click()
        await expect(way).to_have_count(0)


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_questions_shut_nobody_out(dashboard: Dashboard, options: dict[str, Any]) -> None:
    async with dashboard.visit(**options) as visit:
        await visit.go("/settings")
        for section in ("ways", "tokens", "keys", "plantbook"):
            await visit.page.locator(f"plantops-{section} .acts button").last.click()
            await expect(visit.page.get_by_role("dialog")).to_be_visible()
            assert (section, await visit.violations()) == (section, [])
            await visit.page.keyboard.press("Escape")
            await expect(visit.page.get_by_role("dialog")).to_have_count(0)
        assert visit.complaints == []


async def test_quiet_hours_are_kept(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        before = await client.settings()
        await visit.go("/settings")
        await visit.page.get_by_label("From", exact=True).fill("21:30")
        await visit.page.get_by_label("Until", exact=True).fill("06:45")
        await visit.page.get_by_label("What is critical").uncheck()
        await visit.page.get_by_label("Summary of the day").press("Enter")
        await visit.is_told("The settings are kept.")
        kept = await client.settings()
        assert (kept.quiet_from, kept.quiet_until, kept.critical_breaks_quiet) == ("21:30", "06:45", False)
        assert kept.digest_at == before.digest_at
        await visit.page.get_by_label("Until", exact=True).fill("")
        await visit.page.get_by_role("button", name="Save").click()
        await expect(visit.page.get_by_label("From", exact=True)).to_have_value("")
        assert (await client.settings()).quiet_from is None
        change = GardenSettingsChange(
            quiet_from=before.quiet_from, quiet_until=before.quiet_until, critical_breaks_quiet=True
        )
        await client.change_settings(change)


async def test_a_token_is_shown_once_and_opens_until_it_is_revoked(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit:
        page = visit.page
        await visit.go("/settings")
        await page.get_by_role("button", name="Make a token").click()
        dialog = page.get_by_role("dialog")
        await page.get_by_label("For whom or what").fill("The tablet")
        await page.get_by_label("also write down care").check()
        await dialog.get_by_role("button", name="Make it").click()
        token = await page.get_by_role("textbox", name="Tokens").input_value()
        await dialog.get_by_role("button", name="Close").click()
        line = page.locator("plantops-tokens li", has_text="The tablet")
        await expect(line).to_contain_text("care")
        assert token not in await page.content()

        async with dashboard.visit(token=token) as other:
            await other.go("/settings")
            await expect(other.page.get_by_role("note")).to_contain_text("look, write down care and water")
            await expect(other.page.locator("plantops-tokens, plantops-keys, plantops-ways")).to_have_count(0)
            await expect(other.page.get_by_role("button", name="Save")).to_have_count(0)
            await expect(other.page.get_by_role("button", name="Stop all water now")).to_be_visible()
            assert await other.violations() == []
            assert other.complaints == []
        await line.get_by_role("button", name="Revoke").click()
        await dialog.get_by_role("button", name="Revoke").click()
        await expect(line).to_have_count(0)
        async with dashboard.visit(logged_in=False) as shut_out:
            await shut_out.page.goto(dashboard.url)
            await shut_out.page.get_by_label("Access token").fill(token)
            await shut_out.page.keyboard.press("Enter")
            await expect(shut_out.page.get_by_role("alert")).to_contain_text("opens nothing")


async def test_a_registration_key_is_made_and_revoked(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        await visit.go("/settings")
        await page.get_by_role("button", name="Make a key").click()
        dialog = page.get_by_role("dialog")
        await page.get_by_label("For which devices").fill("balcony")
        await page.get_by_label("Good for one device only").check()
        await dialog.get_by_role("button", name="Make it").click()
        await expect(page.get_by_role("textbox", name="Registration keys")).to_have_value(re.compile("^plantops_reg_"))
        await dialog.get_by_role("button", name="Close").click()
        line = page.locator("plantops-keys li", has_text="balcony")
        await expect(line).to_contain_text("for one device")
        (key,) = [one async for one in client.registration_keys() if one.name == "balcony"]
        assert key.once
        assert key.expires_at
        await line.get_by_role("button", name="Revoke").click()
        await dialog.get_by_role("button", name="Revoke").click()
        await expect(line).to_have_count(0)


async def test_a_table_is_looked_through_before_it_is_taken_in(dashboard: Dashboard) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        await visit.go("/settings")
        table = page.locator("plantops-table")
        await _choose(page, "plants.txt", "name\nBorage\n")
        await expect(table.get_by_role("alert")).to_contain_text(".csv")
        await _choose(page, "plants.csv", "name,area,pot_litres\nBorage,Balcony,much\n")
        await expect(table.get_by_role("cell", name="pot_litres")).to_be_visible()
        await expect(table.get_by_role("button", name="Do it")).to_have_count(0)
        await _choose(page, "plants.yaml", "- name: Borage\n  area: Balcony\n  pot_litres: 3\n")
        await expect(table).to_contain_text("1 new, 0 changed")
        assert await visit.violations() == []
        assert "Borage" not in {plant.name for plant in (await client.garden()).plants}
        await table.get_by_role("button", name="Do it").click()
        await expect(table.get_by_role("button", name="Do it")).to_have_count(0)
        (plant,) = [plant for plant in (await client.garden()).plants if plant.name == "Borage"]
        assert (plant.area, plant.pot_litres) == ("Balcony", 3)

        async with page.expect_download() as away:
            await table.get_by_role("link", name="Download plants.csv").click()
        assert "Borage" in (await (await away.value).path()).read_text(encoding="utf-8")
        await client.delete_plant(plant.id)


async def test_who_may_care_may_stop_all_water_but_not_let_it_run(dashboard: Dashboard) -> None:
    async with dashboard.client() as client:
        made = await client.create_token(TokenCreate(name="a neighbour", scopes=(Scope.CARE,)))
        async with dashboard.visit(token=made.token) as visit:
            await visit.go("/settings")
            await visit.page.get_by_role("button", name="Stop all water now").click()
            await expect(visit.page.get_by_text("Switching it on again needs")).to_be_visible()
        assert not (await client.settings()).irrigation_enabled
        async with dashboard.visit() as visit:
            await visit.go("/settings")
            await visit.page.get_by_role("button", name="Switch on again").click()
            await expect(visit.page.get_by_role("button", name="Stop all water now")).to_be_visible()
        assert (await client.settings()).irrigation_enabled
        await client.revoke_token(made.id)


async def _choose(page: Page, name: str, text: str) -> None:
    """Choose a table of this content."""
    file = page.locator("plantops-table input[type=file]")
    await file.set_input_files({"name": name, "mimeType": "", "buffer": text.encode()})
