"""The words of the house: topics, metrics, errors and events say the same on both sides."""

import json
from http import HTTPStatus
from typing import get_args
from uuid import UUID

import pytest
from aioplantops import events, topics
from aioplantops.errors import PlantOpsError, from_problem
from aioplantops.events import EVENT_TYPES, Event
from aioplantops.metrics import METRICS, Metric, metric_of, scale
from aioplantops.models import AssignmentCreate, Device, Plant, PlantChange, Scope
from aioplantops.problem import Problem, Wrong
from aioplantops.topics import Leaf
from aioplantops.wire import Answer, Request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

device_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)


@given(device_id=device_ids, leaf=st.sampled_from(Leaf))
def test_topics_are_read_as_they_were_built(device_id: str, leaf: Leaf) -> None:
    topic = topics.build(device_id, leaf)
    assert topics.parse(topic) == topics.Address(device_id, leaf)
    assert topics.every(leaf) == topic.replace(device_id, "+", 1) or "+" in topics.every(leaf)


@given(text=st.text(max_size=80) | st.builds("plantops/{}/{}".format, st.text(max_size=20), st.text(max_size=20)))
def test_whatever_else_is_no_topic(text: str) -> None:
    address = topics.parse(text)
    assert address is None or address.topic == text


@pytest.mark.parametrize("name", ["", "+", "#", "a/b", "a b", "ä", "-a", "_a", "a" * 65, "a\n", "$SYS"])
def test_names_that_no_device_can_have(name: str) -> None:
    with pytest.raises(ValueError, match="no device id"):
        topics.build(name, Leaf.STATUS)
    assert topics.parse(f"plantops/{name}/status") is None


def test_what_devices_write_and_read_is_everything() -> None:
    assert {*topics.FROM_DEVICES, *topics.TO_DEVICES} == set(Leaf)
    assert not {*topics.FROM_DEVICES} & {*topics.TO_DEVICES}


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_has_one_line(metric: Metric) -> None:
    quantity = METRICS[metric]
    assert quantity.metric is metric
    assert quantity.span.low < quantity.span.high
    assert quantity.unit
    assert metric_of(metric) is metric
    assert metric_of(f"{metric}_2") is metric
    own = scale(metric, None)
    assert own == scale(metric, quantity.unit)
    assert own is not None
    assert own.convert(1.5) == 1.5
    for unit in quantity.conversions:
        converted = scale(metric, unit)
        assert converted is not None
        assert converted.unit == quantity.unit
    for unit in quantity.uncalibrated:
        kept = scale(metric, unit)
        assert kept is not None
        assert kept.unit == unit
    assert scale(metric, "furlongs") is None


@pytest.mark.parametrize(
    ("metric", "unit", "sent", "kept"),
    [
        (Metric.TEMPERATURE, "°F", 68.0, 20.0),
        (Metric.SOIL_TEMPERATURE, "°F", 32.0, 0.0),
        (Metric.TEMPERATURE, "K", 273.15, 0.0),
        (Metric.BATTERY_VOLTAGE, "mV", 3_300.0, 3.3),
        (Metric.SOIL_MOISTURE, "mV", 2_500.0, 2.5),
        (Metric.ILLUMINANCE, "klx", 1.2, 1_200.0),
        (Metric.SOIL_CONDUCTIVITY, "mS/cm", 1.5, 1_500.0),
        (Metric.PRESSURE, "Pa", 101_325.0, 1_013.25),
        (Metric.PRESSURE, "inHg", 29.92, 1_013.2),
    ],
)
def test_units_with_a_fixed_relation_are_converted(metric: Metric, unit: str, sent: float, kept: float) -> None:
    found = scale(metric, unit)
    assert found is not None
    assert found.convert(sent) == pytest.approx(kept, abs=0.05)


@pytest.mark.parametrize(
    "key", ["", "_", "_2", "soil", "soil_moisture_", "soil_moisture_x", "2", "battery_voltage_low"]
)
def test_keys_that_do_not_say_what_they_measure(key: str) -> None:
    assert metric_of(key) is None


@pytest.mark.parametrize("code", sorted(PlantOpsError.registry))
def test_every_error_survives_the_wire(code: str) -> None:
    family = PlantOpsError.registry[code]
    error = family()
    assert isinstance(error.status, HTTPStatus)
    assert error.detail.endswith((".", "”", ">.", '"', ")."))
    again = from_problem(_problem(code))
    assert type(again) is family
    assert (again.detail, again.retry_after) == ("In my own words.", 7)


def test_unknown_problems_are_problems_too() -> None:
    again = from_problem(_problem("from_the_future"))
    assert type(again) is PlantOpsError
    assert again.errors == ({"where": "name", "why": "is missing"},)


def _problem(code: str) -> dict[str, object]:
    """Write problem details as a client reads them."""
    return Problem(
        type="about:blank",
        title="Oh",
        status=400,
        detail="In my own words.",
        code=code,
        correlation_id="c",
        errors=(Wrong(where="name", why="is missing"),),
        retry_after=7,
    ).model_dump()


def test_scopes_contain_each_other() -> None:
    ladder = (Scope.READ, Scope.CARE, Scope.GARDEN, Scope.ADMIN)
    for rank, scope in enumerate(ladder):
        assert [scope.grants(wanted) for wanted in ladder] == [number <= rank for number in range(4)]
    assert [scope.grants(Scope.INGEST) for scope in (*ladder, Scope.INGEST)] == [False, False, False, True, True]
    assert not any(Scope.INGEST.grants(wanted) for wanted in ladder)


def test_every_event_type_is_named() -> None:
    models = get_args(get_args(Event.__value__)[0])
    assert {model.model_fields["type"].default for model in models} == EVENT_TYPES
    for model in models:
        assert model.model_fields["seq"].default == 0


def test_clients_ignore_what_a_newer_backend_adds() -> None:
    plant = {"id": str(UUID(int=1)), "name": "Fern", "created_at": 0, "updated_at": 0, "mood": "happy"}
    assert Plant.model_validate_json(json.dumps(plant)).name == "Fern"
    event = {"type": "plant", "seq": 3, "plant": plant, "why": "because"}
    assert events.EVENT.validate_json(json.dumps(event)).seq == 3


def test_the_backend_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        PlantChange.model_validate({"colour": "green"})


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x00", "a" * 121, "\x7f"])
def test_names_are_one_line(name: str) -> None:
    with pytest.raises(ValidationError):
        PlantChange.model_validate({"name": name})


@given(name=st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=100))
def test_any_line_is_a_name(name: str) -> None:
    if name.strip():
        assert PlantChange.model_validate({"name": name}).name == name.strip()


@pytest.mark.parametrize("model", [Device, Plant, AssignmentCreate])
def test_models_say_themselves_in_json_schema(model: type[Answer | Request]) -> None:
    schema = TypeAdapter(model).json_schema()
    assert schema["title"] == model.__name__
