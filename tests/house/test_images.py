"""The images, as far as they can be proven without an engine: their own commands, run in a clean folder."""

import asyncio
import fnmatch
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.house.stack.composed import ROOT

type Step = tuple[str, str]
"""An instruction of a Dockerfile: its name and the rest."""


def steps(file: str) -> list[Step]:
    """Read a Dockerfile: comments left out, lines that go on put together."""
    text = "\n".join(line for line in (ROOT / file).read_text().splitlines() if not line.startswith("#"))
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


BACKEND = steps("backend/Dockerfile")
SECOND_STAGE = next(number for number, (name, _) in enumerate(BACKEND) if name == "FROM" and number)


def reaches_the_engine(path: str) -> bool:
    """Tell whether .dockerignore lets a file of the checkout through; the last line that fits decides."""
    through = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        parents = [path, *(str(each) for each in Path(path).parents)]
        names = Path(path).parts if line.startswith("**/") else parents
        if line and not line.startswith("#") and any(fnmatch.fnmatch(name, pattern) for name in names):
            through = line.startswith("!")
    return through


def test_nothing_but_what_the_image_is_made_of_reaches_the_engine() -> None:
    copied = [part for name, rest in BACKEND[:SECOND_STAGE] if name == "COPY" for part in rest.split()[:-1]]
    for part in copied:
        files = (
            [ROOT / part] if (ROOT / part).is_file() else [*(ROOT / part).rglob("*.py"), *(ROOT / part).rglob("*.sql")]
        )
        assert files, part
        assert [file for file in files if not reaches_the_engine(str(file.relative_to(ROOT)))] == []
    for secret in (".env.prod", ".env", "certs/ca.key", ".git/config", ".venv/backend/bin/python", "backups/x/dump"):
        assert not reaches_the_engine(secret), secret
    assert not reaches_the_engine("backend/src/plantops/__pycache__/app.cpython-314.pyc")


def test_the_backends_image_runs_as_nobody_special() -> None:
    last = dict(BACKEND[SECOND_STAGE:])
    assert last["USER"] == "1000:1000"
    assert json.loads(last["ENTRYPOINT"]) == ["plantops"]
    assert json.loads(last["CMD"]) == ["serve"]
    assert "--uid 1000" in last["RUN"]
    assert "plantops" in last["RUN"]
    assert not any("curl" in rest for _, rest in BACKEND)


PYTHON: str = getattr(sys, "_base_executable", sys.executable)
AS_SCRIPTS_DO = {"UV_SYSTEM_CERTS": "1", "UV_NO_CONFIG": "1", "UV_NO_PROGRESS": "1"}
"""The way to the package index, where uv's cache does not have what it needs (scripts/lib.sh)."""


async def run(*words: str | Path, folder: Path, more: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program with little but PATH in its environment."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(more or {})}
    process = await asyncio.create_subprocess_exec(
        *map(str, words),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_the_backends_image_is_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "src", tmp_path / "opt"
    uv = (await run(ROOT / "scripts/uv.sh", PYTHON, folder=tmp_path))[1].split()[-1]
    here = {"/opt/plantops": str(target), "/usr/local/bin/python3.14": PYTHON, "uv ": f"{uv} "}
    places = re.compile("|".join(f"(?<![\\w/]){re.escape(each)}" for each in here))
    for name, rest in BACKEND[:SECOND_STAGE]:
        if name == "COPY":
            *parts, into = rest.split()
            for part in parts:
                place = source / into / Path(part).name if into.endswith("/") else source / into
                place.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, place)
        elif name == "RUN" and not rest.startswith("pip "):  # pip brings uv, of the version that is here already
            code, said = await run(
                "sh",
                "-c",
                places.sub(lambda found: here[found[0]], rest),
                folder=source,
                more={**os.environ, **AS_SCRIPTS_DO},
            )
            assert code == 0, said
    shutil.rmtree(source)
    empty = tmp_path / "empty"
    empty.mkdir()
    code, said = await run(target / "bin/plantops", "--version", folder=empty)
    assert (code, said.split()[0]) == (0, "plantops"), said
    code, said = await run(target / "bin/plantops", "prepare", "--certificates", empty, folder=empty)
    assert code == 1
    assert "ENCRYPTION_KEY: is missing" in said
    code, said = await run(target / "bin/python", "-c", "import plantops.app, plantops.ops.announce", folder=empty)
    assert code == 0, said
    code, _ = await run(target / "bin/python", "-c", "import pytest", folder=empty)
    assert code == 1, "what only tests need stays out"


@asynccontextmanager
async def answering(status: int) -> AsyncIterator[int]:
    """Answer /api/ready with a status, at a port."""

    async def ready(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/api/ready", ready)
    async with TestServer(app) as server:
        assert server.port
        yield server.port


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
async def test_the_health_check_needs_no_other_program(status: int, expected: int, tmp_path: Path) -> None:
    check = dict(BACKEND)["HEALTHCHECK"]
    words = json.loads(check[check.index("[") :])
    async with answering(status) as port:
        code, _ = await run(sys.executable, "-c", words[2].replace("8000", str(port)), folder=tmp_path)
    assert code == expected


def test_the_frontends_image_holds_what_its_server_serves() -> None:
    frontend = steps("frontend/Dockerfile")
    copied = [rest.split() for name, rest in frontend if name == "COPY"]
    built = {part for *parts, _ in copied[:-2] for part in parts}
    assert copied[-2:] == [["nginx/", "/etc/nginx/"], ["--from=build", "/build/dist/", "/usr/share/plantops/page/"]]
    assert [part for part in built if not (ROOT / "frontend" / part).exists()] == []
    assert [rest for name, rest in frontend if name == "RUN"][1] == "npm run build"
    assert dict(frontend)["USER"] == "101:101"
    assert json.loads(dict(frontend)["ENTRYPOINT"]) == ["/bin/sh", "/etc/nginx/start.sh"]
