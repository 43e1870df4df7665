"""What docs/firmware.md says that the log says is what the code writes."""

import re

import pytest

from tests.firmware.esphome import FIRMWARE, ROOT

PAGE = (ROOT / "docs" / "firmware.md").read_text(encoding="utf-8")
TABLE = PAGE.split("## What the log says")[1].split("\n## ")[0]
LINES = re.findall(r"^\| `([^`]+)` \|", TABLE, re.MULTILINE)
CODE = "\n".join(
    file.read_text(encoding="utf-8").replace('"\n', "").replace('"', "")
    for file in sorted((FIRMWARE / "components" / "plantops").glob("plantops*.cpp"))
)
SHORTEST = 4


def test_the_table_has_lines() -> None:
    assert len(LINES) > 10


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_log_stands_in_the_code(line: str) -> None:
    """Numbers, names and what an answer says are left out of it."""
    told = re.split(r"…|\([^)]*\)?:?|\b[NM]\b|\b\d+\b|: it|, and", line)
    parts = [part.strip() for part in told if len(part.strip()) >= SHORTEST]
    assert parts
    for part in parts:
        assert part in CODE
