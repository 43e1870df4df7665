"""The production stack's broker without its container: the files of `mosquitto/`, with only ports and paths put in.

Debian's Mosquitto 2.1 and 2.0 stand in for the image's; everything that `plantops prepare` lays out is laid out by it.
"""

import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from plantops.domain import reserved
from plantops.mqtt.broker import Broker
from plantops.mqtt.inner import inner_accounts
from plantops.mqtt.reconcile import Household
from plantops.ops import certificates, dynsec
from plantops.ops.broker import Mosquitto, lets_in
from plantops.ops.folder import make_folder, write_private
from plantops.ops.privilege import ordinary_user
from plantops.ops.service import Service
from plantops.ops.supervision import Child
from plantops.ops.vault import Vault

from tests.servers import PATIENCE_SECONDS, free_port, named

SOURCE = Path(__file__).parent.parent / "mosquitto"
FILES = {"PLANTOPS_MOSQUITTO": "mosquitto.conf", "PLANTOPS_MOSQUITTO_20": "mosquitto-2.0.conf"}
PORTS = (1883, 8884, 1880, 8883)


@dataclass(slots=True)
class ProductionBroker:
    """The running broker."""

    service: Service
    data: Path
    ca_file: Path
    secret: str
    """MQTT_BACKEND_PASSWORD."""
    port: int
    inner_tls_port: int
    health_port: int
    tls_port: int

    def inner(self, username: str, *, tls: bool = False) -> Broker:
        """Come to it inside, as one of the backend's own accounts."""
        account = next(one for one in inner_accounts(reserved.BACKEND, self.secret) if one.username == username)
        return self.door(self.inner_tls_port if tls else self.port, username, account.password, tls=tls)

    def outer(self, username: str, password: str) -> Broker:
        """Come to it from outside."""
        return self.door(self.tls_port, username, password, tls=True)

    def door(self, port: int, username: str | None, password: str | None, *, tls: bool = False) -> Broker:
        """Come to one of its listeners."""
        ca_file = self.ca_file if tls else None
        return Broker("localhost" if tls else "127.0.0.1", port, username, password, use_tls=tls, ca_file=ca_file)

    def household(self, vault: Vault) -> Household:
        """Name its accounts as the settings would."""
        inner = inner_accounts(reserved.BACKEND, self.secret)
        return Household(self.inner(reserved.ACCOUNTS), inner, frozenset(), vault)


@asynccontextmanager
async def production_broker(
    folder: Path, variable: str, changes: dict[str, str] | None = None
) -> AsyncIterator[ProductionBroker]:
    """Prepare it and run it as its container does until the block ends; `changes` replace global settings by name."""
    mosquitto = await Mosquitto.find(named(variable))
    # Closed to others, so that root lends the broker the right to pass; it needs that for a program in root's own home.
    root = make_folder(folder / "mosquitto", mode=0o700)
    made = certificates.ensure(folder / "certs", datetime.now(UTC))
    secret = secrets.token_urlsafe(32)
    _lay_out(root, made, secret)
    ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
    places = _places(root, mosquitto)
    configuration = _placed((SOURCE / FILES[variable]).read_text(), places)
    for before, after in ports.items():
        configuration = re.sub(rf"^listener {before}\b", f"listener {after}", configuration, flags=re.MULTILINE)
    for setting, value in (changes or {}).items():
        configuration = re.sub(rf"^{setting} .*\n", "", configuration, flags=re.MULTILINE)
        configuration = f"{setting} {value}\n{configuration}"
    write_private(root / "config" / "mosquitto.conf", configuration, mode=0o644)
    write_private(root / "config" / "start.sh", _placed((SOURCE / "start.sh").read_text(), places), mode=0o755)
    async with _running(root, secret, ports[1880]) as service:
        yield ProductionBroker(service, root / "data", made.ca_file, secret, *ports.values())


def _lay_out(root: Path, made: certificates.Certificates, secret: str) -> None:
    """Do what the service `prepare` does for the broker."""
    user = ordinary_user(root)
    for name in ("data", "certs", "config"):
        (root / name).mkdir(mode=0o755, exist_ok=True)
        if user:
            os.chown(root / name, user.uid, user.gid)
    dynsec.prepare(root / "data", reserved.BACKEND, secret)
    for file in (made.server_file, made.server_key_file):
        write_private(root / "certs" / file.name, file.read_bytes())


def _places(root: Path, mosquitto: Mosquitto) -> dict[str, str]:
    """Say where here is what has another place in the image."""
    plugins = ["mosquitto_dynamic_security"]
    if mosquitto.version >= (2, 1, 0):
        plugins.append("mosquitto_persist_sqlite")
    return {
        "/mosquitto/": f"{root}/",
        "/usr/sbin/mosquitto": str(mosquitto.binary),
        **{f"/usr/lib/{name}.so": str(mosquitto.plugin(name)) for name in plugins},
    }


def _placed(text: str, places: dict[str, str]) -> str:
    """Put paths in the place of others, each once."""
    found = re.compile("|".join(rf"(?<![\w/.-]){re.escape(before)}" for before in places))
    return found.sub(lambda match: places[match[0]], text)


def _free_ports(count: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)


@asynccontextmanager
async def _running(root: Path, secret: str, health_port: int) -> AsyncIterator[Service]:
    health = next(one for one in inner_accounts(reserved.BACKEND, secret) if one.username == reserved.HEALTH)

    @asynccontextmanager
    async def start() -> AsyncIterator[Child]:
        script, log = root / "config" / "start.sh", root / "broker.log"
        async with Child.run(["/bin/sh", script], name="Mosquitto", folder=root / "data", log=log) as child:
            yield child

    async def ready(child: Child) -> None:
        await child.ready(lambda: lets_in(health_port, health), within=PATIENCE_SECONDS)

    async with Service.open(name="mosquitto", start=start, ready=ready) as service:
        yield service
