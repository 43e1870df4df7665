"""What Home Assistant and HACS will check of what we ship: descriptions, translations, manifest, zip, icons."""

import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, UrlManager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition
from homeassistant.helpers import service as services
from homeassistant.helpers.trigger import descriptions as triggers
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.plantops import blueprints, card
from custom_components.plantops.binary_sensor import DEVICE_BINARIES, PLANT_BINARIES, SERVER
from custom_components.plantops.button import BUTTONS
from custom_components.plantops.calendar import CALENDAR
from custom_components.plantops.condition import CONDITIONS
from custom_components.plantops.const import DOMAIN
from custom_components.plantops.event import CARE
from custom_components.plantops.image import PHOTO
from custom_components.plantops.lib.aioplantops.metrics import METRICS
from custom_components.plantops.number import THRESHOLDS
from custom_components.plantops.plant_sensors import METRIC_SENSORS, PLANT_SENSORS
from custom_components.plantops.select import PROFILE
from custom_components.plantops.sensor import DEVICE_SENSORS, SERVER_SENSORS
from custom_components.plantops.services import ACTIONS
from custom_components.plantops.todo import LIST
from custom_components.plantops.trigger import TRIGGERS
from custom_components.plantops.valve import VALVE

ROOT = Path(__file__).parents[2]
OURS = ROOT / "custom_components" / "plantops"
PACE = ("asyncio", "homeassistant.setup")
"""They warn of what is slow, as everything is on a busy machine."""
TABLES: Mapping[str, tuple[Any, ...]] = {
    "binary_sensor": (*PLANT_BINARIES, *DEVICE_BINARIES, SERVER),
    "button": BUTTONS,
    "event": (CARE,),
    "number": THRESHOLDS,
    "select": (PROFILE,),
    "sensor": (*METRIC_SENSORS, *PLANT_SENSORS, *DEVICE_SENSORS, *SERVER_SENSORS),
    "calendar": (CALENDAR,),
    "image": (PHOTO,),
    "todo": (LIST,),
    "valve": (VALVE,),
}


def _json(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


EN, DE = (_json(OURS / "translations" / f"{language}.json") for language in ("en", "de"))


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}.{key}")
        else:
            yield f"{path}.{key}", value


def test_german_says_everything_that_english_says() -> None:
    english, german = dict(_leaves(EN)), dict(_leaves(DE))
    assert sorted(english) == sorted(german)
    holes = re.compile(r"\{\w+\}")
    assert [key for key, words in english.items() if set(holes.findall(words)) != set(holes.findall(german[key]))] == []
    assert [key for key, words in (*english.items(), *german.items()) if "<" in words or not words.strip()] == []


@pytest.mark.parametrize("platform", TABLES)
def test_every_line_of_a_table_has_a_name(platform: str) -> None:
    keys = {line.translation_key or line.key for line in TABLES[platform]}
    assert keys == set(EN["entity"][platform])
    assert set(_json(OURS / "icons.json")["entity"].get(platform, {})) <= keys


def test_states_are_translated() -> None:
    health = next(line for line in PLANT_SENSORS if line.key == "health")
    assert set(EN["entity"]["sensor"]["health"]["state"]) == set(health.options or ())
    kinds = EN["entity"]["event"]["care"]["state_attributes"]["event_type"]["state"]
    assert set(kinds) == set(CARE.event_types or ())


def test_what_is_measured_is_shown_with_the_decimals_that_mean_something() -> None:
    plants = {line.metric: line.suggested_display_precision for line in METRIC_SENSORS}
    probes = {line.metric: line.suggested_display_precision for line in DEVICE_SENSORS if line.metric is not None}
    assert plants | probes == {metric: METRICS[metric].decimals for metric in (*plants, *probes)}


def test_every_sentence_that_code_names_is_there_and_no_other() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in OURS.glob("*.py"))
    said = set(re.findall(r'"([a-z_]+)"', code))
    for section in ("exceptions", "issues"):
        assert [key for key in EN[section] if key not in said] == []
    named = set(re.findall(r'(?:translation_key=|_invalid\()"([a-z_]+)"', code))
    issues = {"token_scope", "certificate_ends"}
    entities = {"heard"}
    assert named - issues - entities <= set(EN["exceptions"])
    assert issues <= set(EN["issues"])
    errors = re.findall(r'\(\w+, (?:CONF_\w+|"base"), "(\w+)"\)', (OURS / "greeting.py").read_text(encoding="utf-8"))
    assert set(errors) == set(EN["config"]["error"])
    flow = (OURS / "binding_flow.py").read_text(encoding="utf-8")
    told = EN["config_subentries"]["sensor"]
    said = {one for found in re.findall(r'_form\(.*?="(\w+)"\)|return "(\w+)"|else "(\w+)"', flow) for one in found}
    assert said - {""} == set(told["error"])
    assert [key for key in (*told["error"], *told["abort"]) if f'"{key}"' not in flow] == []
    assert {f"async_step_{step}" for step in told["step"]} == set(re.findall(r"def (async_step_\w+)", flow))


async def test_descriptions_load_without_a_warning(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "automation", {})
    await async_get_integration(hass, DOMAIN)
    told_triggers = await triggers.async_get_all_descriptions(hass)
    told_conditions = await condition.async_get_all_descriptions(hass)
    told_actions = (await services.async_get_all_descriptions(hass))[DOMAIN]
    assert {key for key in told_triggers if key.startswith(f"{DOMAIN}.")} == {f"{DOMAIN}.{key}" for key in TRIGGERS}
    assert {key for key in told_conditions if key.startswith(f"{DOMAIN}.")} == {f"{DOMAIN}.{key}" for key in CONDITIONS}
    assert all(told_triggers[f"{DOMAIN}.{key}"] for key in TRIGGERS)
    assert set(told_actions) == {action.name for action in ACTIONS}
    records = [one for one in caplog.records if one.levelname in {"WARNING", "ERROR"} and one.name not in PACE]
    warned = [one.getMessage() for one in records]
    assert [words for words in warned if "not been tested by Home Assistant" not in words] == []


@pytest.mark.parametrize(("file", "section"), [("triggers", "triggers"), ("conditions", "conditions")])
def test_triggers_and_conditions_are_described(file: str, section: str) -> None:
    described = {key: line for key, line in load_yaml_dict(str(OURS / f"{file}.yaml")).items() if key[0] != "."}
    assert set(described) == set(EN[section]) == set(_json(OURS / "icons.json")[section])
    for key, line in described.items():
        assert set(line.get("fields") or {}) == set(EN[section][key].get("fields", {})), key


def _fields(schema: Any) -> set[str]:
    inner = schema.schema
    return {str(key) for key in (inner if isinstance(inner, dict) else inner.validators[0])}


def test_actions_are_described() -> None:
    described = load_yaml_dict(str(OURS / "services.yaml"))
    assert set(described) == set(EN["services"])
    assert set(described) == {action.name for action in ACTIONS} == set(_json(OURS / "icons.json")["services"])
    for action in ACTIONS:
        fields = described[action.name]["fields"]
        assert set(fields) == _fields(action.schema) == set(EN["services"][action.name]["fields"])
        for field in fields.values():
            options = field["selector"].get("select") or {}
            if options:
                assert set(options["options"]) == set(EN["selector"][options["translation_key"]]["options"])


def test_the_manifest_is_as_hassfest_wants_it() -> None:
    manifest = _json(OURS / "manifest.json")
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert manifest["domain"] == OURS.name
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert {"codeowners", "documentation", "issue_tracker", "iot_class", "integration_type"} <= set(keys)
    assert manifest["requirements"] == ["pydantic>=2.12,<3"]
    assert manifest["zeroconf"] == ["_plantops._tcp.local."]


def test_hacs_finds_what_it_wants() -> None:
    told = _json(ROOT / "hacs.json")
    known = {"name", "content_in_root", "country", "filename", "hacs", "hide_default_branch", "homeassistant"}
    assert set(told) <= known | {"persistent_directory", "render_readme", "zip_release"}
    assert told["zip_release"] is True
    assert told["filename"] == "plantops.zip"
    assert (OURS / "brand" / "icon.png").is_file()


@pytest.mark.parametrize(("name", "size"), [("icon", 256), ("icon@2x", 512), ("logo", 256), ("logo@2x", 512)])
def test_the_icon_has_the_right_size(name: str, size: int) -> None:
    header = (OURS / "brand" / f"{name}.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:24]) == (size, size)


def test_the_zip_holds_the_integration_at_its_root(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        build = [sys.executable, str(ROOT / "scripts" / "release.py"), str(tmp_path / folder)]
        said = subprocess.run(build, capture_output=True, text=True, check=True).stdout
        assert "plantops.zip" in said
    assert (tmp_path / "one/plantops.zip").read_bytes() == (tmp_path / "two/plantops.zip").read_bytes()
    with ZipFile(tmp_path / "one/plantops.zip") as archive:
        names = set(archive.namelist())
    assert {"manifest.json", "__init__.py", "lib/aioplantops/client.py", "brand/icon.png", "services.yaml"} <= names
    assert f"frontend/{card.CARD}" in names
    assert [name for name in names if "__pycache__" in name or name.startswith(("custom_components", "."))] == []


@pytest.mark.parametrize("path", sorted((OURS / "blueprints").glob("*.yaml")), ids=lambda path: path.stem)
def test_blueprints_are_sound(path: Path) -> None:
    blueprint = Blueprint(
        load_yaml_dict(str(path)), expected_domain="automation", path=path.name, schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    assert blueprint.validate() is None
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"plantops\.(\w+)\n", text)) <= {*TRIGGERS, *CONDITIONS, *(one.name for one in ACTIONS)}


async def test_blueprints_are_laid_out_once(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    folder = Path(hass.config.path("blueprints", "automation", DOMAIN))
    laid = sorted(path.name for path in folder.glob("*.yaml"))
    assert laid == sorted(path.name for path in (OURS / "blueprints").glob("*.yaml"))
    assert len(laid) == 3


async def test_a_blueprint_follows_the_release_until_somebody_changes_it(hass: HomeAssistant, tmp_path: Path) -> None:
    ours, theirs = (Path(hass.config.path("blueprints", "automation", DOMAIN, name)) for name in ("a.yaml", "b.yaml"))
    for release in ("first", "second", "third"):
        for name in ("a.yaml", "b.yaml"):
            (tmp_path / name).write_text(release, encoding="utf-8")
        await blueprints.install(hass, tmp_path)
        await blueprints.install(hass, tmp_path)  # the same once more changes nothing
        assert ours.read_text(encoding="utf-8") == release
        assert theirs.read_text(encoding="utf-8") == ("first" if release == "first" else "changed")
        theirs.write_text("changed", encoding="utf-8")


async def test_the_card_is_served_with_its_version(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, tmp_path: Path
) -> None:
    await card.serve(hass, tmp_path)  # there is none, and there are no dashboards
    (tmp_path / card.CARD).write_text("export const card = 1;\n", encoding="utf-8")
    assert await async_setup_component(hass, "http", {})
    hass.config.components.add("frontend")
    hass.data[DATA_EXTRA_MODULE_URL] = modules = UrlManager(lambda *_: None, [])
    await card.serve(hass, tmp_path)
    address = f"/plantops/{_json(OURS / 'manifest.json')['version']}/plantops-card.js"
    assert address in modules.urls
    answer = await (await hass_client()).get(address)
    assert await answer.text() == "export const card = 1;\n"


def test_the_card_looks_for_entities_that_there_are() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "frontend/src/card").glob("*.ts"))
    wanted = set(re.findall(rf'"({"|".join(TABLES)})\.(\w+)"', code))
    wanted |= {("sensor", key) for key in re.findall(r'\{ key: "(\w+)", icon', code)}
    assert {("sensor", "health"), ("todo", "care_tasks"), ("sensor", "vpd")} <= wanted
    assert [what for what in sorted(wanted) if what[1] not in EN["entity"][what[0]]] == []


def test_every_rule_of_the_quality_scale_is_answered() -> None:
    rules = load_yaml_dict(str(OURS / "quality_scale.yaml"))["rules"]
    assert len(rules) == 54
    for name, answer in rules.items():
        status = answer if isinstance(answer, str) else answer["status"]
        assert status in {"done", "exempt"}, name
        assert status == "done" or answer["comment"], name
