"""The compose files as Docker Compose itself reads them: with every anchor, file of variables and default resolved."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

from tests.servers import named

ROOT = Path(__file__).parents[3]
PRODUCTION = "docker-compose.prod.yml"

type Composition = dict[str, Any]
"""What `docker compose config --format json` says."""


class Refused(Exception):
    """Compose does not take the files; its own words."""


async def composed(
    folder: Path, settings: str | None, *, file: str = PRODUCTION, env: str = "", profiles: str = ""
) -> Composition:
    """Read a compose file of ours, laid into the folder, with this .env.prod (None: none) and .env. Raises Refused."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (file, ".env.prod.defaults"):
        shutil.copy(ROOT / name, folder / name)
    if settings is not None:
        (folder / ".env.prod").write_text(settings, encoding="utf-8")
    (folder / ".env").write_text(env, encoding="utf-8")
    words = ["-f", file, *(["--profile", profiles] if profiles else []), "config", "--format", "json"]
    process = await asyncio.create_subprocess_exec(
        str(named("PLANTOPS_COMPOSE")),
        *words,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await process.communicate()
    if process.returncode:
        raise Refused(complaint.decode())
    composition: Composition = json.loads(said.replace(b"$$", b"$"))  # it says each $ twice
    return composition
