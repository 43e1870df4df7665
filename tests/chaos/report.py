"""The one table that a run leaves."""

from rich import box
from rich.console import Console
from rich.table import Table

from tests.chaos.check import Verdict
from tests.chaos.crowd import Crowd
from tests.chaos.drill import Restored
from tests.chaos.run import Outcome

SHOWN = 5
COLUMNS = ("fault", "at", "until well", "without commits", "most waiting")


def show(outcome: Outcome, console: Console) -> None:
    """Print what each fault did, and the totals; a pipe or a file gets Markdown."""
    table = Table(box=box.ROUNDED if console.is_terminal else box.MARKDOWN)
    for number, column in enumerate(COLUMNS):
        table.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    for row in outcome.rows:
        ending = f"{row.took_seconds:.1f} s" if row.recovered else "NEVER"
        cells = (row.what, f"{row.at_seconds:.0f} s", ending, f"{row.pause_seconds:.1f} s", f"{row.most_waiting:,}")
        table.add_row(*cells)
    console.print(table)
    for line in totals(outcome):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def totals(outcome: Outcome) -> list[str]:
    """Say in a few lines what came out."""
    lines = _counts(outcome.verdict) if outcome.verdict else ["NOTHING WAS COUNTED"]
    lines += [line for crowd in outcome.crowds for line in _update(crowd)]
    lines += [f"messages that waited at the broker when it was killed: {count:,}" for count in outcome.queued]
    lines += _drill(outcome.restored) if outcome.restored else []
    lines += [f"LEFT BEHIND: {process}" for process in outcome.leaked]
    ending = "all is well" if outcome.fine else "SOMETHING IS WRONG"
    return [*lines, f"{ending}; {outcome.seconds:.0f} s in all, {len(outcome.leaked)} processes left behind"]


def _update(crowd: Crowd) -> list[str]:
    away = f"{len(crowd.away_seconds)} listeners back after {crowd.longest_away_seconds:.1f} s at most"
    plants = f"plants doubled {crowd.doubled}, missing {crowd.missing}"
    asked = (
        f"rolling update: {crowd.asked:,} requests, {len(crowd.failures)} failed, slowest {crowd.slowest_seconds:.1f} s"
    )
    return [f"{asked}; {away}; {plants}", *(f"FAILED: {failure}" for failure in crowd.failures[:SHOWN])]


def _drill(restored: Restored) -> list[str]:
    if restored.verdict is None:
        return [f"NOT RESTORED: {restored.words.strip()}"]
    wrongs = (
        ", ".join(f"{name} {count:,}" for name, count in restored.verdict.wrongs.items() if count) or "nothing wrong"
    )
    lives = f"{restored.heard} of {restored.accounts} devices at home on an empty broker"
    return [f"restored elsewhere in {restored.seconds:.1f} s: {restored.verdict.stored:,} readings, {wrongs}; {lives}"]


def _counts(verdict: Verdict) -> list[str]:
    right = ", ".join(f"{name} {count:,}" for name, count in verdict.wrongs.items())
    with_broker = f"lost in a killed broker's last turn (no error): {verdict.lost_with_broker:,}"
    losses = [
        f"LOST: {device} {key} {number} of {milliseconds / 1000:.3f}"
        for device, key, milliseconds, number in verdict.losses
    ]
    return [
        f"sent {verdict.sent:,}, acknowledged {verdict.acknowledged:,}, stored {verdict.stored:,}; {with_broker}",
        right,
        *losses,
    ]
