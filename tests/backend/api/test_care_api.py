"""The care log and the absence plan over HTTP: who may ask, and what is said."""

from datetime import timedelta

from aioplantops.care import AbsencePlan, CareEvent
from aioplantops.models import Page, Plant, Scope

from tests.backend.api.conftest import House


async def test_a_watering_is_written_down_and_foretells_the_next(house: House) -> None:
    garden, care, read = (house.bearer(scope) for scope in (Scope.GARDEN, Scope.CARE, Scope.READ))
    made = await house.client.post("/api/v1/plants", json={"name": "Cactus"}, headers=garden)
    plant = Plant.model_validate(await made.json())
    path = f"/api/v1/plants/{plant.id}/care"
    for days in (14, 7, 0):
        at = (house.clock() - timedelta(days=days)).isoformat()
        answer = await house.client.post(path, json={"at": at, "litres": 0.2}, headers=care)
        assert answer.status == 201
    assert (await house.client.post(path, json={}, headers=read)).status == 403
    told = Page[CareEvent].model_validate(await (await house.client.get(path, headers=read)).json())
    assert [event.litres for event in told.items] == [0.2, 0.2, 0.2]
    shown = Plant.model_validate(await (await house.client.get(f"/api/v1/plants/{plant.id}", headers=read)).json())
    assert shown.next_watering is not None
    assert shown.last_watered_at == told.items[0].at
    until = (house.clock() + timedelta(days=10)).isoformat()
    answer = await house.client.get("/api/v1/absence", params={"until": until}, headers=read)
    plan = AbsencePlan.model_validate(await answer.json())
    assert [(one.plant_id, one.next_watering) for one in plan.plants] == [(plant.id, shown.next_watering)]


async def test_an_absence_in_the_past_is_refused(house: House) -> None:
    until = (house.clock() - timedelta(days=1)).isoformat()
    answer = await house.client.get("/api/v1/absence", params={"until": until}, headers=house.bearer(Scope.READ))
    assert answer.status == 422
    assert (await answer.json())["code"] == "span_invalid"
