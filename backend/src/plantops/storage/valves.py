"""What devices say that they can open: valves and pumps, by the names that commands use."""

from collections.abc import Mapping

from aioplantops.telemetry import ValveInfo

from .pool import Connection
from .queries import load

queries = load(__file__)


async def valves(connection: Connection, device_id: str) -> dict[str, ValveInfo]:
    """List what a device can open, as it says."""
    return {
        row["key"]: ValveInfo(
            name=row["name"], max_seconds=row["max_seconds"], litres_per_minute=row["litres_per_minute"]
        )
        async for row in queries.valves(connection, device_id=device_id)
    }


async def declare(connection: Connection, device_id: str, said: Mapping[str, ValveInfo]) -> bool:
    """Keep what a device declares, and forget what it does not declare any more; tell whether that is news."""
    if await valves(connection, device_id) == said:
        return False
    await queries.forget_valves(connection, device_id=device_id, keys=list(said))
    if said:
        await queries.declare_valves(
            connection,
            device_id=device_id,
            keys=list(said),
            names=[valve.name for valve in said.values()],
            max_seconds=[valve.max_seconds for valve in said.values()],
            flows=[valve.litres_per_minute for valve in said.values()],
        )
    return True
