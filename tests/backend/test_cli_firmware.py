"""`plantops firmware secrets` as a person types it."""

import re
import stat
from pathlib import Path

from plantops.ops.firmware_secrets import COMPONENTS

from tests.backend.test_cli_certs import plantops


def test_the_secrets_of_nodes_are_written_once_and_for_their_owner_alone(
    embedded_database: str, tmp_path: Path
) -> None:
    certs, folder = tmp_path / "certs", tmp_path / "nodes"
    said = plantops("certs", "make", "--folder", certs, PLANTOPS_HOSTNAMES="garden.example")
    assert said.returncode == 0, said.stderr
    settings = {"DATABASE_URL": embedded_database, "PLANTOPS_DATA": str(tmp_path), "CERTIFICATES": str(certs)}

    wrong = plantops("firmware", "secrets", folder, "--host", "other.example", **settings)
    assert wrong.returncode == 1
    assert "The server's certificate does not name other.example" in wrong.stderr
    assert not folder.exists()

    (tmp_path / "taken").touch()
    unwritten = plantops("firmware", "secrets", tmp_path / "taken", "--host", "garden.example", **settings)
    assert (unwritten.returncode, unwritten.stdout) == (1, "")
    assert "taken cannot be used" in unwritten.stderr

    made = plantops("firmware", "secrets", folder, "--host", "garden.example", **settings)
    assert (made.returncode, made.stderr) == (0, "")
    text = (folder / "garden.yaml").read_text(encoding="utf-8")
    (key,) = re.findall(r"registration_key: (plantops_reg_\w+)", text)
    assert key not in made.stdout
    assert "plantops_url: https://garden.example:8443" in text
    assert f'plantops_components: "{COMPONENTS}"' in text
    assert stat.S_IMODE((folder / "garden.yaml").stat().st_mode) == 0o600
    assert (folder / "garden-ca.pem").read_text(encoding="utf-8") == (certs / "ca.crt").read_text(encoding="utf-8")

    again = plantops("firmware", "secrets", folder, "--host", "garden.example", **settings)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert key in (folder / "garden.yaml").read_text(encoding="utf-8")
    listed = plantops("registration-key", "list", **settings)
    assert listed.stdout.count("firmware") == 1, "a refusal makes no key"

    forced = plantops("firmware", "secrets", folder, "--force", PUBLIC_HOST="garden.example", **settings)
    assert forced.returncode == 0, forced.stderr
    assert key not in (folder / "garden.yaml").read_text(encoding="utf-8")
