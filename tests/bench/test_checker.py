"""The benchmark's own checker under test: it knows each message again, and it notices what is lost or wrong."""

import asyncpg
import pytest
from aioplantops.metrics import METRICS, Metric
from aioplantops.telemetry import Batch
from aioplantops.topics import Leaf, parse

from tests.bench.check import compare
from tests.bench.load import CHANNELS, Load
from tests.bench.wire import PUBLISH_QOS_1, packet, text

SINGLE = Load("one", 5_000)
BATCHES = Load("eight", 5_000, per_message=8, channels=8, numbered=False)


@pytest.mark.parametrize("load", [SINGLE, BATCHES], ids=["single", "batches"])
def test_a_message_is_what_a_device_would_send_and_is_known_again_by_its_rows(load: Load) -> None:
    for number in (0, 1, 199, 200, 4_999):
        batch = Batch.model_validate_json(load.payload(number), strict=True)
        address = parse(load.topic(number))
        assert address is not None
        assert address.leaf is Leaf.TELEMETRY
        assert len(batch.readings) == load.per_message
        for sample in batch.readings:
            assert sample.t is not None
            time_us = round(sample.t * 1_000_000)
            assert load.message_of(address.device_id, sample.c, time_us, sample.v) == number
            assert load.message_of(address.device_id, sample.c, time_us, sample.v + 0.01) is None
            assert load.message_of(address.device_id, sample.c, time_us + 1, sample.v) is None
            assert load.message_of("somebody-else", sample.c, time_us, sample.v) is None


def test_every_value_that_is_sent_is_one_that_nature_allows() -> None:
    assert all(METRICS[Metric(key)].span.holds(value) for key in CHANNELS for value in (0.0, 40.0))


def test_a_packet_is_written_as_the_standard_says() -> None:
    assert text("ab") == b"\x00\x02ab"
    assert packet(PUBLISH_QOS_1, b"x" * 5) == b"\x32\x05xxxxx"
    assert packet(PUBLISH_QOS_1, b"x" * 321)[:3] == b"\x32\xc1\x02"  # the example of MQTT 3.1.1, section 2.2.3


async def _store(database: str, load: Load, messages: range) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(
            "INSERT INTO device (id, kind, name, created_at) SELECT $1, 'plantops', $1, now()", "one-0000"
        )
        for number, key in enumerate(CHANNELS[: load.channels], start=1):
            await connection.execute(
                "INSERT INTO channel (id, device_id, key, name, metric, unit, sent_unit, created_at)"
                " OVERRIDING SYSTEM VALUE VALUES ($1, 'one-0000', $2, $2, $2, '%', '%', now())",
                number,
                key,
            )
        for message in messages:
            batch = Batch.model_validate_json(load.payload(message))
            for sample in batch.readings:
                await connection.execute(
                    "INSERT INTO telemetry (channel_id, time, value)"
                    " SELECT id, to_timestamp($1::double precision), $2 FROM channel WHERE key = $3",
                    sample.t,
                    sample.v,
                    sample.c,
                )
    finally:
        await connection.close()


async def test_the_checker_counts_what_is_lost_and_what_is_wrong(database: str) -> None:
    load = Load("one", 20, devices=1)
    await _store(database, load, range(15))
    findings = await compare(database, load, set(range(18)))
    assert (findings.lost, findings.wrong, findings.twice) == (3, 0, 0)
    assert findings.wrong_rollups == load.channels  # nobody rolled them up
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE telemetry SET value = value + 1 WHERE channel_id = 1")
    await connection.close()
    findings = await compare(database, load, set(range(15)))
    assert (findings.lost, findings.wrong) == (3, 3)
    assert "LOST 3" in str(findings)
