"""The whole house under torture, the short version of `make chaos`; and that its checker finds what is wrong."""

import asyncio
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import asyncpg
import pytest
from aioplantops.telemetry import Ack
from plantops.ops.cluster import Binaries
from rich.console import Console
from virtualgarden.buffer import Dated
from virtualgarden.device import VirtualDevice
from virtualgarden.ledger import Entry, Ledger
from virtualgarden.link import Account, Broker
from virtualgarden.sources import NumberedSource

from tests.chaos.check import Claims, Verdict, claims, judge
from tests.chaos.processes import touching
from tests.chaos.report import show, totals
from tests.chaos.run import SHORT, Outcome, Row, run
from tests.chaos.senders import Note, PlainClient, Senders

NOW = 1_795_000_000_000
"""Unix milliseconds."""
THREE_ROWS = """
INSERT INTO device (id, kind, name, created_at) VALUES ('plant-abcdef', 'plantops', 'x', now());
INSERT INTO channel (device_id, key, name, metric, unit, sent_unit, created_at)
    VALUES ('plant-abcdef', 'illuminance', 'x', 'illuminance', 'lx', 'lx', now());
INSERT INTO telemetry
    SELECT id, to_timestamp(1795000000 + number), least(number, 2) FROM channel, generate_series(1, 3) AS number;
INSERT INTO telemetry_hourly
    SELECT id, date_bin('1 hour', to_timestamp(1795000000), 'epoch'), 3, 5, 1, 2 FROM channel;
INSERT INTO channel_state SELECT id, to_timestamp(1795000003), 2 FROM channel;
INSERT INTO dead_letter (received_at, topic, reason, detail, payload, payload_bytes)
    VALUES (now(), 'x', 'malformed', 'x', '', 0);
"""
"""The numbers 1, 2 and 2 of one channel, without a daily roll-up."""
ACCOUNT = Account(Broker("localhost", 1), "plant-abcdef")


@pytest.fixture
def disk_folder() -> Iterator[Path]:
    """Give a new folder on the disk; with the logs of a run that went wrong it stays."""
    folder = Path(tempfile.mkdtemp(prefix="plantops-chaos-", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder
    if not (folder / "failed").exists():
        shutil.rmtree(folder)


@pytest.mark.timeout(1800)
async def test_no_reading_is_lost_or_doubled_whatever_breaks(disk_folder: Path) -> None:
    seed = random.SystemRandom().randrange(10_000)
    said: list[str] = []
    outcome = await run(SHORT, disk_folder, Binaries.embedded(), seed, said.append)
    if not outcome.fine:
        (disk_folder / "failed").touch()
    assert outcome.fine, "\n".join([f"--seed {seed}, logs in {disk_folder}", *said, *totals(outcome)])
    assert len(outcome.rows) == len(SHORT.faults) + 1


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(THREE_ROWS)
    await connection.close()


def _reading(seconds: int, number: int) -> tuple[str, str, int, int]:
    return ("plant-abcdef", "illuminance", NOW + 1000 * seconds, number)


async def test_the_checker_names_everything_that_is_wrong(database: str) -> None:
    await _fill(database)
    said = Claims(
        sent={_reading(1, 1), _reading(2, 2), _reading(4, 3), _reading(5, 4)},
        acknowledged={_reading(1, 1), _reading(4, 3)},
        last_words={_reading(2, 2), _reading(5, 4)},
    )
    verdict = await judge(database, said, waiting=6)
    assert verdict == Verdict(
        sent=4, acknowledged=4, stored=3, lost_with_broker=1, lost=1, losses=(_reading(4, 3),), doubled=1, never_sent=1,
        wrong_hours=0, wrong_days=1, wrong_states=0, dead_letters=1, waiting=6,
    )  # fmt: skip
    assert not verdict.fine


async def test_wrong_sums_and_newest_values_are_seen(database: str) -> None:
    await _fill(database)
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE telemetry_hourly SET sum = sum + 1; UPDATE channel_state SET value = 1")
    await connection.close()
    verdict = await judge(database, Claims(), waiting=0)
    assert (verdict.wrong_hours, verdict.wrong_states) == (1, 1)


def test_only_the_last_word_of_a_killed_broker_may_be_lost() -> None:
    notes = [
        Note(NOW, 0, puback_at=100.0, firm=True),
        Note(NOW + 1, 1, puback_at=101.0),  # the line was lost behind this one, and the broker killed
        Note(NOW + 2, 2, puback_at=200.0),  # the same, but nobody killed the broker then
        Note(NOW + 3, 3),
    ]
    said = claims(Senders([], [PlainClient(ACCOUNT, 1.0, notes)], 1.0), [102.0])
    assert [len(said.sent), len(said.acknowledged), len(said.last_words)] == [4, 2, 1]
    assert {number for *_, number in said.last_words} == {1}


def test_a_device_counts_on_the_backends_word_alone() -> None:
    ledger = Ledger(keep=True)
    ledger.entries[1, 1] = Entry((Dated("illuminance", NOW / 1000, 1.0),))
    ledger.entries[1, 2] = Entry(
        (Dated("illuminance", NOW / 1000 + 1, 2.0),), by_backend=Ack(boot=1, seq=2, stored=1, refused=0)
    )
    device = VirtualDevice(ACCOUNT, NumberedSource(), clock=lambda: 0.0, ledger=ledger)
    said = claims(Senders([device], [], 1.0), [])
    assert said.acknowledged == {_reading(1, 2)}
    assert said.sent == {_reading(0, 1), _reading(1, 2)}


async def test_a_process_left_behind_is_found(disk_folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "print('here', flush=True); input()"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "HOLDS": str(disk_folder)},
    )
    assert process.stdout
    try:
        await process.stdout.readline()  # a process that only just begins has no environment to be seen yet
        assert [line.split()[0] for line in touching(disk_folder)] == [str(process.pid)]
    finally:
        process.kill()
        await process.communicate()
    assert touching(disk_folder) == []


def test_the_table_tells_what_went_wrong() -> None:
    page = StringIO()
    outcome = Outcome(rows=[Row("broker killed", 3.0, 60.0, 60.0, 1234, recovered=False)], leaked=["17 postgres"])
    show(outcome, Console(file=page, width=110))
    assert not outcome.fine
    for words in ("| broker killed | 3 s |", "NEVER", "1,234", "LEFT BEHIND: 17 postgres", "SOMETHING IS WRONG"):
        assert words in page.getvalue()
