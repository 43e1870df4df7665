"""The command: `python -m tests.chaos [--seconds N] [--seed N] [--quick]`."""

import argparse
import asyncio
import logging
import random
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import structlog
from plantops.ops.cluster import Binaries
from rich.console import Console

from tests.chaos.report import show
from tests.chaos.run import FULL, SHORT, run
from tests.servers import named

DISK = Path("/var/tmp")  # noqa: S108 - the folder in it has a random name; /tmp may be memory, where nothing is durable
PAGE_COLUMNS = 110
CHECK_SECONDS = 120.0
"""For what comes before and after the faults."""


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description="Kill, freeze and restart backend, broker and database while readings flow, then count them.",
    )
    parser.add_argument("--quick", action="store_true", help="the short version, with the embedded database")
    parser.add_argument("--seconds", type=float, default=0.0, help="go on with faults for so long (default: each once)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000), help="for the same order")
    parser.add_argument("--folder", type=Path, default=DISK, help="where databases, queues and logs lie meanwhile")
    parser.add_argument("--keep", action="store_true", help="keep that folder with its logs, whatever comes out")
    return parser.parse_args()


async def main() -> int:
    """Run; 0 when nothing was lost, doubled, wrong or left behind."""
    words = _words()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    console = Console()
    if not console.is_terminal:
        console = Console(width=PAGE_COLUMNS)
    plan = SHORT if words.quick else FULL
    plan = replace(plan, seconds=words.seconds, within_seconds=max(plan.within_seconds, words.seconds + CHECK_SECONDS))
    binaries = Binaries.embedded() if words.quick else Binaries.timescale(named("PLANTOPS_TIMESCALE"))
    folder = Path(tempfile.mkdtemp(prefix="plantops-chaos-", dir=words.folder))
    folder.chmod(0o711)

    logging.basicConfig(filename=folder / "senders.log")

    def tell(line: str) -> None:
        console.print(line, markup=False, highlight=False)

    tell(f"seed {words.seed}; {plan.devices} devices and {plan.plain} plain clients, {plan.per_second:.0f} readings/s")
    outcome = await run(plan, folder, binaries, words.seed, tell)
    show(outcome, console)
    if outcome.fine and not words.keep:
        logging.disable()
        shutil.rmtree(folder, ignore_errors=True)
    else:
        tell(f"The logs are in {folder}; the same again: --seed {words.seed}")
    return 0 if outcome.fine else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
