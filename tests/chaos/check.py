"""Compares the store with the ledgers: every acknowledged reading once with its value, and nothing that nobody sent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import asyncpg

from tests.chaos.senders import KEY, Senders

ROWS = """
SELECT device_id, key, round(extract(epoch FROM time) * 1000)::bigint AS milliseconds, value::bigint AS number
FROM telemetry JOIN channel ON channel.id = channel_id
"""
WRONG_ROLLUPS = """
WITH exact AS (
    SELECT channel_id, date_bin('1 {bucket}', time, 'epoch') AS bucket, count(*) AS count, sum(value) AS sum,
        min(value) AS min, max(value) AS max
    FROM telemetry GROUP BY 1, 2
)
SELECT count(*) FROM exact FULL JOIN {table} AS kept USING (channel_id, bucket)
WHERE (exact.count, exact.sum, exact.min, exact.max) IS DISTINCT FROM (kept.count, kept.sum, kept.min, kept.max)
"""
"""Whole numbers add up without rounding, in any order: the sums must be equal."""
HOURLY = WRONG_ROLLUPS.format(bucket="hour", table="telemetry_hourly")
DAILY = WRONG_ROLLUPS.format(bucket="day", table="telemetry_daily")
WRONG_STATES = """
WITH newest AS (SELECT DISTINCT ON (channel_id) channel_id, time, value FROM telemetry ORDER BY channel_id, time DESC)
SELECT count(*) FROM newest FULL JOIN channel_state AS kept USING (channel_id)
WHERE (newest.time, newest.value) IS DISTINCT FROM (kept.time, kept.value)
"""
LETTERS = "SELECT count(*) FROM dead_letter"
SAME_TURN_SECONDS = 5.0
"""How far from a broker's death its last PUBACK may be noticed, on a machine that is busy."""

SHOWN = 5

type Reading = tuple[str, str, int, int]
"""Device, channel key, Unix milliseconds, running number."""


@dataclass(slots=True)
class Claims:
    """What the senders say."""

    sent: set[Reading] = field(default_factory=set)
    acknowledged: set[Reading] = field(default_factory=set)
    """By the backend, or by a broker that had time to keep it: each must be in the store."""
    last_words: set[Reading] = field(default_factory=set)
    """By a broker that was killed in the same turn of its loop: may be lost with it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out; all but the first three must be zero."""

    sent: int
    acknowledged: int
    stored: int
    lost_with_broker: int
    """Readings whose PUBACK was a broker's last word; no error, see docs/faults.md."""
    lost: int
    losses: tuple[Reading, ...]
    """Some of the lost ones, for who looks for the reason."""
    doubled: int
    never_sent: int
    wrong_hours: int
    wrong_days: int
    wrong_states: int
    dead_letters: int
    waiting: int
    """Readings that a sender still had when the time was over."""

    @property
    def wrongs(self) -> dict[str, int]:
        """Name everything that must be zero."""
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "stored but never sent": self.never_sent,
            "wrong hourly roll-ups": self.wrong_hours,
            "wrong daily roll-ups": self.wrong_days,
            "wrong newest values": self.wrong_states,
            "dead letters": self.dead_letters,
            "never acknowledged": self.waiting,
        }

    @property
    def fine(self) -> bool:
        """Whether all of that is zero."""
        return not any(self.wrongs.values())


def claims(senders: Senders, broker_killed_at: Sequence[float]) -> Claims:
    """Read all ledgers."""
    found = Claims()
    for device in senders.devices:
        for entry in device.ledger.entries.values():
            samples = {
                (device.device_id, sample.channel, round(sample.unix * 1000), int(sample.value))
                for sample in entry.samples
            }
            found.sent |= samples
            if entry.by_backend:
                found.acknowledged |= samples
    for client in senders.plain:
        for note in client.notes:
            reading = (client.account.name, KEY, note.milliseconds, note.number)
            found.sent.add(reading)
            if note.puback_at is None:
                continue
            near = (abs(note.puback_at - moment) < SAME_TURN_SECONDS for moment in broker_killed_at)
            (found.last_words if not note.firm and any(near) else found.acknowledged).add(reading)
    return found


async def judge(url: str, said: Claims, waiting: int) -> Verdict:
    """Compare."""
    connection = await asyncpg.connect(url)
    try:
        rows = [_reading(row) for row in await connection.fetch(ROWS)]
        counts = [await connection.fetchval(question) for question in (HOURLY, DAILY, WRONG_STATES, LETTERS)]
    finally:
        await connection.close()
    stored = set(rows)
    return Verdict(
        sent=len(said.sent),
        acknowledged=len(said.acknowledged) + len(said.last_words),
        stored=len(rows),
        lost_with_broker=len(said.last_words - stored),
        lost=len(said.acknowledged - stored),
        losses=tuple(sorted(said.acknowledged - stored)[:SHOWN]),
        doubled=_doubled(rows),
        never_sent=len(stored - said.sent),
        wrong_hours=counts[0],
        wrong_days=counts[1],
        wrong_states=counts[2],
        dead_letters=counts[3],
        waiting=waiting,
    )


def _reading(row: asyncpg.Record) -> Reading:
    return row["device_id"], row["key"], row["milliseconds"], row["number"]


def _doubled(rows: Iterable[Reading]) -> int:
    """Count the running numbers of a channel that are there more than once, at whatever times."""
    numbers = Counter((device, key, number) for device, key, _, number in rows)
    return sum(count - 1 for count in numbers.values())
