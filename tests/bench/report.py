"""The table that a run leaves: printed for people, and written as Markdown."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

COLUMNS = ("", "measured", "beside", "ratio", "how")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing."""

    what: str
    measured: str
    beside: str = ""
    """What it is compared with: a ceiling of the same run, or the target."""
    ratio: str = ""
    how: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """Give it in the order of the columns."""
        return (self.what, self.measured, self.beside, self.ratio, self.how)


def number(value: float, unit: str = "", digits: int | None = None) -> str:
    """Write a number with as many digits as it is worth."""
    if digits is None:
        digits = max(0, 2 - int(math.log10(max(abs(value), 1))))  # three figures
    return f"{value:,.{digits}f} {unit}".strip()


def at_most(what: str, value: float, limit: float, unit: str, how: str = "") -> Row:
    """Compare with a target that should not be exceeded."""
    said = "reached" if value <= limit else "MISSED"
    return Row(what, number(value, unit), f"≤ {limit:g} {unit}", f"{value / limit:.2f} ({said})", how)


def at_least(what: str, value: float, limit: float, unit: str, how: str = "") -> Row:
    """Compare with a target that should be reached."""
    said = "reached" if value >= limit else "MISSED"
    return Row(what, number(value, unit), f"≥ {limit:,g} {unit}", f"{value / limit:.2f} ({said})", how)


def share_of(what: str, value: float, ceiling: float, unit: str, how: str = "") -> Row:
    """Compare with a ceiling of the same run; the target is half of it."""
    said = "reached" if value >= ceiling / 2 else "MISSED"
    return Row(what, number(value, unit), f"of {number(ceiling, unit)}", f"{value / ceiling:.0%} ({said})", how)


@dataclass(slots=True)
class Report:
    """All rows, in sections."""

    console: Console = field(default_factory=Console)
    sections: dict[str, list[Row]] = field(default_factory=dict)
    _section: str = ""

    def section(self, name: str) -> None:
        """Begin a section."""
        self._section = name
        self.sections.setdefault(name, [])
        self.say(f"— {name}")

    def add(self, *rows: Row) -> None:
        """Add rows, and show them at once."""
        for row in rows:
            self.sections[self._section].append(row)
            self.say(f"  {row.what}: {row.measured}  {row.beside}  {row.ratio}")

    def say(self, line: str) -> None:
        """Tell how far it is."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def show(self) -> None:
        """Print the whole table; a pipe or file gets the Markdown, which is wide enough for all of it."""
        if not self.console.is_terminal:
            self.console.print(self.markdown(), markup=False, highlight=False, soft_wrap=True)
            return
        for name, rows in self.sections.items():
            table = Table(*COLUMNS, title=name, title_justify="left")
            for row in rows:
                table.add_row(*row.cells)
            self.console.print(table)

    def markdown(self) -> str:
        """Write the same for a document."""
        lines: list[str] = []
        for name, rows in self.sections.items():
            lines += [f"### {name}", "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
            lines += [f"| {' | '.join(row.cells)} |" for row in rows]
            lines.append("")
        return "\n".join(lines)

    def write(self, file: Path) -> None:
        """Write the Markdown to a file."""
        file.write_text(self.markdown(), encoding="utf-8")
