"""What is said of readings that are safe: to the stream, and in the log."""

from datetime import timedelta
from uuid import uuid4

import structlog

from tests.backend.services.intake import NOON, Intake, envelope


async def test_the_stream_tells_when_a_device_was_seen_as_the_store_does(database: str) -> None:
    async with Intake.open(database) as house:
        for second, want in ((0, 0), (4, 0), (11, 11), (15, 11)):
            at = NOON + timedelta(seconds=second)
            await house.store(envelope("plant-1", [("temperature", -second, 20.0)], at=at))
            assert house.ear.seen[-1] == NOON + timedelta(seconds=want)
        heard = len(house.ear.seen)
        await house.store(envelope("plant-1", [("temperature", -15, 20.0)], at=NOON + timedelta(seconds=30)))
        assert house.ear.latest[heard:] == [("plant-1", {})], "only a duplicate, but it was seen"
        assert house.ear.seen[-1] == NOON + timedelta(seconds=30)


async def test_the_diary_is_written_once_a_minute_for_each_device(database: str) -> None:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        async with Intake.open(database) as house:
            await house.store(envelope("plant-1", [("temperature", 60, 20.0)]))
            await serve_a_plant(house)
            for second in range(10, 130, 10):
                house.clock.now = NOON + timedelta(seconds=second)
                await house.store(envelope("plant-1", [("temperature", -second, 20.0)], at=house.clock.now))
    stored = [line for line in lines if line["event"] == "telemetry_stored"]
    assert [line["readings"] for line in stored] == [1, 6, 6]
    assert stored[0]["plant_id"] is None
    assert stored[1]["plant_id"] is not None
    assert stored[1]["device_id"] == "plant-1"
    assert all(len(line["correlation_id"]) == 32 for line in stored)


async def test_the_pace_is_what_was_new_in_the_last_minute(database: str) -> None:
    async with Intake.open(database) as house:
        for second, ages in ((0, (1, 2)), (0.5, (3,)), (30, (1, 4))):  # the second time, 1 is known already
            house.clock.now = NOON + timedelta(seconds=second)
            await house.store(envelope("plant-1", [("temperature", age, 20.0) for age in ages]))
        paces = []
        for second in (30, 59, 60, 89, 90):
            house.clock.now = NOON + timedelta(seconds=second)
            paces.append(house.ingest.pace.lately())
        assert paces == [4, 4, 1, 1, 0]


async def serve_a_plant(house: Intake) -> None:
    """Let the first channel serve a plant."""
    plant = uuid4()
    await house.connection.execute(
        "INSERT INTO plant (id, name, created_at, updated_at) VALUES ($1, 'Fern', now(), now())", plant
    )
    await house.connection.execute(
        "INSERT INTO assignment (id, plant_id, channel_id, metric, from_time)"
        " SELECT $1, $2, id, metric, '2026-11-01' FROM channel",
        uuid4(),
        plant,
    )
