"""From the broker to the row and back, through everything that breaks on the way: each reading exactly once."""

import json
import os
import signal
from datetime import timedelta
from pathlib import Path

from plantops.mqtt.broker import Broker
from plantops.ops.broker import EmbeddedBroker
from plantops.storage import outbox

from tests.backend.mqtt.conftest import over_tls, plain
from tests.backend.mqtt.house import House, device, house, now, until
from tests.servers import running_broker


async def all_stored(running: House, device_id: str, count: int) -> None:
    async def there() -> bool:
        return len(await running.numbers(device_id)) >= count

    await until(there)
    assert await running.numbers(device_id) == list(range(count))


async def test_a_reading_becomes_a_row_and_the_device_is_told(
    database: str, broker: EmbeddedBroker, device_id: str
) -> None:
    async with house(database, over_tls(broker)) as running:
        await running.until("active")
        async with device(over_tls(broker), device_id) as node:
            await node.say(
                "telemetry", b'{"boot": 1, "seq": 2, "readings": [{"c": "temperature", "t": 1795000000, "v": 21.5}]}'
            )
            assert await node.hear(1) == [{"boot": 1, "seq": 2, "stored": 1, "duplicate": 0, "refused": 0}]
        assert await running.rows(device_id) == [("temperature", 1795000000.0, 21.5)]
        state = running.consumer.state
        assert (state.role, state.connected, state.queued, state.problem) == ("active", True, 0, None)


async def test_the_same_batch_again_is_a_duplicate(database: str, broker: EmbeddedBroker, device_id: str) -> None:
    async with house(database, plain(broker)) as running, device(plain(broker), device_id) as node:
        await running.until("active")
        await node.report(range(3))
        await node.report(range(3))
        acks = await node.hear(6)
        assert sum(ack["stored"] for ack in acks) == 3
        assert sum(ack["duplicate"] for ack in acks) == 3
        assert await running.numbers(device_id) == [0, 1, 2]


async def test_what_came_while_nobody_listened_is_stored_later(
    database: str, broker: EmbeddedBroker, device_id: str
) -> None:
    async with house(database, plain(broker)) as running:
        await running.until("active")
    async with device(plain(broker), device_id) as node:
        await node.report(range(500))
        async with house(database, plain(broker)) as running:
            await all_stored(running, device_id, 500)
            await node.hear(500)


async def test_batches_without_times_that_come_at_once_are_each_stored_once(
    database: str, broker: EmbeddedBroker, device_id: str
) -> None:
    batches = [
        b'{"boot": 7, "seq": %d, "readings": [{"c": "soil_ph", "v": %f}]}' % (seq, seq / 50) for seq in range(300)
    ]
    async with device(plain(broker), device_id) as node:
        async with house(database, plain(broker)) as running:
            await running.until("active")
        for batch in batches:
            await node.say("telemetry", batch)  # nobody listens: the broker keeps them and gives them all at once
        async with house(database, plain(broker)) as running:
            assert sum(ack["stored"] for ack in await node.hear(300)) == 300
            for batch in batches:
                await node.say("telemetry", batch)
            assert sum(ack["duplicate"] for ack in await node.hear(600)) == 300
            assert [value for _, _, value in await running.rows(device_id)] == [seq / 50 for seq in range(300)]


async def test_bad_messages_become_dead_letters_and_disturb_nobody(
    database: str, broker: EmbeddedBroker, device_id: str
) -> None:
    async with house(database, plain(broker)) as running, device(plain(broker), device_id) as node:
        await running.until("active")
        await node.say("telemetry", b"\xff")
        await node.say("telemetry", b"{}")
        await node.say("telemetry", b"x" * 10_000_000)
        await node.say(
            "telemetry",
            b'{"boot": 1, "seq": 1, "readings":'
            b' [{"c": "soil_ph", "v": NaN}, {"c": "illuminance", "t": 1763900000, "v": 0}]}',
        )
        await node.say("info", b"[]")
        await node.say("status", b"maybe")
        assert await node.hear(1) == [{"boot": 1, "seq": 1, "stored": 1, "duplicate": 0, "refused": 1}]
        await node.report([1])
        await all_stored(running, device_id, 2)

        async def six() -> bool:
            return len(await running.reasons(device_id)) == 6

        await until(six)
        assert sorted(await running.reasons(device_id)) == [
            "malformed", "malformed", "malformed", "not_finite", "not_utf8", "too_large",
        ]  # fmt: skip


async def test_status_and_info_are_heard_in_their_order(database: str, broker: EmbeddedBroker, device_id: str) -> None:
    async with house(database, plain(broker)) as running, device(plain(broker), device_id) as node:
        await running.until("active")
        await node.say("status", b"online")
        await node.say(
            "info", b'{"model": "node", "channels": {"air": {"metric": "temperature", "unit": "\xc2\xb0F"}}}'
        )
        await node.say("telemetry", b'{"boot": 1, "seq": 1, "readings": [{"c": "air", "t": 1795000000, "v": 50}]}')
        await node.say("status", b"offline")
        await node.hear(1)

        async def offline() -> bool:
            return bool(await running.store.fetchval("SELECT status FROM device WHERE id = $1", device_id) == "offline")

        await until(offline)
        assert await running.rows(device_id) == [("air", 1795000000.0, 10.0)]


async def test_a_second_backend_waits_and_takes_over(database: str, broker: EmbeddedBroker, device_id: str) -> None:
    async with device(plain(broker), device_id) as node, house(database, plain(broker)) as second:
        await second.until("active")
        async with house(database, plain(broker)) as first:
            await first.until("standby")
            assert (second.consumer.state.role, first.consumer.state.connected) == ("active", False)
            await node.report(range(200))
            await second.store.fetch(  # the lease is torn away in the middle of the work
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            await node.report(range(200, 400))
            await all_stored(first, device_id, 400)
            await until(lambda: {first.consumer.state.role, second.consumer.state.role} == {"active", "standby"})


async def test_a_lost_database_connection_loses_nothing(database: str, broker: EmbeddedBroker, device_id: str) -> None:
    async with house(database, plain(broker)) as running, device(plain(broker), device_id) as node:
        await running.until("active")
        for start in range(0, 1_000, 250):
            await node.report(range(start, start + 250))
            await running.store.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'plantops-ingest' AND datname = current_database()"
            )
        await all_stored(running, device_id, 1_000)
        await running.until("active")


async def test_a_killed_broker_loses_nothing(database: str, tmp_path: Path, device_id: str) -> None:
    async with (
        running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as mosquitto,
        house(database, plain(mosquitto)) as running,
    ):
        await running.until("active")
        async with device(plain(mosquitto), device_id) as node:
            await node.report(range(300))
        assert mosquitto.pid is not None
        os.kill(mosquitto.pid, signal.SIGKILL)
        await until(lambda: not running.consumer.state.connected)
        await running.until("active")
        async with device(plain(mosquitto), device_id) as node:
            await node.report(range(300, 400))
        await all_stored(running, device_id, 400)


async def test_a_missing_broker_is_told_in_words(database: str, device_id: str) -> None:
    async with house(database, Broker("127.0.0.1", 1)) as running:
        await until(lambda: running.consumer.state.problem is not None)
        assert running.consumer.state.problem == "No MQTT broker answers at 127.0.0.1:1."
        assert running.consumer.state.role == "connecting"
        assert await running.rows(device_id) == []


async def test_what_went_wrong_here_is_no_alarm_once_another_backend_does_the_work(
    database: str, broker: EmbeddedBroker
) -> None:
    time = now()
    async with house(database, Broker("127.0.0.1", 1), clock=lambda: time) as failed:
        await until(lambda: failed.consumer.state.problem is not None)
        async with house(database, plain(broker)) as other:
            await other.until("active")
            await failed.until("standby")
            assert failed.consumer.state.problem is not None, "the other one may fail, too"
            time += timedelta(seconds=31)
            assert failed.consumer.state.problem is None
        await until(lambda: failed.consumer.state.problem is not None)


async def test_what_lies_in_the_outbox_is_published(database: str, broker: EmbeddedBroker, device_id: str) -> None:
    async with house(database, plain(broker)) as running, device(plain(broker), device_id) as node:
        await running.until("active")
        topic = f"plantops/{device_id}/command"
        for number in range(3):
            await outbox.put(running.store, topic, json.dumps(number).encode(), now=now())
        await outbox.put(running.store, "im/+/possible", b"refused", now=now())
        await outbox.put(
            running.store, topic, b'"late"', now=now() - timedelta(hours=1), expires_at=now() - timedelta(1)
        )
        await outbox.put(running.store, topic, b"3", now=now())
        assert await node.hear(4) == [0, 1, 2, 3]

        async def empty() -> bool:
            return bool(await running.store.fetchval("SELECT count(*) FROM broker_outbox") == 0)

        await until(empty)


def announcement(state_topic: str, **changes: str) -> bytes:
    """Announce a sensor as stock ESPHome does."""
    said = {"stat_t": state_topic, "name": "x", "dev": {"ids": "063569abf679", "name": "Attic"}, **changes}
    return json.dumps(said).encode()


async def test_a_stock_node_is_read_as_it_is(database: str, mosquitto: EmbeddedBroker, device_id: str) -> None:
    broker = plain(mosquitto)
    air, soil = (f"homeassistant/sensor/{device_id}/{name}/config" for name in ("air", "soil"))
    air_state, soil_state, status = f"attic/{device_id}/air", f"{device_id}/sensor/soil/state", f"attic/{device_id}/on"
    async with house(database, broker) as running, device(broker, device_id) as node:
        await running.until("active")
        await node.link.publish(status, b"online", retain=True)
        fahrenheit = announcement(air_state, unit_of_meas="°F", dev_cla="temperature", avty_t=status)
        await node.link.publish(air, fahrenheit, retain=True)
        await node.link.publish(soil, announcement(soil_state, unit_of_meas="%", dev_cla="moisture"), retain=True)

        async def online() -> bool:
            return bool(await running.store.fetchval("SELECT status FROM device WHERE id = $1", device_id) == "online")

        await until(online)

        async def both() -> bool:  # said again and again: what nobody hears at QoS 0 is lost
            for topic, state in ((air_state, b"nan"), (air_state, b"50.0"), (soil_state, b"40.0")):
                await node.link.publish(topic, state)
            return {(key, value) for key, _, value in await running.rows(device_id)} == {
                ("sensor/air", 10.0),
                ("sensor/soil", 40.0),
            }

        await until(both)
        assert await running.reasons(device_id) == []
        for topic in (air, soil, status):
            await node.link.publish(topic, b"", retain=True)
