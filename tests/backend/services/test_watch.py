"""From readings to care events and the next watering: late readings, crashes and slips of the hand included."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from aioplantops.calibration import CalibrationCreate
from aioplantops.care import Basis, CareChange, CareEventDetected, CareKind, CareLog, CareSource, Verdict
from aioplantops.errors import PlantNotFound, SpanInvalid
from aioplantops.models import AssignmentCreate, Plant, PlantChange
from plantops.storage import care as store
from plantops.storage import soil

from tests.backend.services.intake import Clock
from tests.backend.services.rooms import Rooms
from tests.quality.decays import tell
from tests.quality.story import DAY, Story, Wire

DEVICE = "plant-3fa2c1"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
NEVER = UUID(int=0)


@pytest.fixture
async def rooms(database: str) -> AsyncIterator[Rooms]:
    clock = Clock()
    clock.now = BEGIN + timedelta(days=1)
    async with Rooms.open(database, clock=clock) as rooms:
        yield rooms


def story(days: float = 45.0) -> Story:
    """Tell of one plant that wants water every few days."""
    stories = tell("one", Wire(every=1800.0), 7, begin=BEGIN.timestamp(), days=days)
    return next(one for one in stories if 6 <= len(one.waterings) <= 14)


def readings(one: Story, begin: float = 0.0, end: float = 1000.0) -> list[tuple[str, datetime, float]]:
    first = BEGIN.timestamp()
    return [
        ("soil_moisture", datetime.fromtimestamp(time, UTC), value)
        for time, value in one.readings
        if begin * DAY <= time - first < end * DAY
    ]


async def planted(rooms: Rooms, one: Story, begin: float = 0.0, end: float = 1000.0) -> Plant:
    """Plant a plant whose probe says what the story tells of some days."""
    rooms.clock.now = BEGIN + timedelta(days=min(end, 45.0))
    await rooms.store(DEVICE, readings(one, begin, end))
    plant = await rooms.plant()
    await rooms.assign(plant.id, await rooms.channel(DEVICE), BEGIN)
    return plant


async def judge_all(rooms: Rooms) -> int:
    count = 0
    while judged := await rooms.watch.turn():
        count += judged
    return count


async def detected(rooms: Rooms, plant_id: UUID) -> list[float]:
    page = await rooms.care.page(plant_id, None, 200)
    return sorted(event.at.timestamp() for event in page.items if event.source is CareSource.DETECTED)


def agree(found: list[float], true: list[float]) -> bool:
    return len(found) == len(true) and all(abs(a - b) < 3 * 3600 for a, b in zip(found, true, strict=True))


async def test_waterings_are_found_and_the_next_one_is_told(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one)
    assert await judge_all(rooms) == 1
    assert agree(await detected(rooms, plant.id), list(one.waterings))
    told = await rooms.garden.plant(plant.id)
    assert told.last_watered_at is not None
    assert told.next_watering is not None
    assert told.next_watering.basis is Basis.HABIT
    assert told.next_watering.earliest <= told.next_watering.at <= told.next_watering.latest
    assert "usually watered" in told.next_watering.reason


async def test_readings_that_come_days_late_are_judged_as_if_they_had_come_in_time(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one, end=20.0)
    await judge_all(rooms)
    rooms.clock.now = BEGIN + timedelta(days=45)
    await rooms.store(DEVICE, readings(one, 30.0))
    await judge_all(rooms)
    in_the_gap = [at for at in one.waterings if 20.0 < (at - BEGIN.timestamp()) / DAY < 30.0]
    assert in_the_gap
    assert not agree(await detected(rooms, plant.id), list(one.waterings))
    await rooms.store(DEVICE, readings(one, 20.0, 30.0))
    rooms.clock.now += timedelta(hours=1)
    await judge_all(rooms)
    assert agree(await detected(rooms, plant.id), list(one.waterings))


async def learnt_at(rooms: Rooms, plant_id: UUID) -> float:
    async with rooms.database.acquire() as connection:
        return (await soil.memories(connection, [plant_id]))[plant_id].memory.learnt_at


async def test_an_hour_of_drying_needs_no_whole_look_and_late_news_does(rooms: Rooms) -> None:
    one = story()
    dry = next(
        at for at in range(25, 40) if all(abs(at * DAY + BEGIN.timestamp() - time) > DAY for time in one.waterings)
    )
    plant = await planted(rooms, one, end=dry)
    await judge_all(rooms)
    looked = await learnt_at(rooms, plant.id)
    before = (await rooms.garden.plant(plant.id)).next_watering
    for part in (1, 2):
        rooms.clock.now = BEGIN + timedelta(days=dry + part / 24)
        await rooms.store(DEVICE, readings(one, dry + (part - 1) / 24, dry + part / 24))
        assert await judge_all(rooms) == 1
    assert await learnt_at(rooms, plant.id) == looked
    told = (await rooms.garden.plant(plant.id)).next_watering
    assert before is not None
    assert told is not None
    assert abs(told.at - before.at) < timedelta(hours=12)
    rooms.clock.now += timedelta(minutes=20)
    late = [("soil_moisture", BEGIN + timedelta(days=dry - 2, seconds=1), 40.0)]
    await rooms.store(DEVICE, late)
    assert await judge_all(rooms) == 1
    assert await learnt_at(rooms, plant.id) == rooms.clock().timestamp()


async def test_a_memory_of_another_version_is_worth_nothing(rooms: Rooms) -> None:
    plant = await planted(rooms, story())
    await judge_all(rooms)
    async with rooms.database.acquire() as connection:
        known = await soil.memories(connection, [plant.id])
        assert known[plant.id].memory.channel_id == await rooms.channel(DEVICE)
        await connection.execute("UPDATE plant_soil SET memory = jsonb_set(memory::jsonb, '{version}', '0')::text")
        assert await soil.memories(connection, [plant.id]) == {}


async def test_judging_again_changes_nothing_and_tells_nobody(rooms: Rooms) -> None:
    plant = await planted(rooms, story())
    await judge_all(rooms)
    before = await rooms.care.page(plant.id, None, 200)
    await rooms.store(DEVICE, [("soil_moisture", rooms.clock(), 40.0)])
    assert await judge_all(rooms) == 0, "it was judged a moment ago"
    rooms.clock.now += timedelta(minutes=20)
    assert await judge_all(rooms) == 1
    assert await rooms.care.page(plant.id, None, 200) == before


async def test_a_note_stays_until_its_judgement_is_kept(rooms: Rooms) -> None:
    plant = await planted(rooms, story())
    async with rooms.database.acquire() as connection:
        await connection.execute("ALTER TABLE plant_outlook ADD CONSTRAINT broken CHECK (false)")
    with pytest.raises(asyncpg.CheckViolationError):
        await rooms.watch.turn()
    assert await detected(rooms, plant.id) == [], "nothing is kept by halves"
    assert await rooms.watch.turn() == 0, "others come first"
    async with rooms.database.acquire() as connection:
        await connection.execute("ALTER TABLE plant_outlook DROP CONSTRAINT broken")
    rooms.clock.now += timedelta(minutes=20)
    assert await rooms.watch.turn() == 1
    assert await detected(rooms, plant.id)


async def test_news_during_a_judgement_is_judged_too(rooms: Rooms) -> None:
    plant = await planted(rooms, story())
    async with rooms.database.acquire() as connection:
        await store.take_marks(connection, rooms.clock(), 0, 10)
        noted = await soil.due(connection, rooms.clock(), [], 10)
        assert [one.plant_id for one in noted] == [plant.id]
        await store.note(connection, plant.id, rooms.clock() + timedelta(seconds=1))
        await soil.judged(connection, noted)
        assert await soil.due(connection, rooms.clock(), [], 10)


async def test_what_a_person_wrote_down_and_the_soil_agree_on_is_one_event(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one)
    at = datetime.fromtimestamp(one.waterings[-1] + 3600.0, UTC)
    await rooms.care.log(plant.id, CareLog(kind=CareKind.WATERED, at=at, litres=0.4, note="Looked sad."))
    events = (await rooms.care.page(plant.id, None, 200)).items
    assert len(events) == len(one.waterings)
    assert (events[0].source, events[0].at, events[0].litres) == (CareSource.LOGGED, at, 0.4)
    assert events[0].level_after is not None


async def test_a_watering_that_was_none_stays_dismissed(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one)
    await judge_all(rooms)
    before = await rooms.garden.plant(plant.id)
    events = (await rooms.care.page(plant.id, None, 200)).items
    with pytest.raises(CareEventDetected):
        await rooms.care.change(plant.id, events[0].id, CareChange(litres=1.0))
    await rooms.care.remove(plant.id, events[0].id)
    rooms.clock.now += timedelta(minutes=20)
    async with rooms.database.acquire() as connection:
        await store.note(connection, plant.id, rooms.clock())
    assert await judge_all(rooms) == 1
    assert [event.id for event in (await rooms.care.page(plant.id, None, 200)).items] == [one.id for one in events[1:]]
    after = await rooms.garden.plant(plant.id)
    assert before.last_watered_at == events[0].at
    assert after.last_watered_at == events[1].at
    assert after.next_watering != before.next_watering


async def test_a_plant_without_a_probe_follows_its_care_log(rooms: Rooms) -> None:
    plant = await rooms.plant("Cactus")
    rooms.clock.now = BEGIN + timedelta(days=30)
    for days in (30, 20, 10, 0):
        await rooms.care.log(plant.id, CareLog(at=rooms.clock() - timedelta(days=days)))
    told = (await rooms.garden.plant(plant.id)).next_watering
    assert told is not None
    assert told.basis is Basis.CARE_LOG
    assert told.at == rooms.clock() + timedelta(days=10)
    plan = await rooms.care.absence(None, rooms.clock() + timedelta(days=4))
    assert [item.verdict for item in plan.plants] == [Verdict.FINE]
    plan = await rooms.care.absence(None, rooms.clock() + timedelta(days=30))
    assert plan.plants[0].verdict is Verdict.NEEDS_VISIT
    assert plan.plants[0].visit_by is not None


async def test_a_threshold_comes_before_the_habit(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one)
    await judge_all(rooms)
    habit = (await rooms.garden.plant(plant.id)).next_watering
    low = round(one.threshold) + 12
    await rooms.plants.change(plant.id, PlantChange.model_validate({"thresholds": {"soil_moisture": {"low": low}}}))
    rooms.clock.now += timedelta(minutes=20)
    await judge_all(rooms)
    told = (await rooms.garden.plant(plant.id)).next_watering
    assert habit is not None
    assert told is not None
    assert told.basis is Basis.THRESHOLD
    assert f"{low} %" in told.reason
    assert told.at < habit.at


async def test_another_probe_begins_a_line_of_its_own(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one, end=25.0)
    await judge_all(rooms)
    before = await detected(rooms, plant.id)
    page = await rooms.plants.assignments(plant.id, None, 10)
    moved = BEGIN + timedelta(days=25)
    await rooms.plants.unassign(plant.id, page.items[0].id)
    rooms.clock.now = BEGIN + timedelta(days=45)
    other = [("soil_moisture_2", time, value / 2) for _, time, value in readings(one, 25.0)]
    await rooms.store(DEVICE, other)
    wish = AssignmentCreate.model_validate(
        {"channel_id": await rooms.channel(DEVICE, "soil_moisture_2"), "from": moved}
    )
    await rooms.plants.assign(plant.id, wish)
    await judge_all(rooms)
    assert before
    assert [at for at in await detected(rooms, plant.id) if at < moved.timestamp()] == before


async def test_what_cannot_be_is_refused_in_words(rooms: Rooms) -> None:
    with pytest.raises(PlantNotFound):
        await rooms.care.page(NEVER, None, 10)
    with pytest.raises(SpanInvalid, match="end before it begins"):
        await rooms.care.absence(None, rooms.clock() - timedelta(days=1))
    with pytest.raises(SpanInvalid, match="so far"):
        await rooms.care.absence(None, rooms.clock() + timedelta(days=200))


async def test_the_care_log_is_paged(rooms: Rooms) -> None:
    plant = await rooms.plant()
    for days in range(5):
        await rooms.care.log(plant.id, CareLog(at=rooms.clock() - timedelta(days=days)))
    first = await rooms.care.page(plant.id, None, 3)
    rest = await rooms.care.page(plant.id, first.next, 3)
    times = [event.at for event in (*first.items, *rest.items)]
    assert times == sorted(times, reverse=True)
    assert (len(times), rest.next) == (5, None)


async def test_a_calibration_moves_the_levels_and_the_threshold_counts(rooms: Rooms) -> None:
    one = story()
    plant = await planted(rooms, one)
    await judge_all(rooms)
    before = (await rooms.care.page(plant.id, None, 1)).items[0]
    points = [{"sent": 10.0, "value": 0.0}, {"sent": 90.0, "value": 100.0}]
    await rooms.calibrations.create(await rooms.channel(DEVICE), CalibrationCreate.model_validate({"points": points}))
    await rooms.store(DEVICE, [("soil_moisture", rooms.clock() + timedelta(seconds=1), 40.0)])
    assert await judge_all(rooms) == 1, "somebody looks at what the change means: it waits for no quarter of an hour"
    after = (await rooms.care.page(plant.id, None, 1)).items[0]
    assert after.id == before.id
    assert before.level_after is not None
    assert after.level_after == pytest.approx((before.level_after - 10.0) * 1.25, abs=0.1)
