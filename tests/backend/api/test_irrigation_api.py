"""Irrigation over HTTP: who may water, in which words it is refused, and what a listening client then knows."""

import asyncio
from uuid import UUID, uuid4

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.irrigation import (
    Irrigator,
    IrrigatorChange,
    IrrigatorCreate,
    IrrigatorState,
    WateringReason,
    WateringState,
    WaterPlant,
)
from aioplantops.irrigation_errors import IrrigatorNotFound, NoIrrigator, WateringRefused
from aioplantops.models import PlantCreate, Scope

from tests.backend.api.conftest import PATIENCE, House

NODE = "plant-node"


async def irrigator(house: House, client: PlantOpsClient) -> Irrigator:
    """Let a node with a pump water basil."""
    async with house.database.acquire() as connection:
        await connection.execute(
            "INSERT INTO device (id, kind, name, status, created_at) VALUES ($1, 'plantops', $1, 'online', now())", NODE
        )
        await connection.execute(
            "INSERT INTO device_valve (device_id, key, max_seconds, litres_per_minute) VALUES ($1, 'pump', 60, 1.2)",
            NODE,
        )
    plant = await client.create_plant(PlantCreate(name="Basil"))
    with pytest.raises(NoIrrigator):
        await client.water(plant.id, WaterPlant(seconds=20))
    return await client.create_irrigator(IrrigatorCreate(plant_ids=(plant.id,), device_id=NODE, valve="pump"))


async def test_a_client_waters_listens_and_stops(house: House, client: PlantOpsClient) -> None:
    made = await irrigator(house, client)
    (plant_id,) = made.plant_ids
    gardens = client.listen()
    first = (await anext(gardens)).garden
    assert first.irrigators == {made.id: made}
    command = await client.water(plant_id, WaterPlant(litres=0.4, key=str(uuid4())))
    assert (command.seconds, command.warnings) == (20, ("Basil has no soil probe.",))
    told = set()
    async with asyncio.timeout(PATIENCE):
        async for update in gardens:
            told.add(update.event.type if update.event else "snapshot")
            if update.garden.irrigators[made.id].state is IrrigatorState.STARTING:
                break
    assert told == {"watering_command", "irrigator"}
    await gardens.aclose()
    with pytest.raises(WateringRefused) as refused:
        await client.water(plant_id, WaterPlant(seconds=99, force=True))
    assert [one["where"] for one in refused.value.errors] == [
        WateringReason.BUSY, WateringReason.TOO_LONG,
    ]  # fmt: skip
    assert (await client.stop_irrigator(made.id)).last_command == command
    assert [one.state async for one in client.waterings(made.id)] == [WateringState.SENT]


async def test_what_is_changed_is_seen_in_all_lists(house: House, client: PlantOpsClient) -> None:
    made = await irrigator(house, client)
    changed = await client.change_irrigator(made.id, IrrigatorChange(name="Drip hose", max_seconds=10))
    assert [one async for one in client.irrigators()] == [changed] == list((await client.garden()).irrigation)
    assert await client.irrigator(made.id) == changed == await client.clear_irrigator(made.id)
    await client.switch_irrigation_off()
    assert (await client.irrigator(made.id)).state is IrrigatorState.OFF
    answer = await house.client.patch(
        "/api/v1/settings", json={"irrigation_enabled": True}, headers=house.bearer(Scope.ADMIN)
    )
    assert (await answer.json())["irrigation_enabled"] is True
    assert (await client.irrigator(made.id)).state is IrrigatorState.IDLE
    await client.delete_irrigator(made.id)
    with pytest.raises(IrrigatorNotFound):
        await client.irrigator(made.id)


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        (Scope.READ, "/api/v1/plants/{}/water", 403),
        (Scope.READ, "/api/v1/irrigation/off", 403),
        (Scope.READ, "/api/v1/irrigators/{}/stop", 403),
        (Scope.CARE, "/api/v1/irrigators/{}/clear", 403),
        (Scope.CARE, "/api/v1/irrigators/{}/stop", 404),
        (Scope.CARE, "/api/v1/irrigation/off", 204),
    ],
)
async def test_who_may(house: House, scope: Scope, path: str, status: int) -> None:
    body = {"seconds": 5} if path.endswith("water") else None
    answer = await house.client.post(path.format(UUID(int=1)), headers=house.bearer(scope), json=body)
    assert answer.status == status


@pytest.mark.parametrize("body", [{}, {"seconds": 5, "litres": 1}, {"seconds": -1}, {"seconds": 5, "key": "short"}])
async def test_wishes_that_make_no_sense(house: House, client: PlantOpsClient, body: dict[str, object]) -> None:
    plant = await client.create_plant(PlantCreate(name="Basil"))
    answer = await house.client.post(f"/api/v1/plants/{plant.id}/water", json=body, headers=house.bearer(Scope.CARE))
    assert answer.status == 422
