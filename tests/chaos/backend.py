"""One backend as a process of its own, which can be started, killed, frozen, thawed and stopped, over and over."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aioplantops.health import Health, Role
from plantops.ops import privilege

from tests.chaos.processes import LOOK_SECONDS, send
from tests.servers import free_port

ASK_SECONDS = 5.0
STOP_SECONDS = 120.0
STARTS = 30
"""A backend that finds no database or broker ends at once; whoever looks after it starts it again."""


class BackendFailed(Exception):
    """The backend ended by itself, or did not stop when it was asked to."""


@dataclass(slots=True)
class Backend:
    """`plantops serve`, with its settings."""

    name: str
    folder: Path
    settings: dict[str, str]
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one, the same for each start."""
    process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        """Take a free port where none was given."""
        self.port = self.port or free_port(self.host)

    @classmethod
    @asynccontextmanager
    async def at_hand(
        cls, name: str, folder: Path, settings: dict[str, str], *, host: str = "127.0.0.1", port: int = 0
    ) -> AsyncIterator[Backend]:
        """Prepare a backend, not started; at the end of the block it does not run any more."""
        backend = cls(name, folder, settings, host, port)
        try:
            yield backend
        finally:
            await backend.stop()

    @property
    def runs(self) -> bool:
        """Whether the process is there, frozen or not."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Start the process; it ends with us, whatever happens."""
        data = self.folder / f"data-{self.name}"
        own = {"HTTP_HOST": self.host, "HTTP_PORT": str(self.port), "PLANTOPS_DATA": str(data)}
        with (self.folder / f"backend-{self.name}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "plantops", "serve"),
                env={**os.environ, **self.settings, **own},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=privilege.preparation(None, None, signal.SIGKILL),
            )

    async def until(self, role: Role) -> None:
        """Wait until it stores (with the broker at hand) or stands by; one that ended meanwhile is started again."""
        starts = 0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ASK_SECONDS)) as session:
            while not await self._is(role, session):
                if not self.runs:
                    starts += 1
                    if starts > STARTS:
                        raise BackendFailed(f"backend {self.name} ends again and again, see its log")
                    await self.start()
                await asyncio.sleep(2 * LOOK_SECONDS)

    async def _is(self, role: Role, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"http://{self.host}:{self.port}/api/health") as answer:
                ingest = Health.model_validate_json(await answer.read()).ingest
        except aiohttp.ClientError, TimeoutError, OSError:
            return False
        return ingest.role is role and ingest.mqtt_connected is (role is Role.ACTIVE)

    async def kill(self) -> None:
        """End it at once."""
        await self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it do nothing, nor notice that it does nothing."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was."""
        self.send(signal.SIGCONT)

    async def stop(self) -> None:
        """Ask it to stop. Raises BackendFailed when it has to be killed."""
        if not self.runs:
            return
        self.send(signal.SIGTERM)
        self.thaw()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self.kill()
            raise BackendFailed(f"backend {self.name} did not stop within {STOP_SECONDS:.0f} s") from None

    async def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.send(number)
            await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.process is not None and self.process.returncode is None:
            send([self.process.pid], number)
