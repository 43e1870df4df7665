"""All benches, each with the rows that it adds to the report; the targets are those that PlantOps set itself."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from plantops.storage.pool import Database

from tests.bench import alerting, ceilings, history, judging, latency, memory, page, throughput
from tests.bench.greenhouse import PLANTS, Greenhouse
from tests.bench.load import Load, now_us
from tests.bench.report import Report, Row, at_least, at_most, number, share_of
from tests.bench.rig import Keeping, Post, Store

MOST_MESSAGES = 45_000
"""More than anybody takes in a second; a run's messages are written beforehand."""
MOST_BATCHES = 13_000
SINGLE = Load("one", 0)
BATCHES = Load("eight", 0, per_message=8, channels=8, step_us=110)
LATENCY_RATE, TRICKLE_RATE, SOAK_RATE = 100.0, 10.0, 1_000.0
CONSUMERS = {
    "aiomqtt": "plain aiomqtt loop, manual ack",
    "link": "PlantOps' link, acknowledging at once",
    "batches": "PlantOps' link, acknowledging every 5 ms",
}
BATCH_ROWS = (1_000, 5_000)
WHOLE_ROWS = 8_000


@dataclass(slots=True)
class Bench:
    """What every bench works with."""

    folder: Path
    store: Store
    report: Report
    quick: bool
    minutes: float
    receiving: float = 0.0
    """The higher ceiling for receiving, messages a second; 0: not measured."""
    storing: float = 0.0
    """The higher ceiling for storing, rows a second; 0: not measured."""

    @property
    def seconds(self) -> float:
        """How long a run at full load lasts."""
        return 4.0 if self.quick else 25.0


def _sized(load: Load, messages: float) -> Load:
    return replace(load, messages=int(messages), begin_us=now_us())


async def measure_ceilings(bench: Bench) -> None:
    """Receiving without a store, storing without MQTT."""
    bench.report.section("Ceilings of this run")
    for kind, name in CONSUMERS.items():
        async with Post.open(bench.folder) as post:
            flow = await ceilings.receiving(
                kind, post, _sized(SINGLE, MOST_MESSAGES * bench.seconds / 2), bench.seconds / 2
            )
        bench.receiving = max(bench.receiving, flow.per_second)
        bench.report.add(Row(f"receive only: {name}", number(flow.per_second, "messages/s"), how=_costs(flow.cpu)))
    for rows in BATCH_ROWS:
        flow = await ceilings.storing(bench.store, ceilings.plainly, rows, bench.seconds / 2)
        bench.storing = max(bench.storing, flow.per_second)
        how = f"asyncpg unnest, ON CONFLICT, no roll-ups, one connection; {_costs(flow.cpu)}"
        bench.report.add(Row(f"store only: {rows:,} rows a commit", number(flow.per_second, "rows/s"), how=how))
    flow = await ceilings.storing(bench.store, ceilings.wholly, WHOLE_ROWS, bench.seconds / 2)
    how = f"PlantOps' own statement, with roll-ups, newest readings and dirty marks; {_costs(flow.cpu)}"
    bench.report.add(Row(f"store all: {WHOLE_ROWS:,} rows a commit", number(flow.per_second, "rows/s"), how=how))


async def measure_throughput(bench: Bench) -> None:
    """Full load, end to end."""
    bench.report.section("Full load, end to end (publish to commit, every row checked)")
    run = await _full_load(bench, _sized(SINGLE, MOST_MESSAGES * bench.seconds))
    _show_run(bench, "messages of one reading", run, run.messages_per_second, 15_000)
    if bench.receiving:
        bench.report.add(share_of("… of receiving", run.messages_per_second, bench.receiving, "messages/s"))
    eight = await _full_load(bench, _sized(BATCHES, MOST_BATCHES * bench.seconds))
    _show_run(bench, "readings in messages of 8", eight, eight.readings_per_second, 40_000)
    if bench.storing:
        bench.report.add(share_of("… of storing", eight.readings_per_second, bench.storing, "readings/s"))
    planted = await _full_load(bench, _sized(SINGLE, MOST_MESSAGES * bench.seconds), planted=True)
    _show_run(bench, "messages of one reading, of 200 plants to judge", planted, planted.messages_per_second)
    spared = 0.9 * run.messages_per_second
    bench.report.add(
        at_least("… that is, of the same without plants", planted.messages_per_second, spared, "messages/s")
    )
    if not bench.quick:
        unnumbered = await _full_load(bench, replace(_sized(SINGLE, MOST_MESSAGES * bench.seconds), numbered=False))
        _show_run(
            bench, "the same without boot and seq (no application acks)", unnumbered, unnumbered.messages_per_second
        )


async def measure_persistence(bench: Bench) -> None:
    """Full load with more and with less care on the broker's side."""
    bench.report.section("The broker's persistence (messages of one reading, the rest as above)")
    names = {
        Keeping.NOTHING: "none: messages only in its memory",
        Keeping.SYSTEM: "with the operating system after each turn",
        Keeping.DISK: "as PlantOps runs it: on the disk after each turn",
    }
    for keeping, name in names.items():
        messages = MOST_MESSAGES * bench.seconds
        run = await _full_load(bench, _sized(SINGLE, messages), keeping)
        _show_run(bench, name, run, run.messages_per_second)


async def _full_load(
    bench: Bench, load: Load, keeping: Keeping = Keeping.DISK, *, planted: bool = False
) -> throughput.Run:
    async with Post.open(bench.folder, keeping) as post:
        return await throughput.full_load((bench.folder, post, bench.store), load, bench.seconds, planted=planted)


def _show_run(bench: Bench, name: str, run: throughput.Run, rate: float, target: float = 0) -> None:
    unit = "readings/s" if "readings in" in name else "messages/s"
    how = f"{run.findings}; {run.costs}"
    row = at_least(name, rate, target, unit, how) if target else Row(name, number(rate, unit), how=how)
    bench.report.add(row)
    if target:
        bench.report.add(
            at_most("… backend's processor time for 1,000 readings", run.cpu["backend"], 40, "ms"),
            at_most("… backend's most memory", run.peak_mib, 300, "MiB"),
        )


async def measure_latency(bench: Bench) -> None:
    """From the device's publish to whoever waits."""
    bench.report.section("Latency at 100 messages/s")
    messages = 500 if bench.quick else 3_000
    load = Load("late", messages, step_us=10_000)
    async with Post.open(bench.folder) as post, throughput.Garden.open(bench.folder, post, bench.store) as garden:
        await garden.greet(load)
        load = Load("late", messages, step_us=10_000)
        clocks, sent = await latency.at_a_rate(garden, bench.folder, load, LATENCY_RATE)
    targets = {"stream": ("device → WebSocket client", 50.0), "row": ("device → row visible to another session", 30.0)}
    for by, (name, target) in targets.items():
        spread = clocks.spread(by, sent)
        bench.report.add(at_most(f"{name}, p99", spread.p99, target, "ms", f"{spread}; {spread.count:,} messages"))
    spread = clocks.spread("ack", sent)
    bench.report.add(Row("device → backend's acknowledgement, p99", number(spread.p99, "ms"), how=str(spread)))


async def measure_history(bench: Bench) -> None:
    """Charts over HTTP from a large store."""
    channels, times = (2, 50) if bench.quick else (40, 300)
    async with (
        Post.open(bench.folder) as post,
        history.Archive.open(bench.folder, post, bench.store, channels, bench.report.say) as archive,
    ):
        small = " (a small store: --quick)" if bench.quick else ""
        bench.report.section(f"History over HTTP, a store of {archive.rows:,} readings{small}")
        for name, days in history.DAYS.items():
            spread, points, size, resolution = await history.charts(archive, days, times)
            how = f"{spread}; ≤ {points} points, ≤ {size // 1024} KiB, from {resolution}; {spread.count} requests"
            what = f"one channel, {name}, p95"
            target = 30.0 if days == max(history.DAYS.values()) else 0.0
            row = (
                at_most(what, spread.p95, target, "ms", how) if target else Row(what, number(spread.p95, "ms"), how=how)
            )
            bench.report.add(row)
        await history.calibrate(archive)
        for name, days in history.DAYS.items():
            sent, told = await history.calibrated_charts(archive, days, times)
            ratio = f"{told.p50 / sent.p50:.2f}"
            how = f"{told}; in turns with as_sent=true: {sent}"
            what = f"calibrated (four times a year), {name}, p50"
            bench.report.add(Row(what, number(told.p50, "ms"), number(sent.p50, "ms"), ratio, how))
        spread, size = await history.gardens(archive, times)
        what = f"garden snapshot, {archive.plants} plants, {archive.known_channels:,} channels, p95"
        bench.report.add(at_most(what, spread.p95, 20, "ms", f"{spread}; {size // 1024} KiB"))


async def measure_memory(bench: Bench) -> None:
    """Memory at a trickle and over a long time."""
    bench.report.section("The backend's memory")
    seconds = 10.0 if bench.quick else bench.minutes * 60
    async with Post.open(bench.folder) as post, throughput.Garden.open(bench.folder, post, bench.store) as garden:
        await garden.greet(Load("still", 0))
        trickle = 10.0 if bench.quick else 60.0
        load = Load("still", int(trickle * TRICKLE_RATE), step_us=100_000)
        quiet = await memory.soak(garden, load, TRICKLE_RATE, trickle)
        how = f"{trickle:.0f} s; {quiet.cpu_share:.1%} of one core"
        bench.report.add(at_most("at 10 messages/s", quiet.most_mib, 120, "MiB", how))
        load = Load("still", int(seconds * SOAK_RATE), step_us=1_000)
        long = await memory.soak(garden, load, SOAK_RATE, seconds)
        how = (
            f"{long.first_mib:.1f} → {long.last_mib:.1f} MiB, most {long.most_mib:.1f}; {long.cpu_share:.0%} of a core"
        )
        what = f"{seconds / 60:.1f} minutes at 1,000 messages/s: growth in 10 minutes"
        bench.report.add(Row(what, number(long.slope_mib, "MiB"), "flat", how=how))


async def measure_start(bench: Bench) -> None:
    """How soon the embedded PostgreSQL answers."""
    bench.report.section("The embedded PostgreSQL, start to first query")
    with tempfile.TemporaryDirectory(prefix="start-", dir=bench.folder) as name:
        folder = Path(name)
        folder.chmod(0o711)
        bench.report.add(at_most("a new folder", await memory.first_query(folder / "new"), 1, "s"))
        again = sorted([await memory.first_query(folder / "new") for _ in range(5)])
        bench.report.add(at_most("a folder that has been used", again[2], 1, "s", "median of 5"))


async def measure_judging(bench: Bench) -> None:
    """How soon a thousand plants are judged."""
    bench.report.section(f"Judging {judging.PLANTS:,} plants with {judging.DAYS} days of hours")
    async with bench.store.database() as url, Database.open(url, max_size=3) as database:
        house = judging.House(database, bench.store, judging.stories())
        async with database.acquire("bench") as connection:
            await connection.execute("SET statement_timeout = 0")
            await house.furnish(connection)
        whole = await house.judge()
        async with database.acquire("bench") as connection:
            await house.go_on(connection)
        restart = await house.judge()
    for what, judged, limit in (("each as a whole", whole, 0.0), ("after a restart, an hour of news", restart, 2.0)):
        how = f"{judged.plants} plants in {judged.turns} turns; processor: {judged.own:.2f} s here, "
        how += f"{judged.database:.2f} s in the database"
        row = (
            at_most(what, judged.seconds, limit, "s", how) if limit else Row(what, number(judged.seconds, "s"), how=how)
        )
        bench.report.add(row)


async def measure_alerts(bench: Bench) -> None:
    """How soon the alerts of a thousand plants are judged."""
    bench.report.section(f"Judging the alerts of {alerting.PLANTS:,} plants and nodes with four sensors each")
    async with bench.store.database() as url, Database.open(url, max_size=3) as database:
        house = alerting.House(database, bench.store)
        async with database.acquire("bench") as connection:
            await connection.execute("SET statement_timeout = 0")
            await house.furnish(connection)
        judge = house.judge()
        first = await house.turn(judge)
        house.now += timedelta(minutes=1)
        quiet = await house.turn(judge)
    for what, judged, limit in (("all, after a restart", first, 2.0), ("a turn without news", quiet, 0.5)):
        how = f"processor: {judged.own:.2f} s here, {judged.database:.2f} s in the database"
        bench.report.add(at_most(what, judged.seconds, limit, "s", how))


async def measure_page(bench: Bench) -> None:
    """How fast the dashboard is with many plants."""
    bench.report.section(f"The dashboard in a browser, {PLANTS} plants")
    times = 3 if bench.quick else 5
    folder = bench.folder / "greenhouse"
    folder.mkdir(mode=0o711)
    async with Greenhouse.open(folder, bench.store) as house, page.Window.open(house) as window:
        for slow, limit in ((1, 0.0), (page.SLOW, 1_000.0)):
            name = "a processor as it is" if slow == 1 else f"a processor {slow} times slower"
            bare, sight = await window.sights("/bare", slow, times), await window.sights("/", slow, times)
            what = f"until the garden is interactive, {name}"
            beside = f"bare cards: {bare.interactive:.0f} ms; {page.said(sight)}; median of {times}"
            row = Row(what, number(sight.interactive, "ms"), how=beside)
            bench.report.add(at_most(what, sight.interactive, limit, "ms", beside) if limit else row)
            ceiling, _ = await window.scroll("/bare", slow, times)
            rate, frames = await window.scroll("/", slow, times)
            how = f"bare cards: {number(ceiling)} frames/s; frames {frames}"
            bench.report.add(at_least(f"scrolling, {name}", rate, 50, "frames/s", how))
        spread = await window.live(30 if bench.quick else 200)
        how = f"{spread}; {spread.count} readings"
        bench.report.add(at_most("a node's reading → the open page shows it, p99", spread.p99, 300, "ms", how))


BENCHES: Mapping[str, Callable[[Bench], Awaitable[None]]] = {
    "start": measure_start,
    "ceilings": measure_ceilings,
    "throughput": measure_throughput,
    "persistence": measure_persistence,
    "latency": measure_latency,
    "history": measure_history,
    "memory": measure_memory,
    "judging": measure_judging,
    "alerts": measure_alerts,
    "page": measure_page,
}


def _costs(cpu: Mapping[str, float]) -> str:
    return "CPU ms per 1,000: " + ", ".join(f"{name} {used:.1f}" for name, used in cpu.items())
