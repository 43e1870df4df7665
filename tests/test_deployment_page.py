"""Every command of the deployment page is either run by a test or marked as one that needs Docker."""

import ast
import re
from pathlib import Path

import click
import pytest
from plantops.cli import cli
from typer.main import get_command

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NEEDS_DOCKER = re.compile(r"\s+# Docker$")

STRENGTH = "tests/backend/ops/test_strength.py"
RUN_BY = {
    "make certs": "tests/backend/test_cli_certs.py::test_certificates_are_made_shown_renewed_and_not_replaced",
    "cp .env.prod.example .env.prod": f"{STRENGTH}::test_the_example_lacks_the_secrets_and_nothing_else",
    "openssl rand -base64 32": f"{STRENGTH}::test_every_password_that_openssl_makes_is_fine",
    "openssl rand -hex 32": f"{STRENGTH}::test_a_key_is_64_digits_that_cannot_be_guessed",
    "curl http://localhost:8000/api/health": (
        "tests/house/test_stack.py::test_the_api_answers_behind_every_door_with_the_clients_own_id"
    ),
    "make doctor": "tests/scripts/test_doctor.py::test_where_all_is_well_each_line_says_so",
}
"""What stands behind the commands that need no Docker, and the test that runs it."""


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_every_command_is_run_by_a_test_or_needs_docker() -> None:
    commands = _commands()
    assert commands
    assert [line for line in commands if not NEEDS_DOCKER.search(line) and line not in RUN_BY] == []


@pytest.mark.parametrize("command", RUN_BY)
def test_the_test_that_runs_it_exists(command: str) -> None:
    assert command in _commands()
    file, _, name = RUN_BY[command].partition("::")
    functions = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    assert any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name for node in functions)


def test_the_page_names_what_is_for_every_day() -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z][a-z-]*)", PAGE, re.MULTILINE))
    assert {"prod-up", "prod-down", "prod-logs", "prod-build", "prod-restart", "prod-update"} <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(
        re.findall(r"(?:`|^|&& )make ([a-z-]*[a-z])(?![a-z…-])", page.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_ours_that_a_page_names_is_one(page: Path) -> None:
    known: dict[str, click.Command] = getattr(get_command(cli), "commands", {})
    text = page.read_text(encoding="utf-8")
    for group, command in re.findall(
        r"(?:`|^|exec backend )plantops (?!version N)([a-z][a-z-]*)(?: ([a-z]+))?", text, re.MULTILINE
    ):
        assert group in known, group
        inner = getattr(known[group], "commands", {})
        assert not inner or not command or command in inner, f"{group} {command}"
