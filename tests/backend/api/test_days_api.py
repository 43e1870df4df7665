"""Light and air as a client meets them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.errors import PlantNotFound, SpanInvalid
from aioplantops.models import Scope
from plantops.api import keys

from tests.backend.api.conftest import PATIENCE, House
from tests.backend.api.test_garden_api import ask

DAYS = 3


async def lit(house: House) -> str:
    """Plant a plant in the light of a steady lamp."""
    hour = house.clock.hour()
    moments = [hour - timedelta(minutes=30 * n) for n in range(DAYS * 48)]
    readings = [{"c": "illuminance", "t": moment.timestamp(), "v": 10_000} for moment in moments]
    readings += [
        {"c": "temperature", "t": hour.timestamp(), "v": 25},
        {"c": "humidity", "t": hour.timestamp(), "v": 60},
    ]
    await ask(house, "POST", "/api/v1/readings", {"device_id": "shelf", "readings": readings}, scope=Scope.INGEST)
    plant = await ask(
        house, "POST", "/api/v1/plants", {"name": "Basil", "site": {"light_source": "white_led"}}, status=201
    )
    channels = (await ask(house, "GET", "/api/v1/devices/shelf"))["channels"]
    since = (hour - timedelta(days=DAYS)).isoformat()
    for channel in channels:
        wish = {"channel_id": channel["id"], "from": since}
        await ask(house, "POST", f"/api/v1/plants/{plant['id']}/assignments", wish, status=201)
    found: str = plant["id"]
    return found


async def test_days_and_the_air_of_now(house: House) -> None:
    plant_id = await lit(house)
    days = await ask(house, "GET", f"/api/v1/plants/{plant_id}/days", scope=Scope.READ)
    assert days["time_zone"] == "Europe/Berlin"
    whole = [day for day in days["days"][1:] if day["complete"]]  # the lamp was lit in the middle of the first
    assert min(day["light_coverage"] for day in whole) > 0.9
    assert {day["light_metric"] for day in whole} == {"illuminance"}
    assert [day["dli"] for day in whole] == [pytest.approx(12.96, abs=0.6)] * len(whole)
    assert len(whole) >= DAYS - 2
    plant = await ask(house, "GET", f"/api/v1/plants/{plant_id}")
    assert (plant["air"]["vpd"], plant["air"]["dew_point"]) == (1.267, 16.7)
    assert plant["light"] is None, "nobody has looked yet"
    lights = house.client.app[keys.LIGHTS]
    await asyncio.wait_for(lights.asked(), PATIENCE)
    await lights.look()
    plant = await ask(house, "GET", f"/api/v1/plants/{plant_id}")
    assert plant["light"]["yesterday"]["dli"] == pytest.approx(12.96, abs=0.6)
    assert plant["site"]["light_source"] == "white_led"
    assert (await ask(house, "GET", "/api/v1/garden"))["plants"] == [plant]


async def test_the_client_asks_for_days(house: House, client: PlantOpsClient) -> None:
    plant_id = await lit(house)
    plant = await anext(client.plants())
    days = await client.plant_days(plant.id)
    today = days.days[-1].day
    assert not days.days[-1].complete
    assert (await client.plant_days(plant.id, today - timedelta(days=1), today)).days == days.days[-2:-1]
    with pytest.raises(SpanInvalid, match="day after the last one"):
        await client.plant_days(plant.id, today, today)
    await client.delete_plant(plant.id)
    with pytest.raises(PlantNotFound):
        await client.plant_days(plant.id)
    assert str(plant.id) == plant_id


@pytest.mark.parametrize(
    ("site", "where"),
    [
        ({"light_source": "candle"}, "site.light_source"),
        ({"day_begins": "25:00"}, "site.day_begins"),
        ({"day_begins": "6:00"}, "site.day_begins"),
        ({"leaf_offset": 40}, "site.leaf_offset"),
        ({"light_factor": 0}, "site.light_factor"),
        ({"growth_base": 30, "growth_upper": 30}, "site"),
        ({"light": "sun"}, "site.light"),
    ],
)
async def test_a_site_that_cannot_be_meant_is_refused_in_words(house: House, site: dict[str, Any], where: str) -> None:
    refusal = await ask(house, "POST", "/api/v1/plants", {"name": "x", "site": site}, status=422)
    assert [error["where"] for error in refusal["errors"]] == [where]
    assert (await ask(house, "GET", "/api/v1/plants"))["items"] == []


@pytest.mark.parametrize("query", ["from=yesterday", "from=2026-02-30", "until=2026-11-20T00:00:00Z", "days=3"])
async def test_days_that_are_none_are_refused(house: House, query: str) -> None:
    plant = await ask(house, "POST", "/api/v1/plants", {"name": "x"}, status=201)
    refusal = await ask(house, "GET", f"/api/v1/plants/{plant['id']}/days?{query}", status=422)
    assert refusal["code"] == "invalid"
