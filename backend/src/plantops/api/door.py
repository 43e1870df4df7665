"""The way of a request through a route: who asks, may they, how often, and does it fit."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web
from aioplantops.errors import PlantOpsError, ScopeMissing, Unauthorized
from aioplantops.wire import Request
from pydantic import BaseModel

from plantops.services.access import Caller
from plantops.services.patience import neighbourhood

from .bodies import read_body, read_query
from .call import Call
from .keys import ACCESS, CLOCK, LIMITER, TRUSTED
from .proxies import check_origin, client_address
from .route import Route
from .session import COOKIE

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def open_door(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Make the aiohttp handler of a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        address = client_address(request, request.app[TRUSTED])
        caller = None if route.scope is None else await admit(request, route, address)
        key = _rate_key(None if caller is None else caller.token_id, address)
        if route.rate is not None:
            await request.app[LIMITER].count(route.rate, key, request.app[CLOCK]())
        for place in route.places:
            place.read(request.match_info[place.name])
        query = None if route.query is None else read_query(request, route.query)
        body = None if route.body is None else await _body(request, route.body, route, address)
        answer = await route.handler(Call(request, body, query, address, caller))
        return answer if isinstance(answer, web.StreamResponse) else _write(answer, route)

    return handle


async def admit(request: web.Request, route: Route, address: str) -> Caller:
    """Tell who asks, by bearer token or by browser cookie, and that they may.

    Raises Unauthorized, LoginBlocked, OriginForbidden or ScopeMissing.
    """
    caller = await _identify(request, route, address)
    if route.scope is not None and not caller.may(route.scope):
        raise ScopeMissing(f"This needs a token with the scope “{route.scope}”.")
    return caller


async def _identify(request: web.Request, route: Route, address: str) -> Caller:
    access = request.app[ACCESS]
    if (header := request.headers.get("Authorization")) is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        return await access.by_token(secret.strip(), address)
    if (cookie := request.cookies.get(COOKIE)) is None:
        raise Unauthorized
    if route.stream or request.method not in SAFE:
        check_origin(request, request.app[TRUSTED])
    return await access.by_session(cookie)


async def _body[Body: Request](request: web.Request, model: type[Body], route: Route, address: str) -> Body:
    try:
        return await read_body(request, model, limit=route.body_bytes, seconds=route.body_seconds)
    except PlantOpsError as error:
        if route.misfit is not None:
            await route.misfit(request, address, error)
        raise


def _rate_key(token_id: UUID | None, address: str) -> str:
    return neighbourhood(address) if token_id is None else str(token_id)


def _write(answer: object, route: Route) -> web.Response:
    """Write a handler's answer as JSON."""
    if answer is None:
        return web.Response(status=route.status)
    if not isinstance(answer, BaseModel):
        raise TypeError(f"{route.name} answered {type(answer).__name__}, which is no model")
    text = answer.model_dump_json(by_alias=True)
    return web.Response(text=text, status=route.status, content_type="application/json")
