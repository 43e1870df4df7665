"""The courier's own process: carries one message by Apprise, searched at every door, and is gone.

Apprise knows more than a hundred services and keeps its own counsel: it connects, reads files and follows URLs as each
of them likes. So it runs here, where there are no secrets but the one it needs, and Python's audit hooks (PEP 578) ask
for each connection, file and program whether that may be. Reads a task as JSON from standard input, writes the
result as JSON.
"""

import importlib
import json
import os
import resource
import signal
import ssl
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from plantops.domain.apprise_services import service_of
from plantops.domain.targets import Network, refusal

SECONDS = 30
"""After these the process ends itself, whatever it is doing."""
MEMORY_BYTES = 512 * 1024 * 1024
FORBIDDEN = frozenset(
    {
        *(
            "subprocess.Popen",
            "os.exec",
            "os.fork",
            "os.forkpty",
            "os.posix_spawn",
            "os.spawn",
            "os.system",
            "pty.spawn",
        ),
        *(
            "socket.bind",
            "socket.sendto",
            "socket.sendmsg",
            "os.remove",
            "os.rename",
            "os.mkdir",
            "os.symlink",
            "os.link",
        ),
    }
)
"""What no message needs: other programs, datagrams, listening, changes to files."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(slots=True)
class Guard:
    """Decides at each door; what it refused is told at the end."""

    allowed: Sequence[Network]
    readable: tuple[str, ...]
    refused: list[str] = field(default_factory=list)

    def __call__(self, event: str, facts: tuple[Any, ...]) -> None:
        """Hear of everything that Python does; raise where that may not be."""
        if event == "socket.connect":
            self._connect(facts[1])
        elif event == "open":
            self._open(*facts)
        elif event in FORBIDDEN:
            self._refuse(f"{event} is not allowed here")

    def _connect(self, address: object) -> None:
        if not isinstance(address, tuple):
            self._refuse("a socket of this machine may not be spoken to")
            return
        host = str(address[0]).partition("%")[0]
        try:
            why = refusal(ip_address(host), self.allowed)
        except ValueError:
            why = "is no numeric address"
        if why is not None:
            self._refuse(f"{host} {why}")

    def _open(self, path: object, mode: str | None, flags: int) -> None:
        if isinstance(path, int) or not isinstance(path, str | bytes | os.PathLike):
            return
        place = os.path.realpath(os.fsdecode(path))
        if place == os.devnull:
            return
        if flags & WRITING or any(letter in (mode or "r") for letter in "wax+"):
            self._refuse("files may not be written here")
        if not place.startswith(self.readable):
            self._refuse("files of this machine may not be read here")

    def _refuse(self, why: str) -> None:
        self.refused.append(why)
        raise PermissionError(why)


def _readable() -> tuple[str, ...]:
    """Name the folders that Python itself and TLS read from."""
    tls = ssl.get_default_verify_paths()
    places = (
        *(sys.prefix, sys.base_prefix, sys.exec_prefix, *(path for path in sys.path if path)),
        *(tls.cafile, tls.capath, tls.openssl_cafile, tls.openssl_capath, "/usr/share/zoneinfo"),
    )
    return tuple({os.path.realpath(place) for place in places if place and Path(place).is_absolute()})


def _limit() -> None:
    signal.alarm(SECONDS)
    for what, most in ((resource.RLIMIT_DATA, MEMORY_BYTES), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with suppress(ValueError, OSError):  # some systems know no such limit
            resource.setrlimit(what, (most, most))


def _plugin(url: str) -> Any:
    import apprise  # noqa: PLC0415 - half a second and 40 MB, which only this process pays

    asset = apprise.AppriseAsset(
        app_id="PlantOps",
        app_desc="PlantOps",
        app_url="",
        image_url_mask="",  # Apprise's own pictures would be fetched from its makers by whoever reads the message
        image_url_logo="",
        image_path_mask="",
        http_redirects=False,
        storage_mode="memory",
        async_mode=False,
    )
    return apprise.Apprise.instantiate(url, asset=asset)


def _look(url: str) -> Mapping[str, Any]:
    """Tell whether Apprise understands a URL, and which machine it names."""
    service, plugin = service_of(url), _plugin(url)
    if service is None or plugin is None or len(plugin) == 0:  # a service may find nobody to tell
        return {"understood": False}
    host = (getattr(plugin, "smtp_host", None) or plugin.host or "") if service.own_host else ""
    plain = bool(host) and not getattr(plugin, "secure", False)
    return {"understood": True, "host": host, "port": plugin.port or (80 if plain else 443), "plain": plain}


def _carry(task: Mapping[str, Any], guard: Guard) -> Mapping[str, Any]:
    plugin = _plugin(task["url"])
    if service_of(task["url"]) is None or plugin is None:
        return {"delivered": False, "understood": False}
    answered = _listen()
    sys.addaudithook(guard)
    try:
        delivered = bool(plugin.notify(title=task["title"], body=task["body"], notify_type=task["type"]))
    except (OSError, ValueError, TypeError, RuntimeError, LookupError) as error:  # a service's own slip
        return {"delivered": False, "raised": type(error).__name__, "refused": guard.refused, **answered}
    return {"delivered": delivered, "refused": guard.refused, **answered}


def _listen() -> dict[str, Any]:
    """Note what the service's HTTP answers are, which Apprise keeps to itself."""
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - comes with Apprise

    answered: dict[str, Any] = {}

    class Listening(HTTPAdapter):
        def send(self, *args: Any, **options: Any) -> Any:
            answer = super().send(*args, **options)
            answered.update(status=answer.status_code, retry_after=answer.headers.get("Retry-After"))
            return answer

    sessions: Any = importlib.import_module("requests.sessions")
    sessions.HTTPAdapter = Listening  # each session that Apprise opens asks for this name
    return answered


def main() -> None:
    """Do the one task."""
    _limit()
    task = json.load(sys.stdin)
    if task["look"]:
        result = _look(task["url"])
    else:
        result = _carry(task, Guard([ip_network(text) for text in task["allowed"]], _readable()))
    os.write(sys.stdout.fileno(), json.dumps(result).encode())


if __name__ == "__main__":
    main()
