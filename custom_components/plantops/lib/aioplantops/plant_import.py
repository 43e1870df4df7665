"""Many plants at once, from a table: what each line would do, or did."""

from enum import StrEnum
from uuid import UUID

from .wire import Answer


class LineDoes(StrEnum):
    """What a line of the table does."""

    CREATE = "create"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    ERROR = "error"


class LineError(Answer):
    """What is wrong in a line."""

    column: str | None = None
    """None: the line as a whole."""
    why: str


class ImportLine(Answer):
    """A line of the table."""

    line: int
    """As an editor counts lines, from 1."""
    name: str | None = None
    does: LineDoes
    plant_id: UUID | None = None
    """Of the plant that is there now; None: it is not there yet, or not known."""
    changes: tuple[str, ...] = ()
    """The columns that make a difference."""
    errors: tuple[LineError, ...] = ()


class PlantImport(Answer):
    """What an import would do (`dry_run`), or did; with an error in any line nothing is done."""

    dry_run: bool
    done: bool
    """Whether the garden is as the table says now."""
    created: int
    changed: int
    unchanged: int
    errors: int
    lines: tuple[ImportLine, ...]
