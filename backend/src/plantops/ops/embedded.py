"""The database that comes with PlantOps: PostgreSQL in one folder, started, watched and stopped by us.

`async with EmbeddedPostgres.open(folder) as postgres:` gives `postgres.url`. The folder holds

    data/       the database, owned by the ordinary user that the server runs as
    run/        its socket (or in a short private folder elsewhere when the path is too long for a socket)
    log/        what the server says, kept short
    password    of the role `plantops` (0600)
    port        the TCP port of the last run, if one was asked for
    lock        held while a PlantOps uses the folder
"""

import contextlib
import hashlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from plantops.ops import privilege
from plantops.ops.cluster import DATABASE, ROLE, Binaries, free_of_others, prepare, set_password, works_in
from plantops.ops.folder import hold, in_words, make_folder, secret, sticky_port, write_private
from plantops.ops.service import Service
from plantops.ops.supervision import Child

SOCKET_PORT = 5432
SOCKET_PATH_BYTES = 107
"""Longest path of a Unix socket: 108 bytes with the closing zero (sys/un.h)."""
READY_SECONDS = 300.0
"""Crash recovery on a slow card may take minutes."""
STOP_SECONDS = 60.0

SETTINGS: Mapping[str, str] = {
    # A Raspberry Pi with 1 GB is the smallest house; storage/pool.py tells why 25 connections are enough.
    "shared_buffers": "128MB",
    "max_connections": "25",
    "superuser_reserved_connections": "0",  # nobody logs in as superuser
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "log_connections": "off",
    "log_statement": "none",
    "log_min_messages": "warning",
    "tcp_keepalives_idle": "60",
    "client_connection_check_interval": "5s",
    "idle_in_transaction_session_timeout": "10min",
}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that build many databases: a power cut would lose them."""


@dataclass(slots=True)
class EmbeddedPostgres:
    """The running database server of one folder."""

    folder: Path
    service: Service
    url: str
    """Address over the Unix socket, for asyncpg and everything that speaks libpq."""
    tcp_url: str | None
    """Address on 127.0.0.1, for other programs; None when no port was asked for."""

    @property
    def pid(self) -> int | None:
        """The server's process number; None while it is being started again."""
        return self.service.child.pid if self.service.child else None

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        folder: Path,
        *,
        port: int | None = None,
        binaries: Binaries | None = None,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
    ) -> AsyncIterator[Self]:
        """Run the server of the folder (made when missing) until the block ends.

        `port`: None listens on the socket only, 0 on any free port of 127.0.0.1 (the last run's, if it is free).
        `settings` go over ours; not `durable` is for tests. Raises FolderBusy or ServiceFailed, in words.
        """
        binaries = binaries or Binaries.embedded()
        folder = make_folder(folder)
        async with AsyncExitStack() as stack:
            stack.enter_context(hold(folder))
            data, password = await _made_ready(folder, binaries, durable=durable)
            sockets = stack.enter_context(_socket_folder(folder, data))
            tcp = None if port is None else sticky_port(folder / "port", port)
            chosen = {**SETTINGS, **binaries.settings, **({} if durable else FAST_AND_FORGETFUL), **(settings or {})}
            _configure(data, sockets, tcp, chosen)
            service = await stack.enter_async_context(_running(folder, data, binaries))
            place = f"host={quote(str(sockets))}&port={tcp or SOCKET_PORT}"
            yield cls(
                folder=folder,
                service=service,
                url=f"postgresql://{ROLE}:{password}@/{DATABASE}?{place}",
                tcp_url=f"postgresql://{ROLE}:{password}@127.0.0.1:{tcp}/{DATABASE}" if tcp else None,
            )


def address_of_running(folder: Path) -> str | None:
    """Give the address of the server that another of our processes runs in the folder now; None: nobody does."""
    data = folder / "data"
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        password = (folder / "password").read_text(encoding="utf-8").strip()
        pid, port, sockets = int(lines[0]), int(lines[3]), lines[4]
    except OSError, ValueError, IndexError:
        return None
    if not works_in(pid, data):
        return None
    return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(sockets)}&port={port}"


async def _made_ready(folder: Path, binaries: Binaries, *, durable: bool) -> tuple[Path, str]:
    """Give the checked data folder, used by no other server, and the password that opens it."""
    file = folder / "password"
    password_lost = (folder / "data").exists() and not file.exists()
    password = secret(file)
    data = await prepare(folder, binaries, password, durable=durable)
    await free_of_others(data)
    if password_lost:
        await set_password(data, binaries, password)
    return data, password


@contextmanager
def _socket_folder(folder: Path, data: Path) -> Iterator[Path]:
    """Give the private folder for the socket: `run/`, or a short one elsewhere when that path would be too long."""
    owner = data.stat()
    run = folder / "run"
    if len(os.fsencode(run / ".s.PGSQL.65535.lock")) > SOCKET_PATH_BYTES or "," in str(run):
        run = _short_folder(folder, owner.st_uid)
    with in_words(run):
        run.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(run, owner.st_uid, owner.st_gid)
    yield run
    with contextlib.suppress(OSError):
        run.rmdir()


def _short_folder(folder: Path, owner: int) -> Path:
    """Name a folder of short path that only we and the server enter; the same one for the same data."""
    around = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    run = around / f"plantops-{name}"
    if not run.exists() or privilege.is_private(run, (owner, os.geteuid())):
        return run
    return Path(tempfile.mkdtemp(prefix="plantops-", dir=around))  # somebody took the name


def _configure(data: Path, sockets: Path, tcp: int | None, settings: Mapping[str, str]) -> None:
    """Write postgresql.conf anew; `custom.conf` beside it is the user's."""
    lines = {
        **settings,
        "listen_addresses": "127.0.0.1" if tcp else "",
        "port": str(tcp or SOCKET_PORT),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
    }
    quoted = (f"{name} = '{value.replace('\\', '\\\\').replace("'", "''")}'\n" for name, value in lines.items())
    head = "# Written by PlantOps at each start. Your own settings belong in custom.conf beside this file.\n"
    write_private(data / "postgresql.conf", head + "".join(quoted) + "include_if_exists = 'custom.conf'\n")


@asynccontextmanager
async def _running(folder: Path, data: Path, binaries: Binaries) -> AsyncIterator[Service]:
    """Keep the server running until the block ends."""
    logs = make_folder(folder / "log", mode=0o700)

    @asynccontextmanager
    async def start() -> AsyncIterator[Child]:
        await free_of_others(data)
        async with Child.run(
            [binaries.bin / "postgres", "-D", data],
            name="PostgreSQL",
            folder=data,
            env=binaries.env,
            stop_signal=signal.SIGINT,  # "fast": ends the sessions and writes a last checkpoint
            log=logs / "postgres.log",
            patience=STOP_SECONDS,
        ) as child:
            yield child

    async def ready(child: Child) -> None:
        async def takes_connections() -> bool:
            return _says_ready(data / "postmaster.pid", child.pid)

        await child.ready(takes_connections, within=READY_SECONDS)

    async with Service.open(name="postgres", start=start, ready=ready) as service:
        yield service


def _says_ready(lock: Path, pid: int) -> bool:
    """Read in the server's lock file whether it takes connections (its eighth line)."""
    try:
        lines = lock.read_text(encoding="utf-8", errors="replace").splitlines()
        return int(lines[0]) == pid and lines[7].strip() == "ready"
    except OSError, ValueError, IndexError:
        return False
