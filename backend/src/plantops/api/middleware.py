"""What happens to every request on its way in and to every answer on its way out."""

import re
from http import HTTPStatus
from time import perf_counter
from uuid import uuid4

import structlog
from aiohttp import web

from .keys import METRICS
from .problems import BEGUN, CORRELATION, Handler, problems

CORRELATION_HEADER = "X-Correlation-ID"
SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
"""The route of requests that fit none: attackers' guesses must not become metric labels."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not bring its own. HSTS is the TLS proxy's to say."""

log = structlog.get_logger()


def correlation_of(request: web.BaseRequest) -> str:
    """Take over the client's correlation id where it is sane, else make one."""
    offered = request.headers.get(CORRELATION_HEADER, "")
    return offered if SANE_ID.fullmatch(offered) else str(uuid4())


@web.middleware
async def accompany(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its correlation id, in the log too, and note how long it took."""
    request[CORRELATION] = correlation_of(request)
    begun = perf_counter()
    with structlog.contextvars.bound_contextvars(correlation_id=request[CORRELATION]):
        answer = await handler(request)
        seconds = perf_counter() - begun
        method = request.method if request.method in METHODS else "other"
        route = template(request)
        log.debug("request_answered", method=method, route=route, status=answer.status, seconds=round(seconds, 6))
    if answer.status != HTTPStatus.SWITCHING_PROTOCOLS:
        request.app[METRICS].request_seconds.labels(route, method, str(answer.status)).observe(seconds)
    return answer


def template(request: web.Request) -> str:
    """Name the route that a request fits, with its variable parts as names."""
    resource = request.match_info.route.resource
    return UNMATCHED if resource is None else resource.canonical


async def dress(request: web.Request, answer: web.StreamResponse) -> None:
    """Put on what every answer wears: correlation id and security headers. Called before its first byte."""
    request[BEGUN] = True
    answer.headers[CORRELATION_HEADER] = request.get(CORRELATION) or correlation_of(request)
    answer.headers["Server"] = "PlantOps"
    for name, value in SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)


MIDDLEWARES = (accompany, problems)
"""From the outside in."""
