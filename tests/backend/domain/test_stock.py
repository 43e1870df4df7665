"""Stock ESPHome announcements, as ESPHome 2026.10 writes them, and as nobody should."""

import json
from typing import Any

import pytest
from aioplantops.metric_guess import guess
from aioplantops.metrics import Metric, scale
from aioplantops.telemetry import ChannelInfo, Info
from hypothesis import given
from hypothesis import strategies as st
from plantops.domain.stock import Availability, Ignored, StockChannel, announced, introduced, number, understand

TOPIC = "homeassistant/sensor/stock-node/soil_moisture/config"
REAL = (
    '{"sug_dsp_prc":1,"unit_of_meas":"%","stat_cla":"measurement","name":"Soil Moisture","dev_cla":"moisture",'
    '"stat_t":"P/sensor/soil_moisture/state","avty_t":"P/status","uniq_id":"063569abf679-sensor-16de02b2",'
    '"dev":{"ids":"063569abf679","name":"Plant Host abf679","sw":"0.1.0 (ESPHome 2026.10.0)","mdl":"plant-sensor",'
    '"mf":"plantops","cns":[["mac","063569abf679"]]}}'
)
"""Recorded from ESPHome 2026.10."""
UNDERSTOOD = StockChannel(
    "stock-node",
    "sensor/soil_moisture",
    Info(
        model="plant-sensor",
        manufacturer="plantops",
        firmware="0.1.0 (ESPHome 2026.10.0)",
        hardware_id="063569abf679",
        name="Plant Host abf679",
        channels={"sensor/soil_moisture": ChannelInfo(metric="soil_moisture", unit="%", name="Soil Moisture")},
    ),
    "P/sensor/soil_moisture/state",
    Availability("P/status", b"online", b"offline"),
)
LONG = {
    "unit_of_meas": "unit_of_measurement",
    "stat_cla": "state_class",
    "dev_cla": "device_class",
    "stat_t": "state_topic",
    "avty_t": "availability_topic",
    "uniq_id": "unique_id",
    "dev": "device",
    "ids": "identifiers",
    "sw": "sw_version",
    "mdl": "model",
    "mf": "manufacturer",
    "cns": "connections",
}


def config(**changes: Any) -> bytes:
    """Change some keys of the recorded announcement; None takes one away."""
    said = {**json.loads(REAL), **changes}
    return json.dumps({key: value for key, value in said.items() if value is not None}).encode()


def channel(payload: bytes, topic: str = TOPIC) -> StockChannel:
    found = understand(topic, payload)
    assert isinstance(found, StockChannel), found
    return found


def test_a_recorded_announcement_is_understood() -> None:
    assert understand(TOPIC, REAL.encode()) == UNDERSTOOD


def test_long_keys_mean_the_same() -> None:
    text = REAL
    for short, long in LONG.items():
        text = text.replace(f'"{short}"', f'"{long}"')
    assert understand(TOPIC, text.encode()) == UNDERSTOOD


@pytest.mark.parametrize(
    "device",
    [
        {"ids": ["063569abf679"]},
        {"ids": ["other", "06:35:69:AB:F6:79"]},
        {"ids": "063569ABF679"},
        {"ids": "node", "cns": [["mac", "06:35:69:ab:f6:79"]]},
    ],
)
def test_the_mac_is_found_wherever_it_is(device: dict[str, Any]) -> None:
    assert channel(config(dev=device)).info.hardware_id == "063569abf679"


@pytest.mark.parametrize("device", [{}, {"ids": 5}, {"ids": [[]], "cns": [["mac"]]}, {"cns": {"mac": "x"}}, None])
def test_no_mac_is_no_obstacle(device: dict[str, Any] | None) -> None:
    assert channel(config(dev=device)).info.hardware_id is None


def test_base_topics_are_completed() -> None:
    found = channel(config(**{"~": "house/P", "stat_t": "~/soil", "avty_t": "~/status"}))
    assert (found.state_topic, found.availability) == (
        "house/P/soil",
        Availability("house/P/status", b"online", b"offline"),
    )


def test_an_entity_without_a_name_is_called_like_its_device() -> None:
    assert channel(config(name="")).info.channels["sensor/soil_moisture"].name == "Plant Host abf679"
    assert channel(config(name=None, dev=None)).info.channels["sensor/soil_moisture"].name == "soil_moisture"
    assert channel(config(name="<b>'; DROP TABLE\n")).info.channels["sensor/soil_moisture"].name == "<b>'; DROP TABLE"


def test_a_node_may_have_words_of_its_own_for_being_there() -> None:
    found = channel(config(pl_avail="here", pl_not_avail="gone"))
    assert found.availability == Availability("P/status", b"here", b"gone")
    assert channel(config(avty_t=None)).availability is None


@pytest.mark.parametrize(
    "topic",
    [
        "homeassistant/binary_sensor/stock-node/wet/config",
        "homeassistant/switch/stock-node/pump/config",
        "homeassistant/sensor/soil_moisture/config",
        "homeassistant/sensor/a b/soil/config",
        "homeassistant/sensor/stock-node/a/b/config",
        "homeassistant/sensor//soil/config",
        "other/sensor/stock-node/soil/config",
    ],
)
def test_other_announcements_are_ignored(topic: str) -> None:
    assert isinstance(understand(topic, REAL.encode()), Ignored)


@pytest.mark.parametrize(
    "changes",
    [
        {"unit_of_meas": None, "dev_cla": None, "stat_cla": None, "sug_dsp_prc": None},  # a text sensor
        {"unit_of_meas": None},
        {"unit_of_meas": "GW"},
        {"dev_cla": "power", "unit_of_meas": "W"},
        {"dev_cla": "duration", "unit_of_meas": "s"},
        {"dev_cla": None, "unit_of_meas": "%", "name": "CPU load"},
        {"val_tpl": "{{ value_json.soil }}"},  # Zigbee2MQTT, Tasmota
        {"stat_t": None},
        {"stat_t": ""},
        {"stat_t": "plantops/plant-3fa2c1/telemetry"},
        {"stat_t": "plantops/plant-3fa2c1/status"},
        {"stat_t": "P/+/state"},
        {"stat_t": "#"},
        {"stat_t": "$SYS/broker/uptime"},
        {"stat_t": "homeassistant/sensor/a/b/config"},
        {"stat_t": "esphome/discover/a"},
        {"stat_t": "a" * 300},
        {"stat_t": ["P/x/state"]},
        {"stat_t": "~/x", "~": "#"},
        {"stat_t": "a\u0000b"},
        {"dev": []},
        {"dev": "x"},
    ],
)
def test_what_makes_no_sense_does_no_harm(changes: dict[str, Any]) -> None:
    assert isinstance(understand(TOPIC, config(**changes)), Ignored)


@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"[]", b"{}", b"[" * 100_000, b'{"dev":' * 3_000, b"x" * 10_000_000, b"\xff", b'{"name": NaN}'],
)
def test_no_json_does_no_harm(payload: bytes) -> None:
    assert isinstance(understand(TOPIC, payload), Ignored)
    assert introduced(payload) in (None, Info(channels={}))


@given(
    topic=st.text() | st.just(TOPIC),
    payload=st.binary()
    | st.dictionaries(
        st.sampled_from([*LONG, *LONG.values(), "~", "name"]),
        st.none() | st.text() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
    ).map(lambda said: json.dumps(said).encode()),
)
def test_nothing_makes_it_fail(topic: str, payload: bytes) -> None:
    understand(topic, payload)
    introduced(payload)
    announced(topic)


@pytest.mark.parametrize(
    ("device_class", "unit", "name", "metric"),
    [
        ("moisture", "%", "Ficus", Metric.SOIL_MOISTURE),
        (None, "%", "Ficus", Metric.SOIL_MOISTURE),
        (None, "V", "Soil raw", Metric.SOIL_MOISTURE),
        ("voltage", "mV", "soil_adc", Metric.SOIL_MOISTURE),
        ("temperature", "°C", "Air", Metric.TEMPERATURE),
        ("temperature", "°F", "Soil Temperature", Metric.SOIL_TEMPERATURE),
        (None, "°C", "anything", Metric.TEMPERATURE),
        (None, "°C", "Boden Temperatur", Metric.SOIL_TEMPERATURE),
        ("humidity", "%", "Air", Metric.HUMIDITY),
        ("humidity", "%", "Soil humidity", Metric.SOIL_MOISTURE),
        (None, "%", "Humidity", Metric.HUMIDITY),
        (None, "%", "Battery level", Metric.BATTERY),
        (None, "%", "Tank", Metric.WATER_LEVEL),
        ("battery", "%", "x", Metric.BATTERY),
        ("voltage", "V", "Battery", Metric.BATTERY_VOLTAGE),
        (None, "V", "x", Metric.BATTERY_VOLTAGE),
        (None, "lx", "x", Metric.ILLUMINANCE),
        ("illuminance", "lx", "x", Metric.ILLUMINANCE),
        (None, "µS/cm", "x", Metric.SOIL_CONDUCTIVITY),
        (None, "ppm", "x", Metric.CO2),
        (None, "hPa", "x", Metric.PRESSURE),
        ("signal_strength", "dBm", "WiFi", Metric.SIGNAL_STRENGTH),
        ("ph", None, "x", Metric.SOIL_PH),
        (None, "pH", "x", Metric.SOIL_PH),
        (None, "µmol/m²/s", "x", Metric.PPFD),
        ("voltage", "V", "Mains", None),
        ("volatile_organic_compounds_parts", "ppm", "x", None),
        ("gas", "%", "x", None),
        (None, "min", "x", None),
        (None, None, "reset_reason", None),
        (None, "", "x", None),
    ],
)
def test_what_a_sensor_measures(device_class: str | None, unit: str | None, name: str, metric: Metric | None) -> None:
    assert guess(device_class, unit, name) == metric
    assert metric is None or scale(metric, unit) is not None


@pytest.mark.parametrize(
    ("payload", "value"),
    [(b"42.0", 42.0), (b"-3", -3.0), (b"30.000000", 30.0), (b"1e3", 1000.0), (b"+0.5", 0.5)],
)
def test_numbers(payload: bytes, value: float) -> None:
    assert number(payload) == value


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"nan",
        b"NaN",
        b"None",
        b"inf",
        b"-",
        b"1_000",
        b" 1",
        b"1\n",
        b"ON",
        b"0x1",
        b"1" * 50,
        b"1e9999",
        b"1e999",
        b"\xff",
        b"\xd9\xa1",
    ],
)
def test_texts_are_no_numbers(payload: bytes) -> None:
    assert number(payload) is None


def test_an_introduction_is_understood() -> None:
    said = (
        b'{"ip":"10.0.0.7","name":"stock-node","friendly_name":"Kitchen","version":"2026.10.0","mac":"063569abf679",'
        b'"platform":"ESP32","board":"esp32dev","network":"wifi"}'
    )
    assert introduced(said) == Info(
        name="Kitchen", hardware_id="063569abf679", firmware="2026.10.0", model="esp32dev", channels={}
    )
