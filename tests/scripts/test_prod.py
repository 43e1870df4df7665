"""The scripts behind `make prod-…`, with a Docker that answers as the test wants it."""

import asyncio
import fcntl
import io
import shlex
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scripts.docker import ROOT, SERVICES, Docker
from tests.servers import named


@pytest.fixture
async def docker(tmp_path: Path) -> AsyncIterator[Docker]:
    """Give a Docker in which nothing runs yet."""
    async with Docker.open(tmp_path) as opened:
        yield opened


def changes(docker: Docker) -> list[str]:
    """List what was asked that changes something."""
    return [asked for asked in docker.asked if asked.split()[1] not in {"ps", "version", "config", "port", "--format"}]


async def test_up_looks_first_and_then_starts_everything(docker: Docker) -> None:
    code, said = await docker.script("up.sh")
    assert code == 0, said
    assert "PlantOps runs" in said
    assert changes(docker) == [
        "compose build --quiet",
        "compose run --rm --no-deps -T prepare",
        "compose up --detach --remove-orphans",
    ]
    assert {one.service for one in docker.containers} == set(SERVICES)
    assert (docker.checkout / "backups").is_dir()


async def test_restart_builds_nothing_and_starts_everything_anew(docker: Docker) -> None:
    assert (await docker.script("up.sh", "--restart"))[0] == 0
    assert changes(docker)[-1] == "compose up --detach --remove-orphans --force-recreate"
    assert not any("build" in asked for asked in docker.asked)


async def test_what_is_missing_is_named_all_at_once_before_anything_starts(docker: Docker) -> None:
    for name in (".env.prod", "certs/ca.crt", "certs/server.key"):
        (docker.checkout / name).unlink()
    for script in ("up.sh", "update.sh"):
        code, said = await docker.script(script)
        assert code == 1
        for words in (
            "missing: .env.prod",
            "cp .env.prod.example .env.prod",
            "missing: certs/ca.crt",
            "certs/server.key",
        ):
            assert words in said
        assert said.endswith("plantops: Nothing was done.\n")
    assert changes(docker) == []


async def test_settings_that_are_weak_stop_everything_in_the_words_of_prepare(docker: Docker) -> None:
    docker.refuse["compose run"] = "POSTGRES_PASSWORD: is a placeholder"
    code, said = await docker.script("up.sh")
    assert code == 1
    assert "POSTGRES_PASSWORD: is a placeholder" in said
    assert "Nothing was started or stopped" in said
    assert docker.containers == []


async def test_without_docker_nothing_happens(docker: Docker) -> None:
    docker.refuse["compose version"] = "docker: 'compose' is not a docker command."
    code, said = await docker.script("up.sh")
    assert (code, "Docker with its Compose plugin" in said) == (1, True)


async def test_a_service_that_falls_ill_is_named_with_its_last_words(docker: Docker) -> None:
    await docker.run_all()
    docker.of("mosquitto")[0].health = "exited unhealthy 0"
    code, said = await docker.script("up.sh")
    assert code == 1
    assert "the last words of mosquitto, which is not healthy:" in said
    assert "its last words" in said


async def test_an_update_lets_the_new_one_get_healthy_before_the_old_one_goes(docker: Docker) -> None:
    await docker.run_all()
    (old,) = docker.of("backend")
    code, said = await docker.script("update.sh")
    assert code == 0, said
    assert said.endswith("updated\n")
    (new,) = docker.of("backend")
    assert (old.image, new.image) == ("sha256:old", "sha256:new")
    wanted = [
        "compose build --quiet",
        "compose pull --quiet --ignore-buildable",
        "compose run --rm --no-deps -T prepare",
        "compose exec -T backup /bin/bash /plantops/scripts/backup.sh once",
        "compose up --detach --no-deps --no-build --no-recreate --scale backend=2 backend",
        f"stop {old.id}",
        f"rm {old.id}",
        "compose up --detach --no-build --remove-orphans --scale backend=1",
    ]
    assert changes(docker) == wanted
    asked_of_new = [number for number, asked in enumerate(docker.asked) if asked.endswith(new.id)]
    assert asked_of_new[0] < docker.asked.index(f"stop {old.id}"), "first it is looked whether the new one is healthy"
    assert not any("ALTER EXTENSION" in asked for asked in docker.asked), "the database was not replaced"


@pytest.mark.parametrize("health", ["running unhealthy 0", "exited unhealthy 1", "restarting starting 3"])
async def test_a_new_backend_that_does_not_get_healthy_goes_and_the_old_one_stays(docker: Docker, health: str) -> None:
    await docker.run_all()
    old = docker.of("backend")
    docker.new_health = health
    code, said = await docker.script("update.sh")
    assert code == 1
    for words in ("the last words of backend", "the new backend doesn't get healthy", "the old backend goes on"):
        assert words in said
    assert docker.of("backend") == old
    assert docker.image == "sha256:old", "a start after this one takes the old image again"
    assert f"stop {old[0].id}" not in docker.asked


async def test_a_new_backend_that_takes_too_long_is_no_new_backend(docker: Docker) -> None:
    await docker.run_all()
    docker.new_health = "running starting 0"
    code, said = await docker.script("update.sh", PLANTOPS_HEALTHY_SECONDS="1")
    assert (code, len(docker.of("backend"))) == (1, 1)
    assert "The update was taken back" in said


async def test_an_update_that_is_interrupted_is_taken_back(docker: Docker) -> None:
    await docker.run_all()
    old = docker.of("backend")
    docker.new_health = "running starting 0"
    process = await docker.begin("update.sh")
    while len(docker.of("backend")) < 2:
        await asyncio.sleep(0.01)
    process.terminate()
    said, _ = await process.communicate()
    assert process.returncode
    assert b"The update was taken back" in said
    assert docker.of("backend") == old


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("compose build", "the compiler has a cold"),
        ("compose pull", "the compiler has a cold"),
        ("compose run", "What is missing or weak stands above"),
        ("compose exec", "the backup failed (BACKUP=no goes without)"),
    ],
)
async def test_what_fails_before_the_new_one_starts_changes_nothing(docker: Docker, question: str, words: str) -> None:
    await docker.run_all()
    docker.refuse[question] = "the compiler has a cold"
    before = list(docker.containers)
    code, said = await docker.script("update.sh")
    assert code == 1
    assert words in said
    assert docker.containers == before
    assert docker.image == "sha256:old"


async def test_too_little_memory_for_two_is_told_before(docker: Docker, tmp_path: Path) -> None:
    await docker.run_all()
    (tmp_path / "meminfo").write_text("MemTotal: 900000 kB\nMemAvailable: 300000 kB\n")
    code, said = await docker.script("update.sh", PLANTOPS_MEMINFO=str(tmp_path / "meminfo"))
    assert (code, changes(docker)) == (1, [])
    assert "292 MB of memory are free, and a second backend may need 512" in said
    assert (await docker.script("update.sh", PLANTOPS_MEMINFO=str(tmp_path / "meminfo"), MEMORY="no"))[0] == 0


async def test_without_a_running_backend_there_is_nothing_to_update(docker: Docker) -> None:
    code, said = await docker.script("update.sh")
    assert (code, "no backend runs here: make prod-up" in said) == (1, True)


@pytest.mark.parametrize("script", ["up.sh", "update.sh", "restore.sh"])
async def test_two_at_once_are_refused(docker: Docker, script: str) -> None:
    await docker.run_all()
    words = [str(backup(docker))] if script == "restore.sh" else []
    with (docker.checkout / ".prod.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = await docker.script(script, *words)
    assert code == 1
    assert "Another start, update or restore is under way here. Nothing was done." in said
    assert changes(docker) == []


def backup(docker: Docker, key: str = "00ff") -> Path:
    """Lay out a backup as far as the host's script looks into it."""
    folder = docker.checkout / "backups" / "plantops-20261125-020000"
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / "config.tar.gz", "w:gz") as packed:
        settings = f"ENCRYPTION_KEY='{key}'\n".encode()
        entry = tarfile.TarInfo("./.env.prod")
        entry.size = len(settings)
        packed.addfile(entry, io.BytesIO(settings))
    return folder


async def test_a_restore_stops_the_backend_and_starts_everything_again(docker: Docker) -> None:
    await docker.run_all()
    code, said = await docker.script("restore.sh", f"{backup(docker)}/database.dump", "--over-data")
    assert code == 0, said
    script = "compose run --rm --no-deps -T --entrypoint /bin/bash backup /plantops/scripts/restore-database.sh"
    assert changes(docker) == [
        "compose run --rm --no-deps -T prepare",
        "compose up --detach db",
        "compose stop backend",
        f"{script} /backups/plantops-20261125-020000 --over-data",
        "compose up --detach",
    ]


async def test_a_restore_that_is_refused_lets_the_backend_go_on(docker: Docker) -> None:
    await docker.run_all()
    docker.refuse["compose run --rm --no-deps -T --entrypoint"] = "plantops: the database plantops holds data."
    code, said = await docker.script("restore.sh", str(backup(docker)))
    assert code == 1
    assert "holds data" in said
    assert len(docker.of("backend")) == 1
    assert changes(docker)[-1] == "compose start backend"


async def test_a_restore_with_another_key_is_refused(docker: Docker) -> None:
    code, said = await docker.script("restore.sh", str(backup(docker, key="abcd")))
    assert code == 1
    assert "ENCRYPTION_KEY of this backup is another one" in said
    assert changes(docker) == []


async def test_a_restore_of_nothing_is_refused(docker: Docker, tmp_path: Path) -> None:
    code, said = await docker.script("restore.sh", "")
    assert (code, "which backup? make prod-restore FILE=" in said) == (1, True)
    code, said = await docker.script("restore.sh", str(tmp_path))
    assert (code, "copy the whole backup there first" in said) == (1, True)
    assert docker.asked == []


async def test_status_tells_what_runs_and_the_newest_backup(docker: Docker) -> None:
    (backup(docker) / "SHA256SUMS").touch()
    code, said = await docker.script("status.sh")
    assert code == 0
    assert "newest backup: backups/plantops-20261125-020000" in said


async def test_the_commands_are_ones_that_compose_knows(docker: Docker, tmp_path: Path) -> None:
    """What the made-up Docker was asked is asked of the real Compose, which only lacks a daemon."""
    await docker.run_all()
    for words in (["up.sh"], ["up.sh", "--restart"], ["update.sh"], ["restore.sh", str(backup(docker))], ["status.sh"]):
        code, said = await docker.script(*words)
        assert code == 0, said
    services = "".join(f"  {name}: {{image: x}}\n" for name in (*SERVICES, "prepare"))
    (tmp_path / "docker-compose.prod.yml").write_text(f"services:\n{services}")
    asked = sorted({asked for asked in docker.asked if asked.startswith("compose ")})
    assert len(asked) > 12
    for question in [*asked, "compose up --no-such-thing"]:
        process = await asyncio.create_subprocess_exec(
            *(named("PLANTOPS_COMPOSE"), "-f", "docker-compose.prod.yml", *shlex.split(question)[1:]),
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
        ("prod-down", "docker compose -f docker-compose.prod.yml down"),
        ("prod-logs", "docker compose -f docker-compose.prod.yml logs --follow --tail 200"),
        ("prod-logs SERVICE=backend", "docker compose -f docker-compose.prod.yml logs --follow --tail 200 backend"),
        ("prod-build", "docker compose -f docker-compose.prod.yml build"),
        ("prod-restart", "scripts/prod/up.sh --restart"),
        ("prod-status", "scripts/prod/status.sh"),
        (
            "prod-backup",
            "docker compose -f docker-compose.prod.yml exec -T backup /bin/bash /plantops/scripts/backup.sh once",
        ),
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
