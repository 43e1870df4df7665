"""Every address that the API answers, in one table: who may ask, what goes in, what comes out.

To add an address, write its handler in the file of its resource and add one line to ``ROUTES``.
A route without a scope is open to everyone, on purpose; there is no third way.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aioplantops.errors import PlantOpsError
from aioplantops.models import Scope
from aioplantops.wire import Request

from .call import PLACES, Call, Place

BODY_BYTES = 1024 * 1024
"""The longest request body, bytes, where a route says nothing else."""

type RouteHandler = Callable[[Call[Any, Any]], Awaitable[object]]


class Rate(StrEnum):
    """How often one token (or one address, where no token is needed) may ask; the figures are in `limits.py`."""

    USUAL = "usual"
    INGEST = "ingest"
    HEAVY = "heavy"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    """Template; its variable parts are named in `call.PLACES`."""
    handler: RouteHandler
    scope: Scope | None
    """What the token must allow; None: open to everyone."""
    summary: str
    """One sentence for the documentation."""
    body: type[Request] | None = None
    query: type[Request] | None = None
    answer: Any = None
    """What comes back: a model, or anything that pydantic's TypeAdapter takes; None: nothing (204) or `media`."""
    status: int = 200
    errors: tuple[type[PlantOpsError], ...] = ()
    """What can go wrong beyond what goes wrong everywhere (no token, wrong scope, bad body, too often, no store)."""
    rate: Rate = Rate.USUAL
    media: str = "application/json"
    """What the answer is, where it isn't JSON."""
    body_bytes: int = BODY_BYTES
    """The longest request body, bytes."""
    stream: bool = False
    """A WebSocket: no HEAD, its Origin is checked, its duration is no latency."""

    @property
    def name(self) -> str:
        """The handler's own name, e.g. ``plants.create``; unique, and the operation's id in the OpenAPI document."""
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    @property
    def places(self) -> tuple[Place[Any], ...]:
        """The variable parts of the path, in order."""
        return tuple(PLACES[name] for name in re.findall(r"{(\w+)}", self.path))


ROUTES: tuple[Route, ...] = ()
