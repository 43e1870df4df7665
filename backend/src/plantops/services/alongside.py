"""Work that goes on as long as somebody holds a room open."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def alongside(**works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run named works while the body runs; they are cancelled at its end, and a work that fails ends the body.

    What the body raises comes out as it is, not wrapped in a group.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(work, name=name.replace("_", " ")) for name, work in works.items()]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
    except BaseExceptionGroup as group:
        if len(group.exceptions) == 1:
            raise group.exceptions[0] from group.exceptions[0].__cause__
        raise
