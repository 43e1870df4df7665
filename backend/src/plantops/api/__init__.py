"""The door to the network: every address, who may use it, and what is said there."""

import re
from collections.abc import Iterable

from aiohttp import web

import plantops

from .door import open_door
from .keys import DASHBOARD, DESCRIPTION, LIMITER, TRUSTED, Rooms
from .limits import Limiter, Rates
from .middleware import MIDDLEWARES, dress
from .openapi import Description
from .route import Route
from .routes import ROUTES
from .runner import Runner
from .stream import farewell

__all__ = ["Runner", "make_api"]

PLACE = re.compile(r"{\w+}")


def make_api(rooms: Rooms, *, rates: Rates | None = None, routes: Iterable[Route] = ROUTES) -> web.Application:
    """Build the app on the services that handlers find in `rooms`, under the keys of `keys.py`."""
    routes = tuple(routes)
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=max(route.body_bytes for route in routes))
    app[TRUSTED] = ()
    for key, room in rooms.items():
        app[key] = room
    app[LIMITER] = Limiter(rates or Rates())
    app[DESCRIPTION] = Description(routes, plantops.__version__).give
    app.on_response_prepare.append(dress)
    app.on_shutdown.append(farewell)
    for route in routes:
        handler = open_door(route)
        path = _template(route.path, routes)
        app.router.add_route(route.method, path, handler, expect_handler=expect)
        if route.method == "GET" and not route.stream:
            app.router.add_route("HEAD", path, handler, expect_handler=expect)
    if (dashboard := app.get(DASHBOARD)) is not None:
        dashboard.settle(app)
    return app


def _template(path: str, routes: Iterable[Route]) -> str:
    """Write an address as the router wants it: `/devices/register` is no device's, `/plants/export` no plant's."""
    above, _, last = path.rpartition("/")
    if not PLACE.fullmatch(last):
        return path
    words = {word for base, _, word in (route.path.rpartition("/") for route in routes) if base == above} - {""}
    words = {re.escape(word) for word in words if "{" not in word}
    return f"{above}/{{{last[1:-1]}:(?!(?:{'|'.join(sorted(words))})$)[^{{}}/]+}}" if words else path


async def expect(request: web.Request) -> None:
    """Let the client send its body when it asks to. Other expectations may be ignored (RFC 9110, 10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
