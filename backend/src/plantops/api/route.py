"""What the door must know of an address: who may ask, what goes in, what comes out."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aioplantops.errors import PlantOpsError
from aioplantops.models import Scope
from aioplantops.wire import Request
from pydantic import BaseModel

from .call import PLACES, Call, Place
from .limits import Rate

BODY_BYTES = 1024 * 1024
"""The longest request body, bytes, where a route says nothing else."""

BODY_SECONDS = 30.0
"""A body that takes longer to arrive is given up: nobody may keep a connection busy by dripping bytes."""

type RouteHandler = Callable[[Call[Any, Any]], Awaitable[object]]
type Misfit = Callable[[web.Request, str, PlantOpsError], Awaitable[None]]


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
    takes: tuple[str, ...] = ()
    """What the body may be, where it is no JSON: then the handler reads it itself."""
    answer: type[BaseModel] | None = None
    """The model that comes back; None: nothing, or `media`."""
    status: int = 200
    errors: tuple[type[PlantOpsError], ...] = ()
    """What can go wrong beyond what goes wrong everywhere (no token, wrong scope, bad body, too often, no store)."""
    rate: Rate | None = Rate.USUAL
    """How often one may ask; None: the handler counts, once it knows whom."""
    media: str | None = None
    """What the answer is, where it isn't a model: then the handler writes it itself."""
    body_bytes: int = BODY_BYTES
    """The longest request body, bytes."""
    body_seconds: float = BODY_SECONDS
    """How long a request body may take to arrive, seconds."""
    misfit: Misfit | None = None
    """Who is told of a body that does not fit, and from which address, before it is refused."""
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
