"""`plantops rotate-encryption-key`: what is sealed in the database, sealed anew with the current key."""

from typing import Annotated

import typer

from plantops import bootstrap
from plantops.services import sealed
from plantops.settings import Settings

from .shell import run, say

commands = typer.Typer()


@commands.command("rotate-encryption-key")
def rotate(
    *,
    replace_lost: Annotated[
        bool,
        typer.Option("--replace-lost", help="The old key is lost: give up what it sealed, and make new passwords."),
    ] = False,
) -> None:
    """Seal every stored secret with ENCRYPTION_KEY; then ENCRYPTION_KEYS_OLD may be dropped.

    Backends may run meanwhile, if all of them know both keys; to repeat it is harmless.
    """

    async def work(settings: Settings) -> None:
        vault = bootstrap.vault(settings)
        async with bootstrap.open_store(settings) as database:
            done = await sealed.reseal(database, vault, replace_lost=replace_lost)
        say.print(f"Sealed anew with the current key ({vault.current.hex()}): {done.renewed}.", highlight=False)
        say.print(f"Sealed with it already: {done.current}.", highlight=False)
        if done.replaced:
            say.print(f"No key opens what these had: {', '.join(done.replaced)}.", highlight=False)
            say.print(
                "Accounts at the broker have other passwords now: PlantOps nodes register anew by themselves if their "
                "key is still good; for stock nodes use `plantops device credentials NAME`, for Home Assistant "
                "`plantops homeassistant-account`. Notification channels (named by their ids) are off until they get "
                "their addresses anew. An account at OpenPlantbook has to be given again.",
                highlight=False,
            )
        if settings.encryption_keys_old:
            say.print("ENCRYPTION_KEYS_OLD may be dropped now: remove it, and restart the backends.", highlight=False)

    run(work, quiet=True)
