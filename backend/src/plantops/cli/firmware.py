"""`plantops firmware`: what a maker of nodes needs of this garden."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from plantops import bootstrap
from plantops.ops.certificate_ends import look, unnamed
from plantops.ops.certificates import Certificates
from plantops.ops.firmware_secrets import COMPONENTS, Garden, refuse_to_replace, write_authority, write_garden
from plantops.ops.host_names import checked_name, host_names
from plantops.ops.supervision import ServiceFailed
from plantops.settings import Settings

from .shell import later, run, say

commands = typer.Typer(
    name="firmware", help="What ESPHome nodes of this garden are built with (docs/firmware.md).", no_args_is_help=True
)

KEY_DAYS = 7
"""How long a key written into firmware lets new devices in, unless told otherwise."""


@commands.command("secrets")
def write_secrets(  # noqa: PLR0913 - by name
    folder: Annotated[Path, typer.Argument(help="Where the nodes' files are.")] = Path("firmware"),
    *,
    host: Annotated[
        str | None, typer.Option(help="Name or address under which devices reach this garden (PUBLIC_HOST).")
    ] = None,
    certificates: Annotated[
        Path | None, typer.Option(help="Folder of the certificates (CERTIFICATES; else certs in PLANTOPS_DATA).")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option(parser=later, help="When the registration key ends: 1h, 7d, or a date.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="The key is good for one device only.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Write garden.yaml and garden-ca.pem: authority, address and a fresh registration key."""

    async def work(settings: Settings) -> None:
        if not force:
            refuse_to_replace(folder)
        made = Certificates.of(certificates or settings.certificates_folder)
        named = _reachable(host or settings.public_host, made)
        ends = expires or bootstrap.now() + timedelta(days=KEY_DAYS)
        pem = write_authority(made.ca_file, folder)  # where nothing can be written, no key is made
        async with bootstrap.open_registration_keys(settings) as keys:
            _, secret = await keys.create("firmware", once=once, expires_at=ends)
        components = COMPONENTS if COMPONENTS.is_dir() else None
        garden = Garden(named, settings.https_port, settings.mqtt_tls_port, secret, components)
        file = write_garden(garden, pem, folder)
        say.print(
            f"{file} is for your nodes alone: it lets new devices into {named} until {ends:%F %H:%M} UTC.",
            soft_wrap=True,
        )
        say.print("Next: cp basil.example.yaml basil.yaml and esphome run basil.yaml, in that folder.", soft_wrap=True)

    run(work, quiet=True)


def _reachable(host: str | None, made: Certificates) -> str:
    """Choose a name that devices can check. Raises ServiceFailed when the certificate does not hold it."""
    name = checked_name(host) if host else next(name for name in reversed(host_names()) if name.endswith(".local"))
    if unnamed(look(made.server_file), [name]):
        raise ServiceFailed(
            f"The server's certificate does not name {name}, so devices would refuse it: "
            "say another --host, or make a certificate that does (PLANTOPS_HOSTNAMES, make certs-renew)."
        )
    return name
