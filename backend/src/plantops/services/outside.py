"""The one door through which PlantOps speaks HTTP to the world outside, at addresses that people name.

Who may set a target must not use the backend to reach what only the inside may see. So the name is resolved here, each
address is looked at, and the connection goes to an address that was looked at: a name that changes its mind in
between (DNS rebinding) gains nothing. Redirects are not followed; an answer has seconds and bytes.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import override
from urllib.parse import SplitResult, urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    StreamReader,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aioplantops.errors import PlantOpsError
from aioplantops.notifications import TargetRefused

from plantops.domain.targets import Network, first_refusal, is_named, port_refusal

TIMEOUT_SECONDS = 15.0
"""For everything from the name to the last byte of the answer."""
CONNECT_SECONDS = 5.0
ANSWER_BYTES = 64 * 1024
"""So much of an answer is read, where the caller names no other limit; the rest is left."""
DEFAULT_PORTS = {"https": 443, "http": 80}
type Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a machine. Raises OSError where nobody knows it."""
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


class OutsideFailed(PlantOpsError):
    """The other side cannot be reached."""

    code = "outside_failed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered."""

    status: int
    body: bytes
    """At most as many bytes as were allowed."""
    whole: bool
    """Whether that is all of it."""
    retry_after: str | None
    headers: Mapping[str, str]


class Outside:
    """Speaks HTTP with whoever may be spoken to."""

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        lookup: Lookup | None = None,
    ) -> None:
        """Take private networks that may be spoken to, too (`ALLOW_PRIVATE_TARGETS`), and who knows addresses."""
        self.allowed = tuple(allowed)
        self._lookup = lookup or _system
        self._timeout = ClientTimeout(total=timeout_seconds, sock_connect=CONNECT_SECONDS)

    async def check(self, url: str) -> None:
        """Make sure that an address may be spoken to now. Raises TargetRefused, and OutsideFailed for no such name."""
        parts, port = read_address(url)
        await self._addresses(parts.hostname or "", port, plain=parts.scheme == "http")

    async def check_host(self, host: str, port: int, *, plain: bool) -> None:
        """Make sure that a machine may be spoken to, perhaps not by HTTP. Raises TargetRefused and OutsideFailed."""
        await self._addresses(host, port, plain=plain)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = ANSWER_BYTES,
    ) -> Reply:
        """Send one request. Raises TargetRefused where that is not allowed, OutsideFailed where nobody answers."""
        parts, port = read_address(url)
        plain = parts.scheme == "http"
        await self._addresses(parts.hostname or "", port, plain=plain)  # aiohttp asks no resolver about numbers
        connector = TCPConnector(resolver=_Resolver(self, plain=plain), use_dns_cache=False, limit=1, force_close=True)
        said = {"User-Agent": "PlantOps", "Accept-Encoding": "identity", **(headers or {})}
        try:
            async with (
                ClientSession(
                    connector=connector, timeout=self._timeout, cookie_jar=DummyCookieJar(), auto_decompress=False
                ) as session,
                session.request(method, url, data=body, headers=said, allow_redirects=False) as answer,
            ):
                read = await _read(answer.content, most_bytes + 1)
                told = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, read[:most_bytes], len(read) <= most_bytes, told.get("retry-after"), told)
        except TimeoutError:
            raise OutsideFailed(f"{parts.hostname} did not answer in time.") from None
        except (ClientError, OSError, ValueError) as error:
            refused = _refused(error)
            if refused is not None:
                raise refused from None
            raise OutsideFailed(f"{parts.hostname} cannot be reached: {_words(error)}.") from None

    async def _addresses(self, host: str, port: int, *, plain: bool) -> list[str]:
        """Give the addresses of a machine, all of which may be spoken to."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                addresses = list(dict.fromkeys(await self._lookup(host, port)))
        except TimeoutError:
            raise OutsideFailed(f"nobody told in time where {host} is.") from None
        except OSError, UnicodeError:
            raise OutsideFailed(f"nobody knows where {host} is.") from None
        if (why := first_refusal(addresses, self.allowed)) is not None:
            said = f"it {why.removeprefix(f'{host} ')}" if why.startswith(f"{host} ") else why
            raise TargetRefused(f"{host} may not be spoken to: {said}.")
        inside = all(is_named(ip_address(text.partition("%")[0]), self.allowed) for text in addresses)
        if plain and not inside:
            how = "https://, or Apprise's schema that ends in s"
            raise TargetRefused(f"{host} is outside: speak to it with TLS ({how}), so that nobody reads along.")
        return addresses


class _Resolver(AbstractResolver):
    """Tells aiohttp only addresses that were looked at; it connects to these and asks nobody else."""

    def __init__(self, outside: Outside, *, plain: bool) -> None:
        self._outside = outside
        self._plain = plain

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            addresses = await self._outside._addresses(host, port, plain=self._plain)  # noqa: SLF001 - its own room
        except PlantOpsError as error:
            raise OSError from error  # aiohttp hands on nothing else
        return [
            ResolveResult(
                hostname=host,
                host=text,
                port=port,
                family=FAMILIES[ip_address(text.partition("%")[0]).version],
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for text in addresses
        ]

    @override
    async def close(self) -> None:
        """Nothing is kept."""


def read_address(url: str) -> tuple[SplitResult, int]:
    """Read an HTTP address and its port. Raises TargetRefused in words, which never repeat the address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetRefused("This is no address like https://host/path.") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or any(ord(one) <= ord(" ") for one in url):
        raise TargetRefused("This is no address like https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise TargetRefused("An address with a user name in it is not understood: leave `user:password@` away.")
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    if (why := port_refusal(port)) is not None:
        raise TargetRefused(f"PlantOps may not speak to this address: {why}.")
    return parts, port


async def _system(host: str, port: int) -> Sequence[str]:
    """Ask the machine's own resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def _read(content: StreamReader, most: int) -> bytes:
    """Read an answer until its end, or until there is too much of it."""
    read = bytearray()
    async for chunk in content.iter_chunked(16 * 1024):
        read += chunk
        if len(read) >= most:
            break
    return bytes(read[:most])


def _refused(error: BaseException) -> PlantOpsError | None:
    """Find our own word among the causes of what aiohttp raises."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, PlantOpsError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _words(error: Exception) -> str:
    """Say what went wrong without repeating the address: it may hold a key."""
    match error:
        case ClientConnectorError(os_error=ConnectionRefusedError()):
            return "nobody listens there"
        case _ if "ertificate" in str(error) or "SSL" in type(error).__name__:
            return "its TLS certificate is not right"
        case _ if isinstance(error, OSError):
            return "the connection failed"
        case _:
            return "it does not speak HTTP, or closed the connection"
