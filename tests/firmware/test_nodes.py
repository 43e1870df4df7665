"""Every board with every package becomes a program, packages fit in pairs, and so does the factory's file."""

import ast
import itertools
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aioplantops.metrics import METRICS
from plantops.ops import certificates
from plantops.ops.firmware_secrets import Garden, write_authority, write_garden

from tests.firmware.esphome import FIRMWARE, ROOT, generate, node_file, run_esphome

KINDS = ("soil", "soil-temperature", "air", "light", "battery", "ble", "water", "sleep", "api")
BOARDS = tuple(sorted(file.stem for file in (FIRMWARE / "boards").glob("*.yaml")))
CHANNELS = {
    ("soil", "capacitive"): {"soil_moisture"},
    ("soil-temperature", "ds18b20"): {"soil_temperature"},
    ("air", "sht3x"): {"temperature", "humidity"},
    ("air", "aht20"): {"temperature", "humidity"},
    ("air", "dht"): {"temperature", "humidity"},
    ("air", "bme280"): {"temperature", "humidity", "pressure"},
    ("light", "bh1750"): {"illuminance"},
    ("light", "veml7700"): {"illuminance"},
    ("light", "ltr390"): {"illuminance"},
    ("battery", "voltage"): {"battery_voltage", "battery"},
    ("ble", "miflora"): {
        f"miflora_{name}" for name in ("moisture", "temperature", "illuminance", "conductivity", "battery")
    },
}


def options(kind: str) -> tuple[str, ...]:
    """List what the packages offer of a kind."""
    files = sorted((FIRMWARE / "packages").glob(f"{kind}-*.yaml"))
    names = (file.stem.removeprefix(f"{kind}-") for file in files)
    return tuple(name for name in names if not (kind == "soil" and name.startswith("temperature-")))


def possible(node: Mapping[str, str]) -> bool:
    """Tell whether the pair rules allow a node: who sleeps hears neither `stop` nor a MiFlora."""
    return not (node.get("sleep") == "deep" and (node.get("water", "none") != "none" or node.get("ble") == "miflora"))


def nodes() -> list[dict[str, str]]:
    """Choose few nodes in which every pair of choices, of board and packages, occurs."""
    factors = {"board": BOARDS, **{kind: options(kind) for kind in KINDS}}
    open_pairs = {
        frozenset(((one, a), (other, b)))
        for one, other in itertools.combinations(factors, 2)
        for a in factors[one]
        for b in factors[other]
        if possible({one: a, other: b})
    }
    chosen = []
    while open_pairs:
        node = dict(min(open_pairs, key=sorted))
        for factor, values in factors.items():
            if factor not in node:
                fits = [value for value in values if possible({**node, factor: value})]
                node[factor] = max(
                    fits,
                    key=lambda value: sum(frozenset(((factor, value), pair)) in open_pairs for pair in node.items()),
                )
        covered = {frozenset(pair) for pair in itertools.combinations(node.items(), 2)}
        assert covered & open_pairs
        open_pairs -= covered
        chosen.append(node)
    return chosen


def said(node: Mapping[str, str]) -> dict[str, str]:
    """Write the choices as substitutions."""
    return {name.replace("-", "_"): value for name, value in node.items()}


@pytest.mark.parametrize("node", nodes(), ids=lambda node: "-".join(v for v in node.values() if v != "none"))
def test_a_node_becomes_a_program(node: dict[str, str], tmp_path: Path) -> None:
    node_file(tmp_path, said(node))
    program = generate(tmp_path)
    channels = set(re.findall(r'Channel\{\s*\.key = "([^"]+)"', program))
    wanted = {"signal_strength"}.union(*(CHANNELS.get(choice, set()) for choice in node.items()))
    assert channels == wanted
    assert ("add_valve(" in program) is (node["water"] != "none")
    assert ("set_sleep_number(" in program) is (node["sleep"] == "deep")
    assert ("api::APIServer" in program) is (node["api"] == "native")
    assert "set_voice(new plantops::MqttVoice(node, node_mqtt));" in program
    assert "set_desk(new plantops::HttpDesk(node_http));" in program


def test_the_account_comes_before_the_first_connection(tmp_path: Path) -> None:
    node_file(tmp_path, {"sleep": "deep"})
    program = generate(tmp_path)
    mqtt = dict(re.findall(r"node_mqtt->set_(\w+)\((.*)\);", program))
    assert mqtt["enable_on_boot"] == "false"
    assert mqtt["reboot_timeout"] == "0"
    assert mqtt["clean_session"] == "false"
    assert "node_mqtt->disable_log_message()" in program
    assert "node_http->set_follow_redirects(false)" in program
    assert "soil_voltage->set_update_interval(4000)" in program, "a waking is short"


def test_new_firmware_and_a_boot_counter_cost_neither_water_nor_flash(tmp_path: Path) -> None:
    node_file(tmp_path, {"water": "pump"})
    program = generate(tmp_path)
    (defined,) = tmp_path.glob(".esphome/build/*/src/esphome/core/defines.h")
    assert "#define USE_OTA_STATE_LISTENER" in defined.read_text(encoding="utf-8"), "valves close before an update"
    assert re.search(r"RestartScript<>\W.*pump_limit|pump_limit.*RestartScript<>", program), (
        "an opening has its whole time"
    )
    assert re.search(r"should_enter_safe_mode\(10, \d+, \d+, false\)", program), "in RTC memory, not in flash"


def test_the_factorys_file_becomes_a_program(tmp_path: Path) -> None:
    node_file(tmp_path, {"name": "plant-node"}, base="plant-node.factory.yaml")
    program = generate(tmp_path)
    for part in (
        "improv_serial",
        "improv_ble",
        "dashboard_import",
        "http_request::OtaHttpRequestComponent",
        "HttpRequestUpdate",
    ):
        assert part in program, part


def test_every_component_has_a_name_and_no_secret_is_in_the_files() -> None:
    for file in (*FIRMWARE.glob("*.yaml"), *FIRMWARE.glob("packages/*.yaml"), *FIRMWARE.glob("boards/*.yaml")):
        text = file.read_text(encoding="utf-8")
        assert "your-wifi-password" not in text
        for block in re.findall(r"^  - platform: \w+\n(?:    .*\n)*", text, re.MULTILINE):
            assert re.search(r"^    id: ", block, re.MULTILINE) or "restart" in block, f"{file.name}: {block}"


def test_the_component_knows_the_metrics_that_the_house_knows() -> None:
    tree = ast.parse((FIRMWARE / "components" / "plantops" / "words.py").read_text(encoding="utf-8"))
    (told,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "METRICS"
    )
    assert set(told) == set(METRICS)


def test_boards_hold_pins_and_nothing_else() -> None:
    pins = {"soil_pin", "battery_pin", "one_wire_pin", "dht_pin", "i2c_sda", "i2c_scl", "water_pin"}
    for board in BOARDS:
        text = (FIRMWARE / "boards" / f"{board}.yaml").read_text(encoding="utf-8")
        assert set(re.findall(r"^(\w+):", text, re.MULTILINE)) <= {"substitutions", "esp32", "packages"}
        assert pins <= set(re.findall(r"^  (\w+): GPIO\d+$", text, re.MULTILINE))


def test_a_node_is_built_with_what_the_garden_wrote(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "certs", datetime.now(UTC))
    pem = write_authority(made.ca_file, tmp_path)
    write_garden(Garden("garden.example", 8443, 8884, "plantops_reg_abc"), pem, tmp_path)
    node_file(tmp_path, {"name": "basil"}, extra="  garden: !include garden.yaml")
    program = generate(tmp_path)
    assert 'set_registration("https://garden.example:8443/api/v1/devices/register", "plantops_reg_abc")' in program
    assert 'node_mqtt->set_broker_address("garden.example")' in program
    assert "node_mqtt->set_broker_port(8884)" in program
    pem = made.ca_file.read_text(encoding="utf-8")
    told = dict(re.findall(r'(\w+)->set_ca_certificate\("([^"\n]*)"\);', program))
    assert {name: text.replace(r"\012", "\n") for name, text in told.items()} == {"node_mqtt": pem, "node_http": pem}


def test_the_example_of_secrets_has_what_the_command_writes(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "certs", datetime.now(UTC))
    pem = write_authority(made.ca_file, tmp_path)
    file = write_garden(Garden("garden.example", 8443, 8883, "k"), pem, tmp_path)
    names = [
        set(re.findall(r"^ *(\w+):", text.read_text(encoding="utf-8"), re.MULTILINE))
        for text in (file, FIRMWARE / "secrets.example.yaml")
    ]
    assert names[0] == names[1]


def test_esphome_still_says_in_its_log_why_the_broker_refused() -> None:
    """The component reads it there (plantops_mqtt.cpp): there is no other way to know."""
    (source,) = (ROOT / ".venv" / "firmware").glob("lib/*/site-packages/esphome/components/mqtt/mqtt_backend_esp32.cpp")
    said = source.read_text(encoding="utf-8")
    assert 'ESP_LOGE(TAG, "Connection refused error: 0x%x"' in said
    assert 'TAG = "mqtt' in said
    assert "Connection refused error: 0x5" in (FIRMWARE / "components/plantops/plantops_mqtt.cpp").read_text("utf-8")


MISTAKES = {
    "a metric of one's own": (
        "channels: [{sensor: signal_strength, metric: wetness}]",
        "none of PlantOps' metrics: soil_moisture",
    ),
    "a numbered metric": (
        "channels: [{sensor: signal_strength, metric: soil_moisture_2}]",
        "write `as: soil_moisture_2`",
    ),
    "a key twice": (
        "channels: [{sensor: signal_strength, metric: co2}, {sensor: signal_strength, metric: co2}]",
        "Two channels have the key 'co2'",
    ),
    "a key with blanks": ("channels: [{sensor: signal_strength, metric: co2, as: a b}]", "A key has letters, digits"),
    "plain HTTP": ("registration: {url: 'http://plantops.local:8000', key: k}", "over https:// only"),
    "a key with dots": (
        "registration: {url: 'https://plantops.local:8443', key: 'plantops_reg_…'}",
        "This is no registration key",
    ),
    "no limit": ("valves: [{switch: restart_switch}]", "max_duration"),
    "too many names": (
        "channels: ["
        + ", ".join(f"{{sensor: signal_strength, metric: co2, as: k{n}, name: {'n' * 50}}}" for n in range(12))
        + "]",
        "leave the names of channels out",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda name: name)
def test_mistakes_are_told_in_words(mistake: str, tmp_path: Path) -> None:
    written, told = MISTAKES[mistake]
    node_file(tmp_path, {"soil": "none"}, extra="plantops:\n  " + written)
    assert told in " ".join(run_esphome(tmp_path, "config", "node.yaml", good=False).split())


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mqtt:\n  reboot_timeout: 15min", "reboot_timeout: 0s"),
        ("mqtt:\n  enable_on_boot: true", "enable_on_boot: false"),
        ("http_request:\n  follow_redirects: true", "follow_redirects: false"),
        ("deep_sleep:\n  run_duration: 10s", "valves and deep_sleep don't go together"),
        ("mqtt:\n  certificate_authority: !remove", "Set `certificate_authority` in mqtt"),
        ("switch:\n  - id: !extend pump\n    restore_mode: RESTORE_DEFAULT_ON", "Set `restore_mode: ALWAYS_OFF`"),
    ],
)
def test_what_would_lose_readings_or_secrets_is_refused(written: str, told: str, tmp_path: Path) -> None:
    node_file(tmp_path, {"water": "pump"}, extra=written)
    assert told in " ".join(run_esphome(tmp_path, "config", "node.yaml", good=False).split())
