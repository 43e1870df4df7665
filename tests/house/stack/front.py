"""The front of the stack: the real nginx on the configuration in `frontend/nginx`, by its own start script."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from plantops.demo.programs import work_folder
from plantops.ops.folder import write_private
from plantops.ops.supervision import Child, finish

from tests.servers import PATIENCE_SECONDS, free_port, named

FRONTEND = Path(__file__).parents[3] / "frontend"
ANOTHER = "nameserver 127.0.0.1:9\n"
"""A second resolver, which nobody must ask as long as the first one answers."""
ONE_LOOK = aiohttp.ClientTimeout(total=2.0)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the front listens, on 127.0.0.1."""

    page: int
    api: int
    https: int
    proxy: int
    """For a proxy of ours that stands in front of it."""

    @classmethod
    def free(cls) -> Ports:
        """Take free ones."""
        return cls(free_port(), free_port(), free_port(), free_port())


@dataclass(frozen=True, slots=True)
class Front:
    """A running nginx."""

    ports: Ports
    requests: Path
    """Where it writes a line of JSON for each request."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, ports: Ports, *, certificates: Path, resolver: int, backend_port: int
    ) -> AsyncIterator[Front]:
        """Run nginx until the block ends; the backends' names are asked of the resolver at that port of 127.0.0.1."""
        work_folder(folder)
        environment = lay(folder, ports, certificates=certificates, resolver=resolver, backend_port=backend_port)
        start, log = folder / "nginx/start.sh", folder / "nginx.log"
        async with Child.run([start], name="nginx", folder=folder, env=environment, log=log) as child:
            async with aiohttp.ClientSession(timeout=ONE_LOOK) as session:
                await child.ready(lambda: _answers(session, ports.page), within=PATIENCE_SECONDS)
            yield cls(ports, folder / "requests.log")


async def check(folder: Path, certificates: Path) -> str:
    """Let nginx read the configuration, and give what it says. Raises ServiceFailed when it does not like it."""
    work_folder(folder)
    environment = lay(folder, Ports.free(), certificates=certificates, resolver=free_port(), backend_port=free_port())
    return await finish([folder / "nginx/start.sh", "-t"], name="nginx -t", folder=folder, env=environment)


def lay(folder: Path, ports: Ports, *, certificates: Path, resolver: int, backend_port: int) -> dict[str, str]:
    """Copy the configuration, with this test's ports and paths in it; gives the start script's environment."""
    conf = folder / "nginx"
    shutil.copytree(FRONTEND / "nginx", folder / "nginx")
    shutil.copytree(named("PLANTOPS_DASHBOARD"), folder / "page")
    for name in ("server.crt", "server.key"):
        write_private(folder / name, (certificates / name).read_bytes())
    write_private(folder / "resolv.conf", f"search example.org\nnameserver 127.0.0.1:{resolver}\n{ANOTHER}")
    changes = {
        "listen 8080": f"listen 127.0.0.1:{ports.page}",
        "listen 8000": f"listen 127.0.0.1:{ports.api}",
        "listen 8443": f"listen 127.0.0.1:{ports.https}",
        "listen 8081": f"listen 127.0.0.1:{ports.proxy}",
        "\n        8081 ": f"\n        {ports.proxy} ",
        "server backend:8000 ": f"server backend:{backend_port} ",
        "/tls/": f"{folder}/",
        "/dev/stdout": str(folder / "requests.log"),
        "/usr/share/plantops/page": str(folder / "page"),
        "/tmp/plantops": str(folder / "run"),  # noqa: S108 - the container's own
    }
    places = re.compile("|".join(map(re.escape, changes)))
    for file in (conf / "nginx.conf", *(conf / "snippets").iterdir()):
        text = file.read_text(encoding="utf-8")
        file.write_text(places.sub(lambda found: changes[found[0]], text), encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "PLANTOPS_NGINX": str(named("PLANTOPS_NGINX")),
        "PLANTOPS_NGINX_CONF": str(conf),
        "PLANTOPS_NGINX_RUN": str(folder / "run"),
        "PLANTOPS_RESOLV_CONF": str(folder / "resolv.conf"),
    }


async def _answers(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/healthy") as answer:
            return answer.ok
    except aiohttp.ClientError, TimeoutError:
        return False
