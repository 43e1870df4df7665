"""The demo's Python programs: backend, virtual garden, Home Assistant; each is started again when it dies."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from plantops.ops import privilege
from plantops.ops.folder import in_words, make_folder
from plantops.ops.service import Ready, Service
from plantops.ops.supervision import Child

STOP_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Program:
    """A Python program."""

    name: str
    arguments: Sequence[str]
    """Behind `python -m`."""
    folder: Path
    """Where it works and keeps what it writes; as this folder's owner it runs if we are root."""
    env: Mapping[str, str]
    log: Path
    python: Path = field(default_factory=lambda: Path(sys.executable))
    """Whose packages it has."""
    patience: float = STOP_SECONDS
    """How long it may take to stop."""

    def running(self, ready: Ready, on_exit: Callable[[int], None]) -> AbstractAsyncContextManager[Service]:
        """Keep the program running until the block ends."""

        @asynccontextmanager
        async def start() -> AsyncIterator[Child]:
            async with Child.run(
                [self.python, "-m", *self.arguments],
                name=self.name,
                folder=self.folder,
                env={"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", **self.env},
                stop_signal=signal.SIGTERM,
                log=self.log,
                patience=self.patience,
            ) as child:
                yield child

        return Service.open(name=self.name, start=start, ready=ready, on_exit=on_exit)


def work_folder(path: Path) -> Path:
    """Make a private folder for a program, which belongs to the ordinary user that it runs as."""
    path = make_folder(path, mode=0o700)
    with in_words(path):
        if path.stat().st_uid == 0 and (user := privilege.ordinary_user(path)):
            os.chown(path, user.uid, user.gid)
    return path
