"""Makes a long past in a store: readings laid in the order of time, as ingest lays them, with their exact roll-ups."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from plantops.storage.pool import Connection

WEEK = timedelta(days=7)
READINGS = """
INSERT INTO telemetry (channel_id, time, value)
SELECT channel_id, time, 20 + 15 * sin(extract(epoch FROM time) / 13751 + channel_id) + random() * 2
FROM generate_series($1::timestamptz, $2::timestamptz - INTERVAL '1 minute', INTERVAL '1 minute') AS time,
    unnest($3::integer[]) AS channel_id
"""
HOURLY = """
INSERT INTO telemetry_hourly (channel_id, bucket, count, sum, min, max)
SELECT channel_id, date_bin('1 hour', time, 'epoch'), count(*), sum(value), min(value), max(value)
FROM telemetry WHERE time >= $1 AND time < $2
GROUP BY 1, 2 ORDER BY 2, 1
"""
DAILY = """
INSERT INTO telemetry_daily (channel_id, bucket, count, sum, min, max)
SELECT channel_id, date_bin('1 day', bucket, 'epoch'), sum(count), sum(sum), min(min), max(max)
FROM telemetry_hourly WHERE bucket >= $1 AND bucket < $2
GROUP BY 1, 2 ORDER BY 2, 1
"""
EMPTY = "TRUNCATE telemetry, telemetry_hourly, telemetry_daily"
SETTLE = (
    "VACUUM (ANALYZE) telemetry, telemetry_hourly, telemetry_daily, channel_state, channel, device, plant, assignment"
)
NEWEST = """
INSERT INTO channel_state (channel_id, time, value)
SELECT DISTINCT ON (channel_id) channel_id, time, value FROM telemetry WHERE time >= $1
ORDER BY channel_id, time DESC
ON CONFLICT (channel_id) DO UPDATE SET time = EXCLUDED.time, value = EXCLUDED.value
"""
PLANTS = """
INSERT INTO plant (id, name, created_at, updated_at)
SELECT gen_random_uuid(), 'Plant of ' || id, $1, $1 FROM device ORDER BY id
"""
ASSIGNMENTS = """
INSERT INTO assignment (id, plant_id, channel_id, metric, from_time)
SELECT gen_random_uuid(), plant.id, channel.id, channel.metric, $1
FROM channel JOIN plant ON plant.name = 'Plant of ' || channel.device_id
"""
CALIBRATIONS = """
INSERT INTO calibration (id, channel_id, from_time, metric, sent_unit, factor, shift, sent, value, created_at)
SELECT gen_random_uuid(), channel.id, $1::timestamptz + months * INTERVAL '91 days', metric, unit, 1.25, -10 - months,
    '{8, 88}', '{0, 100}', $1
FROM channel, generate_series(0, 3) AS months
WHERE channel.id = ANY($2::integer[])
"""

type Tell = Callable[[str], None]


async def plant_all(connection: Connection, since: datetime) -> tuple[int, int]:
    """Give each device a plant, served by all of its channels; tell how many plants and channels there are."""
    await connection.execute(PLANTS, since)
    await connection.execute(ASSIGNMENTS, since)
    return await connection.fetchval("SELECT count(*) FROM plant"), await connection.fetchval(
        "SELECT count(*) FROM channel"
    )


async def calibrate_all(connection: Connection, channels: Sequence[int], since: datetime) -> None:
    """Give each channel four calibrations, a season each."""
    await connection.execute(CALIBRATIONS, since, channels)
    await connection.execute("ANALYZE calibration")


async def live_through(
    connection: Connection, channels: Sequence[int], begin: datetime, end: datetime, tell: Tell
) -> int:
    """Write a reading each minute for each channel, from the beginning (a midnight) to the end; tell how many."""
    await connection.execute("SET statement_timeout = 0")
    await connection.execute(EMPTY)
    at, weeks = begin, 0
    while at < end:
        until = min(at + WEEK, end)
        await connection.execute(READINGS, at, until, channels)
        await connection.execute(HOURLY, at, until)
        await connection.execute(DAILY, at, until)
        at, weeks = until, weeks + 1
        if weeks % 8 == 0:
            tell(f"  {(at - begin) / (end - begin):.0%} of the past is written")
    await connection.execute(NEWEST, end - timedelta(hours=1))
    await connection.execute(SETTLE)
    return int(await connection.fetchval("SELECT sum(count) FROM telemetry_daily"))
