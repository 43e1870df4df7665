"""Species, and what a plant needs, as a client without our library meets them."""

from typing import Any

import pytest
from aioplantops.models import Scope

from tests.backend.api.conftest import House
from tests.backend.api.test_garden_api import ask

TOMATO = {"name": "Grandma's tomato", "needs": {"soil_moisture": {"low": 40, "high": 85}}}


async def test_a_search_forgives_typing_errors(house: House) -> None:
    page = await ask(house, "GET", "/api/v1/species?search=monstera%20delicosa&limit=3", scope=Scope.READ)
    first = page["items"][0]
    assert (first["id"], first["matched"], first["source"]) == ("monstera-deliciosa", "Monstera deliciosa", "builtin")
    assert first["needs"]["soil_moisture"] == {"low": 20, "high": 70}
    assert first["common_names"]["de"][0] == "Fensterblatt"
    assert page["next"] is None
    assert (await ask(house, "GET", "/api/v1/species?search=qqqqq"))["items"] == []
    assert len((await ask(house, "GET", "/api/v1/species?search=%20&limit=7"))["items"]) == 7


async def test_a_plant_tells_its_thresholds_and_where_they_come_from(house: House) -> None:
    body = {"name": "Fern", "species_id": "nephrolepis-exaltata", "thresholds": {"soil_moisture": {"low": 50}}}
    plant = await ask(house, "POST", "/api/v1/plants", body, scope=Scope.GARDEN, status=201)
    moisture = plant["thresholds"]["soil_moisture"]
    assert (moisture["low"], moisture["low_from"]) == (50, "own")
    assert moisture["high_from"] in {"profile", "season"}
    assert plant["species"] == "Nephrolepis exaltata"
    told = (await ask(house, "GET", "/api/v1/garden"))["plants"]
    assert told == [plant]


async def test_a_profile_of_ones_own_lives_and_dies(house: House) -> None:
    made = await ask(house, "POST", "/api/v1/species", TOMATO, scope=Scope.GARDEN, status=201)
    path = f"/api/v1/species/{made['id']}"
    assert made["id"].startswith("custom:")
    assert await ask(house, "GET", path, scope=Scope.READ) == made
    plant = await ask(house, "POST", "/api/v1/plants", {"name": "T", "species_id": made["id"]}, status=201)
    refusal = await ask(house, "DELETE", path, status=409)
    assert (refusal["code"], refusal["detail"]) == (
        "species_in_use",
        "This profile is in use by “T”: give these plants another one first.",
    )
    await ask(house, "PATCH", path, {"needs": {"soil_moisture": {"high": 80}}})
    assert (await ask(house, "GET", f"/api/v1/plants/{plant['id']}"))["thresholds"]["soil_moisture"]["high"] == 80
    await ask(house, "DELETE", f"/api/v1/plants/{plant['id']}", status=204)
    await ask(house, "DELETE", path, status=204)
    assert (await ask(house, "GET", path, status=404))["code"] == "species_not_found"


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code"),
    [
        ("POST /api/v1/plants", {"name": "x", "species_id": "unknown"}, 404, "species_not_found"),
        ("POST /api/v1/plants", {"name": "x", "species_id": "Not An Id"}, 422, "invalid"),
        ("POST /api/v1/plants", {"name": "x", "thresholds": {"dli": {"low": 9, "high": 3}}}, 422, "invalid"),
        ("POST /api/v1/plants", {"name": "x", "thresholds": {"temperature": {"low": -300}}}, 422, "invalid"),
        ("POST /api/v1/plants", {"name": "x", "thresholds": {"moisture": {"low": 3}}}, 422, "invalid"),
        ("POST /api/v1/species", {"needs": {}}, 422, "invalid"),
        ("POST /api/v1/species", {**TOMATO, "source": "builtin"}, 422, "invalid"),
        ("POST /api/v1/species", {**TOMATO, "rest": {"months": [0], "needs": {}}}, 422, "invalid"),
        ("POST /api/v1/species", {**TOMATO, "rest": {"months": [1, 1], "needs": {}}}, 422, "invalid"),
        ("POST /api/v1/species", {**TOMATO, "synonyms": ["x"] * 13}, 422, "invalid"),
        ("PATCH /api/v1/species/aloe-vera", {"name": "Mine"}, 409, "species_not_yours"),
        ("DELETE /api/v1/species/aloe-vera", None, 409, "species_not_yours"),
        ("GET /api/v1/species/custom:%00", None, 404, "species_not_found"),
        ("GET /api/v1/species?search=x&cursor=abc", None, 422, "invalid"),
        (f"GET /api/v1/species?search={'x' * 121}", None, 422, "invalid"),
    ],
)
async def test_bad_wishes_are_refused_in_words(
    house: House, request_line: str, body: Any, status: int, code: str
) -> None:
    method, _, path = request_line.partition(" ")
    refusal = await ask(house, method, path, body, status=status)
    assert refusal["code"] == code
    assert refusal["detail"].endswith(".")
    assert (await ask(house, "GET", "/api/v1/garden"))["plants"] == []


async def test_only_gardeners_change_profiles(house: House) -> None:
    for scope in (Scope.READ, Scope.CARE):
        await ask(house, "POST", "/api/v1/species", TOMATO, scope=scope, status=403)
        await ask(house, "DELETE", "/api/v1/species/aloe-vera", scope=scope, status=403)
