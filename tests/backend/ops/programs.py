"""Small programs that the tests start and kill: a stand-in for the backend, and how to look for what it left behind."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PATIENCE_SECONDS = 120.0
HEAD = """
import asyncio, json, os, signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from aioplantops.errors import PlantOpsError
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.cluster import Binaries
from plantops.ops.embedded import EmbeddedPostgres
from plantops.ops.supervision import Child

folder = Path(sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin deaf to it

def tell(**facts):
    print(json.dumps(facts), flush=True)

async def main():
{body}

def run():
    try:
        asyncio.run(main())
    except PlantOpsError as error:
        tell(refused=str(error))
        os._exit(getattr(error, "exit_code", 1))

{start}
"""
WITH_DATABASE = """
    async with EmbeddedPostgres.open(folder) as server:
        tell(pid=server.pid, url=server.url)
        await asyncio.Event().wait()
"""
WITH_BROKER = """
    made = certificates.ensure(folder / "certs", datetime.now(UTC))
    async with EmbeddedBroker.open(folder / "broker", certificates=made, binary=Path(sys.argv[2])) as server:
        tell(pid=server.pid)
        await asyncio.Event().wait()
"""
WITH_CHILD = """
    async with Child.run(["/bin/sleep", "1000"], name="sleep", folder=folder) as child:
        tell(pid=child.pid)
        await asyncio.Event().wait()
"""
ON_THE_MAIN_THREAD = "run()"
ON_ANOTHER_THREAD = "threading.Thread(target=run).start()"


@dataclass(slots=True)
class Program:
    """A program under test, and what it last told."""

    process: asyncio.subprocess.Process
    said: dict[str, Any]


def argv(body: str, *arguments: str | Path, start: str = ON_THE_MAIN_THREAD) -> list[str]:
    """Give the command that runs such a program."""
    return [sys.executable, "-c", HEAD.format(body=body, start=start), *map(str, arguments)]


@asynccontextmanager
async def program(body: str, *arguments: str | Path, start: str = ON_THE_MAIN_THREAD) -> AsyncIterator[Program]:
    """Run the program up to its first word; kill it (-9) at the end of the block if it still runs."""
    command = argv(body, *arguments, start=start)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = await process.stdout.readline()
        yield Program(process, json.loads(line))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(check: Callable[[], object]) -> None:
    """Wait until the check is true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not check():
            await asyncio.sleep(0.005)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended (one that nobody has buried yet has ended, too)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def working_in(folder: Path) -> list[int]:
    """List the living processes that work in the folder or below."""
    found = []
    for process in psutil.process_iter():
        try:
            place, lives = Path(process.cwd()), process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error, OSError:
            continue
        if place.is_relative_to(folder.resolve()) and lives:
            found.append(process.pid)
    return found


def permissions(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Note mode and owner of every folder on the way to this one."""
    ways = [folder, *folder.parents]
    return {way: ((facts := way.stat()).st_mode, facts.st_uid, facts.st_gid) for way in ways if way.exists()}


def is_root() -> bool:
    """Tell whether the tests run as root."""
    return os.geteuid() == 0
