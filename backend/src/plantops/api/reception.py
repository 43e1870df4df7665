"""The sign at the door for devices: where to register, and where the broker is, as they see it from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from aioplantops.errors import Malformed, TlsRequired
from aioplantops.registration import PATH

from .proxies import Network, forwarded, is_https


@dataclass(frozen=True, slots=True)
class Reception:
    """What devices are told of the way, as the settings say."""

    mqtt_port: int = 8883
    """Where the broker speaks TLS with devices."""
    https_port: int = 8443
    """Where devices register."""
    public_host: str | None = None
    """Where the broker is; None: where the device registered."""
    allow_plain: bool = False
    """Whether devices may register without TLS."""

    def check_way(self, request: web.Request, trusted: Sequence[Network]) -> None:
        """Make sure that nobody overhears the password in the answer. Raises TlsRequired, naming the right address."""
        if self.allow_plain or is_https(request, trusted):
            return
        host = asked_host(request, trusted)
        name = f"[{host}]" if ":" in host else host
        raise TlsRequired(f"Devices register over HTTPS only: https://{name}:{self.https_port}{PATH}")

    def broker_host(self, request: web.Request, trusted: Sequence[Network]) -> str:
        """Tell where the broker is: where the settings say, else where the device found us."""
        return self.public_host or asked_host(request, trusted)


def asked_host(request: web.Request, trusted: Sequence[Network]) -> str:
    """Tell under which name the client found us. Raises Malformed when it does not say."""
    said = forwarded(request, trusted, "X-Forwarded-Host") or request.headers.get("Host") or ""
    try:
        host = urlsplit(f"//{said}").hostname
    except ValueError:
        host = None
    if not host:
        raise Malformed("The request does not say which host it was sent to.")
    return host
