"""The house rules that a machine can check: no giant rooms, honest names, nothing of one machine in the project."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_PARAMETERS = 5
"""By position; what is passed by name explains itself."""

CATCH_ALL_ROOMS = (
    "rounds.py",
    "api/problems.py",
    "mqtt/consumer.py",
    "mqtt/turns.py",
)
"""Where `except Exception` may stand: the task guard, the last answer to a request, the loop that must go on."""
TIMELESS_ROOMS = ("domain", "storage", "services", "mqtt", "api")
"""Rooms below the front door get the time as an argument."""

VAGUE_FILES = re.compile(r"^(utils?|helpers?|managers?|misc|common)\.py$")
VAGUE_CLASSES = re.compile(r"(Manager|Helpers?|Handler|Utils?|Data)$")
# Written so that this file does not find itself.
ELSEWHERE = re.compile(r"(?<![\w.-])/wor[k]/|\bshared/(facts|examples|design|style|hooks)\b")
REGISTRIES = re.compile(r"\b(pypi|pythonhosted|npmjs)\.(org|com)\b|\bdeb\.debian\.(org|net)\b|\bfiles\.pythonhosted\b")
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
SKIPS = re.compile(r"\bpytest\.(mark\.)?(skip|xfail|importorskip)|\bunittest\.skip|\bxfail\(")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}")


@cache
def _files() -> tuple[Path, ...]:
    """Give every file that is, or could be, in git."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = {ROOT / name for name in said.stdout.decode().split("\0") if name}
    return tuple(sorted(path for path in names if path.is_file()))


@cache
def _text(path: Path) -> str:
    """Give a file's text; nothing for what is not text (pictures)."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def _python() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple((path, ast.parse(_text(path))) for path in _files() if path.suffix == ".py")


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in _python():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def _found(pattern: re.Pattern[str], *, suffixes: tuple[str, ...] = ()) -> list[str]:
    """Name each line in which the pattern is found."""
    return [
        f"{path.relative_to(ROOT)}:{_text(path).count('\n', 0, match.start()) + 1} {match.group().strip()}"
        for path in _files()
        if not suffixes or path.suffix in suffixes
        for match in pattern.finditer(_text(path))
    ]


def test_no_file_is_longer_than_a_room() -> None:
    code = {".py", ".sh", ".ts", ".sql", ".cpp", ".h"}
    long = [
        f"{path.relative_to(ROOT)} ({lines})"
        for path in _files()
        if path.suffix in code and (lines := len(_text(path).splitlines())) > MAX_LINES
    ]
    assert long == []


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = [(where, (node.end_lineno or node.lineno) - node.lineno + 1) for where, node in _functions()]
    assert [(where, size) for where, size in sizes if size > MAX_FUNCTION_LINES] == []


def test_no_function_takes_many_things_by_position() -> None:
    counts = [
        (where, [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)])
        for where, node in _functions()
    ]
    own = {"self", "cls"}
    assert [where for where, names in counts if len([n for n in names if n not in own]) > MAX_PARAMETERS] == []


def test_names_say_what_a_thing_is() -> None:
    files = [str(path.relative_to(ROOT)) for path in _files() if VAGUE_FILES.match(path.name)]
    classes = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in _python()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and VAGUE_CLASSES.search(node.name)
    ]
    assert files + classes == []


def test_no_prefix_tells_what_the_signature_says() -> None:
    library = "custom_components/plantops/lib/"
    assert [
        where
        for where, node in _functions()
        if node.name.startswith("async_") and (where.startswith(library) or not where.startswith("custom_components/"))
    ] == []


def test_annotations_need_no_future() -> None:
    assert _found(re.compile(r"^from __future__ import annotation[s]", re.MULTILINE), suffixes=(".py",)) == []


def test_only_what_must_go_on_catches_everything() -> None:
    rooms = tuple(f"backend/src/plantops/{room}" for room in CATCH_ALL_ROOMS)
    caught = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in _python()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node.type)
    ]
    assert [place for place in caught if not place.startswith(rooms)] == []


def _catches_everything(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"}) for one in kinds)


def test_time_is_an_argument_below_the_front_door() -> None:
    clocks = _found(re.compile(r"\bdatetime\.now\(|\butcnow\(|\btime\.time\(|\btime_ns\("), suffixes=(".py",))
    rooms = tuple(f"backend/src/plantops/{room}/" for room in TIMELESS_ROOMS)
    assert [place for place in clocks if place.startswith((*rooms, "custom_components/plantops/lib/"))] == []


@pytest.mark.parametrize(
    "pattern",
    [ELSEWHERE, REGISTRIES, UNFINISHED, SKIPS, SECRETS],
    ids=["machine", "registry", "unfinished", "skip", "secret"],
)
def test_nothing_is_in_the_project_that_does_not_belong(pattern: re.Pattern[str]) -> None:
    assert _found(pattern) == []


def test_the_locks_pin_everything_by_hash() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        if path.name == "overrides.txt":
            continue
        packages = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n[ \t]+[^\n]*)*", _text(path), re.MULTILINE)
        assert packages
        assert [
            package.splitlines()[0] for package in packages if "==" not in package or "--hash=sha256:" not in package
        ] == []


def test_the_rooms_have_doors() -> None:
    assert "MIT License" in _text(ROOT / "LICENSE")
    assert [
        name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile") if not (ROOT / name).is_file()
    ] == []


def test_every_script_can_be_read_by_bash() -> None:
    scripts = [*sorted((ROOT / "scripts").rglob("*.sh")), ROOT / ".ci/run"]
    said = [
        subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False).stderr for script in scripts
    ]
    assert [words for words in said if words] == []
