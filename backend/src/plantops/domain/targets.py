"""Which addresses PlantOps may speak to when somebody names a target: the internet, not the house. Pure.

Whoever may set a target could otherwise ask the backend, which stands inside, to fetch what only the inside may see
(server-side request forgery): the broker, the database, the cloud's metadata service, a neighbour's router.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv4 addresses as networks without IPv4 write them (RFC 6052, RFC 8215)."""
COMPATIBLE = IPv6Network("::/96")
"""IPv4 addresses as they were written in the beginning (RFC 4291 § 2.5.5.1)."""
BROADCAST = IPv4Address("255.255.255.255")
WEB_PORTS = frozenset({80, 443})
LOWEST_FREE_PORT = 1024
"""Below it other services live (mail, SSH, DNS) that could be made to believe what a request says."""


def refusal(address: Address, allowed: Iterable[Network]) -> str | None:
    """Tell in words why an address may not be spoken to; None: it may."""
    if address.is_multicast or address.is_unspecified or address == BROADCAST:
        return "is no address of a single machine"
    inner = _inner(address)
    if is_named(address, allowed := tuple(allowed)) or (inner != address and is_named(inner, allowed)):
        return None
    if not (address.is_global and inner.is_global) or inner.is_multicast or inner.is_reserved:
        return (
            "lies inside a private network (or is reserved); ALLOW_PRIVATE_TARGETS can name networks that may be told"
        )
    return None


def is_named(address: Address, allowed: Iterable[Network]) -> bool:
    """Tell whether an address lies in a network that was named."""
    return any(address in network for network in allowed if network.version == address.version)


def port_refusal(port: int) -> str | None:
    """Tell in words why an HTTP request may not go to a port; None: it may."""
    if port in WEB_PORTS or port >= LOWEST_FREE_PORT:
        return None
    return f"port {port} is no place for HTTP; 80, 443 and those from {LOWEST_FREE_PORT} on are"


def first_refusal(found: Sequence[str], allowed: Sequence[Network]) -> str | None:
    """Tell in words why a name with these addresses may not be spoken to: one bad address is enough."""
    for text in found:
        if (why := refusal(ip_address(text.partition("%")[0]), allowed)) is not None:
            return f"{text} {why}"
    return None


def _inner(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(address in network for network in NAT64) or (address in COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
