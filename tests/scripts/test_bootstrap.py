"""The scripts that prepare a machine: one line a step, one run at a time, honest sums, clear words of refusal."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def run(cache: Path, *command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command with its own cache, as an ordinary shell would."""
    return subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "HOME": str(cache), "PLANTOPS_CACHE": str(cache), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def bash(cache: Path, program: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run lines of bash that know the scripts' library."""
    return run(cache, "bash", "-c", f'. "{SCRIPTS}/debs.sh"\n{program}', **env)


def test_a_step_is_one_line_with_its_seconds(tmp_path: Path) -> None:
    said = bash(tmp_path, 'step "A long thing" sh -c "echo chatter; echo noise >&2"')
    assert said.returncode == 0
    assert said.stdout == ""
    (line,) = said.stderr.splitlines()
    assert line.strip().startswith("A long thing …")
    assert line.endswith(" s")


def test_a_failed_step_names_its_log_and_shows_the_end(tmp_path: Path) -> None:
    said = bash(tmp_path, 'step "A hard thing" sh -c "echo the reason; exit 7"')
    log = tmp_path / "log" / "a-hard-thing.log"
    assert said.returncode == 7
    assert str(log) in said.stderr
    assert "the reason" in said.stderr
    assert log.read_text() == "the reason\n"


def test_what_is_locked_runs_one_at_a_time(tmp_path: Path) -> None:
    busy = 'work() { mkdir "$CACHE/busy" && sleep 0.2 && rmdir "$CACHE/busy" && echo done; }'
    said = bash(tmp_path, f"{busy}\nfor i in 1 2 3; do locked thing work & done; wait")
    assert said.stdout.split() == ["done", "done", "done"]


def test_a_lock_goes_with_its_process(tmp_path: Path) -> None:
    said = bash(tmp_path, '( locked thing sh -c "kill -9 \\$PPID" ) || true\nlocked thing echo free')
    assert said.stdout == "free\n"


@pytest.mark.parametrize(
    ("sources", "mirrors"),
    [
        ("deb http://a.example/debian bookworm main", ["http://a.example/debian"]),
        ("deb [arch=amd64] https://a.example/pub/debian/ sid main\n", ["https://a.example/pub/debian"]),
        ("deb mirror+file:/etc/apt/mirrors/debian.list sid main", ["mirror+file:/etc/apt/mirrors/debian.list"]),
        (
            (
                "deb http://a.example/debian-security bookworm-security main\n"
                "deb http://b.example/debian-mirror bookworm main\n"
                "deb http://c.example/debian bookworm main contrib\n"
                "deb http://d.example/apt stable main\n"
            ),
            ["http://c.example/debian", "http://b.example/debian-mirror"],
        ),
        ("deb cdrom:[Debian 12]/ bookworm main\n# deb http://a.example/debian sid main", []),
    ],
)
def test_debians_mirror_is_found_among_apts_sources(tmp_path: Path, sources: str, mirrors: list[str]) -> None:
    (tmp_path / "sources.list").write_text(sources + "\n")
    config = f'Dir::Etc::SourceList "{tmp_path}/sources.list";\nDir::Etc::SourceParts "/dev/null";\n'
    (tmp_path / "apt.conf").write_text(config)
    assert bash(tmp_path, "debs_mirrors", APT_CONFIG=str(tmp_path / "apt.conf")).stdout.split() == mirrors


@pytest.mark.parametrize(
    ("script", "variable"),
    [("mosquitto.sh", "PLANTOPS_MOSQUITTO"), ("python.sh", "PYTHON"), ("timescale.sh", "PLANTOPS_TIMESCALE")],
)
def test_a_program_that_is_named_but_does_not_fit_is_refused(tmp_path: Path, script: str, variable: str) -> None:
    said = run(tmp_path, SCRIPTS / script, **{variable: "/bin/false"})
    assert said.returncode == 1
    assert said.stdout == ""
    assert f"{variable}=/bin/false" in said.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout in which everything is set up and the test runner says what the test wants."""
    (tmp_path / "scripts").mkdir()
    for name in ("lib.sh", "test.sh"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts")
    _program(tmp_path / "scripts/setup.sh", "exit 0")
    _program(tmp_path / "scripts/test-env.sh", 'exec "$@"')
    return tmp_path


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def _says(checkout: Path, environment: str, closing: str, status: int) -> None:
    _program(checkout / f".venv/{environment}/bin/python", f"echo '{closing}'; exit {status}")


def test_the_closing_line_sums_all_parts(checkout: Path) -> None:
    _says(checkout, "backend", "12 passed, 1 warning in 3.20s", 0)
    _says(checkout, "homeassistant", "==== 30 passed in 65.10s (0:01:05) ====", 0)
    said = run(checkout, checkout / "scripts/test.sh", "backend", "integration")
    assert said.stdout.splitlines()[-1] == "42 passed, 0 failed"
    assert said.returncode == 0


def test_a_failure_or_an_error_in_one_part_fails_the_whole(checkout: Path) -> None:
    _says(checkout, "backend", "2 failed, 12 passed, 1 error in 3.20s", 1)
    _says(checkout, "homeassistant", "30 passed in 5.10s", 0)
    said = run(checkout, checkout / "scripts/test.sh", "backend", "integration")
    assert said.stdout.splitlines()[-1] == "42 passed, 3 failed"
    assert said.returncode == 1


@pytest.mark.parametrize(("closing", "status"), [("no tests ran in 0.01s", 5), ("Segmentation fault", 139)])
def test_a_part_that_ran_no_test_fails_the_whole(checkout: Path, closing: str, status: int) -> None:
    _says(checkout, "backend", closing, status)
    said = run(checkout, checkout / "scripts/test.sh", "backend")
    assert said.stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert said.returncode == 1


LAST_FAILED = """case "$*" in *--last-failed*) echo 'AGAIN'; exit STATUS ;; esac
for word; do case $word in cache_dir=*) cache=${word#cache_dir=}/v/cache ;; esac; done
mkdir -p "$cache" && printf '{\n  BROKEN\n}' >"$cache/lastfailed"
echo 'E   the reason'; echo 'FIRST'; exit 1"""


def _breaks(checkout: Path, number: int, again: str, status: int) -> None:
    """Let some tests break, and say what they do when they are run once more."""
    broken = ",\\n  ".join(f'"tests/test_a.py::test_{one}": true' for one in range(number))
    text = LAST_FAILED.replace("AGAIN", again).replace("STATUS", str(status)).replace("BROKEN", broken)
    _program(checkout / ".venv/backend/bin/python", text.replace("FIRST", f"{number} failed, 12 passed in 3.20s"))


def test_a_test_that_breaks_has_a_second_go_and_is_told_of(checkout: Path) -> None:
    _breaks(checkout, 1, "1 passed, 12 deselected in 0.70s", 0)
    said = run(checkout, checkout / "scripts/test.sh", "backend")
    assert said.stdout.splitlines()[-2:] == ["  tests/test_a.py::test_0", "13 passed, 0 failed"]
    assert "unsteady" in said.stdout.splitlines()[-3]
    assert said.returncode == 0


def test_a_test_that_breaks_twice_fails_the_whole(checkout: Path) -> None:
    _breaks(checkout, 2, "1 failed, 1 passed in 0.70s", 1)
    said = run(checkout, checkout / "scripts/test.sh", "backend")
    assert said.stdout.splitlines()[-1] == "13 passed, 1 failed"
    assert "unsteady" not in said.stdout
    assert said.returncode == 1


@pytest.mark.parametrize(("number", "words"), [(4, ""), (1, "-x")])
def test_many_that_break_or_somebody_who_looks_have_no_second_go(checkout: Path, number: int, words: str) -> None:
    _breaks(checkout, number, f"{number} passed in 0.70s", 0)
    said = run(checkout, checkout / "scripts/test.sh", "backend", PYTEST_ARGS=words)
    assert said.stdout.splitlines()[-1] == f"12 passed, {number} failed"
    assert said.returncode == 1


def test_every_variable_of_the_scripts_is_documented() -> None:
    page = (SCRIPTS.parent / "docs" / "development.md").read_text(encoding="utf-8")
    used = {
        name
        for script in SCRIPTS.glob("*.sh")
        for name in re.findall(r"\bPLANTOPS_[A-Z0-9_]*[A-Z0-9]\b", script.read_text())
    }
    assert used
    assert [name for name in sorted(used) if f"`{name}`" not in page] == []


AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


@pytest.mark.parametrize("chosen", ["", "/my/own.crt"])
def test_npm_believes_whom_the_machine_believes(tmp_path: Path, chosen: str) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("lib.sh", "frontend.sh", "node.sh"):
        shutil.copy(SCRIPTS / name, tmp_path / "scripts")
    for name in (
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "index.html",
        "src/main.ts",
        "public/icon.svg",
        "../requirements/node.txt",
    ):
        (tmp_path / "frontend" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "frontend" / name).touch()
    _program(tmp_path / "bin/node", "echo v24.0.0")
    _program(tmp_path / "bin/npm", f'mkdir -p node_modules; echo "$NODE_EXTRA_CA_CERTS" >"{tmp_path}/believed"')
    wishes = {"PLANTOPS_NODE": str(tmp_path / "bin")} | ({"NODE_EXTRA_CA_CERTS": chosen} if chosen else {})
    assert run(tmp_path, tmp_path / "scripts/frontend.sh", "dist", **wishes).returncode == 0
    believed = (tmp_path / "believed").read_text().strip()
    assert believed == (chosen or (str(AUTHORITIES) if AUTHORITIES.is_file() else ""))
