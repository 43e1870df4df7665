"""The virtual garden on the command line: `python -m virtualgarden --help`."""

import asyncio
import csv
import json
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from virtualgarden.config import GardenConfig
from virtualgarden.garden import Garden
from virtualgarden.nodes import NODES
from virtualgarden.run import live

app = typer.Typer(
    name="virtualgarden",
    help="Simulated plants and ESPHome nodes that speak the PlantOps device protocol: soil that dries, gardeners that "
    "forget, nodes that buffer through outages, sleep, and learn the time late.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
DAY = 86_400.0


@app.command()
def run(
    config: Annotated[
        Path, typer.Option(help="garden.json: broker, nodes with their passwords, days of history. See `schema`.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the news as JSON lines, for programs.")] = False,
) -> None:
    """Run the garden until Ctrl-C or SIGTERM: bring the history first (if asked for), then report."""
    try:
        settings = GardenConfig.load(config)
        settings.kinds()
    except (OSError, ValidationError, ValueError) as error:
        typer.echo(f"virtualgarden: {config}: {error}", err=True)
        raise typer.Exit(1) from None
    asyncio.run(_until_stopped(settings, as_json=as_json))


async def _until_stopped(settings: GardenConfig, *, as_json: bool) -> None:
    life = asyncio.create_task(live(settings, time.time, _tell_json if as_json else _tell_people))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, life.cancel)
    with suppress(asyncio.CancelledError):
        await life


def _tell_json(news: Mapping[str, object]) -> None:
    typer.echo(json.dumps(news))


def _tell_people(news: Mapping[str, object]) -> None:
    match news:
        case {"event": "history", "part": float() as part}:
            typer.echo(f"The garden grows: {part:.0%} of its history")
        case {"event": "history_made", "readings": readings, "days": days}:
            typer.echo(f"{days} days have passed: {readings} readings wait in the nodes' buffers")
        case {"event": "not_registered", "node": node, "why": why}:
            typer.echo(f"{node} cannot register: {why}")
        case {"event": "draining", "backlog": backlog, "nodes": nodes}:
            typer.echo(f"{nodes} nodes connected, {backlog} readings to go")
        case {"event": "reporting", "nodes": nodes, "every_seconds": seconds}:
            typer.echo(f"{nodes} nodes report every {seconds:g} s (those on batteries sleep in between)")


@app.command()
def nodes() -> None:
    """List the nodes, their plants and their channels."""
    for kind in NODES:
        speaks = "stock ESPHome" if kind.stock else "PlantOps"
        sleeps = f", sleeps {kind.sleep_seconds:g} s" if kind.sleep_seconds else ""
        typer.echo(f"{kind.device_id}  {kind.name}  ({speaks}{sleeps}): {', '.join(line.key for line in kind.lines)}")


@app.command()
def simulate(
    node: Annotated[str, typer.Argument(help="Device id; see `nodes`.")],
    days: Annotated[float, typer.Option(min=0.01, max=3650, help="How long.")] = 14,
    step: Annotated[float, typer.Option(min=1, max=3600, help="Seconds between two lines.")] = 600,
    seed: Annotated[int, typer.Option(help="Another number, another weather.")] = 1,
) -> None:
    """Write what one node would measure as CSV, without any broker: to look at the physics."""
    kinds = {kind.device_id: kind for kind in NODES}
    if node not in kinds:
        typer.echo(f"virtualgarden: there is no node {node}; see `python -m virtualgarden nodes`.", err=True)
        raise typer.Exit(1)
    garden = Garden(unix=time.time() - days * DAY, seed=seed)
    lines = csv.writer(sys.stdout)
    lines.writerow(["unix", *(line.key for line in kinds[node].lines)])
    for _ in range(round(days * DAY / step)):
        garden.advance(step)
        lines.writerow([round(garden.unix), *garden.measure(node).values()])


@app.command()
def schema() -> None:
    """Print the JSON Schema of garden.json."""
    typer.echo(json.dumps(GardenConfig.model_json_schema(), indent=2))


def main() -> None:
    """Begin here."""
    app()
