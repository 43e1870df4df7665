"""The door to the network: every address, who may use it, and what is said there."""

from collections.abc import Iterable

from aiohttp import web

import plantops

from .door import open_door
from .keys import DASHBOARD, DOCUMENT, LIMITER, TRUSTED, Rooms
from .limits import Limiter, Rates
from .middleware import MIDDLEWARES, dress
from .openapi import document
from .route import Route
from .routes import ROUTES
from .runner import Runner
from .stream import farewell

__all__ = ["Runner", "make_api"]


def make_api(rooms: Rooms, *, rates: Rates | None = None, routes: Iterable[Route] = ROUTES) -> web.Application:
    """Build the app on the services that handlers find in `rooms`, under the keys of `keys.py`."""
    routes = tuple(routes)
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=max(route.body_bytes for route in routes))
    app[TRUSTED] = ()
    for key, room in rooms.items():
        app[key] = room
    app[LIMITER] = Limiter(rates or Rates())
    app[DOCUMENT] = document(routes, plantops.__version__)
    app.on_response_prepare.append(dress)
    app.on_shutdown.append(farewell)
    for route in routes:
        handler = open_door(route)
        path = _template(route.path)
        app.router.add_route(route.method, path, handler, expect_handler=expect)
        if route.method == "GET" and not route.stream:
            app.router.add_route("HEAD", path, handler, expect_handler=expect)
    if (dashboard := app.get(DASHBOARD)) is not None:
        dashboard.settle(app)
    return app


def _template(path: str) -> str:
    """Write an address as the router wants it: `/devices/register` is no device's address."""
    if not path.endswith("/devices/{device_id}"):
        return path
    return path.replace("{device_id}", "{device_id:(?!register$)[^{}/]+}")


async def expect(request: web.Request) -> None:
    """Let the client send its body when it asks to. Other expectations may be ignored (RFC 9110, 10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
