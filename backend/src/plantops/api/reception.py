"""The sign at the door for devices: where to register, and where the broker is, as they see it from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web
from aioplantops.errors import Malformed, TlsRequired
from aioplantops.registration import PATH, RegistrationPlace

from plantops.ops.certificate_ends import look, unnamed
from plantops.ops.certificates import Certificates, pem_of
from plantops.ops.supervision import ServiceFailed
from plantops.settings import Settings

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
    certificates: Path | None = None
    """The folder with the garden's authority, which devices must trust."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Write the sign as the settings say."""
        return cls(
            mqtt_port=settings.mqtt_tls_port,
            https_port=settings.https_port,
            public_host=settings.public_host,
            allow_plain=settings.allow_plain_registration,
            certificates=settings.certificates_folder,
        )

    def check_way(self, request: web.Request, trusted: Sequence[Network]) -> None:
        """Make sure that nobody overhears the password in the answer. Raises TlsRequired, naming the right address."""
        if self.allow_plain or is_https(request, trusted):
            return
        host = asked_host(request, trusted)
        raise TlsRequired(f"Devices register over HTTPS only: {self._url(host)}{PATH}")

    def broker_host(self, request: web.Request, trusted: Sequence[Network]) -> str:
        """Tell where the broker is: where the settings say, else where the device found us."""
        return self.public_host or asked_host(request, trusted)

    def place(self, host: str) -> RegistrationPlace:
        """Tell what a device must be given to register at this host; reads the certificates' files."""
        authority, problem = self._trust(host)
        return RegistrationPlace(
            url=self._url(host), mqtt_host=host, mqtt_port=self.mqtt_port, authority=authority, problem=problem
        )

    def _trust(self, host: str) -> tuple[str | None, str | None]:
        """Give the authority's certificate, and what is wrong with the way to here; None: nothing."""
        made = Certificates.of(self.certificates) if self.certificates else None
        if made is None or not made.ca_file.exists():
            return None, "No authority lies here (CERTIFICATES): give devices the one that signed what they will see."
        try:
            authority = pem_of(made.ca_file)
            names_us = not unnamed(look(made.server_file), [host])
        except ServiceFailed as error:
            return None, error.detail
        if _is_here(host):
            return authority, f"{host} is this machine alone: open this page as devices find it, or set PUBLIC_HOST."
        refused = f"The server's certificate does not name {host}, so devices would refuse it (make certs-renew)."
        return authority, None if names_us else refused

    def _url(self, host: str) -> str:
        name = f"[{host}]" if ":" in host else host
        return f"https://{name}:{self.https_port}"


def _is_here(host: str) -> bool:
    """Tell whether a name or address means the machine itself, to whoever says it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
