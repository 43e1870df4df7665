"""The message broker that comes with PlantOps: a real Mosquitto in one folder, started, watched and stopped by us.

`async with EmbeddedBroker.open(folder, certificates=…) as broker:` gives its ports and account. The folder holds

    state/      what the broker keeps: its configuration, accounts, sessions and queued messages
    log/        what the broker says, kept short
    password    of the account `backend` (0600)
    port, tls-port   of the last run, taken again if they are free
    lock        held while a PlantOps uses the folder
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from plantops.ops import privilege
from plantops.ops.certificates import Certificates
from plantops.ops.dynsec import with_account
from plantops.ops.folder import hold, in_words, make_folder, secret, sticky_port, write_private
from plantops.ops.service import Service
from plantops.ops.supervision import Child, ServiceFailed, finish

HOST = "127.0.0.1"
USERNAME = "backend"
READY_SECONDS = 60.0
STOP_SECONDS = 30.0
PROBE_SECONDS = 1.0
USAGE_CODES = (0, 1, 3)
"""`mosquitto -h` ends with one of these, depending on its version."""
PLACES = ("sbin", "local/sbin", "local/bin", "bin")
SQLITE_SINCE = (2, 1)

LIMITS = """\
# The queue of a consumer that is away is bounded by bytes and large: what was acknowledged must not be dropped.
# (Not 0 for unlimited: Mosquitto 2.0 then throws out a client whose message it refuses.)
max_queued_messages 10000000
max_queued_bytes 268435456
# Stock ESPHome states carry no time: an outage is a gap, not a lie.
queue_qos0_messages false
set_tcp_nodelay true
# Large enough that an oversized message reaches the backend, which refuses it by name.
max_packet_size 16777216
"""


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """A Mosquitto program: where it lies, its version, and the plugins that belong to it."""

    binary: Path
    version: tuple[int, int, int]

    @classmethod
    async def find(cls, binary: Path | None = None) -> Self:
        """Take the given program, or the system's. Raises ServiceFailed in words when that does not do."""
        found = binary or _system_binary()
        if found is None or not found.exists():
            raise ServiceFailed(
                f"There is no Mosquitto here ({found or 'looked in PATH'}): install it (apt install mosquitto, "
                f"brew install mosquitto), or fetch one without root by scripts/mosquitto.sh."
            )
        said = await finish([found, "-h"], name="mosquitto -h", folder=Path("/"), fine=USAGE_CODES)
        number = re.search(r"mosquitto version (\d+)\.(\d+)\.(\d+)", said)
        if number is None or int(number[1]) < 2:  # noqa: PLR2004 - dynamic security came with 2.0
            raise ServiceFailed(f"{found} is not a Mosquitto 2.0 or newer.")
        return cls(found.resolve(), (int(number[1]), int(number[2]), int(number[3])))

    def plugin(self, name: str) -> Path:
        """Find a plugin: below the program's own prefix, so that versions never mix."""
        prefix = self.binary.parent.parent
        for pattern in (
            f"lib/*-linux-gnu*/**/{name}.so",
            f"lib64/**/{name}.so",
            f"lib/{name}.so",
            f"lib/mosquitto/{name}.so",
        ):
            for path in sorted(prefix.glob(pattern)):
                return path
        raise ServiceFailed(f"{self.binary} comes without its plugin {name} (looked below {prefix}/lib).")

    def persistence(self, state: Path) -> str:
        """Say in its configuration's words: keep what was acknowledged through a crash.

        Mosquitto sends a PUBACK first and hands the message to the system at the end of the same turn of its loop, so
        a kill can cost the messages of one turn, whatever is set here. `sync full` would only add the disk:
        several fsyncs a turn; see docs/decisions/0005.
        """
        if self.version[:2] >= SQLITE_SINCE:
            return (
                f"persistence_location {state}/\n"
                f"plugin {self.plugin('mosquitto_persist_sqlite')}\n"
                f"plugin_opt_flush_period 0\nplugin_opt_sync normal\n"
            )
        return f"persistence true\npersistence_location {state}/\nautosave_on_changes true\nautosave_interval 1\n"


def _system_binary() -> Path | None:
    roots = (Path("/usr"), Path("/opt/homebrew"))
    path = os.pathsep.join([os.environ.get("PATH", ""), *(str(root / place) for root in roots for place in PLACES)])
    found = shutil.which("mosquitto", path=path)
    return Path(found) if found else None


@dataclass(slots=True)
class EmbeddedBroker:
    """The running broker of one folder."""

    service: Service
    mosquitto: Mosquitto
    port: int
    """Plain, on 127.0.0.1 only."""
    tls_port: int
    """TLS 1.2 or newer, on every address of this machine."""
    ca_file: Path
    password: str
    """Of the account `username`, which may do everything."""
    host: str = HOST
    username: str = USERNAME

    @property
    def pid(self) -> int | None:
        """The broker's process number; None while it is being started again."""
        return self.service.child.pid if self.service.child else None

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, *, certificates: Certificates, binary: Path | None = None, port: int = 0, tls_port: int = 0
    ) -> AsyncIterator[Self]:
        """Run the broker of the folder (made when missing) until the block ends.

        A port of 0 is any free one, the last run's if possible. Raises FolderBusy or ServiceFailed, in words.
        """
        mosquitto = await Mosquitto.find(binary)
        folder = make_folder(folder)
        async with AsyncExitStack() as stack:
            stack.enter_context(hold(folder))
            password = secret(folder / "password")
            state = _state_folder(folder)
            plain, tls = sticky_port(folder / "port", port), sticky_port(folder / "tls-port", tls_port)
            _settle_accounts(state / "dynamic-security.json", password)
            _copy_certificate(certificates, state)
            write_private(state / "mosquitto.conf", _configuration(mosquitto, state, plain, tls))
            service = await stack.enter_async_context(_running(folder, state, mosquitto, plain, password))
            yield cls(service, mosquitto, plain, tls, certificates.ca_file, password)


def _state_folder(folder: Path) -> Path:
    state = folder / "state"
    with in_words(state):
        state.mkdir(mode=0o700, exist_ok=True)
        if (user := privilege.ordinary_user(folder)) and state.stat().st_uid == 0:
            os.chown(state, user.uid, user.gid)
    return state


def _settle_accounts(file: Path, password: str) -> None:
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    try:
        after = with_account(before, USERNAME, password)
    except ValueError as error:
        raise ServiceFailed(
            f"{file}, where the broker keeps its accounts, is damaged ({error}): move it away."
        ) from None
    write_private(file, after)


def _copy_certificate(certificates: Certificates, state: Path) -> None:
    """Give the broker's user a copy of the server's key; the CA's key stays where only we read it."""
    for source, name in ((certificates.server_file, "server.crt"), (certificates.server_key_file, "server.key")):
        with in_words(source):
            content = source.read_text(encoding="ascii")
        write_private(state / name, content)


def _configuration(mosquitto: Mosquitto, state: Path, port: int, tls_port: int) -> str:
    return f"""\
# Written by PlantOps at each start, for Mosquitto {".".join(map(str, mosquitto.version))}.
log_dest stderr
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
allow_anonymous false
plugin {mosquitto.plugin("mosquitto_dynamic_security")}
plugin_opt_config_file {state}/dynamic-security.json
{mosquitto.persistence(state)}{LIMITS}
listener {port} {HOST}

listener {tls_port}
certfile {state}/server.crt
keyfile {state}/server.key
tls_version tlsv1.2
"""


@asynccontextmanager
async def _running(folder: Path, state: Path, mosquitto: Mosquitto, port: int, password: str) -> AsyncIterator[Service]:
    """Keep the broker running until the block ends."""
    logs = make_folder(folder / "log", mode=0o700)

    @asynccontextmanager
    async def start() -> AsyncIterator[Child]:
        async with Child.run(
            [mosquitto.binary, "-c", state / "mosquitto.conf"],
            name="Mosquitto",
            folder=state,
            stop_signal=signal.SIGTERM,
            log=logs / "mosquitto.log",
            patience=STOP_SECONDS,
        ) as child:
            yield child

    async def ready(child: Child) -> None:
        await child.ready(lambda: _lets_in(port, password), within=READY_SECONDS)

    async with Service.open(name="mosquitto", start=start, ready=ready) as service:
        yield service


async def _lets_in(port: int, password: str) -> bool:
    """Tell whether our account gets in, by the smallest MQTT 3.1.1 session: CONNECT, CONNACK, DISCONNECT."""
    fields = (b"plantops-ready", USERNAME.encode(), password.encode())
    body = b"\x00\x04MQTT\x04\xc2\x00\x0a" + b"".join(len(field).to_bytes(2) + field for field in fields)
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(b"\x10" + bytes([len(body)]) + body)
                answer = await reader.readexactly(4)
                writer.write(b"\xe0\x00")
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except OSError, TimeoutError, asyncio.IncompleteReadError:
        return False
    return answer == b"\x20\x02\x00\x00"
