"""Patience with wrong credentials: counted for each address in the database, so that all replicas agree.

Whoever shows a right one is never asked to wait: others behind the same proxy must not be able to lock anybody out.
"""

import math
from collections import OrderedDict
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import NoReturn

from aioplantops.errors import LoginBlocked, PlantOpsError

from plantops.storage import access as store
from plantops.storage.pool import Connection

REMEMBERED_FAILURES = 10_000
"""So many addresses that failed here lately are remembered, to know whom a success must be told for."""


def neighbourhood(address: str) -> str:
    """Give what failures are counted for: an IPv4 address, or the /64 network that one IPv6 customer owns."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64" if isinstance(parsed, IPv6Address) else str(parsed)


class Patience:
    """Counts who failed."""

    def __init__(self) -> None:
        """Begin with nobody in mind."""
        self._failed: OrderedDict[str, None] = OrderedDict()

    async def refuse(self, connection: Connection, address: str, now: datetime, error: PlantOpsError) -> NoReturn:
        """Count a wrong credential and raise `error`; while its address is blocked only say that."""
        place = neighbourhood(address)
        self._failed[place] = None
        if len(self._failed) > REMEMBERED_FAILURES:
            self._failed.popitem(last=False)
        if (until := await store.blocked_until(connection, place, now)) is not None:
            raise LoginBlocked(retry_after=math.ceil((until - now).total_seconds()))
        await store.note_failure(connection, place, now)
        raise error

    async def forgive(self, connection: Connection, address: str) -> None:
        """Forget what failed from an address, as far as it failed here."""
        if (place := neighbourhood(address)) in self._failed:
            del self._failed[place]
            await store.forgive(connection, place)
