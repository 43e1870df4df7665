"""Lists of tasks, and what is refused of them in words."""

from collections.abc import AsyncIterator

import pytest
from aioplantops.errors import Invalid, PlantNotFound
from aioplantops.tasks import TaskComplete, TaskRuleChange

from tests.backend.services.intake import NOON
from tests.backend.services.rooms import Rooms
from tests.backend.services.test_tasks import DAY, MORNING, NEVER, fertilising, only, open_tasks


@pytest.fixture
async def rooms(embedded_database: str) -> AsyncIterator[Rooms]:
    async with Rooms.open(embedded_database) as opened:
        yield opened


async def test_lists_are_cut_by_plant_and_time(rooms: Rooms) -> None:
    basil, fern = await rooms.plant("Basil"), await rooms.plant("Fern")
    for plant, days in ((basil, 3), (fern, 5), (basil, 20)):
        await fertilising(rooms, plant, every=days)
    mine = await open_tasks(rooms, plant_id=basil.id)
    assert [task.due_at for task in mine] == [MORNING + days * DAY for days in (3, 7, 20)]
    assert len(await open_tasks(rooms, due_before=MORNING + 6 * DAY)) == 2
    first = await rooms.tasks.page(None, 2)
    rest = await rooms.tasks.page(first.next, 9)
    assert [task.due_at for task in (*first.items, *rest.items)] == [MORNING + n * DAY for n in (3, 5, 7, 7, 20)]
    with pytest.raises(PlantNotFound):
        await rooms.tasks.page(None, 2, plant_id=NEVER)


async def test_what_cannot_be_is_refused_in_words(rooms: Rooms) -> None:
    plant = await rooms.plant()
    with pytest.raises(Invalid, match="due in the past"):
        await fertilising(rooms, plant, first_due=NOON - DAY)
    with pytest.raises(Invalid, match="all of them are past"):
        await fertilising(rooms, plant, every=None, by="dates", dates=["2025-01-01"])
    rule = await fertilising(rooms, plant, first_due=NOON + DAY)
    task = await only(rooms, rule)
    assert task.due_at == NOON + DAY
    with pytest.raises(Invalid, match="litres belongs to"):
        await rooms.tasks.complete(task.id, TaskComplete(litres=1.0))
    with pytest.raises(Invalid, match="not happened yet"):
        await rooms.tasks.complete(task.id, TaskComplete(at=NOON + DAY))
    with pytest.raises(Invalid, match="only a plant's watering"):
        await rooms.rules.change(rule.id, TaskRuleChange.model_validate({"by": "model"}))
    assert await only(rooms, rule) == task, "nothing is half-done"
