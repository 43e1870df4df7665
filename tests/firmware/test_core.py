"""The firmware's headers, built with the sanitizers: power cuts, clock jumps, lost acks, long outages, a fuzzer."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.firmware.vectors_header import write_header

ROOT = Path(__file__).parents[2]
HEADERS = ROOT / "firmware" / "components" / "plantops"
SOURCES = sorted((ROOT / "tests" / "firmware" / "core").glob("*.cpp"))
SANITIZED = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
STRICT = ("-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror")


def told(*command: str | Path) -> str:
    """Run a program; its complaint is the failure's text."""
    said = subprocess.run([*command], capture_output=True, text=True, check=False, timeout=1200)
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr[-6000:]
    return said.stdout


def compiler() -> str:
    """Name the compiler, getting one if need be."""
    return told(ROOT / "scripts" / "cxx.sh", "compiler").strip()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the tests of the headers."""
    folder = tmp_path_factory.mktemp("core")
    write_header(folder / "vectors.h")
    cxx, doctest = compiler(), told(ROOT / "scripts" / "cxx.sh", "headers").strip()
    seen = ("-isystem", doctest, f"-I{HEADERS}", f"-I{folder}")

    def build(source: Path) -> Path:
        made = folder / f"{source.stem}.o"
        told(cxx, *STRICT, *SANITIZED, *seen, "-c", source, "-o", made)
        return made

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = list(threads.map(build, SOURCES))
    told(cxx, *SANITIZED, *parts, "-o", folder / "core")
    return folder / "core"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_headers_keep_their_promises(program: Path, source: Path) -> None:
    said = told(program, f"--source-file=*{source.name}")
    assert "Status: SUCCESS!" in said
    assert "test cases:  0" not in said


def test_headers_need_nothing_of_esphome_nor_exceptions(tmp_path: Path) -> None:
    """Each header stands alone, in the C++17 of older chips and in ESPHome's own way of building."""
    headers = sorted(file for file in HEADERS.glob("core_*.h") if file.name != "core_json_text.h")
    (tmp_path / "all.cpp").write_text("".join(f'#include "{file.name}"\n' for file in headers), encoding="utf-8")
    for file in headers:
        text = file.read_text(encoding="utf-8")
        assert "esphome/" not in text
        assert "<iostream>" not in text
    for standard in ("-std=c++17", "-std=gnu++20"):
        told(
            compiler(),
            standard,
            "-fno-exceptions",
            "-fno-rtti",
            "-Wall",
            "-Werror",
            "-fsyntax-only",
            f"-I{HEADERS}",
            tmp_path / "all.cpp",
        )
