"""What the production scripts think of the settings before they touch anything that runs."""

import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from tests.scripts.docker import Docker

LOGINS = {
    "MQTT_BACKEND_USERNAME": "backend",
    "MQTT_BACKEND_PASSWORD": "b$ck 'end\\n=",
    "POSTGRES_USER": "plantops",
    "POSTGRES_PASSWORD": "Ohs8ahth+/5iev==",
    "POSTGRES_DB": "plantops",
}


def write(docker: Docker, **more: str) -> None:
    """Write .env.prod as the scripts find it."""
    values = {**LOGINS, **more}
    (docker.checkout / ".env.prod").write_text("".join(f"{name}={value}\n" for name, value in values.items()))


@pytest.mark.parametrize(
    "changed", [[name] for name in LOGINS] + [["MQTT_BACKEND_PASSWORD", "POSTGRES_PASSWORD"], list(LOGINS)]
)
async def test_an_update_that_would_change_a_login_is_refused_before_anything_changes(
    docker: Docker, changed: list[str]
) -> None:
    write(docker)
    await docker.run_all()
    before = list(docker.containers)
    write(docker, **dict.fromkeys(changed, "another-one"))
    code, said = await docker.script("update.sh")
    assert code == 1
    assert f"not what the backend that runs has: {', '.join(changed)}. An update cannot" in said
    assert "make prod-restart" in said
    for word in ("prepare", "build --", "pull", "up --"):
        assert not any(word in asked for asked in docker.asked)
    assert (docker.containers, docker.image, docker.once) == (before, "sha256:old", [])


async def test_no_login_and_nothing_made_of_one_is_shown(docker: Docker) -> None:
    write(docker)
    await docker.run_all()
    write(docker, **dict.fromkeys(["MQTT_BACKEND_PASSWORD"], "another-one"))
    code, said = await docker.script("update.sh")
    assert code == 1
    for secret in ("another-one", LOGINS["MQTT_BACKEND_PASSWORD"], LOGINS["POSTGRES_PASSWORD"]):
        assert secret not in said
        assert not any(secret in asked for asked in docker.asked)
    assert len(said.splitlines()) == 1


async def test_other_settings_may_change_by_an_update(docker: Docker) -> None:
    write(docker)
    await docker.run_all()
    write(docker, LOG_LEVEL="DEBUG", PUBLIC_HOST="garden.local")
    code, said = await docker.script("update.sh")
    assert code == 0, said
    (new,) = docker.of("backend")
    assert new.settings["LOG_LEVEL"] == "DEBUG"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("exec backend", "the backend that runs doesn't tell which logins it has: make prod-build prod-restart"),
        ("compose run --detach --no-deps -T --entrypoint", "the logins in .env.prod could not be looked at"),
        ("wait backup", "the logins in .env.prod could not be looked at"),
    ],
)
async def test_logins_that_cannot_be_compared_are_not_taken_for_the_same(
    docker: Docker, question: str, words: str
) -> None:
    await docker.run_all()
    docker.refuse[question] = "no such container"
    code, said = await docker.script("update.sh")
    assert (code, words in said) == (1, True)
    assert not any("prepare" in asked for asked in docker.asked)


async def test_a_look_that_tells_nothing_is_not_taken_for_the_same(docker: Docker) -> None:
    await docker.run_all()
    docker.unwilling["backup"] = "sh: sha256sum: not found"
    code, said = await docker.script("update.sh")
    assert (code, "the logins in .env.prod could not be looked at" in said) == (1, True)


def made(docker: Docker, program: str | None = None) -> Path:
    """Make the environment of a checkout, as far as `make prod-up` asks it something."""
    plantops = docker.checkout / ".venv/backend/bin/plantops"
    plantops.parent.mkdir(parents=True)
    plantops.write_text(program or f'#!/bin/sh\nexec {sys.executable} -m plantops "$@"\n')
    plantops.chmod(0o755)
    return plantops


async def test_weak_settings_are_named_before_the_images_are_built(docker: Docker) -> None:
    made(docker)
    write(docker, POSTGRES_PASSWORD="changeme")  # noqa: S106 - as weak as can be
    code, said = await docker.script("up.sh")
    assert code == 1
    for words in ("POSTGRES_PASSWORD: is a placeholder", "ENCRYPTION_KEY: is missing"):
        assert words in said
    assert "changeme" not in said
    assert said.endswith("Nothing was built, started or stopped.\n")
    assert not any("build" in asked or "run" in asked for asked in docker.asked)


async def test_strong_settings_are_no_reason_to_stop(docker: Docker) -> None:
    made(docker)
    names = ("POSTGRES_PASSWORD", "MQTT_BACKEND_PASSWORD")
    strong = {name: b64encode(sha256(name.encode()).digest()).decode() for name in names}
    write(docker, **strong, ENCRYPTION_KEY=sha256(b"key").hexdigest())
    code, said = await docker.script("up.sh")
    assert code == 0, said
    assert "placeholder" not in said


@pytest.mark.parametrize("program", ["#!/bin/sh\necho Traceback; exit 1\n", "#!/nowhere/python\n"])
async def test_an_environment_that_cannot_judge_leaves_it_to_the_image(docker: Docker, program: str) -> None:
    made(docker, program)
    docker.unwilling["prepare"] = "POSTGRES_PASSWORD: is a placeholder"
    code, said = await docker.script("up.sh")
    assert (code, "POSTGRES_PASSWORD: is a placeholder" in said) == (1, True)
    assert "compose build --quiet" in docker.asked
    assert docker.containers == []


async def test_without_an_environment_the_image_judges_before_anything_starts(docker: Docker) -> None:
    write(docker, POSTGRES_PASSWORD="changeme")  # noqa: S106 - as weak as can be
    docker.unwilling["prepare"] = "POSTGRES_PASSWORD: is a placeholder"
    code, said = await docker.script("up.sh")
    assert (code, "Nothing was started or stopped" in said) == (1, True)
    assert "compose build --quiet" in docker.asked
    assert docker.containers == []
