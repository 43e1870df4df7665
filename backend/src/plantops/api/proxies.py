"""Where a request really comes from, when a proxy that we trust stands in between.

Only proxies in `TRUSTED_PROXIES` are believed; anybody else's `X-Forwarded-…` is ignored.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aioplantops.errors import OriginForbidden

type Network = IPv4Network | IPv6Network
type Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"
"""The address of a client that has none, such as one on a Unix socket."""


def parse(text: str) -> Address | None:
    """Read an address as proxies write it: with or without a port or brackets, IPv4 also inside IPv6."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def trusts(trusted: Sequence[Network], address: Address | None) -> bool:
    """Tell whether an address belongs to one of our proxies."""
    return address is not None and any(address in network for network in trusted)


def client_address(request: web.Request, trusted: Sequence[Network]) -> str:
    """Tell the client's address: from the right, the first that is no proxy of ours.

    What stands left of it was written by the client and proves nothing.
    """
    nearest = parse(request.remote or "")
    if nearest is None:
        return UNKNOWN
    hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    while hops and trusts(trusted, nearest):
        before = parse(hops.pop())
        if before is None:
            break
        nearest = before
    return str(nearest)


def forwarded(request: web.Request, trusted: Sequence[Network], header: str) -> str | None:
    """Give what the nearest proxy says in a header, if it is one of ours."""
    if not trusts(trusted, parse(request.remote or "")):
        return None
    values = ",".join(request.headers.getall(header, [])).split(",")
    return values[-1].strip() or None


def is_https(request: web.Request, trusted: Sequence[Network]) -> bool:
    """Tell whether the client spoke HTTPS, with us or with our proxy."""
    return (forwarded(request, trusted, "X-Forwarded-Proto") or request.scheme or "").lower() == "https"


def check_origin(request: web.Request, trusted: Sequence[Network], *, needed: bool = True) -> None:
    """Make sure that a browser's request comes from our own pages.

    `Origin` must name the host that was asked. Browsers send it with every unsafe method and every WebSocket;
    without it `Sec-Fetch-Site` may vouch instead; else the request is refused where `needed`. Raises OriginForbidden.
    """
    origins = request.headers.getall("Origin", [])
    if not origins:
        if needed and request.headers.get("Sec-Fetch-Site") != "same-origin":
            raise OriginForbidden("A browser session needs an Origin header; programs should use a bearer token.")
        return
    host = forwarded(request, trusted, "X-Forwarded-Host") or request.headers.get("Host") or ""
    if len(origins) > 1 or _host(origins[0]) != host.lower():
        raise OriginForbidden


def _host(origin: str) -> str | None:
    """Give host and port of an Origin such as ``https://garden.example:8443``; None where it is none."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in {"http", "https"} and parts.netloc else None
