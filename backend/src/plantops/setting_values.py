"""How single settings are read: what their text means, and what is wrong with it in words."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr

from plantops.domain.discord import DISCORD_WEBHOOK
from plantops.ops.host_names import checked_name

KEY_BYTES = 32
SCHEMES = ("postgresql", "postgres", "timescaledb")
"""Schemes under which people write a PostgreSQL address."""


def split(value: object) -> object:
    """Read a list that is separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def upper(value: object) -> object:
    """Read a word in any case."""
    return value.upper() if isinstance(value, str) else value


def lower(value: object) -> object:
    """Read a word in any case."""
    return value.lower() if isinstance(value, str) else value


def key(value: SecretStr) -> SecretStr:
    """Make sure that a key is one."""
    text = value.get_secret_value()
    try:
        fits = len(bytes.fromhex(text)) == KEY_BYTES and len(text) == 2 * KEY_BYTES
    except ValueError:
        fits = False
    if not fits:
        raise ValueError("needs 64 hexadecimal digits; make one with: openssl rand -hex 32")
    return value


def postgres_address(value: SecretStr) -> SecretStr:
    """Make sure that this is a PostgreSQL address, and write its scheme as usual."""
    try:
        address = urlsplit(value.get_secret_value())
        address.port  # noqa: B018 - reading it is the check
    except ValueError:
        raise ValueError("is not an address like postgresql://user:password@host:5432/plantops") from None
    if address.scheme not in SCHEMES:
        raise ValueError("must begin with postgresql:// (PlantOps stores in PostgreSQL or TimescaleDB only)")
    return SecretStr(urlunsplit(address._replace(scheme="postgresql")))


def discord(value: SecretStr) -> SecretStr:
    """Make sure that this is the address of a Discord webhook."""
    if DISCORD_WEBHOOK.fullmatch(value.get_secret_value()) is None:
        raise ValueError("must be a webhook's address, like https://discord.com/api/webhooks/<number>/<token>")
    return value


def networks(value: object) -> object:
    """Read addresses and networks."""
    return (
        [ip_network(part, strict=False) if isinstance(part, str) else part for part in value]
        if isinstance(value, (list, tuple))
        else value
    )


def host_names(value: tuple[str, ...]) -> tuple[str, ...]:
    """Make sure that all are names or addresses of hosts."""
    return tuple(checked_name(name) for name in value)


def zone_name(value: str) -> str:
    """Make sure that there is such a time zone."""
    try:
        ZoneInfo(value)
    except ZoneInfoNotFoundError, ValueError, OSError:
        raise ValueError("is no time zone; they are named like Europe/Berlin or America/New_York") from None
    return value


def file_there(value: Path) -> Path:
    """Make sure that there is such a file."""
    if not value.is_file():
        raise ValueError("there is no such file")
    return value


def built_page(value: Path) -> Path:
    """Make sure that the folder holds a built dashboard."""
    if not (value / "index.html").is_file():
        raise ValueError("there is no index.html in this folder; `make frontend` builds the dashboard")
    return value


type Port = Annotated[int, Field(ge=1, le=65535)]
type Key = Annotated[SecretStr, AfterValidator(key)]
type Network = IPv4Network | IPv6Network


def web_address(value: str) -> str:
    """Make sure that an address is one of the web, and keeps no secret."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        raise ValueError("is no address like https://open.plantbook.io/api/v1") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ValueError("must be an address like https://open.plantbook.io/api/v1, without user name or query")
    return value
