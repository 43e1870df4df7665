"""The message broker that comes with PlantOps: a real Mosquitto in one folder, started, watched and stopped by us.

`async with EmbeddedBroker.open(folder, certificates=…) as broker:` gives its ports and account. The folder holds

    state/      what the broker keeps: its configuration, accounts, sessions and queued messages
    log/        what the broker says, kept short
    password    of the account `backend`; demo-password: of `demo`, which may do everything (0600)
    port, tls-port, inner-tls-port   of the last run, taken again if they are free
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

from plantops.domain import reserved
from plantops.mqtt.difference import Account
from plantops.mqtt.inner import demo_account, inner_accounts
from plantops.ops import privilege
from plantops.ops.broker_config import SQLITE_SINCE, Layout, render
from plantops.ops.certificates import Certificates
from plantops.ops.dynsec import ACCOUNTS_FILE, settle
from plantops.ops.folder import hold, in_words, make_folder, secret, sticky_port, write_private
from plantops.ops.service import Service
from plantops.ops.supervision import Child, ServiceFailed, finish

HOST = "127.0.0.1"
READY_SECONDS = 60.0
STOP_SECONDS = 30.0
PROBE_SECONDS = 1.0
USAGE_CODES = (0, 1, 3)
"""`mosquitto -h` ends with one of these, depending on its version."""
PLACES = ("sbin", "local/sbin", "local/bin", "bin")

QUEUED_MESSAGES, QUEUED_BYTES = 10_000_000, 268_435_456
PACKET_BYTES = 16_777_216


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
    ports: Ports
    ca_file: Path
    backend_password: str
    """Of the backend's account, from which the passwords of its other accounts follow."""
    password: str
    """Of the account `username`, which may do everything."""
    host: str = HOST
    username: str = reserved.DEMO
    backend_username: str = reserved.BACKEND

    @property
    def port(self) -> int:
        """Plain, on 127.0.0.1 only."""
        return self.ports.plain

    @property
    def inner_tls_port(self) -> int:
        """TLS 1.2 or newer, on 127.0.0.1 only: each client has the client id that it wishes."""
        return self.ports.inner_tls

    @property
    def tls_port(self) -> int:
        """TLS 1.2 or newer, on every address of this machine: a client's id is its user name."""
        return self.ports.tls

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
            password, guest = secret(folder / "password"), secret(folder / "demo-password")
            state = _state_folder(folder)
            ports = Ports(
                sticky_port(folder / "port", port),
                sticky_port(folder / "inner-tls-port"),
                sticky_port(folder / "tls-port", tls_port),
            )
            _copy_certificate(certificates, state)
            write_private(state / "mosquitto.conf", render(_layout(mosquitto, state, ports)))
            accounts = (*inner_accounts(reserved.BACKEND, password), demo_account(guest))
            running = _running(folder, state, mosquitto, Inside(ports.plain, accounts))
            service = await stack.enter_async_context(running)
            yield cls(service, mosquitto, ports, certificates.ca_file, password, guest)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the broker listens."""

    plain: int
    inner_tls: int
    tls: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What is needed to see whether the broker is ready."""

    port: int
    accounts: tuple[Account, ...]

    @property
    def health(self) -> Account:
        """The account that asks."""
        return next(account for account in self.accounts if account.username == reserved.HEALTH)


def _state_folder(folder: Path) -> Path:
    state = folder / "state"
    with in_words(state):
        state.mkdir(mode=0o700, exist_ok=True)
        if (user := privilege.ordinary_user(folder)) and state.stat().st_uid == 0:
            os.chown(state, user.uid, user.gid)
    return state


def _copy_certificate(certificates: Certificates, state: Path) -> None:
    """Give the broker's user a copy of the server's key; the CA's key stays where only we read it."""
    for source, name in ((certificates.server_file, "server.crt"), (certificates.server_key_file, "server.key")):
        with in_words(source):
            content = source.read_text(encoding="ascii")
        write_private(state / name, content)


def _layout(mosquitto: Mosquitto, state: Path, ports: Ports) -> Layout:
    has_sqlite = mosquitto.version[:2] >= SQLITE_SINCE
    return Layout(
        head="# Written by PlantOps at each start, for Mosquitto {version}.\n",
        version=mosquitto.version[:2],
        data=str(state),
        dynamic_security=str(mosquitto.plugin("mosquitto_dynamic_security")),
        persist_sqlite=str(mosquitto.plugin("mosquitto_persist_sqlite")) if has_sqlite else "",
        certificates=str(state),
        log_to="stderr",
        port=ports.plain,
        tls_port=ports.tls,
        inner_tls_port=ports.inner_tls,
        health_port=None,
        inner_address=HOST,
        queued_messages=QUEUED_MESSAGES,
        queued_bytes=QUEUED_BYTES,
        packet_bytes=PACKET_BYTES,
    )


@asynccontextmanager
async def _running(folder: Path, state: Path, mosquitto: Mosquitto, inside: Inside) -> AsyncIterator[Service]:
    """Keep the broker running until the block ends; at each start it has the first accounts, whatever it has lost."""
    logs = make_folder(folder / "log", mode=0o700)

    @asynccontextmanager
    async def start() -> AsyncIterator[Child]:
        settle(state / ACCOUNTS_FILE, inside.accounts, for_2_0=mosquitto.version[:2] < SQLITE_SINCE)
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
        await child.ready(lambda: lets_in(inside.port, inside.health), within=READY_SECONDS)

    async with Service.open(name="mosquitto", start=start, ready=ready) as service:
        yield service


async def lets_in(port: int, account: Account) -> bool:
    """Tell whether an account gets in, by the smallest MQTT 3.1.1 session: CONNECT, CONNACK, DISCONNECT."""
    fields = (account.client_id.encode(), account.username.encode(), account.password.encode())
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
