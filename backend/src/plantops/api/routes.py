"""Every address that the API answers, in one table: who may ask, what goes in, what comes out.

To add an address, write its handler in the file of its resource and add one line to ``ROUTES``.
A route without a scope is open to everyone, on purpose; there is no third way.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aioplantops.errors import LastAdminToken, LoginBlocked, OriginForbidden, PlantOpsError, Unauthorized, Unavailable
from aioplantops.health import Health, Ready
from aioplantops.models import Page, Scope, Session, SessionCreate, Token, TokenCreate, TokenCreated
from aioplantops.wire import Request
from pydantic import BaseModel

from . import docs, health, session, tokens
from .call import PLACES, Call, Place
from .limits import Rate

BODY_BYTES = 1024 * 1024
"""The longest request body, bytes, where a route says nothing else."""

type RouteHandler = Callable[[Call[Any, Any]], Awaitable[object]]


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
    answer: type[BaseModel] | None = None
    """The model that comes back; None: nothing, or `media`."""
    status: int = 200
    errors: tuple[type[PlantOpsError], ...] = ()
    """What can go wrong beyond what goes wrong everywhere (no token, wrong scope, bad body, too often, no store)."""
    rate: Rate = Rate.USUAL
    media: str | None = None
    """What the answer is, where it isn't a model: then the handler writes it itself."""
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


# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/health", health.health, None, "Tell how each part of the backend is.", answer=Health),
    Route("GET", "/api/ready", health.ready, None, "Tell whether requests should be sent here.",
          answer=Ready, errors=(Unavailable,)),
    Route("GET", "/metrics", health.metrics, None, "Give all metrics to Prometheus.", media="text/plain"),
    Route("GET", "/api/openapi.json", docs.document, None, "Give this document.", media="application/json"),
    Route("GET", "/api/docs", docs.page, None, "Show this document as a page.", media="text/html"),
    Route("GET", "/api/docs/{file}", docs.file, None, "Give one of the page's files.", media="*/*"),

    Route("POST", "/api/v1/session", session.begin, None, "Log a browser in.",
          body=SessionCreate, answer=Session, status=201, rate=Rate.LOGIN,
          errors=(Unauthorized, LoginBlocked, OriginForbidden, Unavailable)),
    Route("GET", "/api/v1/session", session.show, None, "Tell what the browser session may do.",
          answer=Session, errors=(Unauthorized, Unavailable)),
    Route("DELETE", "/api/v1/session", session.end, None, "Log a browser out.",
          status=204, errors=(Unauthorized, OriginForbidden, Unavailable)),

    Route("GET", "/api/v1/tokens", tokens.list_all, Scope.ADMIN, "List the tokens.",
          query=tokens.TokenQuery, answer=Page[Token]),
    Route("POST", "/api/v1/tokens", tokens.create, Scope.ADMIN, "Make a token.",
          body=TokenCreate, answer=TokenCreated, status=201),
    Route("DELETE", "/api/v1/tokens/{token_id}", tokens.revoke, Scope.ADMIN, "Revoke a token.",
          status=204, errors=(LastAdminToken,)),
)
# fmt: on
