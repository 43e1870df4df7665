"""Serving the API, so that even what is no HTTP at all is answered as a problem with a correlation id."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import cast, override

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aioplantops.errors import Malformed, PlantOpsError

from .doorstep import shut
from .middleware import SECURITY_HEADERS, correlation_of
from .problems import path_told, problem

KEEP_ALIVE_SECONDS = 75.0
"""Longer than the 60 s after which common proxies let go, so that they never use a connection that just closed."""

FINISH_SECONDS = 8.0
"""How long requests under way may take when the house closes."""

CUT_SECONDS = 1.0
"""How long what takes longer may take to notice that it is cut off (twice this, at most)."""

SPEAK_SECONDS = 0.3
"""How long somebody who was let in last may take to say what is wanted."""

LOOK_SECONDS = 0.02

log = structlog.get_logger()


class Runner(web.AppRunner):
    """Runs the app that `make_api` built."""

    def __init__(self, app: web.Application, *, finish_seconds: float = FINISH_SECONDS) -> None:
        """Take the app, and how many seconds requests under way may take when it closes.

        Requests are told in our own log, not in aiohttp's.
        """
        super().__init__(app, access_log=None, keepalive_timeout=KEEP_ALIVE_SECONDS, shutdown_timeout=CUT_SECONDS)
        self._finish_seconds = finish_seconds

    @override
    async def cleanup(self) -> None:
        """Close the doors, and only then let everybody finish or say good-bye; hang up on who takes too long.

        Whoever knocks later is refused before having said a word, so that a proxy may ask another backend.
        """
        if self.server is not None:
            await asyncio.gather(*(shut(site, self.server) for site in self.sites))
            if self.server.connections:
                await asyncio.sleep(SPEAK_SECONDS)
                await self._let_finish(self.server)
        await super().cleanup()

    async def _let_finish(self, server: web.Server) -> None:
        """Wait for those who are still being served; they are heard meanwhile, which aiohttp's own way does not do."""
        for connection in server.connections:
            cast("_Connection", connection).leave()
        await self.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._finish_seconds):
                while server.connections:  # noqa: ASYNC110 - aiohttp tells nobody when one goes
                    await asyncio.sleep(LOOK_SECONDS)

    @override
    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return _Server(plain.request_handler, request_factory=plain.request_factory, **self._kwargs)


class _Server(web.Server):
    @override
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    _leaving = False

    def leave(self) -> None:
        """Hang up now if nobody speaks, else after the answer."""
        self._leaving = True
        if self._waiter is not None:
            self.force_close()

    @override
    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        if self._leaving:
            resp.force_close()
        return await super().finish_response(request, resp, start_time)

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read as a request, or broke beyond the middlewares; then hang up."""
        if request.writer.output_size > 0:  # an answer was on its way: cutting it off is all that is left to say
            log.warning("answer_cut_off", path=path_told(request), error=str(exc) or type(exc).__name__)
            raise ConnectionResetError("The answer broke off.") from exc
        correlation_id = correlation_of(request)
        if isinstance(exc, HttpProcessingError):
            log.debug("request_unreadable", address=request.remote, correlation_id=correlation_id)
            error: PlantOpsError = Malformed("This is not a request that HTTP allows.")
        else:
            log.error("request_broke", exc_info=exc, correlation_id=correlation_id)
            error = PlantOpsError("Something went wrong in PlantOps; its log tells more.")
        answer = problem(error, correlation_id, status=HTTPStatus(status))
        answer.headers.update(SECURITY_HEADERS, Server="PlantOps")
        answer.headers["X-Correlation-ID"] = correlation_id
        answer.force_close()
        return answer
