"""Stock ESPHome nodes as they behave on the wire: out of order, repeated, with old states kept by the broker."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from aioplantops.models import DeviceKind, DeviceStatus
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.intake import Envelope, InfoNews, StatusNews
from plantops.mqtt.catalogue import MAX_CHANNELS_PER_NODE, MAX_WAITING, Catalogue, Heard, covered

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONFIG = "homeassistant/sensor/node/soil/config"
STATE = "P/sensor/soil/state"


def announcement(**changes: Any) -> bytes:
    said = {
        "name": "Soil",
        "unit_of_meas": "%",
        "dev_cla": "moisture",
        "stat_t": STATE,
        "avty_t": "P/status",
        "dev": {"ids": "063569abf679", "name": "Kitchen"},
    }
    return json.dumps({**said, **changes}).encode()


class Ear:
    """Hears messages one second after the other."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.now = NOW

    def hear(self, topic: str, payload: bytes, *, retained: bool = False, after: float = 1.0) -> Heard:
        """Hear one message."""
        self.now += timedelta(seconds=after)
        return self.catalogue.hear(topic, payload, self.now, retained=retained)

    def values(self, topic: str, payload: bytes, *, retained: bool = False, after: float = 1.0) -> list[float]:
        """Hear one message; give the values that came of it."""
        heard = self.hear(topic, payload, retained=retained, after=after)
        return [intake.samples[0].v for intake in heard.intakes if isinstance(intake, Envelope)]


def test_an_announced_state_becomes_a_reading_with_the_time_of_its_arrival() -> None:
    ear = Ear()
    heard = ear.hear(CONFIG, announcement(), retained=True)
    (info,) = heard.intakes
    assert isinstance(info, InfoNews)
    assert (info.device_id, info.kind, info.info.hardware_id) == ("node", DeviceKind.ESPHOME, "063569abf679")
    assert heard.wanted == {"P/status"}
    (reading,) = ear.hear(STATE, b"42.0").intakes
    assert isinstance(reading, Envelope)
    assert (reading.device_id, reading.kind, reading.received_at) == ("node", DeviceKind.ESPHOME, ear.now)
    assert [(sample.c, sample.t, sample.v) for sample in reading.samples] == [("sensor/soil", None, 42.0)]


def test_a_state_that_the_broker_kept_is_stale() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    assert ear.values(STATE, b"42.0", retained=True) == []
    assert ear.catalogue.ignored["stale"] == 1


def test_texts_and_nan_are_ignored_and_counted() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    for payload in (b"nan", b"None", b"unknown", b"", b"x" * 10_000_000):
        assert ear.hear(STATE, payload) == Heard()
    assert ear.catalogue.ignored["text"] == 5
    assert ear.values(STATE, b"41.5") == [41.5]


def test_states_wait_for_their_announcement_but_not_for_ever() -> None:
    ear = Ear()
    for value in range(6):
        assert ear.hear(STATE, b"%d" % value) == Heard()
    heard = ear.hear(CONFIG, announcement())
    readings = [intake for intake in heard.intakes if isinstance(intake, Envelope)]
    assert [reading.samples[0].v for reading in readings] == [2, 3, 4, 5]
    assert readings[0].received_at == NOW + timedelta(seconds=3)
    late = Ear()
    late.hear(STATE, b"1")
    assert [type(intake) for intake in late.hear(CONFIG, announcement(), after=61).intakes] == [InfoNews]


def test_the_waiting_room_is_bounded() -> None:
    ear = Ear()
    for number in range(MAX_WAITING + 10):
        ear.hear(f"P{number}/sensor/soil/state", b"1", after=0)
    ear.hear("any/other/topic", b"1")
    ear.hear(STATE, b"1" * 41)
    assert len(ear.catalogue._waiting) == MAX_WAITING


def test_repeats_within_a_quarter_of_a_second_are_one() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    assert ear.values(STATE, b"42.0") == [42.0]
    assert ear.values(STATE, b"42.0", after=0.1) == []
    assert ear.values(STATE, b"42.0", after=0.1) == []
    assert ear.values(STATE, b"42.5", after=0.01) == [42.5]
    assert ear.values(STATE, b"42.5", after=0.3) == [42.5]


def test_after_a_reconnect_everything_is_said_again_and_that_is_fine() -> None:
    ear = Ear()
    assert len(ear.hear(CONFIG, announcement()).intakes) == 1
    assert ear.hear(CONFIG, announcement()) == Heard()
    assert ear.values(STATE, b"42.0") == [42.0]
    assert ear.values(STATE, b"42.0") == [42.0]


def test_an_emptied_announcement_ends_the_mapping() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    assert ear.hear(CONFIG, b"") == Heard()
    assert ear.values(STATE, b"42.0") == []
    assert ear.hear("P/status", b"online") == Heard()
    ear.hear(CONFIG, b"")
    assert [type(intake) for intake in ear.hear(CONFIG, announcement()).intakes] == [InfoNews, Envelope]


def test_an_announcement_may_move_the_states() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    heard = ear.hear(CONFIG, announcement(stat_t="attic/soil"))
    assert heard.wanted == {"attic/soil", "P/status"}
    assert ear.values(STATE, b"1") == []
    assert ear.values("attic/soil", b"2") == [2.0]


def test_availability_is_the_devices_status_also_when_the_broker_kept_it() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    ear.hear(
        "homeassistant/sensor/node/air/config",
        announcement(stat_t="P/sensor/air/state", unit_of_meas="°C", dev_cla="temperature"),
    )
    heard = ear.hear("P/status", b"offline", retained=True)
    assert heard.intakes == [StatusNews("node", DeviceStatus.OFFLINE, ear.now)]
    assert ear.hear("P/status", b"online").intakes == [StatusNews("node", DeviceStatus.ONLINE, ear.now)]
    assert ear.hear("P/status", b"sleeping") == Heard()


def test_an_introduction_completes_what_is_announced() -> None:
    ear = Ear()
    assert ear.hear("esphome/discover/node", b'{"mac": "063569abf679", "version": "2026.10.0"}') == Heard()
    (info,) = ear.hear(CONFIG, announcement(dev={"name": "Kitchen"})).intakes
    assert isinstance(info, InfoNews)
    assert (info.info.firmware, info.info.hardware_id, info.info.name) == ("2026.10.0", "063569abf679", "Kitchen")
    (again,) = ear.hear("esphome/discover/node", b'{"version": "2026.11.0"}').intakes
    assert isinstance(again, InfoNews)
    assert again.info.firmware == "2026.11.0"


def test_endless_names_are_not_remembered() -> None:
    ear = Ear()
    long = "x" * 60_000
    for topic in (f"homeassistant/{long}/node/soil/config", f"esphome/discover/{long}", "esphome/discover/no node"):
        assert ear.hear(topic, announcement()) == Heard()
    assert ear.catalogue.unmapped == {}
    assert not ear.catalogue._introduced


def test_what_is_of_no_use_is_listed_with_its_reason() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement(unit_of_meas="GW", dev_cla="power"))
    assert ear.catalogue.unmapped == {CONFIG: "nothing that a garden knows"}
    assert ear.values(STATE, b"1") == []
    ear.hear(CONFIG, announcement())
    assert ear.catalogue.unmapped == {}


def test_nobody_takes_another_nodes_states_away() -> None:
    ear = Ear()
    ear.hear(CONFIG, announcement())
    ear.hear("homeassistant/sensor/thief/soil/config", announcement())
    assert ear.values(STATE, b"7") == [7.0, 7.0]
    ear.hear("homeassistant/sensor/thief/soil/config", b"")
    assert ear.values(STATE, b"8") == [8.0]


def test_one_node_cannot_fill_the_catalogue() -> None:
    ear = Ear()
    for number in range(MAX_CHANNELS_PER_NODE + 5):
        ear.hear(f"homeassistant/sensor/node/s{number}/config", announcement(stat_t=f"P/sensor/s{number}/state"))
    assert len(ear.catalogue._channels) == MAX_CHANNELS_PER_NODE
    assert set(ear.catalogue.unmapped.values()) == {"too many sensors"}


def test_which_topics_are_covered() -> None:
    assert all(map(covered, ("P/sensor/a/state", "x/P/sensor/a/state", "y/x/P/sensor/a/state")))
    assert not any(map(covered, ("sensor/a/state", "P/a/state", "P/sensor/a/value", "z/y/x/P/sensor/a/state")))


TOPICS = [CONFIG, STATE, "P/status", "esphome/discover/node", "homeassistant/sensor/node/air/config", "x"]
PAYLOADS = [
    announcement(),
    announcement(stat_t="x"),
    announcement(stat_t="P/status"),
    b"",
    b"1",
    b"online",
    b"nan",
    b"{}",
]


@given(st.lists(st.tuples(st.sampled_from(TOPICS), st.sampled_from(PAYLOADS) | st.binary(max_size=30), st.booleans())))
def test_no_order_of_messages_makes_it_fail(messages: list[tuple[str, bytes, bool]]) -> None:
    ear = Ear()
    for topic, payload, retained in messages:
        ear.hear(topic, payload, retained=retained)
    ear.hear(CONFIG, b"")
    ear.hear("homeassistant/sensor/node/air/config", b"")
    assert (ear.catalogue._channels, dict(ear.catalogue._by_state), dict(ear.catalogue._by_status)) == ({}, {}, {})
