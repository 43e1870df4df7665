"""Plants from a table on the command line."""

from pathlib import Path

import pytest

from tests.backend.test_cli import plantops


async def test_plants_go_from_a_table_to_a_table(
    embedded_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", embedded_database)
    table = tmp_path / "plants.csv"
    table.write_text("name,species,pot_litres\nMo,monstera delicosa,5\nSage,,x\n")
    code, said, complaint = await plantops(tmp_path, "plants", "import", str(table))
    assert (code, complaint) == (1, "plantops: 1 of 2 lines are wrong; nothing was changed.\n")
    assert "pot_litres: is no number; write it like 2.5" in said
    table.write_text("name,species,pot_litres\nMo,monstera delicosa,5\nSage,,2\n")
    code, said, _ = await plantops(tmp_path, "plants", "import", str(table), "--dry-run")
    assert (code, "2 new, 0 changed, 0 unchanged; nothing was changed" in said) == (0, True)
    assert "2 new" in (await plantops(tmp_path, "plants", "import", str(table)))[1]
    code, written, _ = await plantops(tmp_path, "plants", "export")
    assert (code, "monstera-deliciosa" in written) == (0, True)
    table.write_text(written)
    assert "0 new, 0 changed, 2 unchanged" in (await plantops(tmp_path, "plants", "import", str(table)))[1]
