"""`plantops certs`: the garden's certificates, made, renewed and looked at."""

from itertools import batched
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table
from rich.text import Text

from plantops import bootstrap
from plantops.ops import certificates
from plantops.ops.certificate_ends import Seen, days_left, look, misfits, unnamed
from plantops.ops.certificates import Certificates
from plantops.ops.env_file import read_env_file
from plantops.ops.firmware_ca import write_for_firmware
from plantops.ops.host_names import addresses, checked_name
from plantops.ops.supervision import ServiceFailed
from plantops.settings import Settings

from .shell import run, say

commands = typer.Typer(
    name="certs",
    help="Certificates of the broker and the API, signed by the garden's own authority, which devices trust.",
    no_args_is_help=True,
)

BYTES_A_LINE = 8

Folder = Annotated[
    Path | None, typer.Option(help="Folder of the certificates (CERTIFICATES; else certs in PLANTOPS_DATA).")
]
EnvFile = Annotated[
    Path | None,
    typer.Option(help="File that may set PLANTOPS_HOSTNAMES and PUBLIC_HOST, where the environment does not."),
]
Firmware = Annotated[Path | None, typer.Option(help="Folder to write the authority for ESPHome into.")]


def _name(text: str) -> str:
    try:
        return checked_name(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


class Unfit(ServiceFailed):
    """The certificates do not do."""


@commands.command("make")
def make(
    *,
    folder: Folder = None,
    env_file: EnvFile = None,
    firmware: Firmware = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make a new authority also where there is one; every device needs it then.")
    ] = False,
) -> None:
    """Make an authority and a server certificate, for ten years."""

    async def work(settings: Settings) -> None:
        place = folder or settings.certificates_folder
        names = _names(settings, env_file)
        kept = certificates.make(place, bootstrap.now(), extra_names=names, force=force)
        _show(place)
        _for_firmware(place, firmware)
        say.print(
            f"Whoever connects is given {place / 'ca.crt'}; ca.key is for nobody: keep a copy of it elsewhere.",
            soft_wrap=True,
        )
        if kept:
            say.print(f"The earlier files are kept in {kept}.", soft_wrap=True)
            say.print(
                "The authority is a new one: devices refuse the broker until they are given the new ca.crt.",
                style="yellow",
                soft_wrap=True,
            )

    run(work)


@commands.command("renew")
def renew(*, folder: Folder = None, env_file: EnvFile = None, firmware: Firmware = None) -> None:
    """Make a new server certificate from the same authority: devices notice nothing, names may be new."""

    async def work(settings: Settings) -> None:
        place = folder or settings.certificates_folder
        certificates.renew(place, bootstrap.now(), extra_names=_names(settings, env_file))
        _show(place)
        _for_firmware(place, firmware)
        say.print(
            "Devices trust it as they did the last one. Running services show it after: make prod-restart",
            soft_wrap=True,
        )

    run(work)


@commands.command("show")
def show(
    *,
    folder: Folder = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            parser=_name,
            help="A name or address that the server's certificate must hold; may be given more than once.",
        ),
    ] = None,
    brief: Annotated[
        bool, typer.Option("--brief", help="A line each, beginning with ok, warning or problem; for scripts.")
    ] = False,
    own: Annotated[
        bool, typer.Option("--own", help="The server's certificate must hold this machine's addresses.")
    ] = False,
) -> None:
    """Tell names, ends and fingerprints; the exit code is 1 when something is missing, unfit or not valid now."""

    async def work(settings: Settings) -> None:
        place = folder or settings.certificates_folder
        wanted = [*(names or ()), *(addresses(bridges=False) if own else ())]
        if brief:
            _tell(place, wanted)
            return
        _show(place)
        if missing := unnamed(look(Certificates.of(place).server_file), wanted):
            raise Unfit(_not_named(missing))

    run(work)


def _not_named(missing: list[str]) -> str:
    return f"server.crt does not name {', '.join(missing)}: make a new one with make certs-renew"


def _tell(folder: Path, wanted: list[str]) -> None:
    """Print a line for each certificate and each fault."""
    now = bootstrap.now()
    if found := misfits(folder):
        typer.echo("\n".join(f"problem {fault}" for fault in found))
        raise typer.Exit(1)
    made = Certificates.of(folder)
    seen = [look(made.ca_file), look(made.server_file)]
    for one in seen:
        problem, word = one.problem(now), "problem" if one.useless(now) else "warning"
        until = f"ok {one.file} lasts until {one.ends:%F}, {days_left(one.ends, now)} days"
        typer.echo(f"{word} {one.file} {problem}" if problem else until)
    missing = unnamed(seen[1], wanted)
    if missing:
        typer.echo(f"problem {_not_named(missing)}")
    if missing or any(one.useless(now) for one in seen):
        raise typer.Exit(1)


def _names(settings: Settings, env_file: Path | None) -> list[str]:
    """Collect the names that settings ask for: the environment's, else the file's."""
    further, public = settings.plantops_hostnames, settings.public_host
    if env_file and not (further and public):
        told = Settings.load(**_of_file(env_file))
        further, public = further or told.plantops_hostnames, public or told.public_host
    return [*further, *([public] if public else [])]


def _of_file(env_file: Path) -> dict[str, Any]:
    values = read_env_file(env_file).values
    return {name.lower(): values[name] for name in ("PLANTOPS_HOSTNAMES", "PUBLIC_HOST") if name in values}


def _show(folder: Path) -> None:
    """Print the certificates as a table. Raises Unfit with a line for each fault."""
    now = bootstrap.now()
    if found := misfits(folder):
        raise Unfit("\n".join(found))
    made = Certificates.of(folder)
    table = Table(
        "file",
        Column("for", overflow="fold"),
        Column("ends", no_wrap=True),
        Column("days left", justify="right"),
        Column("SHA-256", no_wrap=True),
    )
    seen = [look(made.ca_file), look(made.server_file)]
    for one in seen:
        whom = ", ".join(one.names) or "what devices trust"
        row = (one.file, whom, f"{one.ends:%F}", str(days_left(one.ends, now)), _grouped(one.fingerprint))
        table.add_row(*map(Text, row))  # as text: the console would make a picture of a fingerprint's :CD:
    say.print(table)
    _judge(seen)


def _judge(seen: list[Seen]) -> None:
    now = bootstrap.now()
    told = [(one, problem) for one in seen if (problem := one.problem(now))]
    if useless := [f"{one.file} {problem}" for one, problem in told if one.useless(now)]:
        raise Unfit("\n".join(useless))
    for one, problem in told:
        say.print(f"{one.file} {problem}", style="yellow", soft_wrap=True)


def _grouped(fingerprint: str) -> str:
    """Break a fingerprint into lines, so that it stays whole in a narrow window."""
    parts = fingerprint.split(":")
    return "\n".join(":".join(line) for line in batched(parts, BYTES_A_LINE, strict=True))


def _for_firmware(folder: Path, firmware: Path | None) -> None:
    if firmware:
        write_for_firmware(Certificates.of(folder).ca_file, firmware)
        say.print(f"For ESPHome the authority is in {firmware / 'ca.yaml'}.", soft_wrap=True)
