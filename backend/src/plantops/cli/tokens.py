"""`plantops token`: tokens that open the API."""

from datetime import datetime
from typing import Annotated

import typer
from aioplantops.models import Scope
from rich.table import Column, Table

from plantops import bootstrap
from plantops.settings import Settings

from .shell import complain, later, run, say

commands = typer.Typer(
    name="token",
    help="Tokens that open the API. Each is shown once and kept as a hash only.",
    no_args_is_help=True,
)


@commands.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What it is for, e.g. home-assistant.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it allows; may be given more than once. read ⊂ care ⊂ garden ⊂ admin; ingest."),
    ] = None,
    expires: Annotated[datetime | None, typer.Option(parser=later, help="When it ends: 90d, or a date.")] = None,
) -> None:
    """Make a token and show it, once."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_access(settings) as access:
            token, secret = await access.create(name, tuple(scope or (Scope.READ,)), expires)
        complain.print(f"Token {token.name!r} ({', '.join(token.scopes)}). Keep it now: it is not shown again.")
        typer.echo(secret)

    run(work)


@commands.command("list")
def list_all() -> None:
    """List the tokens, without their secrets."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_access(settings) as access:
            found = await access.list()
        table = Table("name", "scopes", Column("id", no_wrap=True), "made", "last used", "ends")
        for token in found:
            end = (
                f"revoked {token.revoked_at:%F}"
                if token.revoked_at
                else f"{token.expires_at:%F}"
                if token.expires_at
                else "never"
            )
            used = f"{token.last_used_at:%F %H:%M}" if token.last_used_at else "never"
            table.add_row(token.name, ", ".join(token.scopes), str(token.id), f"{token.created_at:%F}", used, end)
        say.print(table if found else "There are no tokens yet: plantops token create NAME --scope admin")

    run(work)


@commands.command("revoke")
def revoke(which: Annotated[str, typer.Argument(help="The token's name or id.")]) -> None:
    """Make a token useless at once, on every replica."""

    async def work(settings: Settings) -> None:
        async with bootstrap.open_access(settings) as access:
            token = await access.find(which)
            await access.revoke(token.id, even_last=True)
        say.print(f"Token {token.name!r} is revoked.")

    run(work)
