"""The commands themselves: what `make` calls, and that Compose knows what the scripts ask of it."""

import asyncio
import shlex
from pathlib import Path

import pytest

from tests.scripts.docker import ROOT, SERVICES, Docker, lay_backup
from tests.servers import named


async def test_the_commands_are_ones_that_compose_knows(docker: Docker, tmp_path: Path) -> None:
    """What the made-up Docker was asked is asked of the real Compose, which only lacks a daemon."""
    await docker.run_all()
    for words in (
        ["up.sh"],
        ["up.sh", "--restart"],
        ["update.sh"],
        ["restore.sh", str(lay_backup(docker))],
        ["status.sh"],
        ["stack.sh", "logs"],
        ["stack.sh", "logs", "backend"],
        ["stack.sh", "build"],
        ["stack.sh", "backup"],
        ["stack.sh", "down"],
    ):
        code, said = await docker.script(*words)
        assert code == 0, said
    services = "".join(f"  {name}: {{image: x}}\n" for name in (*SERVICES, "prepare"))
    (tmp_path / "docker-compose.prod.yml").write_text(f"services:\n{services}")
    asked = sorted({asked for asked in docker.asked if asked.startswith("compose ")})
    assert len(asked) > 12
    for question in [*asked, "compose up --no-such-thing"]:
        process = await asyncio.create_subprocess_exec(
            *(str(named("PLANTOPS_COMPOSE")), "-f", "docker-compose.prod.yml", *shlex.split(question)[1:]),
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DOCKER_HOST": f"unix://{tmp_path}/nowhere"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        answer = (await process.communicate())[0].decode()
        known = question.startswith(("compose config", "compose version", "compose build"))
        assert ("unknown flag" in answer) == ("--no-such-thing" in question), (question, answer)
        assert known or "Cannot connect to the Docker daemon" in answer or "unknown flag" in answer, (question, answer)


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("prod-up", "scripts/prod/up.sh"),
        ("prod-down", "scripts/prod/stack.sh down"),
        ("prod-logs", "scripts/prod/stack.sh logs"),
        ("prod-logs SERVICE=backend", "scripts/prod/stack.sh logs backend"),
        ("prod-build", "scripts/prod/stack.sh build"),
        ("prod-restart", "scripts/prod/up.sh --restart"),
        ("prod-status", "scripts/prod/status.sh"),
        ("prod-backup", "scripts/prod/stack.sh backup"),
        ("prod-restore FILE=backups/x", 'scripts/prod/restore.sh "backups/x"'),
        ("prod-restore FILE=backups/x OVER_DATA=yes", 'scripts/prod/restore.sh "backups/x" --over-data'),
        ("prod-restore FILE=backups/x OVER_DATA=no", 'scripts/prod/restore.sh "backups/x"'),
        ("prod-update", "scripts/prod/update.sh"),
    ],
)
async def test_make_calls_the_scripts(target: str, command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *("make", "--no-print-directory", "--dry-run", *target.split()), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert said.decode().strip() == command
