"""Writes the garden report into build/: `make garden-report`, with ARGS="--seeds 101,102" for more gardens."""

import argparse
from pathlib import Path

from tests.quality import report
from tests.quality.scenarios import REPORTED, SCENARIOS
from tests.quality.score import Score, judge
from tests.quality.story import Story
from tests.quality.years import live, stories
from tests.quality.years_report import section

BUILD = Path(__file__).parent.parent.parent / "build"


def main() -> None:
    """Judge all scenarios and write what came out."""
    asked = argparse.ArgumentParser(prog="make garden-report", description=__doc__)
    asked.add_argument(
        "--seeds", default=str(REPORTED[0]), help="whole numbers, parted by commas (default: %(default)s)"
    )
    seeds = [int(seed) for seed in asked.parse_args().seeds.split(",")]
    rows, total, plants = [], Score(), 0
    drawn: list[tuple[str, list[Story]]] = []
    for scenario in SCENARIOS:
        told = [story for seed in seeds for story in scenario.stories(seed)]
        score = judge(told)
        total += score
        plants += len(told)
        rows.append(report.row(scenario.name, len(told), score))
        drawn.append((scenario.name, told))
        print(" | ".join(rows[-1]), flush=True)  # noqa: T201 - somebody waits
    rows.append(report.row("all", plants, total))
    print(" | ".join(rows[-1]))  # noqa: T201
    two_years = section([live(story) for story in stories()])
    path = report.write(BUILD, report.html(rows, total, drawn, two_years), report.markdown(rows))
    print(f"\nLook at {path}")  # noqa: T201


if __name__ == "__main__":
    main()
