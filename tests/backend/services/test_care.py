"""The care log: what is written down, corrected and taken back, what it changes, and who hears of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aioplantops.care import CareChange, CareEventNotFound, CareKind, CareLog
from aioplantops.errors import Invalid, PlantNotFound
from aioplantops.events import CareRemovedEvent, CareToldEvent
from pydantic import ValidationError

from tests.backend.services.intake import NOON
from tests.backend.services.listening import Listening, until
from tests.backend.services.rooms import Rooms

DAY = timedelta(days=1)
NEVER = UUID(int=0)


@pytest.fixture
async def rooms(embedded_database: str) -> AsyncIterator[Rooms]:
    async with Rooms.open(embedded_database) as opened:
        yield opened


def done(kind: CareKind, days_ago: float = 0, **more: Any) -> CareLog:
    return CareLog(kind=kind, at=NOON - days_ago * DAY, **more)


async def test_repotting_and_moving_change_the_plant_unless_something_newer_is_known(rooms: Rooms) -> None:
    plant = await rooms.plant()
    repotted = await rooms.care.log(plant.id, done(CareKind.REPOTTED, 2, pot_litres=5.0, substrate="Peat-free"))
    await rooms.care.log(plant.id, done(CareKind.MOVED, 2, area="Balcony"))
    await rooms.care.log(plant.id, done(CareKind.REPOTTED, 300, pot_litres=1.0, substrate="Seedling soil"))
    await rooms.care.log(plant.id, done(CareKind.MOVED, 300, area="Cellar"))
    told = await rooms.garden.plant(plant.id)
    assert (told.pot_litres, told.substrate, told.area) == (5.0, "Peat-free", "Balcony")
    await rooms.care.change(plant.id, repotted.id, CareChange(pot_litres=7.5))
    told = await rooms.garden.plant(plant.id)
    assert (told.pot_litres, told.substrate) == (7.5, "Peat-free")


async def test_misting_is_no_watering(rooms: Rooms) -> None:
    plant = await rooms.plant()
    for days in (14, 7):
        await rooms.care.log(plant.id, done(CareKind.WATERED, days))
    before = await rooms.garden.plant(plant.id)
    for days in (5, 3, 1):
        await rooms.care.log(plant.id, done(CareKind.MISTED, days))
    after = await rooms.garden.plant(plant.id)
    assert before.next_watering is not None
    assert (after.next_watering, after.last_watered_at) == (before.next_watering, NOON - 7 * DAY)


async def test_a_watering_taken_back_or_moved_is_not_counted_any_more(rooms: Rooms) -> None:
    plant = await rooms.plant()
    events = [await rooms.care.log(plant.id, done(CareKind.WATERED, days)) for days in (20, 10, 1)]
    await rooms.care.remove(plant.id, events[-1].id)
    assert (await rooms.garden.plant(plant.id)).last_watered_at == NOON - 10 * DAY
    await rooms.care.change(plant.id, events[1].id, CareChange(at=NOON - 12 * DAY, litres=0.5))
    assert (await rooms.garden.plant(plant.id)).last_watered_at == NOON - 12 * DAY
    page = await rooms.care.page(plant.id, None, 10)
    assert [(event.at, event.litres) for event in page.items] == [(NOON - 12 * DAY, 0.5), (NOON - 20 * DAY, None)]
    with pytest.raises(CareEventNotFound):
        await rooms.care.remove(plant.id, events[-1].id)


async def test_the_house_has_one_list(rooms: Rooms) -> None:
    basil, fern = await rooms.plant("Basil"), await rooms.plant("Fern")
    await rooms.care.log(basil.id, done(CareKind.WATERED, 3))
    await rooms.care.log(fern.id, done(CareKind.PRUNED, 2))
    await rooms.care.log(basil.id, done(CareKind.NOTE, 1, note="New leaves."))
    first = await rooms.care.house(None, 2)
    rest = await rooms.care.house(first.next, 2)
    assert [event.kind for event in (*first.items, *rest.items)] == [CareKind.NOTE, CareKind.PRUNED, CareKind.WATERED]
    assert [event.plant_id for event in (await rooms.care.house(None, 9, kind=CareKind.PRUNED)).items] == [fern.id]
    assert len((await rooms.care.house(None, 9, plant_id=basil.id, since=NOON - 2 * DAY)).items) == 1
    with pytest.raises(PlantNotFound):
        await rooms.care.house(None, 9, plant_id=NEVER)


async def test_the_stream_tells_what_was_done_and_taken_back(rooms: Rooms) -> None:
    plant = await rooms.plant()
    one = Listening(rooms)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.run())
        await one.joined.wait()
        event = await rooms.care.log(plant.id, done(CareKind.FERTILISED))
        await until(lambda: any(isinstance(heard, CareToldEvent) for heard in one.heard.events))
        await rooms.care.remove(plant.id, event.id)
        await until(lambda: any(isinstance(heard, CareRemovedEvent) for heard in one.heard.events))
        task.cancel()
    told = [heard for heard in one.heard.events if isinstance(heard, CareToldEvent | CareRemovedEvent)]
    assert told == [
        CareToldEvent(seq=told[0].seq, event=event),
        CareRemovedEvent(seq=told[1].seq, event_id=event.id, plant_id=plant.id),
    ]


async def test_what_cannot_be_is_refused_in_words(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.care.log(plant.id, CareLog(at=NOON + timedelta(minutes=9)))
    with pytest.raises(Invalid, match="not happened yet"):
        await rooms.care.log(plant.id, CareLog(at=NOON + timedelta(minutes=11)))
    with pytest.raises(Invalid, match="year 2000"):
        await rooms.care.log(plant.id, CareLog(at=datetime(1999, 12, 31, tzinfo=UTC)))
    event = await rooms.care.log(plant.id, done(CareKind.NOTE, note="Hm."))
    with pytest.raises(Invalid, match="needs words"):
        await rooms.care.change(plant.id, event.id, CareChange(note=""))
    with pytest.raises(Invalid, match="litres belongs to"):
        await rooms.care.change(plant.id, event.id, CareChange(litres=1.0))
    with pytest.raises(Invalid, match="not happened yet"):
        await rooms.care.change(plant.id, event.id, CareChange(at=NOON + DAY))
    with pytest.raises(Invalid, match="leave it out"):
        await rooms.care.change(plant.id, event.id, CareChange(at=None))
    with pytest.raises(CareEventNotFound):
        await rooms.care.change((await rooms.plant("Fern")).id, event.id, CareChange())
    with pytest.raises(PlantNotFound):
        await rooms.care.log(NEVER, CareLog())


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "misted", "litres": 1.0}, "litres belongs to “watered”, not to “misted”"),
        ({"kind": "watered", "pot_litres": 1.0}, "pot_litres belongs to “repotted”"),
        ({"kind": "moved"}, "say where it was moved to"),
        ({"kind": "note", "note": " "}, "a note needs words"),
        ({"kind": "photo"}, "is sent to /plants/{plant_id}/photos"),
        ({"kind": "eaten"}, "Input should be 'watered', 'fertilised'"),
        ({"litres": 0}, "greater than 0"),
    ],
)
def test_what_fits_no_kind_is_refused(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CareLog.model_validate(wish)
