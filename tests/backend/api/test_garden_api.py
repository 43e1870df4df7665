"""Devices, plants, history, readings, export and dead letters, as a client without our library meets them."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aioplantops.models import GardenSnapshot, Scope

from tests.backend.api.conftest import House

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


async def ask(  # noqa: PLR0913 - the keyword-only ones cannot be mixed up
    house: House, method: str, path: str, body: object = None, *, scope: Scope = Scope.ADMIN, status: int = 200
) -> Any:
    """Ask the API and expect a status."""
    async with house.client.request(method, path, json=body, headers=house.bearer(scope)) as answer:
        text = await answer.text()
        assert answer.status == status, text
        if status >= 400:
            assert answer.content_type == "application/problem+json"
        return json.loads(text) if text and "json" in answer.content_type else text


async def post(
    house: House, readings: Sequence[object], *, device: str = "ha-1", status: int = 200, **more: object
) -> Any:
    """Post readings."""
    body = {"device_id": device, "readings": list(readings), **more}
    return await ask(house, "POST", "/api/v1/readings", body, scope=Scope.INGEST, status=status)


def reading(value: object, *, ago: timedelta = HOUR, key: str = "soil_moisture") -> dict[str, object]:
    """Write one reading."""
    return {"c": key, "t": (NOW - ago).timestamp(), "v": value}


BATCH: tuple[tuple[dict[str, object], str, str | None], ...] = (
    (reading(40.0), "stored", None),
    (reading("41", ago=2 * HOUR), "refused", "wrong_type"),
    (reading(10**400, ago=3 * HOUR), "refused", "not_finite"),
    (reading(500, ago=4 * HOUR), "refused", "range"),
    (reading(40.0), "duplicate", None),
    (reading(1, key="happiness"), "refused", "unknown_metric"),
    ({"c": "soil_moisture", "t": 12.5, "v": 40}, "refused", "clock"),
    (reading(40, ago=-30 * 24 * HOUR), "refused", "clock"),
    (reading(None, ago=5 * HOUR), "refused", "wrong_type"),
    (reading(value=False, ago=6 * HOUR), "refused", "wrong_type"),
    (reading({"a": [1]}, ago=7 * HOUR), "refused", "wrong_type"),
    ({"c": "soil_moisture", "v": 42}, "stored", None),
)
"""Readings of one message, and what becomes of each."""


async def test_a_batch_with_bad_readings_keeps_the_good_ones(house: House) -> None:
    answer = await post(house, [sent for sent, _, _ in BATCH])
    assert (answer["stored"], answer["duplicate"], answer["refused"]) == (2, 1, 9)
    told = [(result["outcome"], result["reason"]) for result in answer["results"]]
    assert told == [(outcome, reason) for _, outcome, reason in BATCH]


async def test_refused_readings_are_dead_letters(house: House) -> None:
    await post(house, [sent for sent, _, _ in BATCH])
    letters = (await ask(house, "GET", "/api/v1/dead-letters?limit=200"))["items"]
    assert len(letters) == 9
    assert {letter["device_id"] for letter in letters} == {"ha-1"}
    ranges = (await ask(house, "GET", "/api/v1/dead-letters?reason=range&device_id=ha-1"))["items"]
    assert [json.loads(letter["payload"])["v"] for letter in ranges] == [500]
    assert (await ask(house, "GET", "/api/v1/dead-letters?device_id=nobody"))["items"] == []
    first = await ask(house, "GET", "/api/v1/dead-letters?limit=4")
    rest = await ask(house, "GET", f"/api/v1/dead-letters?limit=200&cursor={first['next']}")
    assert [letter["id"] for letter in first["items"] + rest["items"]] == [letter["id"] for letter in letters]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
async def test_numbers_that_are_none_are_refused_by_themselves(house: House, literal: str) -> None:
    time = (NOW - HOUR).timestamp()
    readings = f'{{"c": "humidity", "t": {time}, "v": {literal}}}, {{"c": "humidity", "v": 50}}'
    body = f'{{"device_id": "ha-1", "readings": [{readings}]}}'
    headers = house.bearer(Scope.INGEST) | {"Content-Type": "application/json"}
    async with house.client.post("/api/v1/readings", data=body, headers=headers) as answer:
        assert answer.status == 200
        told = await answer.json()
    assert [result["reason"] for result in told["results"]] == ["not_finite", None]


async def test_a_source_names_itself_and_its_channels(house: House) -> None:
    channels = {"probe": {"metric": "soil_moisture", "name": "Deep"}, "warm": {"metric": "temperature", "unit": "°F"}}
    readings = [reading(33, key="probe"), reading(68, key="warm")]
    await post(house, readings, name="Home Assistant", channels=channels)
    device = await ask(house, "GET", "/api/v1/devices/ha-1", scope=Scope.READ)
    assert (device["name"], device["kind"]) == ("Home Assistant", "http")
    told = {channel["key"]: channel for channel in device["channels"]}
    assert (told["probe"]["name"], told["probe"]["latest"]["value"]) == ("Deep", 33)
    assert (told["warm"]["unit"], told["warm"]["latest"]["value"]) == ("°C", pytest.approx(20.0))


async def test_a_source_introduces_itself_before_it_has_readings(house: House) -> None:
    channels = {"probe": {"metric": "soil_moisture"}}
    answer = await post(house, [], name="Window sill", channels=channels)
    assert answer == {"stored": 0, "duplicate": 0, "refused": 0, "results": []}
    device = await ask(house, "GET", "/api/v1/devices/ha-1", scope=Scope.READ)
    assert (device["name"], device["kind"]) == ("Window sill", "http")
    assert [(channel["key"], channel.get("latest")) for channel in device["channels"]] == [("probe", None)]
    silent = await post(house, [], name="Window sill", status=422)
    assert "neither readings nor channels" in silent["errors"][0]["why"]


async def test_devices_that_speak_mqtt_take_no_posted_readings(house: House) -> None:
    async with house.database.acquire() as connection:
        insert = "INSERT INTO device (id, kind, name, created_at) VALUES ('plant-1', 'plantops', 'Node', now())"
        await connection.execute(insert)
    refused = await post(house, [reading(1)], device="plant-1", status=409)
    assert refused["code"] == "device_not_writable"
    refused = await post(house, [reading(1)], device="plant-1", name="Mine now", status=409)
    assert refused["code"] == "device_not_writable"
    assert (await ask(house, "GET", "/api/v1/devices/plant-1"))["name"] == "Node"


async def test_a_plant_from_seed_to_chart(house: House) -> None:
    readings = [reading(20 + hour, ago=hour * HOUR) for hour in range(1, 30)]
    await post(house, readings)
    device = await ask(house, "PATCH", "/api/v1/devices/ha-1", {"name": "Probe", "area": "Kitchen"}, scope=Scope.GARDEN)
    channel = device["channels"][0]["id"]
    named = await ask(house, "PATCH", f"/api/v1/channels/{channel}", {"name": "Soil <b>"}, scope=Scope.GARDEN)
    assert named == await ask(house, "GET", f"/api/v1/channels/{channel}")
    wish = {"name": "Basil", "species": "Ocimum basilicum", "pot_litres": 1.5}
    plant = await ask(house, "POST", "/api/v1/plants", wish, scope=Scope.GARDEN, status=201)
    path = f"/api/v1/plants/{plant['id']}"
    from_ = (NOW - 20 * HOUR).replace(minute=0, second=0)
    assign = {"channel_id": channel, "from": from_.isoformat()}
    assignment = await ask(house, "POST", f"{path}/assignments", assign, scope=Scope.GARDEN, status=201)
    again = await ask(house, "POST", f"{path}/assignments", assign, scope=Scope.GARDEN, status=409)
    assert again["code"] == "assignment_overlaps"
    assert "Soil <b>" in again["detail"]
    told = await ask(house, "GET", path, scope=Scope.READ)
    assert [value["value"] for value in told["values"]] == [21]
    history = await ask(house, "GET", f"{path}/history?metric=soil_moisture", scope=Scope.READ)
    assert history["resolution"] == "raw"
    values = [point["mean"] for point in history["points"]]
    assert values == sorted(values, reverse=True)
    assert len(values) == sum(1 for one in readings if float(str(one["t"])) >= from_.timestamp())
    end = {"until": (NOW - 10 * HOUR).replace(minute=0, second=0).isoformat()}
    ended = await ask(house, "PATCH", f"{path}/assignments/{assignment['id']}", end, scope=Scope.GARDEN)
    assert ended["until"] is not None
    assert (await ask(house, "GET", path))["values"] == []
    listed = await ask(house, "GET", f"{path}/assignments")
    assert listed == {"items": [ended], "next": None}
    await ask(house, "DELETE", f"{path}/assignments/{assignment['id']}", scope=Scope.GARDEN, status=204)
    await ask(house, "DELETE", path, scope=Scope.GARDEN, status=204)
    assert (await ask(house, "GET", path, status=404))["code"] == "plant_not_found"


async def test_the_garden_is_one_answer(house: House) -> None:
    await post(house, [reading(40)])
    await ask(house, "POST", "/api/v1/plants", {"name": "Fern"}, status=201)
    garden = GardenSnapshot.model_validate(await ask(house, "GET", "/api/v1/garden", scope=Scope.READ))
    assert ([device.id for device in garden.devices], [plant.name for plant in garden.plants]) == (["ha-1"], ["Fern"])
    assert (await ask(house, "GET", "/api/v1/devices?limit=1"))["next"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-20T12:00:00", "invalid"),
        ("from=2026-11-20", "invalid"),
        ("from=yesterday", "invalid"),
        ("from=NaN", "invalid"),
        ("from=0001-01-01T00:00:00%2B14:00", "invalid"),
        ("from=2026-11-20T12:00:00Z&until=2026-11-20T11:00:00Z", "span_invalid"),
        ("from=-86400&until=86400", "span_invalid"),
        ("from=-1&until=1795000000", "span_invalid"),
        ("from=2026-11-20T12:00:00Z&until=9999-12-31T23:59:59Z", "span_invalid"),
        ("points=1", "invalid"),
        ("points=2001", "invalid"),
        ("points=many", "invalid"),
        ("resolution=raw", "invalid"),
        ("from=0&from=1", "invalid"),
    ],
)
async def test_impossible_spans_are_refused_in_words(house: House, query: str, code: str) -> None:
    await post(house, [reading(40)])
    channel = (await ask(house, "GET", "/api/v1/devices/ha-1"))["channels"][0]["id"]
    problem = await ask(house, "GET", f"/api/v1/channels/{channel}/history?{query}", status=422)
    assert problem["code"] == code
    assert problem["detail"]


@pytest.mark.parametrize(
    "query", ["from=1795000000&until=1795003600.5", "from=2026-11-18T10:26:40 01:00&until=2026-11-18T11:26:41%2B0100"]
)
async def test_times_are_unix_seconds_or_iso_with_a_zone(house: House, query: str) -> None:
    await post(house, [reading(40)])
    channel = (await ask(house, "GET", "/api/v1/devices/ha-1"))["channels"][0]["id"]
    history = await ask(house, "GET", f"/api/v1/channels/{channel}/history?{query}")
    assert history["from"].endswith("Z")


async def test_an_export_is_csv(house: House) -> None:
    await post(house, [reading(hour, ago=hour * HOUR) for hour in range(1, 20)])
    channel = (await ask(house, "GET", "/api/v1/devices/ha-1"))["channels"][0]["id"]
    for query in ("", "?device_id=ha-1", f"?channel_id={channel}&format=csv"):
        async with house.client.get(f"/api/v1/export{query}", headers=house.bearer(Scope.READ)) as answer:
            assert (answer.status, answer.content_type, answer.charset) == (200, "text/csv", "utf-8")
            assert "plantops.csv" in answer.headers["Content-Disposition"]
            lines = list(csv.DictReader(io.StringIO(await answer.text(), newline="")))
        assert [float(line["value"]) for line in lines] == [float(hour) for hour in range(19, 0, -1)]
    async with house.client.head("/api/v1/export", headers=house.bearer(Scope.READ)) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
    assert (await ask(house, "GET", "/api/v1/export?device_id=nobody", status=404))["code"] == "device_not_found"
    assert (await ask(house, "GET", "/api/v1/export?format=xml", status=422))["code"] == "invalid"
    several = f"/api/v1/export?device_id=ha-1&channel_id={channel}"
    assert "not several" in (await ask(house, "GET", several, status=422))["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/plants"),
        ("PATCH", "/api/v1/devices/ha-1"),
        ("POST", "/api/v1/readings"),
        ("GET", "/api/v1/dead-letters"),
        ("GET", "/api/v1/stream"),
    ],
)
async def test_a_token_opens_only_its_doors(house: House, method: str, path: str) -> None:
    scope = Scope.INGEST if path == "/api/v1/stream" else Scope.READ
    problem = await ask(house, method, path, {}, scope=scope, status=403)
    assert problem["code"] == "scope_missing"
