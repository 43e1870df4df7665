"""Every production command says in the same words what it lacks, and does nothing then."""

import pytest

from tests.scripts.docker import Docker

every = pytest.mark.parametrize(
    "words",
    [
        *(["stack.sh", name] for name in ("down", "logs", "build", "backup")),
        *([name] for name in ("status.sh", "up.sh", "update.sh")),
    ],
    ids=" ".join,
)


def did(docker: Docker) -> set[str]:
    """List what was done beyond asking whether Compose is there and accepts the settings."""
    return {asked.split()[1] for asked in docker.asked} - {"version", "--format", "config"}


@every
async def test_without_docker_it_is_said_what_is_missing(docker: Docker, words: list[str]) -> None:
    code, said = await docker.script(*words, PLANTOPS_DOCKER=str(docker.folder / "nowhere"))
    assert code == 1
    assert said == (
        "plantops: Docker with its Compose plugin (docker compose version) is not here. Nothing was done.\n"
    )


@every
async def test_without_compose_it_is_said_what_is_missing(docker: Docker, words: list[str]) -> None:
    docker.refuse["compose version"] = "docker: 'compose' is not a docker command."
    code, said = await docker.script(*words)
    assert (code, "Docker with its Compose plugin" in said) == (1, True)
    assert did(docker) == set()


@every
async def test_a_docker_that_does_not_answer_is_told(docker: Docker, words: list[str]) -> None:
    docker.refuse["version"] = "permission denied while trying to connect to the Docker daemon socket"
    code, said = await docker.script(*words)
    assert code == 1
    for told in ("permission denied", "plantops: Docker doesn't answer; its words are above.", "Nothing was done.\n"):
        assert told in said
    assert did(docker) == set()


@every
async def test_without_settings_it_is_said_how_to_make_them(docker: Docker, words: list[str]) -> None:
    (docker.checkout / ".env.prod").unlink()
    code, said = await docker.script(*words)
    assert code == 1
    assert said.startswith("missing: .env.prod. Make it with: cp .env.prod.example .env.prod && chmod 600 .env.prod")
    assert said.endswith("plantops: Nothing was done.\n")
    assert did(docker) == set()


@every
async def test_settings_that_compose_refuses_stop_everything(docker: Docker, words: list[str]) -> None:
    docker.refuse["compose config"] = "line 3: unexpected character"
    code, said = await docker.script(*words)
    assert code == 1
    assert said == (
        "line 3: unexpected character\n"
        "plantops: Compose doesn't accept the settings; its words are above. Nothing was done.\n"
    )
    assert did(docker) == set()


@pytest.mark.parametrize("words", [["down"], ["logs", "backend"], ["build"], ["backup"]], ids=" ".join)
async def test_lost_certificates_are_no_reason_not_to_answer(docker: Docker, words: list[str]) -> None:
    await docker.run_all()
    (docker.checkout / "certs/ca.crt").unlink()
    code, said = await docker.script("stack.sh", *words)
    assert code == 0, said
    assert docker.asked[-1] == {
        "down": "compose down",
        "logs": "compose logs --follow --tail 200 backend",
        "build": "compose build",
        "backup": "compose exec -T backup /bin/bash /plantops/scripts/backup.sh once",
    }.get(words[0])


async def test_a_backup_needs_its_service(docker: Docker) -> None:
    code, said = await docker.script("stack.sh", "backup")
    assert (code, "the service backup does not run: make prod-up" in said) == (1, True)
    assert did(docker) == {"ps"}


async def test_a_word_that_nobody_knows_is_refused(docker: Docker) -> None:
    code, said = await docker.script("stack.sh", "dwon")
    assert (code, said) == (1, "plantops: usage: stack.sh down | logs [SERVICE] | build | backup\n")
    assert docker.asked == []
