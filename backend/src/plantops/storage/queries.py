"""The shelf where SQL files stand beside the code that reads them."""

from pathlib import Path
from typing import Any

import aiosql


def load(module_file: str) -> Any:
    """Read the .sql file that stands beside a module; every named block becomes a coroutine.

    Usage: `queries = load(__file__)`. The result is untyped: wrap each query in a typed function of the same module.
    """
    return aiosql.from_path(Path(module_file).with_suffix(".sql"), "asyncpg")


def changed_rows(status: str) -> int:
    """Tell how many rows a command touched, from PostgreSQL's word for it, e.g. "DELETE 3"."""
    return int(status.rpartition(" ")[2])
