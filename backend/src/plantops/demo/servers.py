"""The servers of the demo: PostgreSQL, Mosquitto and the backend, in the order in which they need each other."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from plantops import bootstrap
from plantops.demo import ports
from plantops.demo.programs import Program, work_folder
from plantops.ops import certificates, privilege
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.embedded import EmbeddedPostgres
from plantops.ops.folder import make_folder, write_private
from plantops.ops.service import Service
from plantops.ops.supervision import Child
from plantops.settings import BrokerAccounts, DeviceApproval, Settings, describe

READY_SECONDS = 300.0
ANSWER = aiohttp.ClientTimeout(total=2.0)

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Store:
    """The running database and broker, and the settings with which a backend uses them."""

    postgres: EmbeddedPostgres
    broker: EmbeddedBroker
    settings: Settings

    @property
    def database_url(self) -> str:
        """The database's address for other programs, on 127.0.0.1."""
        return self.postgres.tcp_url or self.postgres.url


@asynccontextmanager
async def open_store(settings: Settings, say: Say) -> AsyncIterator[Store]:
    """Run PostgreSQL and Mosquitto until the block ends."""
    data = settings.plantops_data.absolute()
    mosquitto = os.environ.get("PLANTOPS_MOSQUITTO")
    async with AsyncExitStack() as stack:
        say("PostgreSQL")
        postgres = await stack.enter_async_context(EmbeddedPostgres.open(bootstrap.embedded_folder(settings), port=0))
        say("Mosquitto")
        broker = await stack.enter_async_context(
            EmbeddedBroker.open(
                data / "mosquitto",
                certificates=certificates.ensure(data / "certs", bootstrap.now()),
                binary=Path(mosquitto) if mosquitto else None,
                port=ports.prefer(settings.mqtt_port, everywhere=False),
                tls_port=ports.prefer(settings.mqtt_tls_port),
            )
        )
        changes = {
            "database_url": SecretStr(postgres.url),
            "mqtt_host": broker.host,
            "mqtt_port": broker.port,
            "mqtt_tls_port": broker.tls_port,
            "mqtt_use_tls": False,
            "mqtt_backend_username": broker.backend_username,
            "mqtt_backend_password": SecretStr(broker.backend_password),
            "http_port": ports.prefer(settings.http_port or ports.HTTP),
            "https_port": ports.prefer(settings.https_port),
            "broker_accounts": BrokerAccounts.MANAGED,
            "device_approval": DeviceApproval.AUTO,
        }
        yield Store(postgres, broker, settings.model_copy(update=changes))


@asynccontextmanager
async def open_backend(store: Store, say: Say, on_exit: Callable[[int], None]) -> AsyncIterator[Service]:
    """Run the backend as a process of its own until the block ends."""
    settings = store.settings
    data = settings.plantops_data.absolute()
    _share_key(settings)
    folder = work_folder(data / "backend")
    program = Program(
        name="Backend",
        arguments=("plantops", "serve"),
        folder=folder,
        env=environment(settings) | _share_certificate(data / "certs", folder),
        log=make_folder(data / "log", mode=0o700) / "backend.log",
    )
    url = f"http://127.0.0.1:{settings.http_port}"

    async def ready(child: Child) -> None:
        async with aiohttp.ClientSession(timeout=ANSWER) as session:
            await child.ready(lambda: _is_ready(session, url), within=READY_SECONDS)

    say("Backend")
    async with program.running(ready, on_exit) as service:
        yield service


def _share_key(settings: Settings) -> None:
    """Let the backend read the encryption key that the demo made."""
    bootstrap.vault(settings)
    file = settings.plantops_data.absolute() / bootstrap.KEY_FILE
    if file.exists() and file.stat().st_uid == 0 and (user := privilege.ordinary_user(file)):
        os.chown(file, user.uid, user.gid)


def _share_certificate(certs: Path, folder: Path) -> dict[str, str]:
    """Let the backend show the server's certificate: copies that it may read; give the settings that name them."""
    made = certificates.Certificates.of(certs)
    variables = {}
    for variable, file in (("HTTPS_CERT", made.server_file), ("HTTPS_KEY", made.server_key_file)):
        write_private(copy := folder / file.name, file.read_bytes())
        variables[variable] = str(copy)
    return variables


def environment(settings: Settings) -> dict[str, str]:
    """Give the variables with which a backend process gets these settings."""
    from_outside = {setting.name: os.environ[setting.name] for setting in describe() if setting.name in os.environ}
    database = settings.database_url.get_secret_value() if settings.database_url else ""
    password = settings.mqtt_backend_password.get_secret_value() if settings.mqtt_backend_password else ""
    return {
        **from_outside,
        "DATABASE_URL": database,
        "MQTT_HOST": settings.mqtt_host,
        "MQTT_PORT": str(settings.mqtt_port),
        "MQTT_TLS_PORT": str(settings.mqtt_tls_port),
        "MQTT_USE_TLS": str(settings.mqtt_use_tls).lower(),
        "MQTT_CA_CERT": "",
        "MQTT_BACKEND_USERNAME": settings.mqtt_backend_username,
        "MQTT_BACKEND_PASSWORD": password,
        "HTTP_HOST": settings.http_host,
        "HTTP_PORT": str(settings.http_port),
        "HTTPS_PORT": str(settings.https_port),
        "BROKER_ACCOUNTS": settings.broker_accounts,
        "DEVICE_APPROVAL": settings.device_approval,
        "PLANTOPS_DATA": str(settings.plantops_data.absolute()),
    }


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/api/ready") as answer:
            return answer.ok
    except aiohttp.ClientError, TimeoutError:
        return False
