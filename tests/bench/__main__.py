"""The command: `python -m tests.bench [--quick] [--only NAME …] [--minutes N] [--report FILE]`."""

import argparse
import asyncio
import logging
import os
import platform
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import asyncpg
import psutil
import structlog
from plantops.ops.broker import Mosquitto

from tests.bench.benches import BENCHES, Bench
from tests.bench.report import Report, Row
from tests.bench.rig import Store
from tests.servers import named

DISK = Path("/var/tmp")  # noqa: S108 - the folder in it has a random name; /tmp may be memory, where fsync is free


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure speed and memory of PlantOps.")
    parser.add_argument("--quick", action="store_true", help="short runs and a small store: under 3 minutes in all")
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), help="only these benches (ratios need ceilings)")
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the soak (default 10)")
    parser.add_argument("--report", type=Path, help="write the table to this file, as Markdown")
    parser.add_argument("--folder", type=Path, help="where databases and queues lie while it runs (default: /var/tmp)")
    return parser.parse_args()


async def _machine(report: Report, store: Store) -> None:
    """Say what this was measured on."""
    report.section("Machine")
    connection = await asyncpg.connect(store.postgres.url)
    server = str(await connection.fetchval("SHOW server_version")).split()[0]
    timescale = await connection.fetchval(
        "SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb'"
    )
    await connection.close()
    mosquitto = (await Mosquitto.find(named("PLANTOPS_MOSQUITTO"))).version
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    memory = psutil.virtual_memory().total / 2**30
    report.add(
        Row("hardware", f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB"),
        Row("system", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        Row("services", f"Mosquitto {'.'.join(map(str, mosquitto))}, PostgreSQL {server}, TimescaleDB {timescale}"),
        Row("libraries", f"aiomqtt {version('aiomqtt')}, asyncpg {version('asyncpg')}, aiohttp {version('aiohttp')}"),
        Row("load average at the start", load, how="others at work on the machine make every figure worse"),
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


async def main() -> None:
    """Run the benches one after the other."""
    words = _words()
    if task := asyncio.current_task():  # whatever was started is stopped, also when it runs in the background
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    report = Report()
    names: Sequence[str] = words.only or list(BENCHES)
    with tempfile.TemporaryDirectory(prefix="plantops-bench-", dir=words.folder or DISK) as name:
        folder = Path(name)
        folder.chmod(0o711)
        async with Store.open(folder / "store") as store:
            await _machine(report, store)
            bench = Bench(folder, store, report, words.quick, words.minutes)
            for each in BENCHES:
                if each in names:
                    await BENCHES[each](bench)
                    if words.report:
                        report.write(words.report)
    report.say("")
    report.show()


if __name__ == "__main__":
    with suppress(asyncio.CancelledError):
        asyncio.run(main())
