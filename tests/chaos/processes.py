"""Processes under torture: whole families are killed, frozen and thawed, and at the end nobody may be left."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

GONE = (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied)
LOOK_SECONDS = 0.05
LAST_SECONDS = 60.0
"""How long a process may take to vanish after everything was stopped."""


def family(pid: int) -> list[int]:
    """List a process and all its descendants, itself first."""
    with contextlib.suppress(*GONE):
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return []


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each that still runs."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def strike(pid: int, number: signal.Signals) -> None:
    """Hit a process first, so that it makes no more children, and then its descendants."""
    send([pid], signal.SIGSTOP)
    everyone = family(pid)
    send([*everyone[1:], pid], number)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds; whoever calls sets the limit."""
    while not condition():
        await asyncio.sleep(LOOK_SECONDS)


async def left_behind(folder: Path) -> list[str]:
    """List the processes that still have to do with the folder, when they had time to go; there should be none."""
    try:
        async with asyncio.timeout(LAST_SECONDS):
            while touching(folder):
                await asyncio.sleep(4 * LOOK_SECONDS)
    except TimeoutError:
        pass
    return touching(folder)


def touching(folder: Path) -> list[str]:
    """Look through all processes: who works in the folder, was called with it, or has it in its environment."""
    sign = str(folder)
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(*GONE):
            traces = [process.cwd(), *process.cmdline(), *process.environ().values()]
            if process.pid != os.getpid() and any(sign in trace for trace in traces):
                found.append(f"{process.pid} {' '.join(process.cmdline())[:100]}")
    return found
