"""The documentation is under test: what can be set, sent, refused or measured is named there; examples are true."""

import json
import re
from pathlib import Path

import pytest
from aioplantops.alerts import AlertKind
from aioplantops.care import CareKind
from aioplantops.days import LightSum, PlantDay
from aioplantops.events import StreamMessage
from aioplantops.irrigation import (
    AutomaticBasis,
    BlockKind,
    IrrigatorChange,
    IrrigatorCreate,
    IrrigatorState,
    WateringReason,
    WateringState,
)
from aioplantops.metrics import METRICS
from aioplantops.needs import NEEDS
from aioplantops.registration import PATH as REGISTER
from aioplantops.registration import DeviceCredentials, DeviceRegister
from aioplantops.site import LIGHT_SOURCES, Site
from aioplantops.telemetry import Ack, Batch, Command, CommandResult, CommandState, Info
from aioplantops.topics import Leaf
from plantops.api.openapi import failures
from plantops.api.reference import problem_sections, route_table
from plantops.api.routes import ROUTES
from plantops.domain.intake import Reason
from plantops.domain.irrigation import OVERRULED, WARNED
from plantops.domain.notice import NoticeKind
from plantops.domain.species.table import builtin
from plantops.ops.metrics import Metrics
from plantops.services.registration_keys import KEY
from plantops.settings import describe
from pydantic import TypeAdapter

DOCS = Path(__file__).parent.parent / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")  # noqa: RUF001  the typographic minus of the table


def test_every_setting_is_documented() -> None:
    page = (DOCS / "deployment.md").read_text(encoding="utf-8")
    rows = [f"| `{setting.name}` | {setting.default or '—'} | {setting.description} |" for setting in describe()]
    assert [row for row in rows if row not in page] == []


def test_every_topic_is_documented() -> None:
    assert [leaf for leaf in Leaf if f"`plantops/<device_id>/{leaf}`" not in PROTOCOL] == []


def test_every_reason_of_refusal_is_documented() -> None:
    assert [reason for reason in Reason if f"| `{reason}` |" not in PROTOCOL] == []


def test_every_metric_is_documented_with_its_unit_and_span() -> None:
    rows = [
        f"| `{quantity.metric}` | {quantity.unit} | {_number(quantity.span.low)} … {_number(quantity.span.high)}"
        for quantity in METRICS.values()
    ]
    assert [row for row in rows if row not in PROTOCOL] == []


def test_every_need_and_every_group_of_species_is_documented() -> None:
    page = (DOCS / "species.md").read_text(encoding="utf-8")
    rows = [
        f"| `{kind.need}` | {kind.unit} | {_number(kind.span.low)} … {_number(kind.span.high)} |"
        for kind in NEEDS.values()
    ]
    groups = {f"`{species.group}`" for species in builtin().values()}
    assert [word for word in (*rows, *groups) if word not in page] == []


def test_every_field_of_a_site_and_every_light_source_is_documented() -> None:
    page = (DOCS / "light-and-air.md").read_text(encoding="utf-8")
    rows = [
        f"| `{shine.source}` | {shine.factor:.1f} | {1000 / shine.factor:.0f} |" for shine in LIGHT_SOURCES.values()
    ]
    fields = [f"`{name}`" for model in (Site, PlantDay, LightSum) for name in model.model_fields if name != "from_"]
    assert [word for word in (*rows, *fields) if word not in page] == []


def test_every_reason_against_watering_and_every_field_of_an_irrigator_is_documented() -> None:
    page = (DOCS / "irrigation.md").read_text(encoding="utf-8")
    gives = dict.fromkeys(WateringReason, "never") | dict.fromkeys(OVERRULED, "overrules")
    gives |= dict.fromkeys(WARNED, "a warning only")
    rows = [rf"\| `{one}` \| .* \| {word} \| refused \|" for one, word in gives.items()]
    assert [row for row in rows if re.search(row, page) is None] == []
    words = [*IrrigatorCreate.model_fields, *AutomaticBasis, *IrrigatorState, *WateringState, *BlockKind]
    assert [word for word in words if word != "name" and f"`{word}`" not in page] == []
    assert [leaf for leaf in CommandState if f"| `{leaf}` |" not in PROTOCOL] == []
    irrigator, automatic = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    IrrigatorCreate.model_validate_json(irrigator)
    IrrigatorChange.model_validate_json(automatic)


def test_every_message_of_the_stream_is_documented() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    (stream,) = [part for part in page.split("\n\n") if part.startswith("**Stream**")]
    types = TypeAdapter(StreamMessage).json_schema()["discriminator"]["mapping"]
    assert {"hello", "task", "care_removed"} <= set(types)
    assert [kind for kind in types if f"`{kind}`" not in stream] == []


def test_every_kind_of_alert_of_care_and_of_news_is_documented() -> None:
    told = {"alerts.md": AlertKind, "care.md": CareKind, "notifications.md": NoticeKind}
    pages = {name: (DOCS / name).read_text(encoding="utf-8") for name in told}
    assert [kind for name, kinds in told.items() for kind in kinds if f"`{kind}`" not in pages[name]] == []


def test_every_prometheus_metric_is_documented() -> None:
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    families = re.findall(r"^# TYPE (plantops_\w+) ", Metrics().render().decode(), re.MULTILINE)
    assert families
    assert [name for name in families if not name.endswith("_created") and f"`{name}`" not in page] == []


def test_every_route_and_every_code_is_documented() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    missing = [line for line in route_table().splitlines() if line not in page]
    missing += [section for section in problem_sections().split("\n\n") if section not in page]
    assert missing == [], "python -m plantops.api.reference prints them"
    told = re.findall(r"^\| `([A-Z]+ /\S*)` \|", page, re.MULTILINE)
    assert told == [f"{route.method} {route.path}" for route in ROUTES]


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.parent.glob("*.md"), *DOCS.rglob("*.md"), DOCS.parent / "virtualgarden" / "README.md"]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if not link.startswith("http")
    ]
    assert links
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_what_devices_say_and_are_told_is_true_and_every_refusal_is_explained() -> None:
    page = (DOCS / "registration.md").read_text(encoding="utf-8")
    said, told = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    wish = DeviceRegister.model_validate_json(said)
    assert set(json.loads(said)) == set(DeviceRegister.model_fields)
    assert KEY.fullmatch(wish.registration_key)
    assert set(json.loads(told)) == set(DeviceCredentials.model_fields)
    assert DeviceCredentials.model_validate_json(told).device_id == wish.name
    assert said.split()[1:3] == re.findall(r'"registration_key": "plantops_reg_\w+",', page)[0].split()
    (route,) = [route for route in ROUTES if route.path == REGISTER]
    usual = {"malformed", "too_large", "too_slow", "unsupported_media"}
    assert [error.code for error in failures(route) if f"`{error.code}`" not in page and error.code not in usual] == []


EXAMPLES = re.findall(r"```json\n(.*?)```", PROTOCOL, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_the_protocol_is_what_it_claims(text: str) -> None:
    example = json.loads(text)
    model = next(
        model
        for key, model in (
            ("stored", Ack),
            ("readings", Batch),
            ("channels", Info),
            ("action", Command),
            ("ok", CommandResult),
        )
        if key in example
    )
    told = json.loads(model.model_validate_json(text).model_dump_json(exclude_unset=True))
    assert told == pytest.approx(example) if model is CommandResult else told == example
