"""Serving the API, so that even what is no HTTP at all is answered as a problem with a correlation id."""

from http import HTTPStatus
from typing import override

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aioplantops.errors import Malformed, PlantOpsError

from .middleware import SECURITY_HEADERS, correlation_of
from .problems import problem

KEEP_ALIVE_SECONDS = 75.0
"""Longer than the 60 s after which common proxies let go, so that they never use a connection that just closed."""

log = structlog.get_logger()


class Runner(web.AppRunner):
    """Runs the app that `make_api` built."""

    def __init__(self, app: web.Application, *, shutdown_timeout: float = 5.0) -> None:
        """Take the app, and how many seconds requests under way may take when it closes.

        Requests are told in our own log, not in aiohttp's.
        """
        super().__init__(app, access_log=None, keepalive_timeout=KEEP_ALIVE_SECONDS, shutdown_timeout=shutdown_timeout)

    @override
    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return _Server(plain.request_handler, request_factory=plain.request_factory, **self._kwargs)


class _Server(web.Server):
    @override
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
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
            log.warning("answer_cut_off", path=request.path, error=str(exc) or type(exc).__name__)
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
