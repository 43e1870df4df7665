"""Under which names and addresses this machine can be reached, for its certificate to name them all."""

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from pathlib import Path

ALWAYS = ("localhost", "127.0.0.1", "::1", "mosquitto", "backend", "frontend")
"""This machine itself, and the services' names inside the compose network."""

ROOT = Path("/")
LONGEST_NAME = 253
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LOCAL_IPV4 = re.compile(r"\|-- (\S+)\s+/32 host LOCAL")
_BRIDGE = re.compile(r"docker|br-|veth|virbr|podman|cni|lxc")
"""Interfaces that container engines make."""
_LINK_LOCAL_SCOPE = "20"
_NO_LASTING_ADDRESS = 0x01 | 0x08 | 0x20 | 0x40
"""IFA_F_TEMPORARY, _DADFAILED, _DEPRECATED, _TENTATIVE (linux/if_addr.h): gone before a device could use it."""

SOMEWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
"""Addresses of documentation (RFC 5737, RFC 3849): nobody is there, and nothing is sent."""


def host_names(extra: Iterable[str] = (), *, root: Path = ROOT) -> list[str]:
    """List the names and addresses under which the house can be reached, each once; `extra` are further ones."""
    host = socket.gethostname().lower()
    own = [name for name in (host, f"{host.partition('.')[0]}.local") if _is_name(name)]
    return list(dict.fromkeys([*ALWAYS, *own, *addresses(root=root), *(checked_name(name) for name in extra)]))


def addresses(*, root: Path = ROOT, bridges: bool = True) -> list[str]:
    """List this machine's own addresses that last, without loopback and link-local ones.

    Linux tells all in /proc; elsewhere it is what the host's name stands for, and whence packets would leave.
    Without `bridges`, those are left out that only containers on this machine can reach.
    """
    proc = root / "proc/net"
    try:
        found = _LOCAL_IPV4.findall((proc / "fib_trie").read_text(encoding="ascii"))
    except OSError:
        found = _asked()
    with suppress(OSError):
        found += _lasting_ipv6((proc / "if_inet6").read_text(encoding="ascii"), bridges=bridges)
    inside = [] if bridges else _bridged(proc / "route")
    outside = (one for one in _reachable(found) if not any(one in network for network in inside))
    return [str(address) for address in sorted(outside, key=lambda one: (one.version, int(one)))]


def checked_name(text: str) -> str:
    """Give a host name or address as a certificate holds it. Raises ValueError saying what it should be."""
    name = text.strip().rstrip(".").lower()
    try:
        address = ip_address(name)
    except ValueError:
        return _checked_host(text.strip(), name)
    if address.is_unspecified or address.is_multicast or getattr(address, "scope_id", None):
        raise ValueError(f"{text!r} is not an address of one machine in the whole network")
    return str(address)


def _checked_host(text: str, name: str) -> str:
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError(f"{text!r} is not a host name") from None
    if "*" in name:
        raise ValueError(f"{text!r} is a pattern, which devices do not accept: give each name")
    if "/" in name or ":" in name:
        raise ValueError(f"{text!r} is more than a name: give it without https://, port, path or network size")
    if name.rpartition(".")[2].isdigit():
        raise ValueError(f"{text!r} is not a whole address: IPv4 has four numbers, each up to 255")
    if not _is_name(name):
        raise ValueError(f"{text!r} is not a host name: letters, digits and hyphens, with dots between the parts")
    return name


def _is_name(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and all(_LABEL.fullmatch(label) for label in name.split("."))


def _bridged(routes: Path) -> list[IPv4Network]:
    """Read /proc/net/route: the networks behind bridges (addresses and masks are hexadecimal, last byte first)."""
    try:
        rows = [line.split() for line in routes.read_text(encoding="ascii").splitlines()[1:]]
    except OSError:
        return []
    return [
        IPv4Network((int.from_bytes(bytes.fromhex(row[1]), "little"), int(row[7], 16).bit_count()))
        for row in rows
        if _BRIDGE.match(row[0]) and int(row[7], 16)
    ]


def _lasting_ipv6(table: str, *, bridges: bool) -> list[str]:
    """Read /proc/net/if_inet6: address, interface, prefix length, scope, flags (all hexadecimal), interface's name."""
    rows = (line.split() for line in table.splitlines())
    return [
        str(IPv6Address(int(row[0], 16)))
        for row in rows
        if row[3] != _LINK_LOCAL_SCOPE
        and not int(row[4], 16) & _NO_LASTING_ADDRESS
        and (bridges or not _BRIDGE.match(row[5]))
    ]


def _reachable(found: Iterable[str]) -> set[IPv4Address | IPv6Address]:
    parsed = {ip_address(each.partition("%")[0]) for each in found}
    return {one for one in parsed if not (one.is_loopback or one.is_link_local or one.is_unspecified)}


def _asked() -> list[str]:
    found: list[str] = []
    with suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    for somewhere, family in SOMEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((somewhere, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return found
