"""The newest weather forecast."""

from collections.abc import Sequence
from datetime import UTC, datetime

from plantops.domain.alert_frost import Weather

from .pool import Connection
from .queries import load

queries = load(__file__)


async def newest(connection: Connection) -> tuple[str, Weather] | None:
    """Give the newest forecast and who told it; None: there was never one."""
    row = await queries.newest(connection)
    if row is None:
        return None
    points = [(datetime.fromtimestamp(second, UTC), degrees) for second, degrees in row["points"]]
    return row["source"], Weather(row["received_at"], points)


async def put(
    connection: Connection, source: str, points: Sequence[tuple[datetime, float]], now: datetime
) -> tuple[str, Weather]:
    """Take a forecast in place of the one before."""
    await queries.put(
        connection, source=source, points=[(time.timestamp(), degrees) for time, degrees in points], now=now
    )
    return source, Weather(now, points)
