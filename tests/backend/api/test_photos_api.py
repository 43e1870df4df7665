"""Pictures over HTTP: sent whole, kept small, shown to who may see them, and gone with their plant."""

from datetime import timedelta
from io import BytesIO

import pytest
from aioplantops.care import CareKind
from aioplantops.client import PlantOpsClient
from aioplantops.errors import PlantNotFound, TooLarge
from aioplantops.models import PlantCreate, Scope
from aioplantops.photos import MOST_BYTES, PhotoInvalid, PhotoNotFound, PhotoUnsupported, TooManyPhotos
from aioplantops.tasks import TaskKind, TaskRuleCreate
from PIL import Image
from plantops.services import photos

from tests.backend.api.conftest import House
from tests.backend.api.pictures import drawn, phone, written


async def test_a_plants_pictures_tell_how_it_grows(house: House, client: PlantOpsClient) -> None:
    plant = await client.create_plant(PlantCreate(name="Monstera"))
    rule = await client.create_task_rule(TaskRuleCreate(plant_id=plant.id, kind=TaskKind.PHOTO, every=30))
    old = await client.add_photo(plant.id, phone(drawn((2_000, 1_000)), house.clock() - timedelta(days=9)))
    new = await client.add_photo(plant.id, written(drawn(), "PNG"), "image/png")
    assert [one async for one in client.photos(plant.id)] == [new, old]
    assert (old.width, old.height) == (1_600, 800)
    assert (await client.plant(plant.id)).photo_id == new.id
    assert (await client.garden()).plants[0].photo_id == new.id
    events = [event async for event in client.care(plant.id)]
    assert [(event.kind, event.photo_id) for event in events] == [(CareKind.PHOTO, new.id), (CareKind.PHOTO, old.id)]
    assert [task.rule_id async for task in client.tasks(state="completed")] == [rule.id]
    for small, longest in ((False, 1_600), (True, 320)):
        payload = await client.photo(plant.id, old.id, thumbnail=small)
        assert max(Image.open(BytesIO(payload)).size) == longest
        assert b"Secret" not in payload
    answer = await house.client.get(f"/api/v1/plants/{plant.id}/photos/{old.id}", headers=house.bearer(Scope.READ))
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert (await house.client.get(f"/api/v1/plants/{plant.id}/photos/{old.id}")).status == 401
    await client.delete_photo(plant.id, new.id)
    await client.delete_care(plant.id, events[1].id)
    assert [one async for one in client.photos(plant.id)] == []
    assert [one async for one in client.care(plant.id)] == []
    assert (await client.plant(plant.id)).photo_id is None
    with pytest.raises(PhotoNotFound):
        await client.photo(plant.id, new.id)


async def test_what_is_no_picture_is_refused_and_nothing_is_half_done(
    house: House, client: PlantOpsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, other = [await client.create_plant(PlantCreate(name=name)) for name in ("Fern", "Moss")]
    with pytest.raises(PhotoInvalid, match="no picture"):
        await client.add_photo(plant.id, b"GIF89a")
    with pytest.raises(PhotoUnsupported):
        await client.add_photo(plant.id, b"{}", "application/json")
    with pytest.raises(TooLarge, match="15 MiB"):
        await client.add_photo(plant.id, bytes(MOST_BYTES + 1))
    with pytest.raises(PlantNotFound):
        await client.add_photo(type(plant.id)(int=0), written(drawn()))
    read = {**house.bearer(Scope.READ), "Content-Type": "image/jpeg"}
    sent = await house.client.post(f"/api/v1/plants/{plant.id}/photos", data=written(drawn()), headers=read)
    assert sent.status == 403
    assert [one async for one in client.care(plant.id)] == []
    monkeypatch.setattr(photos, "MOST_OF_A_PLANT", 1)
    photo = await client.add_photo(plant.id, written(drawn()))
    with pytest.raises(TooManyPhotos, match="as many as a plant can"):
        await client.add_photo(plant.id, written(drawn()))
    monkeypatch.setattr(photos, "MOST_BYTES", 1)
    with pytest.raises(TooManyPhotos, match="2 GiB"):
        await client.add_photo(other.id, written(drawn()))
    with pytest.raises(PhotoNotFound):
        await client.photo(other.id, photo.id)
    await client.delete_plant(plant.id)
    async with house.database.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM plant_photo") == 0
