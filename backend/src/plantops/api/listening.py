"""The addresses on which the API listens: HTTP, and HTTPS besides where it has a certificate of its own."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from aiohttp import web
from aioplantops.errors import PlantOpsError

from plantops.settings import Settings, SettingsInvalid

from .runner import Runner

log = structlog.get_logger()


class PortTaken(PlantOpsError):
    """The port is in use by another program."""

    code = "port_taken"


@asynccontextmanager
async def listening(api: web.Application, settings: Settings) -> AsyncIterator[None]:
    """Answer until the block ends. Raises PortTaken, and SettingsInvalid for a certificate that does not serve."""
    tls = tls_context(settings.https_cert, settings.https_key)
    runner = Runner(api)
    await runner.setup()
    try:
        await _listen(web.TCPSite(runner, settings.http_host, settings.http_port), settings.http_port, "HTTP_PORT")
        host, port = runner.addresses[0][:2]
        log.info("listening", host=host, port=port, docs=f"http://localhost:{port}/api/docs")
        if tls is not None:
            site = web.TCPSite(runner, settings.http_host, settings.https_port, ssl_context=tls)
            await _listen(site, settings.https_port, "HTTPS_PORT")
            log.info("listening_tls", host=host, port=settings.https_port)
        yield
    finally:
        with suppress(TimeoutError):
            await runner.cleanup()


async def _listen(site: web.TCPSite, port: int, variable: str) -> None:
    try:
        await site.start()
    except OSError as error:
        raise PortTaken(f"Cannot listen on port {port}: {error.strerror}. Set {variable} to a free one.") from None


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Read the certificate and its key; None when there are none. TLS 1.2 at least."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise SettingsInvalid("HTTPS_CERT and HTTPS_KEY belong together: set both, or neither.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        why = getattr(error, "reason", None) or error.strerror or str(error)
        raise SettingsInvalid(f"HTTPS_CERT and HTTPS_KEY cannot be used together: {why}.") from None
    return context
