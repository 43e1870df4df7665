"""The to-do list: what comes by itself, what is done once, and what follows from what was done."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aioplantops.care import CareChange, CareKind, CareLog
from aioplantops.errors import Invalid
from aioplantops.models import Plant, PlantChange
from aioplantops.settings import GardenSettingsChange
from aioplantops.tasks import (
    Basis,
    CareTask,
    TaskClosed,
    TaskComplete,
    TaskNotFound,
    TaskNotUndone,
    TaskRule,
    TaskRuleAutomatic,
    TaskRuleChange,
    TaskRuleCreate,
    TaskRuleNotFound,
    TaskSnooze,
)
from plantops.services.garden_settings import GardenRules
from plantops.storage import care

from tests.backend.services.intake import NOON
from tests.backend.services.listening import Listening, agree
from tests.backend.services.rooms import Rooms
from tests.backend.services.test_watch import BEGIN, DEVICE, judge_all, planted, readings, story

DAY = timedelta(days=1)
MORNING = NOON.replace(hour=8)
NEVER = UUID(int=0)


@pytest.fixture
async def rooms(embedded_database: str) -> AsyncIterator[Rooms]:
    async with Rooms.open(embedded_database) as opened:
        yield opened


async def open_tasks(rooms: Rooms, **wanted: Any) -> list[CareTask]:
    return list((await rooms.tasks.page(None, 100, **wanted)).items)


async def only(rooms: Rooms, rule: TaskRule) -> CareTask:
    """Give a rule's open task."""
    (task,) = [task for task in await open_tasks(rooms) if task.rule_id == rule.id]
    return task


async def fertilising(rooms: Rooms, plant: Plant, **more: Any) -> TaskRule:
    wish = {"plant_id": plant.id, "kind": "fertilised", "every": 14, **more}
    return await rooms.rules.create(TaskRuleCreate.model_validate(wish))


async def notices(rooms: Rooms) -> list[tuple[str, str]]:
    async with rooms.database.acquire() as connection:
        return [tuple(row) for row in await connection.fetch("SELECT title, body FROM notice ORDER BY id")]


async def test_each_plant_has_its_watering_task_by_itself_unless_nobody_wants_it(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.keeper.round()
    await rooms.keeper.round()
    (task,) = await open_tasks(rooms)
    assert (task.plant_id, task.kind, task.title, task.basis) == (plant.id, "watered", "Water Basil", Basis.INTERVAL)
    assert task.due_at == MORNING + 7 * DAY
    (rule,) = (await rooms.rules.page(None, 10)).items
    with pytest.raises(TaskRuleAutomatic):
        await rooms.rules.remove(rule.id)
    await rooms.rules.change(rule.id, TaskRuleChange(enabled=False))
    assert await open_tasks(rooms) == []
    await rooms.rules.change(rule.id, TaskRuleChange(enabled=True, every=3))
    assert (await only(rooms, rule)).due_at == MORNING + 3 * DAY
    settings = GardenRules(rooms.database)
    await settings.change(GardenSettingsChange(watering_tasks=False))
    await rooms.keeper.round()
    assert await open_tasks(rooms) == []
    await rooms.plants.change(plant.id, PlantChange(name="Thai basil"))
    await settings.change(GardenSettingsChange(watering_tasks=True))
    await rooms.keeper.round()
    assert [task.title for task in await open_tasks(rooms)] == ["Water Thai basil"]


async def test_a_task_is_done_once_and_comes_again_from_the_day_on_which_it_was_done(rooms: Rooms) -> None:
    plant = await rooms.plant()
    rule = await fertilising(rooms, plant)
    task = await only(rooms, rule)
    assert task.due_at == MORNING + 14 * DAY
    rooms.clock.now += 16 * DAY
    done = await rooms.tasks.complete(task.id, TaskComplete(note="Half a dose."))
    assert done.completed_at == NOON + 16 * DAY
    assert await rooms.tasks.complete(task.id, TaskComplete(note="Pressed twice.")) == done
    (event,) = (await rooms.care.page(plant.id, None, 10)).items
    assert (event.id, event.kind, event.note) == (done.care_event_id, CareKind.FERTILISED, "Half a dose.")
    following = await only(rooms, rule)
    assert following.due_at == MORNING + 30 * DAY
    assert list((await rooms.tasks.page(None, 9, done=True)).items) == [done]


async def test_two_who_complete_at_the_same_time_write_one_event(rooms: Rooms) -> None:
    plant = await rooms.plant()
    task = await only(rooms, await fertilising(rooms, plant))
    one, two = await asyncio.gather(*(rooms.tasks.complete(task.id, TaskComplete()) for _ in range(2)))
    assert one == two
    assert len((await rooms.care.page(plant.id, None, 10)).items) == 1


async def test_what_is_written_down_by_hand_fulfils_the_task_and_taken_back_opens_it_again(rooms: Rooms) -> None:
    plant = await rooms.plant()
    rule = await fertilising(rooms, plant)
    task = await only(rooms, rule)
    rooms.clock.now += 10 * DAY
    event = await rooms.care.log(plant.id, CareLog(kind=CareKind.FERTILISED))
    await rooms.care.log(plant.id, CareLog(kind=CareKind.PRUNED))
    following = await only(rooms, rule)
    assert following.id != task.id
    assert following.due_at == MORNING + 24 * DAY
    with pytest.raises(TaskNotUndone, match="take that entry back"):
        await rooms.tasks.undo(task.id)
    await rooms.care.change(plant.id, event.id, CareChange(at=NOON + 8 * DAY))
    assert (await only(rooms, rule)).due_at == MORNING + 22 * DAY
    await rooms.care.remove(plant.id, event.id)
    assert (await only(rooms, rule)).id == task.id
    await rooms.care.log(plant.id, CareLog(kind=CareKind.FERTILISED, at=NOON - 30 * DAY))
    assert (await only(rooms, rule)).id == task.id, "what was done before its rule began is not what it asks for"


async def test_undo_takes_back_what_completing_did(rooms: Rooms) -> None:
    plant = await rooms.plant()
    rule = await fertilising(rooms, plant)
    task = await only(rooms, rule)
    await rooms.tasks.complete(task.id, TaskComplete())
    following = await only(rooms, rule)
    await rooms.tasks.snooze(following.id, TaskSnooze(days=3))
    assert await rooms.tasks.undo(task.id) == task
    assert await rooms.tasks.undo(task.id) == task, "undoing twice changes nothing"
    assert await only(rooms, rule) == task
    assert (await rooms.care.page(plant.id, None, 10)).items == ()
    await rooms.tasks.skip(task.id)
    await rooms.tasks.skip(task.id)
    with pytest.raises(TaskClosed):
        await rooms.tasks.complete(task.id, TaskComplete())
    assert (await only(rooms, rule)).due_at == MORNING + 28 * DAY, "left out: it comes again after its day"
    await rooms.tasks.complete((await only(rooms, rule)).id, TaskComplete())
    with pytest.raises(TaskNotUndone, match="later task"):
        await rooms.tasks.undo(task.id)


async def test_a_task_is_put_off(rooms: Rooms) -> None:
    task = await only(rooms, await fertilising(rooms, await rooms.plant()))
    rooms.clock.now += 14 * DAY
    await rooms.keeper.round()
    snoozed = await rooms.tasks.snooze(task.id, TaskSnooze(days=2))
    assert snoozed.snoozed_until == MORNING + 16 * DAY
    assert snoozed.due_at == task.due_at
    with pytest.raises(Invalid, match="past already"):
        await rooms.tasks.snooze(task.id, TaskSnooze(until=rooms.clock() - DAY))
    with pytest.raises(Invalid, match="a year at most"):
        await rooms.tasks.snooze(task.id, TaskSnooze(until=rooms.clock() + 400 * DAY))
    with pytest.raises(TaskNotFound):
        await rooms.tasks.snooze(NEVER, TaskSnooze(days=1))


async def test_people_hear_once_of_what_is_due_and_nothing_of_what_was_done(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.plants.change(plant.id, PlantChange(area="Balcony"))
    task = await only(rooms, await fertilising(rooms, plant))
    rooms.clock.now = MORNING + 6 * DAY
    await rooms.keeper.round()
    assert await notices(rooms) == []
    rooms.clock.now += DAY
    for _ in range(2):
        await rooms.keeper.round()
    assert await notices(rooms) == [("Water Basil", "Basil, Balcony.")]
    rooms.clock.now = MORNING + 14 * DAY
    await rooms.keeper.round()
    assert [title for title, _ in await notices(rooms)] == ["Water Basil", "Fertilise Basil"]
    await rooms.tasks.complete(task.id, TaskComplete())
    assert [title for title, _ in await notices(rooms)] == ["Water Basil"], "nobody was told yet, nobody need be"


async def test_watering_follows_the_drying_model_and_is_done_by_what_the_soil_tells(rooms: Rooms) -> None:
    one = story()
    wet = (one.waterings[-1] - BEGIN.timestamp()) / DAY.total_seconds()
    rooms.clock.now = BEGIN + DAY
    plant = await planted(rooms, one, end=wet - 0.5)
    await rooms.keeper.round()
    await judge_all(rooms)
    await rooms.keeper.round()
    (before,) = await open_tasks(rooms)
    told = (await rooms.garden.plant(plant.id)).next_watering
    assert told is not None
    assert (before.basis, before.due_at) == (Basis.MODEL, told.at)
    rooms.clock.now = BEGIN + timedelta(days=wet + 0.5)
    await rooms.store(DEVICE, readings(one, wet - 0.5, wet + 0.5))
    await judge_all(rooms)
    await rooms.keeper.round()
    (after,) = await open_tasks(rooms)
    (done,) = (await rooms.tasks.page(None, 9, done=True)).items
    watered = (await rooms.garden.plant(plant.id)).last_watered_at
    assert (done.id, done.completed_at) == (before.id, watered)
    told = (await rooms.garden.plant(plant.id)).next_watering
    assert told is not None
    assert (after.basis, after.due_at) == (Basis.MODEL, told.at)
    assert done.care_event_id is not None
    await rooms.care.remove(plant.id, done.care_event_id)
    assert [task.id for task in await open_tasks(rooms)] == [before.id], "it was none: the plant still wants water"


async def test_who_says_done_before_the_probe_knows_is_not_asked_again_at_once(rooms: Rooms) -> None:
    one = story()
    dry = (one.waterings[-1] - BEGIN.timestamp()) / DAY.total_seconds()
    rooms.clock.now = BEGIN + DAY
    plant = await planted(rooms, one, end=dry - 0.1)
    low = {"soil_moisture": {"low": 90}}
    await rooms.plants.change(plant.id, PlantChange.model_validate({"thresholds": low}))
    await judge_all(rooms)
    await rooms.keeper.round()
    (task,) = await open_tasks(rooms)
    assert (task.basis, task.due_at <= rooms.clock()) == (Basis.MODEL, True)
    await rooms.tasks.complete(task.id, TaskComplete())
    (following,) = await open_tasks(rooms)
    assert following.due_at > rooms.clock() + 5 * DAY
    rooms.clock.now += timedelta(hours=13)
    async with rooms.database.acquire() as connection:
        await care.note(connection, plant.id, rooms.clock())
    await judge_all(rooms)
    await rooms.keeper.round()
    (asked,) = await open_tasks(rooms)
    assert asked.id == following.id
    assert asked.due_at <= rooms.clock(), "the water has not come to the probe: somebody should look"


async def test_the_house_has_tasks_of_its_own(rooms: Rooms) -> None:
    wish = {"kind": "custom", "title": "Clean the windows", "by": "dates", "dates": ["04-01", "10-01"]}
    rule = await rooms.rules.create(TaskRuleCreate.model_validate(wish))
    task = await only(rooms, rule)
    assert (task.plant_id, task.title, task.basis) == (None, "Clean the windows", Basis.DATE)
    done = await rooms.tasks.complete(task.id, TaskComplete())
    assert (done.care_event_id, done.completed_at) == (None, NOON)
    assert (await only(rooms, rule)).due_at > task.due_at
    assert await rooms.tasks.undo(task.id) == task
    await rooms.rules.remove(rule.id)
    assert await open_tasks(rooms) == []
    with pytest.raises(TaskRuleNotFound):
        await rooms.rules.show(rule.id)
    assert (await rooms.tasks.page(None, 9, done=True)).items == ()


async def test_listeners_know_the_list_as_the_store_has_it(rooms: Rooms) -> None:
    plant = await rooms.plant()
    await rooms.keeper.round()
    one = Listening(rooms)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(one.run())
        await one.joined.wait()
        assert len(one.heard.garden.tasks) == 1
        rule = await fertilising(rooms, plant)
        await agree(rooms, [one])
        task = await only(rooms, rule)
        await rooms.tasks.complete(task.id, TaskComplete())
        await agree(rooms, [one])
        await rooms.tasks.undo(task.id)
        await rooms.tasks.skip(task.id)
        await agree(rooms, [one])
        await rooms.plants.change(plant.id, PlantChange(name="Told"))
        await rooms.keeper.plant_changed(plant.id)
        await agree(rooms, [one])
        assert {task.title for task in one.heard.garden.tasks.values()} == {"Water Told", "Fertilise Told"}
        await rooms.plants.remove(plant.id)
        await agree(rooms, [one])
        assert one.heard.garden.tasks == {}
        listening.cancel()
