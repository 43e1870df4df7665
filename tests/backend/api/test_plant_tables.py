"""Plants from a table and to one: tried first, taken whole or not at all, and told line by line what is wrong."""

import asyncio
from typing import Any

import pytest
from aioplantops.models import Scope
from plantops.api import keys

from tests.backend.api.conftest import PATIENCE, House
from tests.backend.api.test_garden_api import ask

IMPORT = "/api/v1/plants/import"
TABLE = """name,species,area,substrate,pot_litres,soil_moisture_low,temperature_high,notes,channels
Mo,monstera delicosa,Living room,peat,5,30,28,"two
lines",
Sage,Salvia officinalis,Kitchen,,2.5,,,=1+1,
"""


async def take(
    house: House, table: str | bytes, *, dry_run: bool = False, media: str = "text/csv", status: int = 200
) -> Any:
    """Import a table."""
    headers = {**house.bearer(Scope.GARDEN), "Content-Type": media}
    body = table.encode() if isinstance(table, str) else table
    path = f"{IMPORT}?dry_run=true" if dry_run else IMPORT
    async with house.client.post(path, data=body, headers=headers) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def export(house: House) -> str:
    """Export all plants."""
    async with house.client.get("/api/v1/plants/export", headers=house.bearer(Scope.READ)) as answer:
        assert answer.status == 200
        return await answer.text()


async def names(house: House) -> list[str]:
    """Name all plants."""
    return [plant["name"] for plant in (await ask(house, "GET", "/api/v1/plants"))["items"]]


async def test_a_table_is_tried_then_taken_and_comes_back_unchanged(house: House) -> None:
    tried = await take(house, TABLE, dry_run=True)
    assert [tried[key] for key in ("dry_run", "done", "created", "errors")] == [True, False, 2, 0]
    assert await names(house) == []
    done = await take(house, TABLE)
    assert (done["done"], done["created"]) == (True, 2)
    assert [line["line"] for line in done["lines"]] == [3, 4], "as an editor counts, at the end of each plant"
    assert await names(house) == ["Mo", "Sage"]
    monstera, sage = (await ask(house, "GET", "/api/v1/plants"))["items"]
    assert (monstera["species_id"], monstera["species"]) == ("monstera-deliciosa", "Monstera deliciosa")
    assert monstera["thresholds"]["soil_moisture"]["low"] == 30
    assert (monstera["notes"], sage["notes"], sage["pot_litres"]) == ("two\nlines", "=1+1", 2.5)
    table = await export(house)
    assert "'=1+1" in table, "a spreadsheet must not run it"
    again = await take(house, table)
    assert (again["unchanged"], again["changed"], again["created"]) == (2, 0, 0)
    changed = await take(house, "name;temperature_high;pot_litres;area\nmo;27,5;-;\n".encode("utf-8-sig"))
    assert (changed["changed"], changed["lines"][0]["changes"]) == (
        1,
        ["temperature_high", "pot_litres"],
    )
    monstera = await ask(house, "GET", f"/api/v1/plants/{monstera['id']}")
    assert (monstera["thresholds"]["temperature"]["high"], monstera["pot_litres"]) == (27.5, None)
    assert monstera["area"] == "Living room", "an empty cell leaves what is there"


async def test_new_plants_are_told_with_their_tasks_and_their_light_at_once(house: House) -> None:
    reading = {"device_id": "shelf", "readings": [{"c": "ppfd", "v": 100.0}]}
    await ask(house, "POST", "/api/v1/readings", reading, scope=Scope.INGEST)
    table = "name,channels\nMo,shelf/ppfd\n"
    assert (await take(house, table, dry_run=True))["lines"][0]["plant_id"] is None, "it is not there"
    (line,) = (await take(house, table))["lines"]
    (plant,) = (await ask(house, "GET", "/api/v1/plants"))["items"]
    assert line["plant_id"] == plant["id"]
    (task,) = (await ask(house, "GET", "/api/v1/tasks"))["items"]
    assert (task["plant_id"], task["title"]) == (plant["id"], "Water Mo")
    await asyncio.wait_for(house.client.app[keys.LIGHTS].asked(), PATIENCE)


async def test_a_question_ends_as_a_question(house: House) -> None:
    refusal = await take(house, "nmae,species\nx,y\n", status=422)
    assert refusal["detail"] == "line 1, nmae: no such column; did you mean `name`?"


async def test_no_name_becomes_a_formula_on_its_way_through_tables(house: House) -> None:
    for name in ("=1+1", "'=1+1", "''@x", "'tis", "-1"):
        await ask(house, "POST", "/api/v1/plants", {"name": name}, scope=Scope.GARDEN, status=201)
    before = await names(house)
    again = await take(house, await export(house))
    assert (again["unchanged"], again["changed"]) == (5, 0)
    assert await names(house) == before


async def test_only_so_many_misspelt_species_are_looked_for(house: House) -> None:
    table = "name,species\n" + "".join(f"P{number},q{number}\n" for number in range(201))
    tried = await take(house, table + "Last,monstera-deliciosa\n", dry_run=True)
    *guessed, late, known = [line["errors"] for line in tried["lines"]]
    assert len(guessed) == 200
    assert all("no species has a name like this" in errors[0]["why"] for errors in guessed)
    assert "only 200 names of species" in late[0]["why"]
    assert known == []


async def test_yaml_says_the_same(house: House) -> None:
    plants = ["Pothos\n  species: Efeutute", "Mo\n  species: monstera-deliciosa\n  pot_litres: 5\n  area: null", "Sage"]
    table = "".join(f"- name: {plant}\n" for plant in plants)
    assert (await take(house, table, media="application/yaml"))["created"] == 3
    assert (await take(house, table, media="application/yaml"))["unchanged"] == 3


async def test_channels_serve_from_now_on(house: House) -> None:
    reading = {"device_id": "shelf", "readings": [{"c": "soil_moisture", "v": 40.0}]}
    await ask(house, "POST", "/api/v1/readings", reading, scope=Scope.INGEST)
    table = "name,channels\nMo,shelf/soil_moisture\n"
    assert (await take(house, table))["created"] == 1
    (plant,) = (await ask(house, "GET", "/api/v1/plants"))["items"]
    assert [one["metric"] for one in plant["assignments"]] == ["soil_moisture"]
    assert (await take(house, table))["unchanged"] == 1
    refusal = await take(house, "name,channels\nMo,shelf/nothing\n", status=422)
    assert "there is no channel shelf/nothing" in refusal["detail"]
    assert (await take(house, await export(house)))["unchanged"] == 1


@pytest.mark.parametrize(
    ("table", "where", "why"),
    [
        ("nmae,species\nx,y\n", "line 1, nmae", "did you mean `name`?"),
        ("name,Soil Moisture Lo\nx,3\n", "line 1, soil_moisture_lo", "did you mean `soil_moisture_low`?"),
        ("area\nKitchen\n", "line 1", "a column `name` (or `id`) is needed"),
        ("name,name\nx,y\n", "line 1, name", "stands twice"),
        ("", "line 1", "nothing in it"),
        ("name\nx\nX\n", "line 2, name", "stands twice in the table"),
        ("name,area\nx,a,b\n", "line 2", "more cells than there are columns"),
        ("name,pot_litres\nx,much\n", "line 2, pot_litres", "is no number"),
        ('name,pot_litres\nx,"2,5"\n', "line 2, pot_litres", "with a point"),
        ("name;soil_conductivity_high\nx;1.500\n", "line 2, soil_conductivity_high", "may mean a thousand"),
        ("name,pot_litres\nx,-3\n", "line 2, pot_litres", "greater than"),
        ("name,temperature_low\nx,900\n", "line 2", "cannot be meant"),
        ("name,dli_low,dli_high\nx,20,10\n", "line 2", "must lie below"),
        ("name,species\nx,philodendron\n", "line 2, species", "philodendron-erubescens"),
        ("name,species\nx,qqqqqq\n", "line 2, species", "no species has a name like this"),
        ("id,name\n0190a0a0-0000-7000-8000-000000000000,x\n", "line 2, id", "no such plant"),
        ("name,area\n,Kitchen\n", "line 2, name", "a plant needs a name"),
        ('name\n"x\n', "line 2", "no CSV"),
        ("name\n" + "x\n" * 1_001, "line 1002", "1,000 plants"),
        (b"name\n\xff\xfa\n", "line 1", "not UTF-8"),
        (b"name\nx\x00\n", "line 1", "no text"),
    ],
)
async def test_what_is_wrong_is_told_by_line_and_column_and_nothing_is_done(
    house: House, table: str | bytes, where: str, why: str
) -> None:
    refusal = await take(house, table, status=422)
    assert refusal["code"] == "invalid"
    assert (refusal["errors"][0]["where"], why in refusal["errors"][0]["why"]) == (where, True), refusal["errors"]
    assert await names(house) == []


async def test_one_wrong_line_keeps_all_others_out(house: House) -> None:
    table = "name,pot_litres\nFine,1\nWrong,0\n"
    tried = await take(house, table, dry_run=True)
    assert [line["does"] for line in tried["lines"]] == ["create", "error"]
    assert "Nothing was changed" in (await take(house, table, status=422))["detail"]
    assert await names(house) == []


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("- &a {name: x}\n- *a\n", "aliases"),
        ("name: x\n", "no list of plants"),
        ("- x\n", "no plant with its columns"),
        ("- name: {a: b}\n", "text or a number"),
        ("- name: x\n  spezies: y\n", "did you mean `species`?"),
        ("- name: [", "no YAML"),
        ("[" * 5_000, "nested too deeply"),
        ("- !!python/object/apply:os.system ['true']\n", "no plant with its columns"),
        ("- name: " + "x" * 300_000, "use CSV for more"),
    ],
)
async def test_yaml_that_is_no_table_is_refused(house: House, table: str, why: str) -> None:
    refusal = await take(house, table, media="application/yaml", status=422)
    assert why in refusal["detail"]


async def test_two_plants_of_one_name_are_told_apart_by_id(house: House) -> None:
    made = [await ask(house, "POST", "/api/v1/plants", {"name": "Twin"}, status=201) for _ in range(2)]
    assert "by its id" in (await take(house, "name,area\nTwin,x\n", status=422))["detail"]
    assert (await take(house, f"id,area\n{made[1]['id']},x\n"))["changed"] == 1


async def test_other_media_are_refused(house: House) -> None:
    assert (await take(house, "[]", media="application/json", status=415))["code"] == "unsupported_media"


@pytest.mark.parametrize(("word", "allowed"), [("import", "OPTIONS, POST"), ("export", "GET, HEAD, OPTIONS")])
async def test_the_addresses_of_tables_are_no_plants_addresses(house: House, word: str, allowed: str) -> None:
    async with house.client.patch(f"/api/v1/plants/{word}", headers=house.bearer(), json={}) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    async with house.client.patch(f"/api/v1/plants/{word}s", headers=house.bearer(), json={}) as answer:
        assert answer.status == 404
