"""`plantops certs` and `plantops check-settings` as a person types them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.backend.ops.test_strength import GOOD


def plantops(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment without settings."""
    return subprocess.run(
        [sys.executable, "-m", "plantops", *words],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_certificates_are_made_shown_renewed_and_not_replaced(tmp_path: Path) -> None:
    folder, firmware, env_file = tmp_path / "certs", tmp_path / "firmware", tmp_path / ".env.prod"
    env_file.write_text("PLANTOPS_HOSTNAMES=plants.example, 10.1.2.3\nPUBLIC_HOST=garden.example\n")
    place = ("--folder", folder, "--env-file", env_file, "--firmware", firmware)
    made = plantops("certs", "make", *place)
    assert (made.returncode, made.stderr) == (0, "")
    assert "plants.example, garden.example" in made.stdout
    assert (firmware / "ca.yaml").is_file()

    again = plantops("certs", "make", *place)
    assert (again.returncode, again.stdout) == (1, "")
    assert "nothing was changed" in again.stderr

    renewed = plantops("certs", "renew", *place, PLANTOPS_HOSTNAMES="other.example")
    assert renewed.returncode == 0
    assert ("other.example" in renewed.stdout, "plants.example" in renewed.stdout) == (True, False)

    shown = plantops("certs", "show", "--own", "--name", "OTHER.example", CERTIFICATES=str(folder))
    assert (shown.returncode, shown.stderr) == (0, "")
    missing = plantops("certs", "show", "--folder", folder, "--name", "plants.example")
    assert missing.returncode == 1
    assert "server.crt does not name plants.example" in missing.stderr

    forced = plantops("certs", "make", *place, "--force")
    assert forced.returncode == 0
    assert "devices refuse the broker until they are given the new ca.crt" in forced.stdout


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    said = plantops("certs", "show", PLANTOPS_DATA=str(tmp_path))
    assert said.returncode == 1
    assert said.stderr == f"plantops: There are no certificates in {tmp_path / 'certs'}: make certs\n"


def test_a_name_that_is_none_stops_before_anything_is_made(tmp_path: Path) -> None:
    said = plantops("certs", "make", "--folder", tmp_path / "certs", PLANTOPS_HOSTNAMES="https://plants.example")
    assert said.returncode == 1
    assert said.stderr.startswith("plantops: PLANTOPS_HOSTNAMES: 'https://plants.example' is more than a name")
    assert not (tmp_path / "certs").exists()


def test_production_settings_are_checked_from_a_file_or_the_environment(tmp_path: Path) -> None:
    good = tmp_path / "good"
    good.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()))
    assert plantops("check-settings", "--file", good).returncode == 0
    assert plantops("check-settings", **GOOD).returncode == 0

    weak = plantops("check-settings", **GOOD | {"POSTGRES_PASSWORD": "s3cr3t", "LOG_LEVEL": "loud"})
    assert weak.returncode == 1
    assert [line.partition(":")[0] for line in weak.stdout.splitlines()] == ["POSTGRES_PASSWORD", "LOG_LEVEL"]
    assert "s3cr3t" not in weak.stdout + weak.stderr


def test_a_file_that_is_not_there_is_said_in_words() -> None:
    said = plantops("check-settings", "--file", "/nonexistent/.env.prod")
    assert said.returncode == 1
    assert "There is no /nonexistent/.env.prod: make it with" in said.stderr
