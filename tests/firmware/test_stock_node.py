"""A plain ESPHome node's example is accepted by ESPHome itself, and becomes the program that its comments promise."""

import os
import re
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "firmware" / "examples"
ESPHOME = ROOT / ".venv" / "firmware" / "bin" / "esphome"
CA = ssl.DER_cert_to_PEM_cert(os.urandom(400))
"""Text in the shape of a certificate: ESPHome passes it on without reading it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Do what the example asks of its reader: copy the files, fill in the garden's own values."""
    shutil.copytree(EXAMPLES, tmp_path / "node")
    garden = (EXAMPLES / "garden.example.yaml").read_text(encoding="utf-8")
    indented = "".join(f"    {line}\n" for line in CA.splitlines())
    filled = re.sub(r"(?s)( +-----BEGIN.*-----END CERTIFICATE-----\n)", indented, garden)
    (tmp_path / "node" / "garden.yaml").write_text(filled, encoding="utf-8")
    return tmp_path / "node"


def esphome(folder: Path, *words: str) -> str:
    """Run ESPHome on the node as its reader would; its complaint is the failure's text."""
    assert ESPHOME.exists(), "ESPHome is not installed here: run `make test-firmware`, or scripts/setup.sh firmware"
    home = {"HOME": str(folder.parent), "PATH": os.environ["PATH"]}
    said = subprocess.run(
        [ESPHOME, *words, "stock-node.yaml"],
        cwd=folder,
        env=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout + said.stderr


def test_esphome_accepts_the_configuration(folder: Path) -> None:
    assert "Configuration is valid" in esphome(folder, "config")


def test_the_program_speaks_tls_as_its_own_account(folder: Path) -> None:
    esphome(folder, "compile", "--only-generate")
    program = next(folder.glob(".esphome/build/*/src/main.cpp")).read_text(encoding="utf-8")
    said = dict(re.findall(r"mqttclientcomponent_id->set_(\w+)\((.*)\);", program))
    assert said["broker_port"] == "8883"
    assert said["username"] == said["client_id"] == '"plant-3fa2c1"'
    assert said["topic_prefix"].startswith('"plant-3fa2c1"')
    assert said["ca_certificate"] == '"' + CA.replace("\n", r"\012") + '"'
    assert "MQTT_MAC_ADDRESS_UNIQUE_ID_GENERATOR" in said["discovery_info"]
    assert "mqttclientcomponent_id->disable_log_message()" in program


def test_the_program_measures_what_the_comments_promise(folder: Path) -> None:
    esphome(folder, "compile", "--only-generate")
    program = next(folder.glob(".esphome/build/*/src/main.cpp")).read_text(encoding="utf-8")
    for name in ("Soil Moisture", "Battery Voltage", "Temperature", "Humidity", "Illuminance", "Signal Strength"):
        assert f'"{name}"' in program
