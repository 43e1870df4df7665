"""Opening messages: whatever arrives gives exactly one intake, and nothing is lost of the rest of a batch."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aioplantops.models import DeviceKind, DeviceStatus
from aioplantops.telemetry import MAX_PAYLOAD_BYTES, MAX_READINGS, Sample
from hypothesis import example, given
from hypothesis import strategies as st
from plantops.domain.intake import (
    PAYLOAD_HEAD_BYTES,
    Envelope,
    InfoNews,
    Intake,
    Reason,
    Refused,
    ResultNews,
    StatusNews,
)
from plantops.mqtt.inbox import WORDS_KEPT, read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TELEMETRY = "plantops/plant-3fa2c1/telemetry"
GOOD = '{"c": "soil_moisture", "t": 1795000000, "v": 41.2}'


def opened(payload: bytes | str, topic: str = TELEMETRY, **how: Any) -> Intake:
    return read(topic, payload.encode() if isinstance(payload, str) else payload, NOW, **how)


def envelope(readings: str, rest: str = "", **how: Any) -> Envelope:
    intake = opened(f'{{"boot": 7, "seq": 8, "readings": [{readings}]{rest}}}', **how)
    assert isinstance(intake, Envelope)
    return intake


def refusal(payload: bytes | str, topic: str = TELEMETRY, **how: Any) -> tuple[Reason, str]:
    intake = opened(payload, topic, **how)
    assert isinstance(intake, Refused)
    assert intake.received_at == NOW
    assert intake.topic == topic[:WORDS_KEPT]
    assert len(intake.refusal.payload) <= PAYLOAD_HEAD_BYTES
    return intake.refusal.reason, intake.refusal.detail


def test_a_batch_as_every_node_sends_it() -> None:
    assert envelope(GOOD) == Envelope(
        "plant-3fa2c1",
        DeviceKind.PLANTOPS,
        TELEMETRY,
        NOW,
        (Sample(c="soil_moisture", t=1795000000.0, v=41.2),),
        boot=7,
        seq=8,
    )


def test_boot_seq_and_time_may_be_left_out() -> None:
    intake = opened('{"readings": [{"c": "a", "v": 1}, {"c": "b", "t": null, "v": -2e1}]}')
    assert isinstance(intake, Envelope)
    assert (intake.boot, intake.seq) == (None, None)
    assert [(sample.t, sample.v) for sample in intake.samples] == [(None, 1.0), (None, -20.0)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"c": "a", "v": NaN}', Reason.NOT_FINITE),
        ('{"c": "a", "v": -Infinity}', Reason.NOT_FINITE),
        ('{"c": "a", "v": 1e999}', Reason.NOT_FINITE),
        ('{"c": "a", "v": ' + "9" * 400 + "}", Reason.NOT_FINITE),
        ('{"c": "a", "t": NaN, "v": 1}', Reason.NOT_FINITE),
        ('{"c": "a", "v": "41"}', Reason.WRONG_TYPE),
        ('{"c": "a", "v": true}', Reason.WRONG_TYPE),
        ('{"c": "a", "v": null}', Reason.WRONG_TYPE),
        ('{"c": "a", "t": "now", "v": 1}', Reason.WRONG_TYPE),
        ('{"c": 5, "v": 1}', Reason.WRONG_TYPE),
        ('{"c": "a", "v": ' + "[" * 150 + "]" * 150 + "}", Reason.WRONG_TYPE),
        ('{"c": "", "v": 1}', Reason.BAD_KEY),
        ('{"c": "soil moisture", "v": 1}', Reason.BAD_KEY),
        ('{"c": "a\\u0000", "v": 1}', Reason.BAD_KEY),
        ('{"c": "' + "a" * 129 + '", "v": 1}', Reason.BAD_KEY),
        ('{"c": "a"}', Reason.MALFORMED),
        ('{"v": 1}', Reason.MALFORMED),
        ("{}", Reason.MALFORMED),
        ("17", Reason.WRONG_TYPE),
        ("null", Reason.WRONG_TYPE),
        ("[]", Reason.WRONG_TYPE),
    ],
)
def test_one_bad_reading_does_not_spoil_the_others(bad: str, reason: Reason) -> None:
    intake = envelope(f"{GOOD}, {bad}, {GOOD}")
    assert len(intake.samples) == 2
    (found,) = intake.refusals
    assert (found.reason, found.payload_bytes > 0) == (reason, True)
    assert found.detail.endswith(".")
    assert (intake.boot, intake.seq) == (7, 8)


def test_the_last_of_two_equal_keys_counts() -> None:
    assert [sample.v for sample in envelope('{"c": "a", "v": 1, "v": 2}').samples] == [2.0]


def test_unknown_fields_are_ignored_and_counted() -> None:
    intake = envelope('{"c": "a", "v": 1, "q": [1]}, {"c": "a", "v": NaN, "q": 1}', ', "battery": 3, "x": null')
    assert (intake.unknown_fields, len(intake.samples), len(intake.refusals)) == (3, 1, 1)


@pytest.mark.parametrize("boot", ["-1", "1.5", '"7"', "true", "4294967296", "9" * 60])
def test_a_senseless_boot_is_refused_and_the_readings_are_kept(boot: str) -> None:
    intake = opened(f'{{"boot": {boot}, "seq": 8, "readings": [{GOOD}]}}')
    assert isinstance(intake, Envelope)
    assert (intake.boot, intake.seq, len(intake.samples)) == (None, 8, 1)
    assert [refusal.reason for refusal in intake.refusals] == [Reason.WRONG_TYPE]
    assert "cannot be acknowledged" in intake.refusals[0].detail


def test_more_readings_than_a_message_may_carry() -> None:
    intake = envelope(", ".join([GOOD] * (MAX_READINGS + 5)))
    assert len(intake.samples) == MAX_READINGS
    assert [found.reason for found in intake.refusals] == [Reason.TOO_LARGE] * 5


def test_what_the_broker_kept_without_a_time_is_stale() -> None:
    intake = envelope(f'{GOOD}, {{"c": "a", "v": 1}}', retained=True)
    assert (len(intake.samples), [found.reason for found in intake.refusals]) == (1, [Reason.CLOCK])


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.MALFORMED),
        (b"garbage", Reason.MALFORMED),
        (b"{", Reason.MALFORMED),
        (b"null", Reason.MALFORMED),
        (b"[]", Reason.MALFORMED),
        (b'{"readings": {}}', Reason.MALFORMED),
        (b'{"boot": 1}', Reason.MALFORMED),
        (b"[" * 100_000, Reason.MALFORMED),
        (b'{"readings": [{"c": "a", "v": ' + b"9" * 5_000 + b"}]}", Reason.MALFORMED),
        (b"\xef\xbb\xbf{}", Reason.MALFORMED),
        (b"\xff\xfe{}", Reason.NOT_UTF8),
        (b'{"readings": [{"c": "\xc3\x28", "v": 1}]}', Reason.NOT_UTF8),
        (b" " * (MAX_PAYLOAD_BYTES + 1), Reason.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_at_all(payload: bytes, reason: Reason) -> None:
    assert refusal(payload)[0] is reason


def test_of_a_message_that_was_cut_off_the_real_length_is_told() -> None:
    intake = opened(b" " * 300_000, payload_bytes=10_000_000)
    assert isinstance(intake, Refused)
    assert (intake.refusal.reason, intake.refusal.payload_bytes) == (Reason.TOO_LARGE, 10_000_000)
    assert "10000000" in intake.refusal.detail


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "plantops",
        "plantops/a",
        "plantops/a/telemetry/ack",
        "plantops/a/command",
        "plantops/a/sensor/b/state",
        "plantops//telemetry",
        "plantops/a b/telemetry",
        "other/a/telemetry",
        "plantops/" + "a" * 65 + "/telemetry",
        "plantops/" + "a" * 60_000 + "/telemetry",
    ],
)
def test_topics_that_are_none_of_ours(topic: str) -> None:
    assert refusal(f'{{"readings": [{GOOD}]}}', topic)[0] is Reason.WRONG_TOPIC


def test_births_and_wills() -> None:
    topic = "plantops/a/status"
    assert opened("online", topic) == StatusNews("a", DeviceStatus.ONLINE, NOW)
    assert opened("offline", topic, retained=True) == StatusNews("a", DeviceStatus.OFFLINE, NOW)
    for payload in ("Online", "", "unknown", '"online"'):
        assert refusal(payload, topic)[0] is Reason.MALFORMED


def test_what_a_device_says_of_itself() -> None:
    said = {
        "model": "plant-node",
        "hardware_id": "3fa2c1000001",
        "sleep_seconds": 600,
        "colour": "green",
        "channels": {"soil": {"metric": "soil_moisture", "unit": "V", "new": 1}},
    }
    intake = opened(json.dumps(said), "plantops/a/info", retained=True)
    assert isinstance(intake, InfoNews)
    assert (intake.device_id, intake.kind, intake.info.model) == ("a", DeviceKind.PLANTOPS, "plant-node")
    assert intake.info.channels["soil"].unit == "V"
    for payload in ('{"model": 3}', '{"channels": []}', "[]", '{"hardware_id": "AA:BB"}', ""):
        assert refusal(payload, "plantops/a/info")[0] is Reason.MALFORMED


def test_of_endless_names_only_the_beginning_is_told() -> None:
    long = "x" * 60_000
    for topic, payload in (
        (f"plantops/{long}/telemetry", b"{}"),
        ("plantops/a/info", json.dumps({"channels": {long: {}}}).encode()),
    ):
        refused = opened(payload, topic)
        assert isinstance(refused, Refused)
        assert len(refused.topic) <= WORDS_KEPT
        assert len(refused.refusal.detail) <= WORDS_KEPT


def test_what_became_of_a_command() -> None:
    intake = opened('{"id": "17", "ok": true}', "plantops/a/command/result")
    assert isinstance(intake, ResultNews)
    assert intake.result.ok
    assert refusal('{"id": "17", "ok": "yes"}', "plantops/a/command/result")[0] is Reason.MALFORMED


def values() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.floats() | st.integers() | st.text()
    return st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def messages() -> st.SearchStrategy[bytes]:
    reading = st.fixed_dictionaries({}, optional={"c": values(), "t": values(), "v": values(), "x": values()})
    batch = st.fixed_dictionaries(
        {}, optional={"boot": values(), "seq": values(), "readings": st.lists(reading | values()) | values()}
    )
    return st.binary(max_size=200) | (batch | values()).map(lambda value: json.dumps(value).encode())


@given(
    topic=st.text(max_size=60)
    | st.sampled_from([TELEMETRY, "plantops/a/status", "plantops/a/info", "plantops/a/command/result"]),
    payload=messages(),
    retained=st.booleans(),
)
@example(topic=TELEMETRY, payload=b'{"readings": [{"c": "\\ud800", "v": 1}]}', retained=False)
@example(topic=TELEMETRY, payload=b'{"seq": [], "boot": 0.5, "readings": []}', retained=False)
def test_nothing_makes_it_fail(topic: str, payload: bytes, *, retained: bool) -> None:
    intake = read(topic, payload, NOW, retained=retained)
    match intake:
        case Envelope():
            sent = json.loads(payload)["readings"]
            numbers = sum(refusal.detail.startswith(('"boot" is', '"seq" is')) for refusal in intake.refusals)
            assert len(intake.samples) + len(intake.refusals) - numbers == len(sent)
        case Refused():
            assert intake.refusal.payload_bytes == len(payload)
        case StatusNews() | InfoNews() | ResultNews():
            assert intake.device_id == "a"
