"""The demo from its first line to its last: start everything, bring the history, tell where to look, wait, stop."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

from rich.console import Console

from plantops.demo.hass import HassParts, HassRefused, furnish, open_hass
from plantops.demo.nodes import News, VirtualNodes
from plantops.demo.notes import DemoNotes, HassNotes, kept_token, make_token
from plantops.demo.planting import Planting
from plantops.demo.ports import HTTP
from plantops.demo.servers import Store, open_backend, open_store
from plantops.demo.words import Speaker
from plantops.ops.folder import hold, make_folder
from plantops.ops.logs import configure
from plantops.ops.supervision import ServiceFailed
from plantops.settings import LogLevel, Settings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 120.0
"""How long the welcome waits for the last plants, once the nodes report: on a busy machine that takes its time."""
HISTORY_SECONDS = 300.0
"""Two weeks of history take some seconds; a machine may be slow, but something is wrong after this."""


async def run_demo(settings: Settings, console: Console, hass: HassParts | None = None) -> None:
    """Run the demo, with a Home Assistant where its parts are given, until Ctrl-C, SIGTERM or the terminal's end.

    Raises PlantOpsErrors in words.
    """
    _keep_standard_input()
    configure(level=LogLevel.WARNING, form=settings.log_format)  # the demo's own lines say the rest
    speaker = Speaker(console)
    show = asyncio.create_task(_show(settings, speaker, hass), name="demo")
    loop = asyncio.get_running_loop()

    def stop() -> None:
        """End the show once; who presses Ctrl-C again does not disturb the tidying."""
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, lambda: None)
        show.cancel()
        speaker.line("Stopping …", "dim")

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await show
    speaker.line(f"Everything has stopped. `make demo{'-ha' if hass else ''}` goes on from here.")


def _keep_standard_input() -> None:
    """Give file number 0 to nothing when it is closed, so that no socket gets it."""
    try:
        os.fstat(0)
    except OSError:
        os.open(os.devnull, os.O_RDONLY)


async def _show(settings: Settings, speaker: Speaker, hass: HassParts | None) -> None:
    data = make_folder(settings.plantops_data)
    async with AsyncExitStack() as stack:
        stack.enter_context(hold(data))
        speaker.line("PlantOps demo", "bold")
        store = await stack.enter_async_context(open_store(settings, speaker.starting))
        token = kept_token(data) or await make_token(store.settings)
        nodes = VirtualNodes(store)
        key = await nodes.prepare()
        backend = open_backend(store, speaker.starting, lambda code: speaker.died("the backend", code))
        await stack.enter_async_context(backend)
        notes = await _valid(store, DemoNotes.of(store, token, key))
        speaker.starting("virtual garden")
        news = await stack.enter_async_context(nodes.running(lambda code: speaker.died("the virtual garden", code)))
        planting = await stack.enter_async_context(Planting.open(notes, data))
        plants = asyncio.create_task(planting.plant(), name="plants")
        stack.callback(plants.cancel)
        await _until_reporting(news, speaker)
        if not (await asyncio.wait({plants}, timeout=PATIENCE_SECONDS))[0]:
            speaker.line("  Some nodes have not introduced themselves yet; their plants will follow.", "yellow")
        if hass:
            speaker.starting("Home Assistant")
            beside = open_hass(hass, store.settings, lambda code: speaker.died("Home Assistant", code))
            login = await stack.enter_async_context(beside)
            await asyncio.wait({plants}, timeout=PATIENCE_SECONDS)  # its dashboard shows those that are there
            notes = replace(notes, home_assistant=login)
            await _furnish(notes, login, hass, speaker)
        notes.write(data)
        wished = settings.http_port or HTTP, settings.mqtt_tls_port, settings.mqtt_port, settings.https_port
        speaker.welcome(notes, data, store.broker.mosquitto.binary, wished)
        await plants
        await asyncio.Event().wait()


async def _furnish(notes: DemoNotes, login: HassNotes, parts: HassParts, speaker: Speaker) -> None:
    """Set Home Assistant up; where the user has changed what that builds on, say so and leave it as it is."""
    try:
        await furnish(notes, login, with_card=parts.has_card)
    except HassRefused as refusal:
        speaker.line(f"  {refusal} It is left as it is.", "yellow")


async def _valid(store: Store, notes: DemoNotes) -> DemoNotes:
    """Give the notes with the token if the API takes it; else (it was revoked, or the database is new) with another."""
    async with Planting.open(notes, store.settings.plantops_data) as planting:
        return notes if await planting.token_fits() else replace(notes, token=await make_token(store.settings))


async def _until_reporting(news: AsyncIterator[News], speaker: Speaker) -> None:
    """Show how the history comes in; return when all nodes report live. Raises ServiceFailed when they never do."""
    try:
        async with asyncio.timeout(HISTORY_SECONDS):
            await _show_history(news, speaker)
    except TimeoutError:
        raise ServiceFailed("The virtual garden does not get through to the broker; its log tells more.") from None


async def _show_history(news: AsyncIterator[News], speaker: Speaker) -> None:
    total = 0
    with speaker.progress("two weeks of history") as bar:
        async for piece in news:
            match piece:
                case {"event": "history_made", "readings": int() as readings}:
                    total = readings
                case {"event": "draining", "backlog": int() as backlog} if total:
                    bar.at(1.0 - min(1.0, backlog / total))
                case {"event": "reporting"}:
                    return
