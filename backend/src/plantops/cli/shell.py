"""What all commands share: how they read times, get their settings, and say what went wrong."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import typer
from aioplantops.errors import PlantOpsError
from rich.console import Console

from plantops import bootstrap
from plantops.ops.logs import configure
from plantops.settings import LogLevel, Settings

say = Console()
complain = Console(stderr=True, highlight=False)

_SPAN = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def moment(text: str) -> datetime:
    """Read `2026-11-23`, `2026-11-23T12:00:00Z`, or `14d` (ago)."""
    return _moment(text, ago=True)


def later(text: str) -> datetime:
    """Read a span from now on, such as `90d`, or a date."""
    return _moment(text, ago=False)


def _moment(text: str, *, ago: bool) -> datetime:
    try:
        if found := _SPAN.fullmatch(text.strip()):
            span = int(found[1]) * _UNITS[found[2]]
            return bootstrap.now() - span if ago else bootstrap.now() + span
        read = datetime.fromisoformat(text)
    except ValueError, OverflowError:
        raise typer.BadParameter(
            "give a date (2026-11-23), a time (2026-11-23T12:00:00Z) or a span (10m, 1h, 14d)"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def run(work: Callable[[Settings], Coroutine[Any, Any, None]], *, quiet: bool = False) -> None:
    """Do the work; say what went wrong in words and leave with the error's exit code.

    `quiet`: the command itself says what a person wants to know, so that only warnings are logged besides.
    """
    try:
        settings = Settings.load()
        level = LogLevel.WARNING if quiet and settings.log_level is LogLevel.INFO else settings.log_level
        configure(level=level, form=settings.log_format)
        asyncio.run(work(settings))
    except PlantOpsError as error:
        complain.print(f"plantops: {error.detail}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(getattr(error, "exit_code", 1)) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
