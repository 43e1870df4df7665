"""Something that answers like a backend, but says what it likes: strangers, liars, and backends of other times."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.integration.flows import ANOTHER


def hello(**changes: object) -> dict[str, object]:
    """Give a greeting, of another installation if nothing else is said."""
    return {
        "type": "hello",
        "schema_version": 1,
        "min_schema_version": 1,
        "server_version": "9.0",
        "instance_id": ANOTHER,
        **changes,
    }


HEALTH = {
    "status": "ok",
    "version": "9.0",
    "time": "2026-11-25T12:00:00Z",
    "uptime_seconds": 1,
    "database": {"reachable": True},
    "ingest": {"role": "active", "mqtt_connected": True, "queue_depth": 0},
    "stream_clients": 0,
    "clock_sane": True,
}


@asynccontextmanager
async def pretender(
    says: Callable[[web.WebSocketResponse], Awaitable[object]], health: object = HEALTH
) -> AsyncIterator[str]:
    """Run something that answers like a backend, but says what it likes."""

    async def feel(_: web.Request) -> web.StreamResponse:
        return web.json_response(health) if isinstance(health, dict) else web.Response(text=str(health))

    async def stream(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await says(socket)
        return socket

    app = web.Application()
    app.router.add_get("/api/health", feel)
    app.router.add_get("/api/v1/stream", stream)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")
