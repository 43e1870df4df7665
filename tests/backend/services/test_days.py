"""Days of plants: made once, made anew when late readings or settings touch them; and the light of now."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from aioplantops.calibration import CalibrationCreate
from aioplantops.days import PlantDay
from aioplantops.errors import Invalid, PlantNotFound, SpanInvalid
from aioplantops.metrics import Metric
from aioplantops.models import PlantChange
from plantops.domain.tongue import IN_ENGLISH, Speech
from plantops.services.days import Days, Retention

from tests.backend.services.measured import MIDNIGHT, NODE, TODAY, planted, steady
from tests.backend.services.rooms import Rooms

YESTERDAY = TODAY - timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def rooms(embedded_database: str) -> AsyncIterator[Rooms]:
    """Give an empty garden."""
    async with Rooms.open(embedded_database) as opened:
        yield opened


@pytest.fixture
async def each(database: str) -> AsyncIterator[Rooms]:
    """Give an empty garden on each kind of database."""
    async with Rooms.open(database) as opened:
        yield opened


@pytest.fixture
async def berlin(embedded_database: str) -> AsyncIterator[Rooms]:
    """Give an empty garden in Berlin."""
    async with Rooms.open(embedded_database, speech=Speech(IN_ENGLISH, ZoneInfo("Europe/Berlin"))) as opened:
        yield opened


async def day(rooms: Rooms, plant_id: UUID, which: date = YESTERDAY) -> PlantDay:
    (found,) = (await rooms.days.of_plant(plant_id, which, which + timedelta(days=1))).days
    return found


async def kept(rooms: Rooms) -> list[tuple[date, float | None, str]]:
    """Read what is kept: day, DLI and the digest of what it was made from."""
    async with rooms.database.acquire() as connection:
        rows = await connection.fetch("SELECT day, dli, made_from FROM plant_daily ORDER BY day")
    return [tuple(row) for row in rows]


async def test_a_day_is_told_and_kept(each: Rooms) -> None:
    plant_id = await planted(each, "illuminance", "temperature", "humidity", light_source="white_led", leaf_offset=-2)
    begin = MIDNIGHT - 24 * HOUR
    for key, value in (("illuminance", 10_000), ("temperature", 25), ("humidity", 60)):
        await each.store(NODE, steady(key, value, begin, 36))
    told = await day(each, plant_id)
    assert (told.dli, told.light_coverage, told.light_metric) == (12.96, 1, Metric.ILLUMINANCE)
    assert (told.vpd_mean, told.air_coverage, told.growing_degree_days) == (0.909, 1, 15)
    assert (told.from_, told.until, told.complete) == (begin, MIDNIGHT, True)
    assert [row[:2] for row in await kept(each)] == [(YESTERDAY, 12.96)]
    assert await day(each, plant_id) == told, "the second time as it was kept"
    so_far = await day(each, plant_id, TODAY)
    assert (so_far.dli, so_far.light_coverage, so_far.complete) == (6.48, 1, False)
    assert so_far.growing_degree_days is None
    assert len(await kept(each)) == 1, "today is not over"


async def test_late_readings_make_their_day_anew_and_no_other(each: Rooms) -> None:
    plant_id = await planted(each, "ppfd")
    before = MIDNIGHT - 72 * HOUR
    await each.store(NODE, steady("ppfd", 100, before, 30))
    await each.store(NODE, steady("ppfd", 100, before + 36 * HOUR, 36))
    first = await each.days.of_plant(plant_id)
    assert [one.dli for one in first.days] == [pytest.approx(8.64), pytest.approx(6.48), pytest.approx(8.64)]
    assert first.days[1].light_coverage == 0.75
    digests = [row[2] for row in await kept(each)][-3:]
    await each.store(NODE, steady("ppfd", 100, before + 30 * HOUR, 6))
    again = await each.days.of_plant(plant_id)
    assert [one.dli for one in again.days] == [pytest.approx(8.64)] * 3
    after = [row[2] for row in await kept(each)][-3:]
    assert [old == new for old, new in zip(digests, after, strict=True)] == [True, False, True]


async def test_a_late_reading_just_after_midnight_touches_the_day_before(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * HOUR, 23.5, minutes=30))
    assert (await day(rooms, plant_id)).light_coverage == 0.98
    await rooms.store(NODE, [("ppfd", MIDNIGHT + HOUR / 2, 100.0)])
    assert (await day(rooms, plant_id)).dli == 8.64


async def test_another_site_makes_all_days_anew(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "illuminance")
    await rooms.store(NODE, steady("illuminance", 54_000, MIDNIGHT - 48 * HOUR, 48))
    assert (await day(rooms, plant_id)).dli == 86.4
    await rooms.plants.change(plant_id, PlantChange.model_validate({"site": {"light_source": "fluorescent"}}))
    assert (await day(rooms, plant_id)).dli == pytest.approx(54_000 / 74 * 0.0864, abs=1e-3)
    await rooms.plants.change(plant_id, PlantChange.model_validate({"site": {"day_begins": "18:00"}}))
    evening = await day(rooms, plant_id, YESTERDAY - timedelta(days=1))
    assert (evening.from_, evening.light_coverage) == (MIDNIGHT - 30 * HOUR, 1)


async def test_a_calibration_holds_for_the_past_too(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * HOUR, 24))
    assert (await day(rooms, plant_id)).dli == 8.64
    doubled = {"points": [{"sent": 0, "value": 0}, {"sent": 500, "value": 1000}], "from": MIDNIGHT - 12 * HOUR}
    wish = CalibrationCreate.model_validate(doubled)
    await rooms.calibrations.create(await rooms.channel(NODE, "ppfd"), wish)
    assert (await day(rooms, plant_id)).dli == pytest.approx(4.32 + 8.64, abs=0.07), "but for the step between them"


async def test_a_moved_probe_takes_its_past_along(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd", since=MIDNIGHT - 12 * HOUR)
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * HOUR, 24))
    told = await day(rooms, plant_id)
    assert told.dli == pytest.approx(4.32, abs=0.04)
    assert told.light_coverage == 0.5
    (assignment,) = (await rooms.plants.assignments(plant_id, None, 5)).items
    await rooms.plants.unassign(plant_id, assignment.id)
    assert (await rooms.days.of_plant(plant_id)).days == ()


async def test_days_have_23_and_25_hours_in_berlin(berlin: Rooms) -> None:
    berlin.clock.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    plant_id = await planted(berlin, "ppfd", since=datetime(2026, 3, 1, tzinfo=UTC))
    for begin in (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        await berlin.store(NODE, steady("ppfd", 100, begin - HOUR, 27))
    short, long = [await day(berlin, plant_id, which) for which in (date(2026, 3, 29), date(2026, 10, 25))]
    assert short.dli == pytest.approx(100 * 23 * 0.0036)
    assert long.dli == pytest.approx(100 * 25 * 0.0036)
    assert (short.light_coverage, long.light_coverage) == (1, 1)
    assert (await berlin.days.of_plant(plant_id)).time_zone == "Europe/Berlin"


async def test_a_day_outlives_its_readings(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * HOUR, 24))
    told = await day(rooms, plant_id)
    async with rooms.database.acquire() as connection:
        await connection.execute("DELETE FROM telemetry WHERE time < $1", MIDNIGHT - 12 * HOUR)
    assert await day(rooms, plant_id) == told
    days = _kept_for(rooms, timedelta(days=1))
    async with rooms.database.acquire() as connection:
        await connection.execute("DELETE FROM telemetry_hourly")
    assert (await days.of_plant(plant_id)).days == (told,), "even when nobody knows any more what it was made from"


def _kept_for(rooms: Rooms, age: timedelta) -> Days:
    return Days(rooms.database, ZoneInfo("UTC"), clock=rooms.clock, retention=Retention(age, age))


async def test_a_day_whose_readings_are_gone_is_not_made_of_the_rest(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * HOUR, 24))
    async with rooms.database.acquire() as connection:
        await connection.execute("DELETE FROM telemetry WHERE time < $1", MIDNIGHT - 12 * HOUR)
    assert (await rooms.days.of_plant(plant_id)).days == ()
    assert await kept(rooms) == []


@pytest.mark.parametrize(
    ("first", "until", "words"),
    [
        (TODAY, TODAY, "day after the last one"),
        (TODAY - timedelta(days=400), TODAY + timedelta(days=1), "401 days; at most 400"),
        (date(1969, 12, 31), date(1970, 1, 2), "between the years 1970 and 2200"),
        (date.max, None, "day after"),
    ],
)
async def test_days_that_nobody_can_mean_are_refused(rooms: Rooms, first: date, until: date | None, words: str) -> None:
    plant_id = await planted(rooms, "ppfd")
    with pytest.raises(SpanInvalid, match=words):
        await rooms.days.of_plant(plant_id, first, until)
    with pytest.raises(PlantNotFound):
        await rooms.days.of_plant(UUID(int=1), first, until)


async def test_a_site_where_nothing_could_grow_is_refused(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd", growth_base=20)
    with pytest.raises(Invalid, match=r"site: nothing could grow: `growth_base` \(20 °C\) must lie below") as refusal:
        await rooms.plants.change(plant_id, PlantChange.model_validate({"name": "x", "site": {"growth_upper": 15}}))
    assert refusal.value.errors[0]["where"] == "site"
    assert (await rooms.garden.plant(plant_id)).name == "Plant"


async def test_all_days_are_kept_before_their_readings_go(rooms: Rooms) -> None:
    plant_id = await planted(rooms, "ppfd")
    await rooms.store(NODE, steady("ppfd", 100, MIDNIGHT - 24 * 20 * HOUR, 24 * 20, minutes=60))
    await rooms.plant("Without any probe")
    assert await rooms.days.keep_all() == 1
    assert [dli for _, dli, _ in await kept(rooms) if dli is not None] == [8.64] * 20
    assert (await rooms.days.of_plant(plant_id)).days[0].day == TODAY - timedelta(days=20)


async def test_days_asked_for_between_late_batches_are_those_made_at_once(berlin: Rooms) -> None:
    chance = random.Random(20261120)
    plant_id = await planted(berlin, "ppfd", "illuminance", "temperature", "humidity")
    readings = [
        (key, MIDNIGHT - timedelta(hours=chance.uniform(-12, 24 * 9)), round(chance.uniform(0, 90), 2))
        for key in ("ppfd", "illuminance", "temperature", "humidity")
        for _ in range(400)
    ]
    while readings:
        size = chance.randint(1, 300)
        await berlin.store(NODE, sorted(readings[:size], key=lambda reading: reading[1]))
        del readings[:size]
        first = TODAY - timedelta(days=chance.randint(1, 9))
        await berlin.days.of_plant(plant_id, first, first + timedelta(days=chance.randint(1, 4)))
    told = await berlin.days.of_plant(plant_id)
    async with berlin.database.acquire() as connection:
        await connection.execute("DELETE FROM plant_daily")
    assert told == await berlin.days.of_plant(plant_id)
    assert len(told.days) >= 9
