"""The environments are made once, kept while nothing changed, never made smaller, begun anew when interrupted."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# It makes what uv would make, as far as the script looks at it, and writes down what it was asked.
UV = """#!/bin/sh
echo "$*" >>"$ASKED"
case "$1 $2" in
  "venv --clear")
    for venv in "$@"; do :; done
    mkdir -p "$venv/bin"
    printf '#!/bin/sh\\necho the-python\\n' >"$venv/bin/python"
    chmod +x "$venv/bin/python" ;;
  "pip sync") [ -z "$KILLED_HERE" ] || kill -9 $PPID ;;
esac
"""


class Checkout:
    """A checkout with the real setup script, and a uv that writes down what it was asked."""

    def __init__(self, folder: Path) -> None:
        """Lay out the files that the script reads."""
        self.folder = folder
        self.asked = folder / "asked"
        for name in (
            "scripts/setup.sh",
            "scripts/lib.sh",
            "requirements/backend.txt",
            "requirements/backend-checks.txt",
        ):
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        for name in ("pyproject.toml", "backend/pyproject.toml", "virtualgarden/pyproject.toml"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).touch()
        for name, text in (
            ("uv", UV),
            ("scripts/uv.sh", f'#!/bin/sh\necho "{folder}/uv"\n'),
            ("scripts/python.sh", "#!/bin/sh\necho the-python\n"),
        ):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)

    def setup(self, room: str, *, killed: bool = False) -> list[str]:
        """Run the script; tell what uv was asked: the verb and the file or folder at the end."""
        self.asked.write_text("")
        env = {
            "PATH": os.environ["PATH"],
            "PLANTOPS_CACHE": str(self.folder / "cache"),
            "ASKED": str(self.asked),
            "KILLED_HERE": "yes" if killed else "",
        }
        said = subprocess.run(
            [self.folder / "scripts/setup.sh", room], env=env, capture_output=True, text=True, check=False, timeout=600
        )
        assert (said.returncode != 0) == killed, said.stderr
        words = [line.split() for line in self.asked.read_text().splitlines()]
        return [f"{line[0]} {line[1]} {Path(line[-1]).name}" for line in words]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a fresh checkout."""
    return Checkout(tmp_path)


MADE = "venv --clear backend"
SYNCED = "pip sync backend.txt"
SYNCED_WITH_CHECKS = "pip sync backend-checks.txt"
OURS = "pip install virtualgarden"


def test_an_environment_is_made_once(checkout: Checkout) -> None:
    assert checkout.setup("backend") == [MADE, SYNCED, OURS]
    assert checkout.setup("backend") == []


def test_a_changed_lock_is_followed(checkout: Checkout) -> None:
    checkout.setup("backend")
    with (checkout.folder / "requirements/backend.txt").open("a") as lock:
        lock.write("# newer\n")
    assert checkout.setup("backend") == [SYNCED, OURS]


def test_what_the_checks_need_is_added_and_stays(checkout: Checkout) -> None:
    checkout.setup("backend")
    assert checkout.setup("checks") == [SYNCED_WITH_CHECKS, OURS]
    assert checkout.setup("backend") == []
    (checkout.folder / "requirements/backend-checks.txt").write_text("# newer\n")
    assert checkout.setup("backend") == [SYNCED_WITH_CHECKS, OURS]


def test_what_was_interrupted_is_begun_anew(checkout: Checkout) -> None:
    assert checkout.setup("backend", killed=True) == [MADE, SYNCED]
    assert checkout.setup("backend") == [MADE, SYNCED, OURS]
    assert checkout.setup("backend") == []
