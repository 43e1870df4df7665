"""Whom PlantOps speaks with outside, as a real server on this machine that answers what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from aiohttp import web
from aiohttp.test_utils import TestServer

HERE = (ip_network("127.0.0.0/8"),)
"""What ALLOW_PRIVATE_TARGETS must name so that a stranger may be spoken to."""

type Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Heard:
    """A request that a stranger got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stranger:
    """A server that answers in turn what it was told to; the last answer again and again."""

    answers: list[Respond]
    heard: list[Heard] = field(default_factory=list)
    base: str = ""

    @property
    def discord(self) -> str:
        """Give the address of its Discord webhook."""
        return f"{self.base}/api/webhooks/1234/sEcReT-token"

    @property
    def titles(self) -> list[str]:
        """Give the titles of the messages that our webhook brought."""
        return [json.loads(heard.body)["title"] for heard in self.heard]

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Note a request and answer it."""
        heard = Heard(request.method, request.path_qs, dict(request.headers), await request.read())
        self.heard.append(heard)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)


def says(status: int, *, headers: dict[str, str] | None = None, text: str = "") -> Respond:
    """Answer a status."""

    async def respond(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers, text=text or None)

    return respond


async def hangs(_: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Close the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def never_ends(request: web.Request) -> web.StreamResponse:
    """Answer more and more."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b"x" * 65_536)


@asynccontextmanager
async def stranger(*answers: Respond) -> AsyncIterator[Stranger]:
    """Run a server that gives these answers in turn."""
    one = Stranger(list(answers) or [says(204)])
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", one.respond)
    async with TestServer(app, handler_cancellation=True) as server:
        one.base = f"http://127.0.0.1:{server.port}"
        yield one


@dataclass
class FickleNames:
    """A resolver that answers in turn what a test wants."""

    answers: list[Sequence[str]]

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        """Give the next addresses."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
