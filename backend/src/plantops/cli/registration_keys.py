"""`plantops registration-key`: keys that let new devices in."""

from datetime import datetime
from typing import Annotated

import typer
from aioplantops.registration import RegistrationKey
from rich.table import Column, Table

from plantops import bootstrap
from plantops.settings import Settings

from .shell import complain, later, run, say

commands = typer.Typer(
    name="registration-key",
    help="Keys that let new devices in: each is shown once and kept as a hash only. They open nothing else.",
    no_args_is_help=True,
)


@commands.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")] = "devices",
    *,
    once: Annotated[bool, typer.Option("--once", help="Good for one device only.")] = False,
    expires: Annotated[
        datetime | None, typer.Option(parser=later, help="When it ends: 10m, 1h, 7d, or a date.")
    ] = None,
) -> None:
    """Make a key and show it, once. Put it into a device's firmware, or into its setup page."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_registration_keys(settings) as keys:
            key, secret = await keys.create(name, once=once, expires_at=expires)
        complain.print(f"Registration key {key.name!r}, {_good_for(key)}. Keep it now: it is not shown again.")
        typer.echo(secret)

    run(work, quiet=True)


@commands.command("list")
def list_all() -> None:
    """List the keys, without their secrets."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_registration_keys(settings) as keys:
            found = await keys.list()
        table = Table("name", Column("id", no_wrap=True), "good for", "used", "ends")
        for key in found:
            used = f"{key.used_count} times" if key.used_count else "never"
            table.add_row(key.name, str(key.id), "one device" if key.once else "all", used, _end(key))
        say.print(table if found else "There are no registration keys: plantops registration-key create --expires 1h")

    run(work, quiet=True)


@commands.command("revoke")
def revoke(which: Annotated[str, typer.Argument(help="The key's name or id.")]) -> None:
    """Make a key worthless at once. Devices that registered with it stay."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_registration_keys(settings) as keys:
            key = await keys.find(which)
            await keys.revoke(key.id)
        say.print(f"Registration key {key.name!r} is revoked; the devices that came in with it stay.")

    run(work, quiet=True)


def _good_for(key: RegistrationKey) -> str:
    devices = "good for one device" if key.once else "good for any number of devices"
    return f"{devices}, until {key.expires_at:%F %H:%M} UTC" if key.expires_at else f"{devices}, until it is revoked"


def _end(key: RegistrationKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%F}"
    if key.once and key.used_count:
        return "used up"
    if key.expires_at is None:
        return "never"
    return f"{'expired' if key.expires_at <= bootstrap.now() else 'on'} {key.expires_at:%F %H:%M}"
