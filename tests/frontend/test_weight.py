"""How much a phone must fetch before it sees the garden, here and in Home Assistant."""

import gzip
import re
from pathlib import Path

from tests.servers import named

FIRST_LOAD_BYTES = 90 * 1024
"""Compressed."""

CARD_BYTES = 40 * 1024


def test_the_first_load_is_small() -> None:
    built = named("PLANTOPS_DASHBOARD")
    page = (built / "index.html").read_text(encoding="utf-8")
    start = [built / name for name in re.findall(r'(?:src|href)="/([^"]+[.][a-z]+)"', page)]
    chunks = {built / "assets" / name for file in start if file.suffix == ".js" for name in _imports(file)}
    size = sum(len(gzip.compress(file.read_bytes())) for file in (built / "index.html", *{*start, *chunks}))
    assert size <= FIRST_LOAD_BYTES


def test_the_card_is_one_small_file() -> None:
    card = named("PLANTOPS_CARD")
    assert [file.name for file in card.parent.iterdir()] == ["plantops-card.js"]
    assert _imports(card) == []
    assert len(gzip.compress(card.read_bytes())) <= CARD_BYTES


def _imports(file: Path) -> list[str]:
    """Name the chunks that a script needs at once."""
    return re.findall(r'(?:from|import)"\./([^"]+\.js)"', file.read_text(encoding="utf-8"))
