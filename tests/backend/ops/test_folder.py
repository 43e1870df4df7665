"""What is written into a server's own folder."""

from pathlib import Path

import pytest
from plantops.ops.folder import write_private
from plantops.ops.supervision import ServiceFailed


def test_a_link_that_somebody_laid_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere, file = tmp_path / "elsewhere", tmp_path / "garden.json"
    elsewhere.write_text("mine")
    file.symlink_to(elsewhere)
    (tmp_path / "garden.json.new").symlink_to(elsewhere)
    write_private(file, "secret")
    assert (elsewhere.read_text(), file.read_text(), file.is_symlink()) == ("mine", "secret", False)
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_the_file_system_refuses_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(ServiceFailed, match="file cannot be used"):
        write_private(tmp_path / "file", "x")
