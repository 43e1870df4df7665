"""Queueing and ordering: bounded, greedy, and never overtaking among one device's messages."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import Ack, Sample
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.intake import Envelope, Intake, Reason, Refusal, Refused, StatusNews
from plantops.mqtt.intake_queue import BATCH_MESSAGES, BATCH_READINGS, FULL_MESSAGES, FULL_READINGS, IntakeQueue, Item
from plantops.mqtt.stages import acknowledgement, stages

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def envelope(device_id: str = "a", readings: int = 1, seq: int | None = None) -> Envelope:
    samples = [Sample(c="x", v=1.0)] * readings
    return Envelope(device_id, DeviceKind.PLANTOPS, f"plantops/{device_id}/telemetry", NOW, samples, boot=5, seq=seq)


def status(device_id: str = "a") -> StatusNews:
    return StatusNews(device_id, DeviceStatus.ONLINE, NOW)


async def test_what_is_there_is_taken_at_once_in_order() -> None:
    queue = IntakeQueue()
    queue.put(Item(status(str(number)), number) for number in range(3))
    assert [item.mid for item in await queue.take()] == [0, 1, 2]
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    queue.put([Item(status(), 7)])
    assert [item.mid for item in await waiting] == [7]


async def test_a_batch_is_bounded_by_messages_and_by_readings() -> None:
    queue = IntakeQueue()
    queue.put(Item(envelope()) for _ in range(BATCH_MESSAGES + 1))
    assert [len(await queue.take()), len(await queue.take())] == [BATCH_MESSAGES, 1]
    queue.put(Item(envelope(readings=999)) for _ in range(BATCH_READINGS // 1_000 + 2))
    assert [len(await queue.take()), len(await queue.take())] == [BATCH_READINGS // 1_000, 2]
    queue.put([Item(envelope(readings=2 * BATCH_READINGS))])
    assert len(await queue.take()) == 1


@pytest.mark.parametrize(("count", "readings"), [(FULL_MESSAGES, 0), (FULL_READINGS // 1_000, 999)])
async def test_it_says_when_it_is_full_and_when_there_is_room_again(count: int, readings: int) -> None:
    queue = IntakeQueue()
    intake = envelope(readings=readings) if readings else status()
    queue.put(Item(intake) for _ in range(count - 1))
    assert not queue.full
    queue.put([Item(intake)])
    assert queue.full
    await queue.take()
    assert not queue.full


def test_a_greeting_and_a_report_are_one_stage_a_farewell_is_another() -> None:
    before, report, after = status(), envelope(), status()
    other = envelope("b")
    assert stages([Item(before), Item(report), Item(other), Item(after)]) == [
        ([before], [report, other]),
        ([after], []),
    ]
    assert stages([]) == []


def messages() -> st.SearchStrategy[list[Intake]]:
    devices = st.sampled_from("abc")
    refused = Refused(None, "x", NOW, Refusal(Reason.MALFORMED, "x", b"", 0))
    return st.lists(st.builds(status, devices) | st.builds(envelope, devices) | st.just(refused), max_size=20)


@given(messages())
def test_no_message_overtakes_another_of_its_device(sent: list[Intake]) -> None:
    done: list[Any] = []
    for news, envelopes in stages([Item(intake) for intake in sent]):
        done += [*news, *envelopes]
    for device_id in "abc":
        assert [id(one) for one in done if one.device_id == device_id] == [
            id(one) for one in sent if one.device_id == device_id
        ]


def test_the_word_for_the_device_is_an_ack() -> None:
    receipt: Any = SimpleNamespace(stored=7, duplicate=1, refused=2)
    answer = acknowledgement(envelope(seq=4_294_967_295), receipt)
    assert answer is not None
    assert answer[0] == "plantops/a/telemetry/ack"
    assert Ack.model_validate_json(answer[1]) == Ack(boot=5, seq=4_294_967_295, stored=7, duplicate=1, refused=2)
    assert acknowledgement(envelope(), receipt) is None
