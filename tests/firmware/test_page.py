"""What docs/firmware.md says that the log says is what the code writes."""

import math
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


HEADERS = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted((FIRMWARE / "components" / "plantops").glob("core_*.h"))
)
METRICS = 8
ROUNDS_A_DAY = 96
"""One every quarter of an hour."""


def number(name: str) -> int:
    """Read a constant of the headers."""
    (told,) = re.findall(rf"(?:constexpr \w+|#define) {name}(?: =)? (\d[\d *]*)", HEADERS)
    return math.prod(int(part) for part in told.split("*"))


def test_the_memory_holds_what_the_page_says() -> None:
    ring, slot, state = number("RTC_BYTES"), 28, 76
    slots = (ring - 2 * state) // slot
    rounds = slots // (METRICS // number("SLOT_VALUES"))
    assert f"{ring:,} bytes of RTC RAM: two copies of a {state}-byte state and {slots} slots of {slot} bytes" in PAGE
    assert f"**{rounds} rounds of {METRICS} metrics**, {slots * number('SLOT_VALUES')} values" in PAGE
    assert rounds >= ROUNDS_A_DAY
    page, pages = number("PLANTOPS_PAGE_SLOTS"), number("PAGES")
    assert f"the oldest {page} become a page" in PAGE
    assert f"when {slots - 34} slots wait" in PAGE
    assert (pages * page + slots) // (2 * ROUNDS_A_DAY) >= 30
    assert "**30 days of 8 metrics every 15 minutes**" in PAGE


def test_flash_is_written_as_seldom_as_the_page_says() -> None:
    """In a day of the worst kind: pages, notes, and accounts that a broker refuses one after the other."""
    pages = math.ceil(86_400 / number("SPILL_SECONDS"))
    notes = 86_400 // number("NOTE_SECONDS") + 1
    accounts = 24
    assert f"at most {pages} a day" in PAGE
    assert pages + notes + accounts + 1 <= 50  # one more when an account is approved


def test_a_waking_lasts_as_long_as_the_page_says() -> None:
    table = PAGE.split("| | s |")[1].split("**together**")[0]
    longest = sum(float(re.findall(r"\d+\.\d", row)[-1]) for row in table.splitlines() if re.search(r"\d\.\d", row))
    assert "**3 … 6, below 10**" in PAGE
    assert longest <= 10
    sleeping = (FIRMWARE / "packages" / "sleep-deep.yaml").read_text(encoding="utf-8")
    assert "update_interval: 4s" in sleeping
    assert "run_duration: 30s" in sleeping


def test_the_battery_lasts_as_long_as_its_arithmetic() -> None:
    awake = ROUNDS_A_DAY * 6 * 100 / 3600
    assert f"= {awake:.0f} mAh a day" in PAGE
    assert f"**{1600 / (awake + 5):.0f} days**" in PAGE
    assert f"{1600 / (awake / 4 + 5):.0f} days" in PAGE
