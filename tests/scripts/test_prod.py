"""The scripts behind `make prod-…`, with a Docker that answers as the test wants it."""

import asyncio
import fcntl
from pathlib import Path

import pytest

from tests.scripts.docker import SERVICES, Container, Docker, lay_backup

ONCE = "compose run --detach --no-deps -T "


def changes(docker: Docker) -> list[str]:
    """List what was asked that changes something; how a container that does one thing is followed is left out."""
    asked = [asked for asked in docker.asked if "-once-" not in asked and "sha256sum" not in asked]
    return [one for one in asked if one.split()[1] not in {"ps", "version", "config", "port", "--format"}]


async def test_up_looks_first_and_then_starts_everything(docker: Docker) -> None:
    code, said = await docker.script("up.sh")
    assert code == 0, said
    assert "PlantOps runs" in said
    assert changes(docker) == [
        "compose build --quiet",
        ONCE + "prepare",
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
    docker.unwilling["prepare"] = "POSTGRES_PASSWORD: is a placeholder"
    code, said = await docker.script("up.sh")
    assert code == 1
    assert "POSTGRES_PASSWORD: is a placeholder" in said
    assert "Nothing was started or stopped" in said
    assert (docker.containers, docker.once) == ([], [])


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
        ONCE + "prepare",
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
        (ONCE + "prepare", "What is missing or weak stands above"),
        ("wait prepare", "What is missing or weak stands above"),
        (
            "inspect --format 'ended {{.State.Status}} {{.State.ExitCode}}' prepare",
            "What is missing or weak stands above",
        ),
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
    words = [str(lay_backup(docker))] if script == "restore.sh" else []
    with (docker.checkout / ".prod.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = await docker.script(script, *words)
    assert code == 1
    assert "Another start, update or restore is under way here. Nothing was done." in said
    assert changes(docker) == []


async def test_a_restore_stops_the_backend_and_starts_everything_again(docker: Docker) -> None:
    await docker.run_all()
    code, said = await docker.script("restore.sh", f"{lay_backup(docker)}/database.dump", "--over-data")
    assert code == 0, said
    script = f"{ONCE}--entrypoint /bin/bash backup /plantops/scripts/restore-database.sh"
    assert changes(docker) == [
        ONCE + "prepare",
        "compose up --detach db",
        "compose stop backend",
        f"{script} /backups/plantops-20261125-020000 --over-data",
        "compose up --detach",
    ]


async def test_a_restore_that_is_refused_lets_the_backend_go_on(docker: Docker) -> None:
    await docker.run_all()
    docker.unwilling["backup"] = "plantops: the database plantops holds data."
    code, said = await docker.script("restore.sh", str(lay_backup(docker)))
    assert code == 1
    assert "holds data" in said
    assert len(docker.of("backend")) == 1
    assert changes(docker)[-1] == "compose start backend"


async def test_a_restore_that_is_interrupted_lets_the_backend_go_on(docker: Docker) -> None:
    await docker.run_all()
    process = await docker.begin("restore.sh", str(lay_backup(docker)))

    async def interrupt(_: Container) -> None:
        process.terminate()
        await process.wait()

    docker.stopping = interrupt
    said, _ = await process.communicate()
    assert process.returncode
    assert changes(docker)[-1] == "compose start backend", said
    assert not [each for each in changes(docker) if "restore-database" in each]


async def test_a_restore_with_another_key_is_refused(docker: Docker) -> None:
    code, said = await docker.script("restore.sh", str(lay_backup(docker, key="abcd")))
    assert code == 1
    assert "ENCRYPTION_KEY of this backup is another one" in said
    assert changes(docker) == []


async def test_a_restore_of_nothing_is_refused(docker: Docker, tmp_path: Path) -> None:
    code, said = await docker.script("restore.sh", "")
    assert (code, "which backup? make prod-restore FILE=" in said) == (1, True)
    code, said = await docker.script("restore.sh", str(tmp_path))
    assert (code, "copy the whole backup there first" in said) == (1, True)
    assert docker.asked == []


async def test_status_tells_what_runs_and_the_newest_lay_backup(docker: Docker) -> None:
    (lay_backup(docker) / "SHA256SUMS").touch()
    code, said = await docker.script("status.sh")
    assert code == 0
    assert "newest backup: backups/plantops-20261125-020000" in said


async def test_a_key_that_is_only_remarked_upon_is_not_the_key(docker: Docker) -> None:
    (docker.checkout / ".env.prod").write_text(
        "# before: ENCRYPTION_KEY=abcd\n#ENCRYPTION_KEY=abcd\nENCRYPTION_KEY=00ff\n"
    )
    code, said = await docker.script("restore.sh", str(lay_backup(docker, key="abcd")))
    assert (code, "ENCRYPTION_KEY of this backup is another one" in said) == (1, True)
    assert changes(docker) == []
    (docker.checkout / ".env.prod").write_text("ENCRYPTION_KEY=00ff # new\nENCRYPTION_KEYS_OLD='1234,abcd'\n")
    code, said = await docker.script("restore.sh", str(lay_backup(docker, key="abcd")))
    assert "another one" not in said


async def test_backups_may_lie_on_another_disk(docker: Docker, tmp_path: Path) -> None:
    await docker.run_all()
    (tmp_path / "disk").mkdir()
    (docker.checkout / "backups").symlink_to(tmp_path / "disk")
    code, said = await docker.script("restore.sh", str(lay_backup(docker)))
    assert code == 0, said
