"""How we start another program so that it never outlives us and never needs root.

`async with Child.run(…) as child:` starts it in a session of its own (Ctrl-C in the terminal reaches only us), as an
ordinary user, and stops it at the end: politely, then for good. If we are killed, Linux sends it its stop signal
(PR_SET_PDEATHSIG). Elsewhere, or off the main thread, a tiny shell waits at a pipe that breaks with us, and sends it.
"""

import asyncio
import contextlib
import errno
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import structlog
from aioplantops.errors import PlantOpsError

from plantops.ops import privilege

log = structlog.get_logger()

LOG_LIMIT_BYTES = 4_000_000
LOG_CHECK_SECONDS = 30.0
READY_POLL_SECONDS = 0.01
GONE_SECONDS = 2.0
"""A killed program is gone at once, but where nobody reaps orphans their names stay for ever."""
DISK_FULL = os.strerror(errno.ENOSPC)
WATCH = 'read -r _; kill -s "$1" "$2"'
"""What the watching shell does when the pipe from us breaks."""


class ServiceFailed(PlantOpsError):
    """A program that PlantOps needs did not start, or did not do its work."""

    exit_code: ClassVar[int] = 1


@dataclass(slots=True)
class Child:
    """One running program of ours."""

    name: str
    pid: int
    exited: asyncio.Future[int]
    """Its exit code once it has ended (negative: the signal that ended it)."""
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 30.0
    """Seconds from the stop signal to SIGKILL."""
    log: Path | None = None
    log_began: int = 0
    """Bytes that the log had before: the words of earlier runs."""

    @classmethod
    @asynccontextmanager
    async def run(  # noqa: PLR0913 - each is a fact of the program; all but the first by name
        cls,
        argv: Sequence[str | Path],
        *,
        name: str,
        folder: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        log: Path | None = None,
        patience: float = 30.0,
    ) -> AsyncIterator[Self]:
        """Run the program, working in `folder` (as whose owner it runs if we are root), until the block ends.

        Its output is appended to `log`, which stays below a few megabytes. `env` is all the environment it sees.
        Raises ServiceFailed or NotPermitted, in words, when it cannot be started.
        """
        output = _open_log(log) if log else subprocess.DEVNULL
        began = os.fstat(output).st_size if log else 0
        try:
            process = await spawn(argv, name=name, folder=folder, env=env, death_signal=stop_signal, output=output)
        finally:
            if log:
                os.close(output)
        exited = asyncio.create_task(process.wait(), name=f"{name} runs")
        child = cls(name, process.pid, exited, stop_signal, patience, log, began)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(child.stop)
            if not privilege.ends_with_us():
                await stack.enter_async_context(_watched(child))
            if log:
                stack.push_async_callback(_cancelled, asyncio.create_task(_keep_short(log), name=f"{name} log"))
            yield child

    async def ready(self, check: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Wait until `check` says yes. Raises ServiceFailed with its last words if it ends or takes too long."""
        try:
            async with asyncio.timeout(within):
                while not await check():
                    if self.exited.done():
                        said = last_words(self.log, since=self.log_began)
                        raise ServiceFailed(f"{self.name} ended with code {self.exited.result()}: {said}")
                    await asyncio.sleep(READY_POLL_SECONDS)
        except TimeoutError:
            said = last_words(self.log, since=self.log_began)
            raise ServiceFailed(f"{self.name} was not ready within {within:.0f} s: {said}") from None

    async def stop(self) -> None:
        """Ask it to stop, wait for `patience` seconds, then end it with everything it started."""
        if self.exited.done():
            return
        self.kill(self.stop_signal)
        self.kill(signal.SIGCONT)  # a frozen program would not hear the first signal
        try:
            async with asyncio.timeout(self.patience):
                await asyncio.shield(self.exited)
        except TimeoutError:
            log.warning("service_killed", service=self.name, pid=self.pid, after_seconds=self.patience)
        finally:
            if not self.exited.done():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
                await self.exited

    def kill(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if not self.exited.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


async def finish(  # noqa: PLR0913 - see Child.run
    argv: Sequence[str | Path],
    *,
    name: str,
    folder: Path,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    fine: Container[int] = (0,),
) -> str:
    """Run a program to its end and give what it wrote. Raises ServiceFailed if its code is not a `fine` one."""
    process = await spawn(
        argv,
        name=name,
        folder=folder,
        env=env,
        death_signal=signal.SIGKILL,
        output=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )
    try:
        written, _ = await process.communicate(stdin)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            await _until_gone(process.pid)
    text = written.decode(errors="replace")
    if process.returncode not in fine:
        raise ServiceFailed(f"{name} failed with code {process.returncode}: {_tail(text)}")
    return text


async def _until_gone(group: int) -> None:
    """Wait for the rest of a killed process group, so that nobody works in its folder any more (bounded)."""
    with contextlib.suppress(ProcessLookupError, PermissionError, TimeoutError):
        async with asyncio.timeout(GONE_SECONDS):
            while True:
                os.killpg(group, 0)
                await asyncio.sleep(READY_POLL_SECONDS)


async def spawn(  # noqa: PLR0913 - see Child.run
    argv: Sequence[str | Path],
    *,
    name: str,
    folder: Path,
    env: Mapping[str, str] | None,
    death_signal: signal.Signals,
    output: int,
    stdin: int = subprocess.DEVNULL,
) -> asyncio.subprocess.Process:
    """Start the program as the user it should be; the caller sees to its end."""
    user: privilege.User | None = None
    try:
        user = privilege.ordinary_user(folder)
        capability = privilege.missing_capability(user, Path(argv[0]), [folder]) if user else None
        return await asyncio.create_subprocess_exec(
            *argv,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **(env or {})},
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=privilege.preparation(user, capability, death_signal),
        )
    except subprocess.SubprocessError:
        who = user.name if user else "ourselves"
        raise privilege.NotPermitted(
            f"{name} cannot be started as user {who}: this system does not let root hand its rights on. "
            f"Start PlantOps as an ordinary user."
        ) from None
    except OSError as error:
        raise ServiceFailed(f"{name} cannot be started ({argv[0]}): {error.strerror or error}") from error


def _open_log(path: Path) -> int:
    """Open the log for appending; it belongs to the owner of its folder, also when root opens it first."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.geteuid() == 0:
            around = path.parent.stat()
            os.fchown(handle, around.st_uid, around.st_gid)
    except OSError as error:
        raise ServiceFailed(f"The log {path} cannot be written: {error.strerror or error}.") from error
    return handle


@asynccontextmanager
async def _watched(child: Child) -> AsyncIterator[None]:
    """Let a small shell stop the child should we be killed (where the kernel does not do it)."""
    number = signal.Signals(child.stop_signal).name.removeprefix("SIG")
    shell = await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        WATCH,
        "sh",
        number,
        str(child.pid),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    ended = asyncio.create_task(_end_after(child, shell), name=f"{child.name} watched")
    try:
        yield
    finally:
        await child.stop()
        await ended


async def _end_after(child: Child, shell: asyncio.subprocess.Process) -> None:
    """End the watching shell as soon as the child has ended, before its number can belong to somebody else."""
    await asyncio.wait([child.exited])
    with contextlib.suppress(ProcessLookupError):
        shell.kill()
    await shell.wait()
    if shell.stdin:
        shell.stdin.close()


async def _keep_short(path: Path) -> None:
    """Keep the log bounded: when it has grown too long, its older half goes."""
    while True:
        shorten(path)
        await asyncio.sleep(LOG_CHECK_SECONDS)


def shorten(path: Path, limit: int = LOG_LIMIT_BYTES) -> None:
    """Drop the older part of a log that is longer than `limit` bytes (the program appends, so it goes on behind)."""
    with contextlib.suppress(OSError):
        if path.stat().st_size <= limit:
            return
        with path.open("r+b") as file:
            file.seek(-(limit // 2), os.SEEK_END)
            kept = file.read()
            file.seek(0)
            file.truncate()
        with path.open("ab") as file:
            file.write(kept[kept.find(b"\n") + 1 :])


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def last_words(path: Path | None, *, since: int = 0, size: int = 4000) -> str:
    """Give the end of a program's log, for an error message; `since` so many bytes, unless it was shortened."""
    if path is None:
        return "(it keeps no log)"
    with contextlib.suppress(OSError), path.open("rb") as file:
        end = path.stat().st_size
        file.seek(max(since if since <= end else 0, end - size))
        return _tail(file.read().decode(errors="replace"))
    return "(it wrote nothing)"


def _tail(text: str, lines: int = 6) -> str:
    said = "\n".join(text.strip().splitlines()[-lines:]) or "(it wrote nothing)"
    return f"The disk is full: make room and start again. ({said})" if DISK_FULL in said else said
