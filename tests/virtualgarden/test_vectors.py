"""A virtual device's batches are, byte for byte, those of a real one: tests/vectors/protocol."""

from typing import Any

import pytest
from aioplantops.telemetry import Ack
from virtualgarden.buffer import Buffer

from tests.vectors import vectors

STARTED = 1_794_999_000.0


@pytest.mark.parametrize("one", vectors("batches"), ids=lambda one: one["name"])
def test_batches(one: Any) -> None:
    buffer = Buffer(one["boot"])
    buffer.seq = one["seq"]
    for reading in one["readings"]:
        buffer.keep({reading["c"]: reading["v"]}, reading["t"] - STARTED)
    (frozen,) = buffer.freeze(STARTED)
    assert frozen.payload.decode() == one["payload"]


@pytest.mark.parametrize("one", [one for one in vectors("acks") if one["names"]], ids=lambda one: one["name"])
def test_acks_free_the_batch_that_they_name(one: Any) -> None:
    boot, seq = one["names"]
    buffer = Buffer(boot)
    buffer.seq = seq
    buffer.keep({"temperature": 21.0}, 1.0)
    buffer.freeze(STARTED)
    assert buffer.acknowledge(Ack.model_validate_json(one["payload"])) is not None
    assert len(buffer) == 0
