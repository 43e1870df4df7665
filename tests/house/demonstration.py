"""A real demo for tests: its process, what it says, and what it wrote down for programs."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
from aioplantops.client import PlantOpsClient

from tests.servers import named

LOOK_SECONDS = 0.1


@dataclass(slots=True)
class Demo:
    """A running demo."""

    process: asyncio.subprocess.Process
    folder: Path
    output: Path

    def said(self) -> str:
        """Give all that it has said."""
        return self.output.read_text()

    async def until_running(self) -> None:
        """Wait until it tells that everything runs."""
        while "PlantOps is running" not in self.said():
            assert self.process.returncode is None, self.said()
            await asyncio.sleep(LOOK_SECONDS)

    def family(self) -> list[psutil.Process]:
        """List all processes that it has started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def notes(self) -> dict[str, str | int]:
        """Read demo.json."""
        notes: dict[str, str | int] = json.loads((self.folder / "demo.json").read_text())
        return notes

    @asynccontextmanager
    async def client(self) -> AsyncIterator[PlantOpsClient]:
        """Open the API as demo.json tells."""
        notes = self.notes()
        async with aiohttp.ClientSession() as session:
            yield PlantOpsClient(str(notes["url"]), str(notes["token"]), session)


@asynccontextmanager
async def demo(folder: Path, *words: str, **settings: str) -> AsyncIterator[Demo]:
    """Start a demo in the folder, without a terminal, with settings; it has ended when the block does."""
    output = folder.with_suffix(".txt")
    environment = {
        **os.environ,
        "PLANTOPS_DATA": str(folder),
        "PLANTOPS_MOSQUITTO": str(named("PLANTOPS_MOSQUITTO")),
        "DASHBOARD": str(named("PLANTOPS_DASHBOARD")),
        **settings,
    }
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "plantops", "demo", *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=file, stderr=file, env=environment,
        )  # fmt: skip
    try:
        yield Demo(process, folder, output)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
