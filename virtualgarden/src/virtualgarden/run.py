"""The life of a virtual garden as a program: take up where it was left, bring the history, then report for ever."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import floor
from pathlib import Path
from typing import Any

from virtualgarden.config import GardenConfig
from virtualgarden.device import Clock
from virtualgarden.fleet import Fleet, build, fill_history
from virtualgarden.garden import Garden
from virtualgarden.physics.memory import recall, remember
from virtualgarden.registration import Complain

DAY = 86_400.0
LONGEST_SLEEP = 30 * DAY
"""A garden that was left for longer begins anew (with the same plants)."""
SAVE_SECONDS = 20.0
WATCH_SECONDS = 0.5
CHANNELS_AT_MOST = 10
"""Of one node; for the size of its buffer."""
COMPLAINTS_AT_MOST = 1_000

type Tell = Callable[[Mapping[str, object]], None]
"""Takes news: `{"event": "draining", "backlog": 1200}`."""


async def live(config: GardenConfig, clock: Clock, tell: Tell) -> None:
    """Run the garden until cancelled."""
    now = clock()
    garden, fresh = _take_up(config, now)
    steps = round(config.history_days * DAY / config.history_step_seconds) if fresh else 0
    fleet = build(config, garden, clock, history_samples=steps * CHANNELS_AT_MOST, complain=_complaints(tell))
    if steps:
        total = fill_history(fleet, now, config.history_step_seconds, _tenths("history", tell))
        tell({"event": "history_made", "readings": total, "days": config.history_days})
    else:
        garden.advance_to(now)
    async with asyncio.TaskGroup() as group:
        group.create_task(fleet.run(), name="nodes live")
        await _watch_draining(fleet, tell)
        tell({"event": "reporting", "nodes": fleet.connected, "every_seconds": config.report_seconds})
        await _keep_saving(garden, config.state_file)


def _take_up(config: GardenConfig, now: float) -> tuple[Garden, bool]:
    """Give the garden as it was left; or a new one that begins where its history begins, and True."""
    kinds = config.kinds()
    notes = _notes(config.state_file)
    if notes is not None and now - LONGEST_SLEEP <= float(notes["unix"]) <= now:
        garden = Garden(unix=now, seed=config.seed, kinds=kinds)
        recall(garden, notes)
        return garden, False
    return Garden(unix=_beginning(config, now), seed=config.seed, kinds=kinds), notes is None


def _beginning(config: GardenConfig, now: float) -> float:
    """Choose where a new garden's history begins, on a whole step.

    A run that was ended while it brought the history is repeated: the same readings again, which do no harm.
    """
    step = config.history_step_seconds
    begin = floor((now - config.history_days * DAY) / step) * step
    if config.state_file is None:
        return begin
    note = config.state_file.with_name("history-began-at")
    with suppress(OSError, ValueError):
        before = float(note.read_text(encoding="ascii"))
        if begin - DAY < before <= begin:
            return before
    with suppress(OSError):
        note.write_text(f"{begin}\n", encoding="ascii")
    return begin


def _notes(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        notes: dict[str, Any] = json.loads(path.read_bytes())
        float(notes["unix"])
    except OSError, ValueError, KeyError, TypeError:
        return None
    return notes


async def _watch_draining(fleet: Fleet, tell: Tell) -> None:
    """Return when all nodes are connected, or asleep, and their buffers are as good as empty."""
    while (backlog := fleet.backlog) > len(fleet.devices) * CHANNELS_AT_MOST or not fleet.connected:
        tell({"event": "draining", "backlog": backlog, "nodes": fleet.connected})
        await asyncio.sleep(WATCH_SECONDS)


async def _keep_saving(garden: Garden, path: Path | None) -> None:
    """Write the garden down now and then, and at the end."""
    try:
        while True:
            save(garden, path)
            await asyncio.sleep(SAVE_SECONDS)
    finally:
        save(garden, path)


def save(garden: Garden, path: Path | None) -> None:
    """Write the garden down, whole or not at all."""
    if path is None:
        return
    fresh = path.with_name(f"{path.name}.new")
    with suppress(OSError):  # a full disk must not end the garden
        fresh.write_text(json.dumps(remember(garden)), encoding="utf-8")
        os.replace(fresh, path)  # noqa: PTH105 - the atomic one by its name


def _complaints(tell: Tell) -> Complain:
    """Tell why a node cannot register, once for each reason."""
    told: set[tuple[str, str]] = set()

    def complain(node: str, why: str) -> None:
        if (node, why) not in told and len(told) < COMPLAINTS_AT_MOST:
            told.add((node, why))
            tell({"event": "not_registered", "node": node, "why": why})

    return complain


def _tenths(event: str, tell: Tell) -> Callable[[float], None]:
    """Tell progress in steps of a tenth."""
    told = -1

    def progress(part: float) -> None:
        nonlocal told
        if (tenth := int(part * 10)) > told:
            told = tenth
            tell({"event": event, "part": tenth / 10})

    return progress
