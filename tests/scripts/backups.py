"""The production scripts for backups as the tests run them: the very files, with a PostgreSQL's own programs."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from plantops.ops.cluster import Binaries, alone, prepare
from plantops.ops.folder import make_folder, secret

from tests.servers import DatabaseServer

SCRIPTS = Path(__file__).parents[2] / "scripts" / "prod"
WHOLE = ("database.dump", "manifest", "config.tar.gz", "SHA256SUMS")


@asynccontextmanager
async def superusers_server(folder: Path, binaries: Binaries) -> AsyncIterator[DatabaseServer]:
    """Run a server whose role may do everything, as that of the production image may."""
    make_folder(folder)
    data = await prepare(folder, binaries, secret(folder / "password"), durable=False)
    await alone(data, binaries, "ALTER ROLE plantops SUPERUSER;\n\n")
    async with DatabaseServer.open(folder, binaries) as server:
        yield server


@dataclass(frozen=True, slots=True)
class Scripts:
    """The scripts, with the tools that they find, and the folder of the backups."""

    binaries: Binaries
    folder: Path

    @property
    def backups(self) -> Path:
        """Where the backups are."""
        return self.folder / "backups"

    @classmethod
    def in_folder(cls, folder: Path, binaries: Binaries) -> Scripts:
        """Lay out the folder as the container sees it."""
        for name in ("backups", "house/mosquitto", "certs", "broker"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "house/.env.prod").write_text("ENCRYPTION_KEY=00ff\n")
        (folder / "house/docker-compose.prod.yml").write_text("services: {}\n")
        (folder / "house/mosquitto/mosquitto.conf").write_text("listener 8883\n")
        (folder / "certs/ca.key").write_text("the authority's key\n")
        (folder / "broker/dynamic-security.json").write_text("{}\n")
        return cls(binaries, folder)

    def environment(self, url: str, **more: str) -> dict[str, str]:
        """Give what the scripts find in their environment."""
        return {
            "PATH": f"{self.binaries.bin}:{os.environ['PATH']}",
            **self.binaries.env,
            "DATABASE_URL": url,
            "BACKUPS": str(self.backups),
            "BACKUP_HOUSE": str(self.folder / "house"),
            "BACKUP_CERTS": str(self.folder / "certs"),
            "BACKUP_STARTED": str(self.folder / "started"),
            "BACKUP_BROKER": str(self.folder / "broker"),
            **more,
        }

    async def run(self, url: str, script: str, *words: str | Path, **more: str) -> tuple[int, str]:
        """Run a script to its end; gives its exit code and all that it says."""
        process = await asyncio.create_subprocess_exec(
            SCRIPTS / script,
            *words,
            env=self.environment(url, **more),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    async def back_up(self, url: str) -> Path:
        """Make a backup, and give its folder."""
        code, said = await self.run(url, "backup.sh", "once")
        assert code == 0, said
        return self.whole()[-1]

    async def restore(self, url: str, backup: Path, *words: str) -> tuple[int, str]:
        """Restore a backup there."""
        return await self.run(url, "restore-database.sh", backup, *words)

    def whole(self) -> list[Path]:
        """List the backups that are whole, the oldest first; nothing else may look like one."""
        found = sorted(self.backups.glob("plantops-*"))
        assert all((one / name).is_file() for one in found for name in WHOLE)
        return found


def sign(backup: Path) -> None:
    """Write the checksums of a backup anew, as somebody would who changed it with care."""
    names = [name for name in WHOLE if name != "SHA256SUMS"]
    lines = [f"{hashlib.sha256((backup / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (backup / "SHA256SUMS").write_text("".join(lines))


def note(backup: Path, key: str, value: str) -> None:
    """Let the manifest of a backup say something else."""
    manifest = backup / "manifest"
    lines = manifest.read_text().splitlines()
    assert any(line.startswith(f"{key}=") for line in lines)
    changed = [f"{key}={value}" if line.startswith(f"{key}=") else line for line in lines]
    manifest.write_text("\n".join(changed) + "\n")
    sign(backup)
