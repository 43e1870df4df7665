"""Runs ESPHome on configurations of the house, as a maker of nodes would, without a network."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
PROGRAM = ROOT / ".venv" / "firmware" / "bin" / "esphome"
OFFLINE = """\
esphome:
  platformio_options:
    lib_ignore: [Improv]  # the only library that code generation itself would fetch
"""


def tools() -> dict[str, str]:
    """Name the compiler and its like, where the machine has none of its own."""
    said = subprocess.run([ROOT / "scripts" / "cxx.sh", "tools"], capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in said.stdout.splitlines())


def run_esphome(folder: Path, *words: str, good: bool = True, tools: Mapping[str, str] | None = None) -> str:
    """Run ESPHome in the folder and give what it said; its complaint is the failure's text."""
    assert PROGRAM.exists(), "ESPHome is not installed here: run `make firmware-check`, or scripts/setup.sh firmware"
    said = subprocess.run(
        [PROGRAM, *words],
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.environ["PATH"], **(tools or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    told = said.stdout + said.stderr
    assert (said.returncode == 0) is good, told[-6000:]
    return told


def node_file(folder: Path, choices: Mapping[str, str], *, base: str = "plant-node.yaml", extra: str = "") -> Path:
    """Write a node's file as a user would: choices, the house's file, and a component from this checkout."""
    lines = [f"  {name}: {value}" for name, value in choices.items()]
    text = "\n".join(
        (
            "substitutions:",
            f"  plantops_components: {FIRMWARE / 'components'}",
            *lines,
            "packages:",
            f"  node: !include {FIRMWARE / base}",
            "  offline: !include offline.yaml",
            extra,
        )
    )
    (folder / "offline.yaml").write_text(OFFLINE, encoding="utf-8")
    file = folder / "node.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    return file


def generate(folder: Path) -> str:
    """Let ESPHome take the node's file and write its program; give the program."""
    run_esphome(folder, "compile", "--only-generate", "node.yaml")
    (program,) = folder.glob(".esphome/build/*/src/main.cpp")
    return program.read_text(encoding="utf-8")
