"""Which ports the demo takes: the usual ones if they are free, others if not."""

import atexit
import errno
import socket
from contextlib import suppress

HTTP = 8000
USUAL = HTTP, 8883, 1883, 8443
"""Where people look first: API, broker with TLS, broker without, HTTPS."""
NEIGHBOURS = 10
LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - to ask whether the port is free everywhere


def prefer(wanted: int, *, everywhere: bool = True) -> int:
    """Choose `wanted`, one of the ports behind it, or else any free one; no other demo chooses it from now on."""
    for port in range(wanted, wanted + NEIGHBOURS):
        if is_free(port, everywhere=everywhere) and _claim(port):
            return port
    while True:
        with socket.socket() as probe:
            probe.bind((LOCAL, 0))
            free: int = probe.getsockname()[1]
        if _claim(free):
            return free


def _claim(port: int) -> bool:
    """Let no other demo take a port on which nobody listens yet; answers false where another one was sooner.

    A demo chooses its ports some seconds before its servers listen there. The sign is the same number of UDP, which
    nothing here speaks: it is held as long as this process lives, and free again whatever becomes of it.
    """
    sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sign.bind((LOCAL, port))
    except OSError:
        sign.close()
        return False
    atexit.register(sign.close)
    return True


def is_free(port: int, *, everywhere: bool) -> bool:
    """Tell whether nobody listens on the port: on this machine's own address, or on any."""
    places = [(socket.AF_INET, EVERYWHERE), (socket.AF_INET6, "::")] if everywhere else [(socket.AF_INET, LOCAL)]
    return all(_can_bind(family, host, port) for family, host in places)


def _can_bind(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        probe = socket.socket(family)
    except OSError:
        return True  # a machine without IPv6
    with probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            with suppress(OSError):
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRNOTAVAIL  # IPv6 is switched off
    return True
