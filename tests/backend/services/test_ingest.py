"""Readings on their way into the store: kept once, judged, counted and told."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from aioplantops.errors import DeviceNotWritable
from aioplantops.history import Outcome
from aioplantops.models import DeviceKind
from aioplantops.telemetry import Sample
from plantops.domain.intake import Reason, Refusal, Refused
from plantops.services.letters import DeadLetters
from plantops.services.registry import Registry

from tests.backend.services.intake import NOON, Intake, envelope


async def test_a_message_is_stored_with_all_that_follows_from_it(database: str) -> None:
    async with Intake.open(database) as house:
        message = envelope("plant-1", [("temperature", 3600, 20.0), ("temperature", 60, 22.0), ("humidity", 60, 55.0)])
        (receipt,) = await house.store(message)
        assert (receipt.stored, receipt.duplicate, receipt.refused) == (3, 0, 0)
        assert await house.rows("SELECT id, kind, last_seen FROM device") == [("plant-1", "plantops", NOON)]
        assert await house.rows("SELECT key, name, metric, unit, sent_unit FROM channel ORDER BY key") == [
            ("humidity", "Humidity", "humidity", "%", "%"),
            ("temperature", "Temperature", "temperature", "°C", "°C"),
        ]
        assert await house.rows("SELECT time, value FROM telemetry ORDER BY time, value") == [
            (NOON - timedelta(hours=1), 20.0),
            (NOON - timedelta(minutes=1), 22.0),
            (NOON - timedelta(minutes=1), 55.0),
        ]
        assert await house.rows("SELECT count, sum, min, max FROM telemetry_daily ORDER BY count DESC") == [
            (2, 42.0, 20.0, 22.0),
            (1, 55.0, 55.0, 55.0),
        ]
        assert await house.rows(
            "SELECT key, time, value, dirty_from FROM channel_state JOIN channel ON id = channel_id ORDER BY key"
        ) == [
            ("humidity", NOON - timedelta(minutes=1), 55.0, NOON - timedelta(minutes=1)),
            ("temperature", NOON - timedelta(minutes=1), 22.0, NOON - timedelta(hours=1)),
        ]
        assert await house.wrong_rollups() == []


async def test_news_and_counts_come_after_the_commit(database: str) -> None:
    async with Intake.open(database) as house:
        await house.store(
            envelope("plant-1", [("temperature", 120, 20.0), ("temperature", 60, 22.0)]),
            envelope("plant-1", [("temperature", 300, 19.0)]),
        )
        (channel,) = (row[0] for row in await house.rows("SELECT id FROM channel"))
        assert house.ear.devices == ["plant-1"]
        assert house.ear.latest == [("plant-1", {channel: (NOON - timedelta(minutes=1), 22.0)})]
        assert house.counted("telemetry_received") == house.counted("telemetry_stored") == 3
        await house.store(envelope("plant-1", [("temperature", 60, 22.0)]))
        assert len(house.ear.latest) == 1, "a duplicate is no news"
        assert house.counted("telemetry_duplicate") == 1


async def test_the_same_reading_twice_is_one_and_the_first_wins(database: str) -> None:
    async with Intake.open(database) as house:
        first = envelope("plant-1", [("temperature", 60, 20.0), ("temperature", 60, 99.0), ("humidity", 60, 50.0)])
        (receipt,) = await house.store(first)
        assert [receipt.fate(index)[0] for index in range(3)] == [Outcome.STORED, Outcome.DUPLICATE, Outcome.STORED]
        again = envelope("plant-1", [("temperature", 60, 30.0), ("temperature", 0, 21.0)])
        (receipt,) = await house.store(again)
        assert [receipt.fate(index)[0] for index in range(2)] == [Outcome.DUPLICATE, Outcome.STORED]
        assert await house.rows("SELECT value FROM telemetry ORDER BY value") == [(20.0,), (21.0,), (50.0,)]
        assert await house.wrong_rollups() == []


async def test_microseconds_survive(database: str) -> None:
    async with Intake.open(database) as house:
        begin = int(NOON.timestamp()) - 60
        message = envelope("plant-1", [])
        samples = [
            Sample(c="temperature", t=begin + part / 1_000_000, v=20.0) for part in (0, 1, 123_457, 500_000, 999_999)
        ]
        await house.store(replace(message, samples=samples))
        kept = await house.rows(
            "SELECT (extract(epoch FROM time) * 1000000)::bigint % 1000000 FROM telemetry ORDER BY 1"
        )
        assert [row[0] for row in kept] == [0, 1, 123_457, 500_000, 999_999]


async def test_a_batch_without_times_is_known_by_its_number(database: str) -> None:
    async with Intake.open(database) as house:
        batch = [("temperature", None, 20.0), ("temperature", None, 21.0), ("humidity", None, 50.0)]
        (receipt,) = await house.store(envelope("plant-1", batch, batch=(7, 1)))
        assert (receipt.stored, receipt.duplicate) == (2, 1)
        later = NOON + timedelta(seconds=30)
        copy, copy_again, next_one = await house.store(
            envelope("plant-1", [*batch, ("humidity", None, 5000.0)], batch=(7, 1), at=later),
            envelope("plant-1", batch, batch=(7, 1), at=later),
            envelope("plant-1", batch[:1], batch=(7, 2), at=later),
        )
        assert (copy.stored, copy.duplicate, copy.refused) == (0, 3, 1)
        assert (copy_again.stored, copy_again.duplicate) == (0, 3)
        assert (next_one.stored, next_one.duplicate) == (1, 0)
        assert await house.rows("SELECT count(*) FROM telemetry") == [(3,)]


async def test_a_batch_without_times_twice_at_once(database: str) -> None:
    async with Intake.open(database) as house:
        batch = [("temperature", None, 20.0)]
        one, two = await house.store(
            envelope("plant-1", batch, batch=(7, 1)),
            envelope("plant-1", batch, batch=(7, 1), at=NOON + timedelta(1e-5)),
        )
        assert (one.stored, two.stored, two.duplicate) == (1, 0, 1)


async def test_bad_readings_are_refused_and_the_rest_is_kept(database: str) -> None:
    async with Intake.open(database) as house:
        at_the_door = Refusal(Reason.WRONG_TYPE, "v is no number", b'{"c": "humidity", "v": "wet"}', 29)
        (receipt,) = await house.store(
            envelope(
                "plant-1",
                [
                    ("temperature", 60, 20.0),
                    ("temperature", 60, 900.0),
                    ("temperature", NOON.timestamp(), 20.0),
                    ("temperature", -86_400 * 30, 20.0),
                    ("temperature", 86_400 * 401, 20.0),
                    ("happiness", 60, 1.0),
                ],
                refusals=(at_the_door,),
            )
        )
        assert (receipt.stored, receipt.duplicate, receipt.refused) == (1, 0, 6)
        reasons = ["wrong_type", "range", "clock", "clock", "too_old", "unknown_metric"]
        assert await house.rows("SELECT reason FROM dead_letter ORDER BY id") == [(reason,) for reason in reasons]
        page = await DeadLetters(house.database).page(None, 4)
        assert page.items[-1].payload == '{"c":"temperature","t":0.0,"v":20.0}'
        assert page.items[-1].detail == "1970-01-01 00:00:00 UTC is before 2020: the device's clock is not set."
        assert house.counted("telemetry_refused", reason="clock") == 2
        assert house.counted("dead_letters", reason="range") == 1
        assert house.counted("telemetry_received") == 7


async def test_a_flood_of_bad_readings_does_not_fill_the_tray(database: str) -> None:
    async with Intake.open(database) as house:
        flood = envelope("plant-1", [("temperature", 60, 900.0)] * 500)
        quiet = envelope("plant-2", [("temperature", 60, 900.0)])
        await house.store(flood, quiet)
        assert await house.rows("SELECT device_id, count(*) FROM dead_letter GROUP BY 1 ORDER BY 1") == [
            ("plant-1", 60),
            ("plant-2", 1),
        ]
        assert house.counted("telemetry_refused", reason="range") == 501


async def test_a_device_has_64_channels_and_no_more(database: str) -> None:
    async with Intake.open(database) as house:
        (receipt,) = await house.store(
            envelope("plant-1", [(f"temperature_{number}", 60, 20.0) for number in range(70)])
        )
        assert (receipt.stored, receipt.refused) == (64, 6)
        assert await house.rows("SELECT DISTINCT reason FROM dead_letter") == [("too_many_channels",)]


async def test_a_garden_has_room_for_so_many_devices(database: str) -> None:
    async with Intake.open(database, registry=Registry(most_devices=2)) as house:
        receipts = await house.store(*(envelope(f"plant-{number}", [("humidity", 60, 50.0)]) for number in range(4)))
        assert [(receipt.stored, receipt.refused) for receipt in receipts] == [(1, 0), (1, 0), (0, 1), (0, 1)]
        assert receipts[2].fate(0)[1] is Reason.TOO_MANY_DEVICES
        assert await house.rows("SELECT id FROM device ORDER BY id") == [("plant-0",), ("plant-1",)]


async def test_a_removed_channel_is_made_again(database: str) -> None:
    async with Intake.open(database) as house:
        await house.store(envelope("plant-1", [("temperature", 60, 20.0)]))
        await house.connection.execute("DELETE FROM device; DELETE FROM telemetry; DELETE FROM telemetry_hourly")
        await house.connection.execute("DELETE FROM telemetry_daily")
        (receipt,) = await house.store(envelope("plant-1", [("temperature", 30, 21.0)]))
        assert receipt.stored == 1
        assert await house.wrong_rollups() == []


async def test_what_the_database_refuses_is_found_by_halving(database: str) -> None:
    async with Intake.open(database) as house:
        await house.connection.execute("ALTER TABLE telemetry_hourly ADD CHECK (max < 50)")
        receipts = await house.store(
            *(
                envelope(
                    f"plant-{device}",
                    [("temperature", 60 * minute, 20.0 + 40 * (device == 3 == minute)) for minute in range(9)],
                )
                for device in range(5)
            )
        )
        assert [receipt.refused for receipt in receipts] == [0, 0, 0, 1, 0]
        assert receipts[3].fate(3)[:2] == (Outcome.REFUSED, Reason.DATA)
        assert await house.rows("SELECT device_id, reason FROM dead_letter") == [("plant-3", "data")]
        assert await house.rows("SELECT count(*) FROM telemetry") == [(44,)]
        assert await house.wrong_rollups() == []


async def test_a_message_that_the_database_takes_in_no_way_is_refused_whole(database: str) -> None:
    async with Intake.open(database) as house:
        await house.connection.execute("ALTER TABLE device ADD CHECK (id <> 'plant-2')")
        receipts = await house.store(*(envelope(f"plant-{number}", [("humidity", 60, 50.0)]) for number in range(4)))
        assert [receipt.stored for receipt in receipts] == [1, 1, 0, 1]
        assert receipts[2].fate(0)[:2] == (Outcome.REFUSED, Reason.DATA)


async def test_other_errors_pass_and_nothing_is_believed(database: str) -> None:
    async with Intake.open(database) as house:
        await house.connection.execute("ALTER TABLE telemetry_daily RENAME TO elsewhere")
        with pytest.raises(asyncpg.UndefinedTableError):
            await house.store(envelope("plant-1", [("temperature", 60, 20.0)]))
        assert house.registry.known("plant-1") is None
        assert await house.rows("SELECT count(*) FROM device") == [(0,)]
        assert house.ear.latest == []
        assert house.counted("telemetry_received") == 0
        await house.connection.execute("ALTER TABLE elsewhere RENAME TO telemetry_daily")
        (receipt,) = await house.store(envelope("plant-1", [("temperature", 60, 20.0)]))
        assert receipt.stored == 1


async def test_a_device_is_taken_at_its_best_language(database: str) -> None:
    async with Intake.open(database) as house:
        reading = [("temperature", 60, 20.0)]
        await house.store(envelope("plant-1", reading, kind=DeviceKind.HTTP))
        await house.store(envelope("plant-1", [("temperature", 30, 20.0)], kind=DeviceKind.PLANTOPS))
        assert await house.rows("SELECT kind FROM device") == [("plantops",)]
        (stock,) = await house.store(envelope("plant-1", [("temperature", 20, 20.0)], kind=DeviceKind.ESPHOME))
        assert (stock.stored, stock.duplicate, stock.refused) == (0, 0, 0)
        with pytest.raises(DeviceNotWritable):
            await house.store(envelope("plant-1", [("temperature", 10, 20.0)], kind=DeviceKind.HTTP))
        assert await house.rows("SELECT count(*) FROM telemetry") == [(2,)]


async def test_last_seen_is_written_every_ten_seconds(database: str) -> None:
    async with Intake.open(database) as house:
        for second, want in ((0, 0), (4, 0), (11, 11), (15, 11), (22, 22)):
            at = NOON + timedelta(seconds=second)
            await house.store(envelope("plant-1", [("temperature", -second, 20.0)], at=at))
            assert await house.rows("SELECT last_seen FROM device") == [(NOON + timedelta(seconds=want),)]


async def test_messages_that_cannot_be_read_become_letters(database: str) -> None:
    async with Intake.open(database) as house:
        refusal = Refusal(Reason.NOT_UTF8, "byte 3 is no UTF-8", b"\xff\x00abc", 5)
        await house.ingest.refuse(house.connection, [Refused("plant-1", "plantops/plant-1/info", NOON, refusal)] * 3)
        page = await DeadLetters(house.database).page(None, 2)
        assert len(page.items) == 2
        assert page.items[0].payload == "\\xff\x00abc"
        rest = await DeadLetters(house.database).page(page.next, 2)
        assert (len(rest.items), rest.next) == (1, None)
        assert house.counted("telemetry_refused", reason="not_utf8") == 3


async def test_two_that_meet_a_device_at_once_agree(database: str) -> None:
    async with Intake.open(database) as mqtt, Intake.open(database) as http:
        keys = [f"temperature_{number}" for number in range(20)]
        receipts = await asyncio.gather(
            mqtt.store(*(envelope("plant-1", [(key, 60, 20.0)]) for key in keys)),
            http.store(*(envelope("plant-1", [(key, 60, 20.0)]) for key in reversed(keys))),
        )
        assert sum(receipt.stored for side in receipts for receipt in side) == 20
        assert sum(receipt.duplicate for side in receipts for receipt in side) == 20
        assert await mqtt.rows("SELECT count(*) FROM channel") == [(20,)]
        assert await mqtt.wrong_rollups() == []
