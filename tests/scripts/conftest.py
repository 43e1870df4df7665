"""What tests of the production scripts may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scripts.docker import Docker


@pytest.fixture
async def docker(tmp_path: Path) -> AsyncIterator[Docker]:
    """Give a Docker in which nothing runs yet."""
    async with Docker.open(tmp_path) as opened:
        yield opened
