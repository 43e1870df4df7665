"""A node's memory forgets only what is safe, or the oldest when it is full."""

import json

from aioplantops.telemetry import MAX_PAYLOAD_BYTES, MAX_READINGS, Ack, Batch
from hypothesis import given
from hypothesis import strategies as st
from virtualgarden.buffer import Buffer, Kept


def ack(boot: int, seq: int) -> Ack:
    return Ack(boot=boot, seq=seq, stored=1, refused=0)


def test_a_batch_is_frozen_at_its_first_sending_and_dated_by_the_clock() -> None:
    buffer = Buffer(7, batch_readings=2)
    for uptime in (1.0, 2.5, 4.0):
        buffer.keep({"soil_moisture": 40 + uptime}, uptime)
    (frozen,) = buffer.freeze(1_795_000_000.0)
    assert json.loads(frozen.payload) == {
        "boot": 7,
        "seq": 0,
        "readings": [
            {"c": "soil_moisture", "t": 1_795_000_001.0, "v": 41.0},
            {"c": "soil_moisture", "t": 1_795_000_002.5, "v": 42.5},
        ],
    }
    assert buffer.freeze(1_795_000_099.0) == [], "one at a time"
    assert [batch.payload for batch in buffer.due(10.0, 5.0)] == [frozen.payload]
    frozen.sent_at = 10.0
    assert buffer.due(14.9, 5.0) == []
    assert buffer.due(15.0, 5.0) == [frozen], "unacknowledged for too long"
    buffer.disconnected()
    assert buffer.due(10.1, 5.0) == [frozen], "another connection, the same batch"


def test_only_the_matching_acknowledgement_counts() -> None:
    buffer = Buffer(7)
    buffer.keep({"a": 1.0, "b": 2.0}, 0.0)
    (frozen,) = buffer.freeze(0.0)
    assert buffer.acknowledge(ack(8, 0)) is None
    assert buffer.acknowledge(ack(7, 1)) is None
    assert len(buffer) == 2
    assert buffer.acknowledge(ack(7, 0)) is frozen
    assert buffer.acknowledge(ack(7, 0)) is None, "twice is once"
    assert len(buffer) == 0


def test_a_full_ring_forgets_the_oldest_unsent() -> None:
    lost: list[Kept] = []
    buffer = Buffer(7, capacity=5, batch_readings=2, on_drop=lost.append)
    for number in range(3):
        buffer.keep({"n": number}, number)
    buffer.freeze(0.0)
    for number in range(3, 10):
        buffer.keep({"n": number}, number)
    assert [kept.value for kept in lost] == [2, 3, 4, 5, 6], "0 and 1 are under way"
    assert len(buffer) == 5


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=20),
    size=st.integers(1, 15),
    window=st.integers(1, 4),
    order=st.randoms(use_true_random=False),
)
def test_everything_is_sent_once_in_whatever_order_it_is_acknowledged(
    counts: list[int], size: int, window: int, order: object
) -> None:
    buffer = Buffer(1, batch_readings=size, window=window)
    total, sent = 0, []
    for uptime, count in enumerate(counts):
        buffer.keep({f"c{number}": float(number) for number in range(count)}, uptime)
        total += count
    while len(buffer):
        sent += [(sample.channel, sample.unix) for frozen in buffer.freeze(0.0) for sample in frozen.samples]
        under_way = buffer.due(0.0, 1.0)
        assert 0 < len(under_way) <= window
        assert buffer.acknowledge(ack(1, order.choice(under_way).seq))  # type: ignore[attr-defined]
    assert len(sent) == len(set(sent)) == total


def test_the_largest_batch_fits_into_a_message() -> None:
    buffer = Buffer(2**32 - 1, batch_readings=MAX_READINGS, capacity=MAX_READINGS)
    for number in range(MAX_READINGS):
        buffer.keep({"soil_temperature_12": -12.345678}, number + 0.123)
    (frozen,) = buffer.freeze(1_795_000_000.0)
    assert len(frozen.payload) < MAX_PAYLOAD_BYTES
    assert len(Batch.model_validate_json(frozen.payload).readings) == MAX_READINGS
