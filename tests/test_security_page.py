"""SECURITY.md promises nothing that no test shows: every test that it names exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| (?:API\d+|I\d+|5\.\d+)\b.*$", re.MULTILINE)


def test_every_test_that_the_page_names_exists() -> None:
    named = NAMED.findall(PAGE)
    assert named
    assert [(file, name) for file, name in named if name not in _tests(ROOT / file)] == []


def test_every_check_of_the_lists_is_shown_by_a_test() -> None:
    rows = ROW.findall(PAGE)
    assert rows
    assert [row.split("|")[1].strip() for row in rows if not NAMED.search(row)] == []


def _tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_page_tells_how_to_report() -> None:
    told = PAGE.partition("## Reporting a weakness")[2].partition("\n## ")[0]
    assert "/security/advisories" in told
    assert "privately" in told
