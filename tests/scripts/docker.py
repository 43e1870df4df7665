"""A Docker without containers: the production scripts call a program of ours, and a test answers for it.

The program (`PLANTOPS_DOCKER`) hands its words over a socket to this process, where containers are only written
down, and may fall ill as a test wants it; `starting` and `stopping` may run real processes in their place.
"""

import asyncio
import io
import json
import os
import shlex
import sys
import tarfile
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """#!{python}
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({place!r})
    line.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
    answer = json.loads(line.makefile().read())
sys.stdout.write(answer["said"])
sys.stderr.write(answer["complaint"])
sys.exit(answer["code"])
"""
SERVICES = ("db", "mosquitto", "backend", "frontend", "announcer", "backup")


@dataclass(slots=True)
class Container:
    """A container as far as the scripts look at it."""

    id: str
    service: str
    image: str
    health: str = "running healthy 0"
    settings: dict[str, str] = field(default_factory=dict)
    """Its environment: what .env.prod said when it was made."""
    ended: int = 0
    """How it ended, if it was made to do one thing only, after which it has `said` something."""
    said: str = ""


async def _carried_out(container: Container, command: list[str]) -> str:
    """Really run a command with a container's environment; gives what it says."""
    process = await asyncio.create_subprocess_exec(
        *command, env={"PATH": os.environ["PATH"], **container.settings}, stdout=asyncio.subprocess.PIPE
    )
    return (await process.communicate())[0].decode()


async def _nothing(_: Container) -> None:
    """Be content with a container that is only written down."""


@dataclass(slots=True)
class Docker:
    """What there is, and everything that was asked."""

    folder: Path
    containers: list[Container] = field(default_factory=list)
    image: str = "sha256:old"
    """What the name of the backend's image stands for."""
    asked: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Beginnings of questions that fail, and what is said then."""
    unwilling: dict[str, str] = field(default_factory=dict)
    """Services that, made to do one thing only, say this and end with code 1, though they could be started."""
    once: list[Container] = field(default_factory=list)
    """Those that were made to do one thing only, and are not removed."""
    built: str = "sha256:new"
    made: int = 0
    starting: Callable[[Container], Awaitable[None]] = _nothing
    stopping: Callable[[Container], Awaitable[None]] = _nothing
    new_health: str = "running healthy 0"

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[Docker]:
        """Answer until the block ends; the folder is laid out as a checkout in which all is in place."""
        docker = cls(folder)
        program = folder / "docker"
        for name in (".env.prod", "certs/ca.crt", "certs/server.crt", "certs/server.key", "docker-compose.prod.yml"):
            (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "checkout" / name).write_text("ENCRYPTION_KEY=00ff\n")
        with tempfile.TemporaryDirectory(prefix="docker-") as short:  # a socket's path has at most some 100 letters
            place = Path(short) / "socket"
            program.write_text(PROGRAM.format(python=sys.executable, place=str(place)))
            program.chmod(0o755)
            async with await asyncio.start_unix_server(docker._serve, place):
                yield docker

    @property
    def checkout(self) -> Path:
        """Where the scripts believe the checkout to be."""
        return self.folder / "checkout"

    def of(self, service: str) -> list[Container]:
        """List a service's containers."""
        return [one for one in self.containers if one.service == service]

    async def run_all(self) -> None:
        """Let one container of each service run."""
        for service in SERVICES:
            await self._add(service)

    async def script(self, name: str, *words: str, **more: str) -> tuple[int, str]:
        """Run a script to its end; gives its exit code and all that it says."""
        process = await self.begin(name, *words, **more)
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    async def begin(self, name: str, *words: str, **more: str) -> asyncio.subprocess.Process:
        """Begin to run a script."""
        return await asyncio.create_subprocess_exec(
            ROOT / "scripts" / "prod" / name,
            *words,
            env={
                "PATH": os.environ["PATH"],
                "PLANTOPS_DOCKER": str(self.folder / "docker"),
                "PLANTOPS_CHECKOUT": str(self.checkout),
                "PLANTOPS_LOOK_SECONDS": "0.05",
                "PLANTOPS_FOUND_SECONDS": "0",
                **more,
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        words = json.loads(await reader.readline())
        question = shlex.join(words).replace("compose -f docker-compose.prod.yml ", "compose ")
        self.asked.append(question)
        code, said, complaint = 0, "", ""
        refusals = [why for what, why in self.refuse.items() if question.startswith(what)]
        if refusals:
            code, complaint = 1, refusals[0] + "\n"
        else:
            said = await self._answer(["compose", *words[3:]] if words[:2] == ["compose", "-f"] else words)
        writer.write(json.dumps({"code": code, "said": said, "complaint": complaint}).encode())
        writer.close()

    async def _answer(self, words: list[str]) -> str:
        match words:
            case ["compose", *rest]:
                return await self._compose(rest)
            case ["inspect", "--format", *form, identity]:
                return self._inspect(" ".join(form), self._named(identity))
            case ["stop", identity] if not self._ran_once(identity):
                await self.stopping(self._named(identity))
            case ["rm", *_, identity] if one := self._ran_once(identity):
                self.once.remove(one)
            case ["rm", "--force", identity]:
                await self._remove(self._named(identity))
            case ["rm", identity]:
                self.containers.remove(self._named(identity))
            case ["tag", image, _]:
                self.image = image
            case ["exec", identity, *command]:
                return await _carried_out(self._named(identity), command)
            case ["logs", *_, identity]:
                one = self._ran_once(identity)
                return one.said if one else "its last words\n"
        return ""

    async def _compose(self, words: list[str]) -> str:
        match words:
            case ["ps", "-q", *services]:
                found = [one.id for one in self.containers if not services or one.service in services]
                return "".join(f"{each}\n" for each in found)
            case ["build", *_]:
                self.image = self.built
            case ["up", *options]:
                await self._up(options)
            case ["run", "--detach", "--no-deps", "-T", *command]:
                return await self._run_once(command) + "\n"
            case ["stop", service]:
                for one in self.of(service):
                    await self._remove(one)
            case ["start", service]:
                await self._add(service)
        return ""

    def _named(self, identity: str) -> Container:
        return next(one for one in [*self.containers, *self.once] if one.id == identity)

    def _ran_once(self, identity: str) -> Container | None:
        return next((one for one in self.once if one.id == identity), None)

    async def _run_once(self, command: list[str]) -> str:
        """Let a shell do what it is told; of all others only their end counts."""
        self.made += 1
        service = next(word for word in command if word in {*SERVICES, "prepare"})
        one = Container(f"{service}-once-{self.made}", service, self.image, settings=self._settings())
        if service in self.unwilling:
            one.ended, one.said = 1, self.unwilling[service] + "\n"
        elif command[:2] == ["--entrypoint", "/bin/sh"]:
            one.said = await _carried_out(one, ["sh", *command[3:]])
        self.once.append(one)
        return one.id

    def _settings(self) -> dict[str, str]:
        file = self.checkout / ".env.prod"
        lines = file.read_text().splitlines() if file.exists() else []
        return {name: value for name, _, value in (line.partition("=") for line in lines)}

    async def _up(self, options: list[str]) -> None:
        services = [word for word in options if word in SERVICES] or list(SERVICES)
        scale = next((int(word.partition("=")[2]) for word in options if word.startswith("backend=")), 1)
        for service in services:
            while len(self.of(service)) < (scale if service == "backend" else 1):
                await self._add(service)

    async def _add(self, service: str) -> None:
        self.made += 1
        image = self.image if service == "backend" else "sha256:other"
        container = Container(f"{service}-{self.made}", service, image, settings=self._settings())
        if service == "backend" and self.of(service):
            container.health = self.new_health
        self.containers.append(container)
        await self.starting(container)

    async def _remove(self, container: Container) -> None:
        await self.stopping(container)
        self.containers.remove(container)

    def _inspect(self, form: str, container: Container) -> str:
        if ".State.ExitCode" in form:
            return f"ended exited {container.ended}\n"
        if ".State.Status" in form:
            return container.health + "\n"
        if ".Config.Image" in form:
            return "plantops-backend:local\n"
        return (container.image if ".Image" in form else container.service) + "\n"


def lay_backup(docker: Docker, key: str = "00ff") -> Path:
    """Lay out a backup as far as the host's script looks into it."""
    folder = docker.checkout / "backups" / "plantops-20261125-020000"
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / "config.tar.gz", "w:gz") as packed:
        settings = f"ENCRYPTION_KEY='{key}'\n".encode()
        entry = tarfile.TarInfo("./.env.prod")
        entry.size = len(settings)
        packed.addfile(entry, io.BytesIO(settings))
    return folder
