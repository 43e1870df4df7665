"""`plantops device`, `plantops homeassistant-account`: who may come to the broker."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from aioplantops.models import DeviceAccess
from rich.table import Column, Table

from plantops import bootstrap
from plantops.services.accounts import Accounts, Issued
from plantops.settings import Settings
from plantops.storage.accounts import AccountKind

from .shell import complain, run, say

commands = typer.Typer()
devices = typer.Typer(
    help="Devices and their accounts at the broker. PlantOps nodes register by themselves; stock ones are added.",
    no_args_is_help=True,
)
commands.add_typer(devices, name="device")

KINDS = {
    AccountKind.DEVICE: "PlantOps node",
    AccountKind.STOCK: "stock ESPHome",
    AccountKind.HOME_ASSISTANT: "Home Assistant",
}
COLUMNS = ("id", "name", "account", "access", "hardware id", "last seen")
LATER = "No backend is connected to the broker now: it will learn of this as soon as one is."

Which = Annotated[str, typer.Argument(help="The device's id, as `plantops device list` shows it.")]


@devices.command("list")
def list_all() -> None:
    """List devices and accounts: who may come in, who waits, who was thrown out."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_accounts(settings) as accounts:
            found = await accounts.list()
        columns = (Column(head, no_wrap=head in {"id", "hardware id"}) for head in COLUMNS)
        table = Table(*columns)
        for one in found:
            access = "no account" if one.state is None else one.state if one.applied else f"{one.state} (soon)"
            seen = f"{one.last_seen:%F %H:%M}" if one.last_seen else "never"
            kind = KINDS[one.kind] if one.kind else ""
            table.add_row(one.username, one.name or "", kind, access, one.hardware_id or "", seen)
        say.print(table if found else "There are no devices: plantops registration-key create --expires 1h")
        if any(one.state is DeviceAccess.PENDING for one in found):
            say.print("Those that are pending wait for: plantops device approve ID")

    run(work, quiet=True)


@devices.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The node's name, which becomes its user name and client id.")],
    prefix: Annotated[str | None, typer.Option(help="Its topic_prefix; not given: the name.")] = None,
) -> None:
    """Give a stock ESPHome node an account at the broker, and show what to write into its YAML, once."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_accounts(settings) as accounts:
            issued = await accounts.add_stock(name, prefix)
        complain.print(f"{name} may come to the broker. Put this into its YAML now: it is not shown again.")
        typer.echo(_yaml(issued, settings))
        _tell_when(issued.applied)

    run(work, quiet=True)


@devices.command("approve")
def approve(device_id: Which) -> None:
    """Let a device in that registered and waits (DEVICE_APPROVAL=manual)."""
    _act(lambda accounts: accounts.approve(device_id), f"{device_id} may come to the broker.")


@devices.command("revoke")
def revoke(device_id: Which) -> None:
    """Throw a device off the broker; it cannot come back by registering. What it measured stays."""
    _act(lambda accounts: accounts.revoke(device_id), f"{device_id} is thrown out, until it is restored.")


@devices.command("restore")
def restore(device_id: Which) -> None:
    """Let a device in again that was thrown out, with the password that it had."""
    _act(lambda accounts: accounts.restore(device_id), f"{device_id} may come to the broker again.")


@devices.command("credentials")
def credentials(device_id: Which) -> None:
    """Give a device another password and show it, once; the old one is worthless at once."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_accounts(settings) as accounts:
            issued = await accounts.renew(device_id)
        complain.print(f"{device_id} has another password. Put this into its YAML now: it is not shown again.")
        typer.echo(_yaml(issued, settings))
        _tell_when(issued.applied)

    run(work, quiet=True)


@commands.command("homeassistant-account")
def home_assistant(
    *, revoke: Annotated[bool, typer.Option("--revoke", help="Take the account away instead.")] = False
) -> None:
    """Make the account of Home Assistant's own MQTT integration and show it, once; repeated: another password."""
    if revoke:
        _act(lambda accounts: accounts.dismiss_home_assistant(), "Home Assistant may not come to the broker any more.")
        return

    async def work(settings: Settings) -> None:
        async with bootstrap.open_accounts(settings) as accounts:
            issued = await accounts.home_assistant()
        complain.print("Home Assistant's MQTT integration wants these. Keep them now: they are not shown again.")
        host, port = settings.public_host or "(this machine's name or address)", settings.mqtt_tls_port
        typer.echo(
            f"broker: {host}\nport: {port}\nusername: {issued.account.username}\npassword: {issued.password}\n"
            f"client_id: {issued.account.username}"
        )
        complain.print("Under its advanced options, give it ca.crt as the broker's certificate authority.")
        _tell_when(issued.applied)

    run(work, quiet=True)


def _act(act: Callable[[Accounts], Awaitable[bool]], done: str) -> None:
    async def work(settings: Settings) -> None:
        async with bootstrap.open_accounts(settings) as accounts:
            applied = await act(accounts)
        say.print(done, highlight=False)
        _tell_when(applied)

    run(work, quiet=True)


def _tell_when(applied: bool) -> None:  # noqa: FBT001
    if not applied:
        complain.print(LATER)


def _yaml(issued: Issued, settings: Settings) -> str:
    """Write an account as ESPHome's `mqtt:` wants it."""
    account = issued.account
    return "\n".join(
        (
            "mqtt:",
            f"  broker: {settings.public_host or '# this machine, as the node reaches it'}",
            f"  port: {settings.mqtt_tls_port}",
            f"  username: {account.username}",
            f'  password: "{issued.password}"',
            f"  client_id: {account.username}",
            f"  topic_prefix: {issued.topic_prefix}",
        )
    )
