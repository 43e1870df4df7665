"""The shared language reads the very messages that the firmware writes and is told: tests/vectors/protocol."""

import json
from typing import Any

import pytest
from aioplantops.registration import DeviceCredentials, DeviceRegister
from aioplantops.telemetry import Ack, Batch, Command, CommandResult, Info
from pydantic import ValidationError

from tests.vectors import vectors


@pytest.mark.parametrize("one", vectors("batches"), ids=lambda one: one["name"])
def test_batches(one: Any) -> None:
    batch = Batch.model_validate_json(one["payload"], strict=True, extra="forbid")
    assert (batch.boot, batch.seq) == (one["boot"], one["seq"])
    assert [sample.model_dump() for sample in batch.readings] == one["readings"]


@pytest.mark.parametrize("one", vectors("acks"), ids=lambda one: one["name"])
def test_acks(one: Any) -> None:
    if one["names"] is None:
        with pytest.raises(ValidationError):
            Ack.model_validate_json(one["payload"], strict=True)
    else:
        ack = Ack.model_validate_json(one["payload"], strict=True)
        assert [ack.boot, ack.seq] == one["names"]


@pytest.mark.parametrize("one", vectors("info"), ids=lambda one: one["name"])
def test_info(one: Any) -> None:
    info = Info.model_validate_json(one["payload"], strict=True)
    assert info.model_dump(exclude={"channels", "valves"}) == one["about"]
    assert list(info.channels) == [channel["key"] for channel in one["channels"]]
    assert list(info.valves or ()) == [valve["key"] for valve in one["valves"]]
    assert json.loads(info.model_dump_json(exclude_none=True)) == json.loads(one["payload"])


@pytest.mark.parametrize("one", vectors("commands")["cases"], ids=lambda one: one["name"])
def test_results_of_commands(one: Any) -> None:
    said = {json.loads(text)["id"] for text in one["said"] if text.endswith("}") and '"id"' in text}
    for text in one["results"]:
        result = CommandResult.model_validate_json(text, strict=True)
        assert result.id in said
        assert result.outcome == result.state


def test_commands_as_the_backend_gives_them() -> None:
    (water,) = vectors("commands")["cases"][0]["said"]
    assert Command.model_validate_json(water, strict=True).model_dump_json() == water.replace(":20,", ":20.0,").replace(
        "30,", "30.0,"
    ).replace("60}", "60.0}")


@pytest.mark.parametrize("one", vectors("registration_requests"), ids=lambda one: one["wish"])
def test_requests_to_be_registered(one: Any) -> None:
    wish = DeviceRegister.model_validate_json(one["payload"], strict=True)
    assert wish.model_dump_json() == one["payload"]


@pytest.mark.parametrize("one", vectors("registration_answers"), ids=lambda one: one["name"])
def test_answers_that_a_board_takes_are_answers(one: Any) -> None:
    if one["outcome"] == "registered":
        told = DeviceCredentials.model_validate_json(one["body"])
        assert told.device_id == told.mqtt_username
        assert told.topic_prefix == f"plantops/{told.device_id}"
