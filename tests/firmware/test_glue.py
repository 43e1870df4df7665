"""The files that only a board's program holds fit ESPHome's own headers: read by a compiler here, built by CI.

There is no compiler for boards offline. So `mqtt` and `http_request` lend their real headers, and ArduinoJson, lwIP and
ESP-IDF, which they name, are a few empty words (host/stubs). That finds a wrong name or type, not what happens.
"""

import shutil
from pathlib import Path

import pytest

from tests.firmware.esphome import FIRMWARE, ROOT, run_esphome
from tests.firmware.host_node import HERE, choices
from tests.firmware.test_core import compiler, told

COMPONENT = FIRMWARE / "components" / "plantops"
DEFINES = (
    "USE_HOST",
    "USE_MQTT",
    "USE_NETWORK",
    "USE_LOG_LISTENERS",
    "ESPHOME_LOG_MAX_LISTENERS=2",
    "USE_PLANTOPS_HTTP",
    "USE_OTA",
    "USE_OTA_STATE_LISTENER",
    "ESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_INFO",
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the sources of a node that ESPHome has laid out."""
    folder = tmp_path_factory.mktemp("glue")
    shutil.copy(HERE / "node.yaml", folder)
    run_esphome(folder, *choices(), "compile", "--only-generate", "node.yaml")
    (source,) = folder.glob(".esphome/build/*/src")
    return source


@pytest.mark.parametrize("file", ["plantops_mqtt.cpp", "plantops_http.cpp", "plantops.cpp", "plantops_flash.cpp"])
def test_the_glue_fits_the_headers_of_esphome(file: str, sources: Path) -> None:
    (packages,) = (ROOT / ".venv" / "firmware").glob("lib/*/site-packages")
    backend = packages / "esphome" / "components" / "mqtt" / "mqtt_backend.h"
    seen = [f"-I{folder}" for folder in (HERE / "stubs", sources, packages)]
    defined = [f"-D{name}" for name in DEFINES]
    ways = ("-std=gnu++20", "-fno-exceptions", "-fsyntax-only", "-Wall", "-isystem", str(packages))
    told(compiler(), *ways, *defined, *seen, "-include", backend, COMPONENT / file)


def test_the_boards_memory_and_counter_are_named_rightly() -> None:
    seen = (f"-I{HERE / 'stubs'}", f"-I{HERE / 'stubs' / 'board'}")
    told(
        compiler(),
        "-std=gnu++20",
        "-fno-exceptions",
        "-fsyntax-only",
        "-Wall",
        "-Werror",
        "-DUSE_ESP32",
        *seen,
        COMPONENT / "plantops_board.cpp",
    )
