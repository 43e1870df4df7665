"""A device comes in: its key is made in a browser, and a virtual node does with it what real ones do."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from pydantic import SecretStr
from virtualgarden.config import RegistrationConfig
from virtualgarden.link import Broker, LinkLost
from virtualgarden.nodes import NodeKind
from virtualgarden.registration import Registrar
from virtualgarden.senses import Sense

from tests.frontend.conftest import DESKTOP, PHONE, Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="session")

WELCOMED = NodeKind(mac="a4cf12beef01", plants=("Newcomer",), senses=(Sense.SOIL_PERCENT,))
TOO_LATE = NodeKind(mac="a4cf12beef02", plants=("Too late",), senses=(Sense.SOIL_PERCENT,))


async def test_a_device_comes_in_by_a_key_for_it_alone(dashboard: Dashboard, tmp_path: Path) -> None:
    async with dashboard.visit() as visit, dashboard.client() as client:
        page = visit.page
        await visit.go("/devices")
        await _make_key(page, "Newcomer")
        registrar = await _as_told(page, tmp_path)
        await expect(page.get_by_text("Looking out for the device")).to_be_visible()
        told = await registrar.register(WELCOMED)
        assert told.device_id == "plant-beef01"
        await expect(page.locator(".news")).to_contain_text("Newcomer node is in.")
        with pytest.raises(LinkLost, match="was good for one device"):
            await registrar.register(TOO_LATE)
        await page.get_by_role("button", name="Close").click()
        await expect(page.locator("li.card", has_text="plant-beef01")).to_be_visible()
        (key,) = [one async for one in client.registration_keys() if one.name == "Newcomer"]
        assert (key.once, key.used_count, key.first_used_by) == (True, 1, WELCOMED.mac)
        await client.revoke_device(told.device_id)
        assert visit.complaints == []


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_adding_a_device_shuts_nobody_out(dashboard: Dashboard, options: dict[str, Any]) -> None:
    async with dashboard.visit(**options | {"locale": "en-GB"}) as visit, dashboard.client() as client:
        await visit.go("/devices")
        await visit.page.get_by_role("button", name="Add a device").click()
        await expect(visit.page.get_by_label("Which device")).to_be_visible()
        assert await visit.violations() == []
        await visit.page.keyboard.press("Escape")
        await _make_key(visit.page, "Looked at")
        await expect(visit.page.get_by_role("textbox", name="garden.yaml")).to_be_visible()
        assert await visit.violations() == []
        assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        async for key in client.registration_keys():
            if key.name == "Looked at":
                await client.revoke_registration_key(key.id)


async def _make_key(page: Page, name: str) -> None:
    await page.get_by_role("button", name="Add a device").click()
    await page.get_by_label("Which device").fill(name)
    await page.get_by_role("button", name="Make its key").click()
    await expect(page.get_by_role("img", name="The registration key as a QR code")).to_be_visible()


async def _as_told(page: Page, folder: Path) -> Registrar:
    """Build what registers a node out of the files that the page shows."""
    said = await page.get_by_role("textbox", name="garden.yaml").input_value()
    told = dict(re.findall(r'^  (\w+): "?([^"\n]+)"?$', said, re.MULTILINE))
    assert told["registration_key"] == await page.get_by_role("textbox", name="Registration key").input_value()
    (authority := folder / "garden-ca.pem").write_text(
        await page.get_by_role("textbox", name="garden-ca.pem").input_value(), encoding="ascii"
    )
    assert [line.strip() for line in authority.read_text().splitlines()][1] in said
    config = RegistrationConfig(url=told["plantops_url"], key=SecretStr(told["registration_key"]), ca_file=authority)
    return Registrar(config, Broker(told["mqtt_broker"], int(told["mqtt_port"]), authority), file=None)
