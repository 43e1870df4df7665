"""OpenPlantbook as a client meets it: an account never shown, imports that last, lies that change nothing."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aioplantops.models import Scope
from plantops.ops.vault import Vault
from plantops.services import sealed

from tests.backend.api.conftest import House, open_house
from tests.backend.api.plantbook import ID, MONSTERA, SECRET, Plantbook, open_plantbook
from tests.backend.api.test_garden_api import ask
from tests.backend.services.strangers import Respond, hangs, hangs_up, never_ends, says
from tests.servers import DatabaseServer

ACCOUNT, BOOK = "/api/v1/settings/openplantbook", "/api/v1/openplantbook"
WISH = {"client_id": ID, "client_secret": SECRET}
PID = {"pid": "monstera deliciosa"}
STATUS = {"openplantbook_plant_not_found": 404, "openplantbook_busy": 503}
SPECIES = "/api/v1/species/openplantbook:monstera-deliciosa"


@pytest.fixture
async def book() -> AsyncIterator[Plantbook]:
    """Give an OpenPlantbook."""
    async with open_plantbook() as opened:
        yield opened


@pytest.fixture
async def house(embedded_server: DatabaseServer, book: Plantbook) -> AsyncIterator[House]:
    """Give a house that asks it."""
    async with embedded_server.migrated() as url, open_house(url, plantbook=(book.url,)) as opened:
        yield opened


async def test_an_account_is_tried_kept_and_never_shown(house: House, book: Plantbook) -> None:
    assert await ask(house, "GET", ACCOUNT, scope=Scope.READ) == {"configured": False, "set_at": None}
    assert (await ask(house, "POST", BOOK, PID, status=409))["code"] == "no_openplantbook_account"
    wrong = {"client_id": ID, "client_secret": "wrong"}
    refusal = await ask(house, "PUT", ACCOUNT, wrong, status=409)
    assert (refusal["code"], "wrong" in refusal["detail"]) == ("openplantbook_refused", False)
    assert not (await ask(house, "GET", ACCOUNT))["configured"]
    kept = await ask(house, "PUT", ACCOUNT, WISH)
    assert kept["configured"]
    assert set(kept) == {"configured", "set_at"}
    async with house.database.acquire() as connection:
        row = str(await connection.fetch("SELECT * FROM openplantbook_account"))
    assert SECRET not in row
    assert (await ask(house, "PUT", ACCOUNT, wrong, status=409))["code"] == "openplantbook_refused"
    assert await ask(house, "GET", ACCOUNT) == kept, "an account that works is not lost to one that doesn't"
    await ask(house, "DELETE", ACCOUNT, status=204)
    assert (await ask(house, "GET", f"{BOOK}?search=monstera", status=409))["code"] == "no_openplantbook_account"
    assert book.asked == ["token"] * 3


async def test_an_account_whose_key_is_lost_is_forgotten_and_what_was_imported_stays(house: House) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    species = await ask(house, "POST", BOOK, PID)
    done = await sealed.reseal(house.database, Vault(b"another key of thirty-two bytes!"), replace_lost=True)
    assert "openplantbook" in done.replaced
    assert await ask(house, "GET", ACCOUNT) == {"configured": False, "set_at": None}
    assert (await ask(house, "GET", f"{BOOK}?search=monstera", status=409))["code"] == "no_openplantbook_account"
    assert await ask(house, "POST", BOOK, PID) == species


async def test_an_account_that_no_key_opens_has_to_be_given_again(house: House) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    async with house.database.acquire() as connection:
        await connection.execute("UPDATE openplantbook_account SET credentials = credentials || '\\x00'::bytea")
    refusal = await ask(house, "GET", f"{BOOK}?search=monstera", status=409)
    assert refusal["detail"] == "The account at OpenPlantbook does not open any more: give it again."
    await ask(house, "PUT", ACCOUNT, WISH)
    assert (await ask(house, "GET", f"{BOOK}?search=monstera"))["items"]


async def test_a_plant_is_found_imported_and_stays(house: House, book: Plantbook) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    found = await ask(house, "GET", f"{BOOK}?search=Monstera", scope=Scope.GARDEN)
    assert found == {
        "items": [
            {
                "pid": "monstera deliciosa", "name": "Monstera deliciosa", "alias": "swiss cheese plant",
                "category": "Araceae, Monstera", "species_id": None,
            }
        ],
        "more": False,
    }  # fmt: skip
    species = await ask(house, "POST", BOOK, PID, scope=Scope.GARDEN)
    assert (species["source"], species["pid"]) == ("openplantbook", "monstera deliciosa")
    assert species["needs"] == {
        "soil_moisture": {"low": 15, "high": 60}, "temperature": {"low": 12, "high": 32},
        "humidity": {"low": 30, "high": 85}, "soil_conductivity": {"low": 350, "high": 2000},
        "dli": {"low": 1.5, "high": 3.4},
    }  # fmt: skip
    assert species["common_names"] == {"en": ["swiss cheese plant", "Ceriman"], "de": ["Fensterblatt"]}
    assert "not of your calibrated one" in species["basis"]
    assert (await ask(house, "GET", f"{BOOK}?search=monstera"))["items"][0]["species_id"] == species["id"]
    assert book.asked.count("token") == 1, "one token for all questions"
    asked = len(book.asked)
    assert await ask(house, "POST", BOOK, PID) == species, "what is here is not asked for again"
    assert len(book.asked) == asked
    async with open_house(house.database.url) as offline:
        assert await ask(offline, "GET", SPECIES) == species
        assert await ask(offline, "POST", BOOK, PID) == species
        hit = (await ask(offline, "GET", "/api/v1/species?search=swis%20chese%20plant&limit=20"))["items"]
        assert species["id"] in {one["id"] for one in hit}
        refusal = await ask(offline, "POST", BOOK, {**PID, "refresh": True}, status=502)
        assert (refusal["code"], "nobody listens" in refusal["detail"]) == ("openplantbook_silent", True)
        assert await ask(offline, "GET", SPECIES) == species


async def test_a_refresh_reaches_the_plants_unless_their_own_bounds_are_in_the_way(
    house: House, book: Plantbook
) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    species = await ask(house, "POST", BOOK, PID)
    plant = await ask(house, "POST", "/api/v1/plants", {"name": "Mo", "species_id": species["id"]}, status=201)
    path = f"/api/v1/plants/{plant['id']}"
    book.plants["monstera deliciosa"] = {**MONSTERA, "min_soil_moist": 25}
    house.clock.ahead += timedelta(days=2)
    fresh = await ask(house, "POST", BOOK, {**PID, "refresh": True})
    assert fresh["fetched_at"] > species["fetched_at"]
    assert (await ask(house, "GET", path))["thresholds"]["soil_moisture"]["low"] == 25
    await ask(house, "PATCH", path, {"thresholds": {"soil_moisture": {"high": 50}}})
    book.plants["monstera deliciosa"] = {**MONSTERA, "min_soil_moist": 55}
    refusal = await ask(house, "POST", BOOK, {**PID, "refresh": True}, status=422)
    assert "the plant “Mo” has bounds of its own" in refusal["detail"]
    assert await ask(house, "GET", SPECIES) == fresh
    assert (await ask(house, "PATCH", SPECIES, {"name": "x"}, status=409))["code"] == "species_not_yours"
    assert (await ask(house, "DELETE", SPECIES, status=409))["code"] == "species_in_use"
    await ask(house, "DELETE", path, status=204)
    await ask(house, "DELETE", SPECIES, status=204)


async def test_a_token_that_is_not_taken_any_more_is_replaced_once(house: House, book: Plantbook) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    book.valid.clear()
    assert (await ask(house, "GET", f"{BOOK}?search=monstera"))["items"]
    assert book.asked.count("token") == 2
    book.answers = [says(401), says(401)]
    assert (await ask(house, "GET", f"{BOOK}?search=monstera", status=409))["code"] == "openplantbook_refused"
    house.clock.ahead += timedelta(days=2)
    before = book.asked.count("token")
    await ask(house, "POST", BOOK, PID)
    assert book.asked.count("token") == before + 1, "no token is used for longer than a day"


NOTHING_KNOWN = dict.fromkeys(key for key in MONSTERA if key.startswith(("min_", "max_")))


def tells(**changes: Any) -> Respond:
    """Tell of the plant, changed."""
    return says(200, text=json.dumps({**MONSTERA, **changes}))


def huge(_: web.Request) -> Any:
    return says(200, text=json.dumps({**MONSTERA, "alias": "x" * 100_000}))(_)


@pytest.mark.parametrize(
    ("lie", "code", "words"),
    [
        (tells(min_temp="12"), "openplantbook_not_understood", "min_temp"),
        (tells(min_temp=True), "openplantbook_not_understood", "min_temp"),
        (tells(min_temp=40), "openplantbook_not_understood", "lower bound (40 °C) must lie below"),
        (tells(max_soil_moist=5_000), "openplantbook_not_understood", "soil moisture: 5000 % cannot be meant"),
        (tells(max_light_mmol=90_000), "openplantbook_not_understood", "daily light: 90 mol/m²/d cannot"),
        (tells(display_pid="a\nb"), "openplantbook_not_understood", "display_pid"),
        (tells(display_pid=None), "openplantbook_not_understood", "display_pid"),
        (tells(pid="another plant"), "openplantbook_not_understood", "another plant than was asked"),
        (tells(**NOTHING_KNOWN), "openplantbook_not_understood", "no span of anything"),
        (says(200, text='{"pid": NaN}'), "openplantbook_not_understood", "not what it should be"),
        (says(200, text="<html><body>Maintenance</body></html>"), "openplantbook_not_understood", "no JSON"),
        (says(200, text="[" * 60_000), "openplantbook_not_understood", "not what it should be"),
        (says(200, text="[]"), "openplantbook_not_understood", "the whole"),
        (says(200, text=""), "openplantbook_not_understood", "no JSON"),
        (huge, "openplantbook_not_understood", "more than could be meant"),
        (never_ends, "openplantbook_not_understood", "more than could be meant"),
        (hangs_up, "openplantbook_silent", "cannot be"),
        (says(302, headers={"Location": "http://127.0.0.1:1/"}), "openplantbook_not_understood", "status 302"),
        (says(503), "openplantbook_silent", "status 503"),
        (says(404), "openplantbook_plant_not_found", "search for it"),
        (says(429, headers={"Retry-After": "120"}), "openplantbook_busy", "often enough"),
    ],
)  # fmt: skip
async def test_whatever_it_says_instead_of_the_truth_changes_nothing(
    house: House, book: Plantbook, lie: Respond, code: str, words: str
) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    book.answers = [lie, lie]  # a client may ask a second time where the line breaks
    refusal = await ask(house, "POST", BOOK, PID, status=STATUS.get(code, 502))
    assert (refusal["code"], words in refusal["detail"]) == (code, True), refusal["detail"]
    assert refusal.get("retry_after") == (120 if code == "openplantbook_busy" else None)
    await ask(house, "GET", SPECIES, status=404)


async def test_one_that_hangs_is_given_up(house: House, book: Plantbook) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    book.answers = [hangs, hangs]
    async with open_house(house.database.url, plantbook=(book.url, 0.3)) as hasty:
        refusal = await ask(hasty, "POST", BOOK, PID, status=502)
    assert refusal["code"] == "openplantbook_silent"
    assert "did not answer in time" in refusal["detail"]


async def test_an_unknown_plant_is_not_found(house: House) -> None:
    await ask(house, "PUT", ACCOUNT, WISH)
    refusal = await ask(house, "POST", BOOK, {"pid": "../../token/"}, status=404)
    assert refusal["code"] == "openplantbook_plant_not_found"
    assert await ask(house, "GET", f"{BOOK}?search=zzz") == {"items": [], "more": False}
