"""The node that runs on this machine: how ESPHome is given its parts, and its program with flash and RTC memory.

All of it is the house's and ESPHome's own, with two exceptions. ESPHome's `mqtt` is not meant for computers: a copy of
it is given Mosquitto's library where a board has esp-mqtt (host/mqtt). And ArduinoJson, which ESPHome's `mqtt` and
`http_request` write JSON with, comes from a registry: host/components/json stands in for it, unless
PLANTOPS_ARDUINOJSON=real (CI). PlantOps' own messages are written by neither.
"""

import asyncio
import os
import shutil
import subprocess
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.firmware.esphome import FIRMWARE, ROOT, run_esphome, tools

HERE = Path(__file__).parent / "host"
LINES_SHOWN = 60
BEFORE = "#elif defined(USE_ESP8266)\n"
PATCHES = {
    "__init__.py": (("    cv.only_on(\n        [\n", '    cv.only_on(\n        [\n            "host",\n'),),
    "mqtt_client.h": (
        (f"{BEFORE}#include", f'#elif defined(USE_HOST)\n#include "mqtt_backend_host.h"\n{BEFORE}#include'),
        (f"{BEFORE}  MQTTBackend", f"#elif defined(USE_HOST)\n  MQTTBackendHost mqtt_backend_;\n{BEFORE}  MQTTBackend"),
    ),
    "mqtt_client.cpp": (("          if (ip.is_set()) {", "          if (true) {"),),
}
"""What is put in place of what in ESPHome's `mqtt`."""


def lay_out(folder: Path) -> list[str]:
    """Put the node's file and ESPHome's parts into the folder; give the words of the command line that fill it in."""
    shutil.copy(HERE / "node.yaml", folder)
    (folder / "garden-ca.pem").touch()  # filled in when there is a garden
    shutil.copytree(HERE / "components" / "place", folder / "components" / "place")
    if os.environ.get("PLANTOPS_ARDUINOJSON") != "real":
        shutil.copytree(HERE / "components" / "json", folder / "components" / "json")
    _mqtt_for_this_machine(folder / "components" / "mqtt")
    told = {
        "packages": FIRMWARE / "packages",
        "plantops_components": FIRMWARE / "components",
        "host_components": folder / "components",
        "ca_file": folder / "garden-ca.pem",
        "registration_key": "told_at_the_start",
    }
    return [word for name, value in told.items() for word in ("-s", name, str(value))]


def _mqtt_for_this_machine(folder: Path) -> None:
    (esphomes,) = (ROOT / ".venv" / "firmware").glob("lib/*/site-packages/esphome/components/mqtt")
    shutil.copytree(esphomes, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, changes in PATCHES.items():
        text = (folder / name).read_text(encoding="utf-8")
        for found, put in changes:
            assert text.count(found) == 1, f"ESPHome's {name} has changed: {found!r}"
            text = text.replace(found, put)
        (folder / name).write_text(text, encoding="utf-8")
    for file in (HERE / "mqtt").iterdir():
        shutil.copy(file, folder)


def build(folder: Path) -> Path:
    """Build the node's program."""
    said = subprocess.run([ROOT / "scripts" / "cxx.sh", "libraries"], capture_output=True, text=True, check=True)
    flags = f"-I{HERE / 'include'} {said.stdout.strip()} -lmosquitto -lssl -lcrypto -DPLANTOPS_REFUSED_FOR_MS=2000U"
    run_esphome(folder, *lay_out(folder), "compile", "node.yaml", tools={**tools(), "PLANTOPS_HOST_FLAGS": flags})
    (built,) = folder.glob(".esphome/build/*/.pioenvs/*/program")
    return built


class Node:
    """The node's program, its flash and its RTC memory; it can be killed and started anew."""

    def __init__(self, program: Path, folder: Path, told: Mapping[str, str]) -> None:
        """Take the program, where flash and memory are, and what it is told of its place."""
        self.log: list[str] = []
        self._program = program
        self._env = {
            "PATH": os.environ["PATH"],
            "ESPHOME_PREFDIR": str(folder),
            "PLANTOPS_RTC_FILE": str(folder / "rtc"),
            **told,
        }
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start, or wake."""
        self._process = await asyncio.create_subprocess_exec(self._program, env=self._env, stdout=PIPE, stderr=STDOUT)
        self._reading = asyncio.create_task(self._read(self._process))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.log.append(line.decode(errors="replace").rstrip())

    async def kill(self) -> None:
        """Die at once; flash and RTC memory go on."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def ended(self) -> None:
        """Wait until it has ended by itself."""
        if self._process is not None and self._reading is not None:
            await self._process.wait()
            await self._reading

    async def says(self, text: str, times: int = 1) -> None:
        """Wait until the log has a text so often."""
        while self.said(text) < times:
            await asyncio.sleep(0.02)

    def said(self, text: str) -> int:
        """Count how often the log has a text."""
        return sum(text in line for line in self.log)


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[Node]:
    """Run a node until the block ends."""
    await node.start()
    try:
        yield node
    except (asyncio.CancelledError, AssertionError) as error:
        error.add_note("\n".join(["The node said:", *node.log[-LINES_SHOWN:]]))
        raise
    finally:
        await node.kill()
