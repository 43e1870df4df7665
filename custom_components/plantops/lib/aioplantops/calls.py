"""What all parts of the client share: the way to the backend, and walking through its lists.

A resource with several methods has a file of its own (`species_calls.py`), whose class `PlantOpsClient` inherits.
"""

from collections.abc import AsyncIterator

from pydantic import BaseModel

from .models import Page
from .transport import Query, Transport

PAGE = 200
"""Items asked for at once when a list is walked through."""


class Calls:
    """A part of a client."""

    def __init__(self, transport: Transport) -> None:
        """Take the way to the backend."""
        self.transport = transport

    async def _walk[Item: BaseModel](
        self, page: type[Page[Item]], path: str, wanted: Query | None = None
    ) -> AsyncIterator[Item]:
        query: dict[str, str | int] = {"limit": PAGE, **(wanted or {})}
        while True:
            part = await self.transport.ask(page, path, query)
            for item in part.items:
                yield item
            if part.next is None:
                return
            query["cursor"] = part.next
