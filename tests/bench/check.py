"""Compares what the store holds with what was sent: every acknowledged reading once, and nothing else."""

from dataclasses import dataclass

import asyncpg

from tests.bench.load import Load

ROWS = """
SELECT device_id, key, (date_part('epoch', time) * 1000000)::bigint AS time_us, value
FROM telemetry JOIN channel ON channel.id = channel_id
WHERE time >= to_timestamp($1::double precision) AND device_id LIKE $2
"""
STORED = "SELECT coalesce(sum(count), 0)::bigint FROM telemetry_daily"
ROLLED_UP = """
WITH exact AS (
    SELECT channel_id, date_bin('1 hour', time, 'epoch') AS bucket, count(*) AS count, sum(value) AS sum,
        min(value) AS min, max(value) AS max
    FROM telemetry GROUP BY 1, 2
)
SELECT count(*) FROM exact FULL JOIN telemetry_hourly AS kept USING (channel_id, bucket)
WHERE (exact.count, exact.min, exact.max) IS DISTINCT FROM (kept.count, kept.min, kept.max)
    OR abs(exact.sum - kept.sum) > 1e-6 * abs(exact.sum) + 1e-6
"""
PAGE = 5_000
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong; all zero is right."""

    lost: int
    """Readings of acknowledged messages that are not in the store."""
    wrong: int
    """Rows that no message holds."""
    twice: int
    """Rows that are there a second time."""
    wrong_rollups: int
    """Hourly roll-ups that differ from a recomputation."""

    def __str__(self) -> str:
        """Say it for the table."""
        if not (self.lost or self.wrong or self.twice or self.wrong_rollups):
            return "none lost, none twice, roll-ups exact"
        return f"LOST {self.lost}, WRONG {self.wrong}, TWICE {self.twice}, WRONG ROLL-UPS {self.wrong_rollups}"


async def compare(database_url: str, load: Load, acked: set[int]) -> Findings:
    """Go through all rows of the load."""
    found: dict[int, int] = {}
    wrong = 0
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            begin = load.begin_us / MILLION - 1
            async for row in connection.cursor(ROWS, begin, f"{load.name}-%", prefetch=PAGE):
                message = load.message_of(row["device_id"], row["key"], row["time_us"], row["value"])
                if message is None:
                    wrong += 1
                else:
                    found[message] = found.get(message, 0) + 1
        rollups = await connection.fetchval(ROLLED_UP)
    finally:
        await connection.close()
    lost = sum(max(0, load.per_message - found.get(message, 0)) for message in acked)
    twice = sum(max(0, count - load.per_message) for count in found.values())
    return Findings(lost, wrong, twice, rollups)
