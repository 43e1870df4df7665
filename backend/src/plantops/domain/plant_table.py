"""A table of plants as people keep it in a spreadsheet: read forgivingly where that is safe, else refused in words."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from aioplantops.needs import Need

MOST_ROWS = 1_000
BOUNDS: Mapping[str, tuple[Need, str]] = MappingProxyType(
    {f"{need}_{end}": (need, end) for need in Need for end in ("low", "high")}
)
TEXTS = ("name", "species", "species_text", "area", "substrate", "notes")
COLUMNS = ("id", *TEXTS[:5], "pot_litres", "notes", "channels", *BOUNDS)
NUMBERS = frozenset({"pot_litres", *BOUNDS})
EMPTIED = "-"
"""A cell that takes away what the plant has; an empty one leaves it."""
FORMULA = re.compile(r"'*[=+@\t\r-]")
"""What a spreadsheet takes for the beginning of a formula, and what was one with an apostrophe before it, which says
that it is text: each time one more, so that the way back is known."""
SEPARATORS = ",;\t"
NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
THOUSANDS = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong in the table."""

    line: int
    column: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what stands in each column that is not empty, and what cannot stand there."""

    line: int
    cells: Mapping[str, str]
    wrong: tuple[Wrong, ...] = ()


class TableRefused(ValueError):
    """This is no table of plants."""

    def __init__(self, why: str, *, line: int = 1, column: str | None = None) -> None:
        """Take why, in words, and where."""
        super().__init__(why)
        self.wrong = Wrong(line, column, why)


def decoded(body: bytes) -> str:
    """Read the text of a file: UTF-8, or UTF-16 where it says so. Raises TableRefused."""
    utf16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = body.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise TableRefused("this is not UTF-8; save it as “CSV UTF-8”") from None
    if "\x00" in text:
        raise TableRefused("this is no text")
    return text


def read_csv(text: str) -> list[Row]:
    """Read a table whose first line names the columns; separated by commas, semicolons or tabs. Raises TableRefused."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] = []
    rows: list[Row] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = [_column(name) for name in cells]
                check_columns(names, reader.line_num)
                continue
            if len(rows) == MOST_ROWS:
                raise TableRefused(f"there may be {MOST_ROWS:,} plants in one table", line=reader.line_num)
            rows.append(_row(reader.line_num, names, cells, semicolons=separator == ";"))
    except csv.Error as error:
        raise TableRefused(f"this is no CSV: {error}", line=max(reader.line_num, 1)) from None
    if not names:
        raise TableRefused("there is nothing in it")
    return rows


def check_columns(names: Sequence[str], line: int) -> None:
    """Make sure that the columns are known, each once, and name plants. Raises TableRefused."""
    for name in names:
        if name not in COLUMNS:
            raise TableRefused(unknown(name), line=line, column=name[:80])
        if names.count(name) > 1:
            raise TableRefused("this column stands twice", line=line, column=name)
    if not {"id", "name"} & set(names):
        raise TableRefused("a column `name` (or `id`) is needed, to know the plants by", line=line)


def unknown(name: str) -> str:
    """Say in words that a column is not known, and which one may be meant."""
    near = get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
    return f"no such column; did you mean `{near[0]}`?" if near else f"no such column; there are {', '.join(COLUMNS)}"


def number(text: str, *, semicolons: bool) -> float:
    """Read a number; with a comma only where semicolons separate. Raises ValueError, in words."""
    if NUMBER.fullmatch(text) is None or len(text) > 20:  # noqa: PLR2004 - more than any number here has
        raise ValueError("is no number; write it like 2.5")
    if "," in text and not semicolons:
        raise ValueError("write it with a point, like 2.5: a comma is read in tables with semicolons only")
    if semicolons and THOUSANDS.fullmatch(text):
        raise ValueError("may mean a thousand or one and a bit; write 1500 or 1,5")
    return float(text.replace(",", "."))


def checked(line: int, cells: Iterable[tuple[str, str]], *, semicolons: bool = False) -> Row:
    """Make a row of what stands in its columns."""
    kept: dict[str, str] = {}
    wrong: list[Wrong] = []
    for name, cell in cells:
        text = cell.strip()
        if name in NUMBERS and text not in {"", EMPTIED}:
            try:
                text = f"{number(text, semicolons=semicolons):.12g}"
            except ValueError as error:
                wrong.append(Wrong(line, name, str(error)))
                continue
        elif name in TEXTS and text.startswith("'") and FORMULA.match(text[1:]):
            text = text[1:]
        if text:
            kept[name] = text
    return Row(line, kept, tuple(wrong))


def write_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """Write plants as `read_csv` reads them; what spreadsheets take for a formula has an apostrophe before it."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: f"'{text}" if name in TEXTS and FORMULA.match(text) else text for name, text in row.items()}
        )
    return file.getvalue()


def _row(line: int, names: Sequence[str], cells: Sequence[str], *, semicolons: bool) -> Row:
    row = checked(line, zip(names, cells, strict=False), semicolons=semicolons)
    if any(cell.strip() for cell in cells[len(names) :]):
        why = "has more cells than there are columns: put text with a separator in it into quotes"
        return Row(line, row.cells, (*row.wrong, Wrong(line, None, why)))
    return row


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_")
