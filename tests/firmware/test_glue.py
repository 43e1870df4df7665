"""What only a board's program holds fits ESPHome's and ESP-IDF's own words: read by a compiler here, built by CI.

There is no compiler for boards offline. ESP-IDF, as far as the component names it, is a few empty words (host/stubs).
That finds a wrong name or type, not what happens. The rest of the component is built, and runs: test_host.py.
"""

from pathlib import Path

from tests.firmware.esphome import FIRMWARE, ROOT, run_esphome
from tests.firmware.host_node import HERE, lay_out
from tests.firmware.test_core import compiler, told

COMPONENT = FIRMWARE / "components" / "plantops"
WAYS = ("-std=gnu++20", "-fno-exceptions", "-fsyntax-only", "-Wall")
DEFINES = ("-DUSE_HOST", "-DUSE_OTA", "-DUSE_OTA_STATE_LISTENER", "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_INFO")


def test_closing_before_new_firmware_fits_the_headers_of_esphome(tmp_path: Path) -> None:
    run_esphome(
        tmp_path, *lay_out(tmp_path), "compile", "--only-generate", "node.yaml", tools={"PLANTOPS_HOST_FLAGS": ""}
    )
    (sources,) = tmp_path.glob(".esphome/build/*/src")
    (packages,) = (ROOT / ".venv" / "firmware").glob("lib/*/site-packages")
    told(compiler(), *WAYS, *DEFINES, f"-I{sources}", "-isystem", str(packages), COMPONENT / "plantops.cpp")


def test_the_boards_memory_and_counter_are_named_rightly() -> None:
    seen = (f"-I{HERE / 'stubs'}", f"-I{HERE / 'stubs' / 'board'}")
    told(compiler(), *WAYS, "-Werror", "-DUSE_ESP32", *seen, COMPONENT / "plantops_board.cpp")
