"""The report that a person can judge: numbers against targets, the spread of errors, and curves to look at."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from tests.quality.pictures import caption, curve, spread
from tests.quality.score import Score
from tests.quality.story import Story

FOUND, ERROR, COVERED = 0.97, 0.15, 0.8
"""The targets: precision and recall; median error of the time, as a part of the interval; how often the range holds."""
DRAWN = 2

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#223}
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .5rem;text-align:right;border-bottom:1px solid #dde}
td:first-child,th:first-child{text-align:left}.missed{color:#b00020;font-weight:600}
svg{width:100%;background:#fafbfc;border:1px solid #e3e7ee;margin:.2rem 0}.small{width:280px}
.soil{fill:none;stroke:#2a6f4e;stroke-width:1.2}.true{stroke:#2f7ed8;stroke-width:1;opacity:.55}
.found{fill:none;stroke:#d9480f;stroke-width:2}.bound{stroke:#999;stroke-dasharray:4 3}
.range{stroke:#8250df;stroke-width:3;opacity:.5}.at{fill:#8250df}.bar{fill:#9fb3c8}.good{fill:#2a6f4e}
text{font-size:10px;fill:#667}
"""
HEAD = (
    "",
    "plants",
    "waterings",
    "precision",
    "recall",
    "soaked: right",
    "error at the beginning",
    "range holds",
    "error half-way",
    "range holds",
    "error, habit",
    "range holds",
)


def row(name: str, plants: int, score: Score) -> list[str]:
    """Give one line of the table, with what misses its target marked by a star."""
    return [
        name,
        str(plants),
        str(score.found + score.missed),
        _at_least(score.precision, FOUND),
        _at_least(score.recall, FOUND),
        f"{score.soaked:.0%}",
        _at_most(score.error(0.0), ERROR),
        _at_least(score.coverage(0.0), COVERED),
        _at_most(score.error(0.5), ERROR),
        _at_least(score.coverage(0.5), COVERED),
        f"{score.habit_error:.1%}",
        f"{score.habit_coverage:.0%}",
    ]


def _at_least(value: float, target: float) -> str:
    return f"{value:.1%}{'' if value >= target else ' *'}"


def _at_most(value: float, target: float) -> str:
    return f"{value:.1%}{'' if value <= target else ' *'}"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Write the table for a page of documentation."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(cells) + " |" for cells in rows)]) + "\n"


def html(
    rows: Sequence[Sequence[str]], total: Score, stories: Sequence[tuple[str, Sequence[Story]]], more: str = ""
) -> str:
    """Write the whole page; `more` comes before the curves."""
    table = "".join(f"<tr>{''.join(_cell(cell) for cell in cells)}</tr>" for cells in rows)
    curves = "".join(
        f"<h3>{escape(name)}</h3>" + "".join(f"<p>{caption(one)}</p>{curve(one)}" for one in some[:DRAWN])
        for name, some in stories
    )
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Garden report</title><style>{STYLE}</style>
<h1>Garden report</h1>
<p>Waterings found and foretold in simulated gardens whose truth is known. Targets: precision and recall at least
{FOUND:.0%}; median error at most {ERROR:.0%} of the interval between two waterings, after three dry-downs; the range
holds in at least {COVERED:.0%}. A star marks what falls short. “Habit” asks without a threshold when the person will
water, who is late or early by chance.</p>
<table><tr>{"".join(f"<th>{head}</th>" for head in HEAD)}</tr>{table}</table>
<h2>How far the predictions are off</h2>
<p>As parts of the interval, from -100 % (too early) to +100 %; green: within 20 %.
First told right after the watering, then half-way.</p>
{spread(total.errors[0.0])} {spread(total.errors[0.5])}
{more}
<h2>Curves</h2>
<p>Green: what the probe showed. Blue: when water really came. Red rings: waterings that were found. Dashed: the
threshold. Violet below: the range told half-way of each dry-down, and its middle.</p>
{curves}</html>
"""


def _cell(cell: str) -> str:
    return f'<td class="missed">{escape(cell)}</td>' if cell.endswith("*") else f"<td>{escape(cell)}</td>"


def write(folder: Path, page: str, table: str) -> Path:
    """Write the report into a folder; give its page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "garden-report.md").write_text(table, encoding="utf-8")
    path = folder / "garden-report.html"
    path.write_text(page, encoding="utf-8")
    return path
