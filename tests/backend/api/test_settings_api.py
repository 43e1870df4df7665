"""What holds for the whole garden over HTTP: who may change it, and what is refused in words."""

from typing import Any

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.models import Scope
from aioplantops.settings import GardenSettings, Keeping, NewestBackup
from plantops.storage.garden_settings import garden_settings

from tests.backend.api.conftest import House

PATH = "/api/v1/settings"
AT_FIRST = GardenSettings(
    quiet_from="22:00", quiet_until="07:00", critical_breaks_quiet=True, digest_at="08:00", escalate_after_hours=12
)


async def test_everybody_sees_what_holds_and_admins_change_it(house: House) -> None:
    read, garden, admin = (house.bearer(scope) for scope in (Scope.READ, Scope.GARDEN, Scope.ADMIN))
    shown = await house.client.get(PATH, headers=read)
    assert GardenSettings.model_validate(await shown.json()) == AT_FIRST
    wish = {"quiet_from": "23:30", "digest_at": "06:05", "escalate_after_hours": 3.5, "critical_breaks_quiet": False}
    assert (await house.client.patch(PATH, json=wish, headers=garden)).status == 403
    changed = await house.client.patch(PATH, json=wish, headers=admin)
    want = AT_FIRST.model_copy(update=wish)
    assert GardenSettings.model_validate(await changed.json()) == want
    async with house.database.acquire() as connection:
        assert await garden_settings(connection) == want


@pytest.mark.parametrize(
    "wish", [{"quiet_from": None}, {"quiet_until": None}, {"quiet_from": None, "quiet_until": None}]
)
async def test_null_at_either_end_switches_the_quiet_hours_off_until_both_are_given(
    house: House, wish: dict[str, Any]
) -> None:
    off = await house.client.patch(PATH, json=wish, headers=house.bearer())
    told = GardenSettings.model_validate(await off.json())
    assert (told.quiet_from, told.quiet_until) == (None, None)
    half = await house.client.patch(PATH, json={"quiet_from": "22:00"}, headers=house.bearer())
    assert half.status == 422
    assert (await half.json())["errors"] == [
        {"where": "quiet_until", "why": "quiet hours have two ends: give this one too"}
    ]
    on = await house.client.patch(PATH, json={"quiet_from": "22:00", "quiet_until": "05:00"}, headers=house.bearer())
    assert on.status == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"quiet_from": "24:00"},
        {"quiet_from": "7:00"},
        {"quiet_from": "07:00"},
        {"quiet_from": None, "quiet_until": "07:00"},
        {"digest_at": None},
        {"digest_at": 8},
        {"escalate_after_hours": 0},
        {"escalate_after_hours": 1000},
        {"quiet_form": "22:00"},
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(house: House, wish: dict[str, Any]) -> None:
    refused = await house.client.patch(PATH, json=wish, headers=house.bearer())
    assert refused.status == 422
    assert (await refused.json())["errors"][0]["why"]
    shown = await house.client.get(PATH, headers=house.bearer())
    assert GardenSettings.model_validate(await shown.json()) == AT_FIRST


async def test_everybody_sees_how_long_readings_are_kept_and_the_newest_backup(
    house: House, client: PlantOpsClient
) -> None:
    assert await client.keeping() == Keeping(raw_days=400, hourly_days=3650)
    made_at = house.clock()
    async with house.database.acquire() as connection:
        await connection.execute("INSERT INTO newest_backup (made_at, bytes) VALUES ($1, 1234)", made_at)
    assert (await client.keeping()).backup == NewestBackup(made_at=made_at, bytes=1234)
