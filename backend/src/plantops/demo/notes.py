"""What the demo writes down for people and programs: the token it made once, and demo.json."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from aioplantops.models import Scope
from aioplantops.registration import PATH as REGISTER

from plantops import bootstrap
from plantops.demo.servers import Store
from plantops.ops.folder import write_private
from plantops.settings import Settings

TOKEN_NAME = "demo"  # noqa: S105 - its name, not the token


@dataclass(frozen=True, slots=True)
class HassNotes:
    """How to get into the Home Assistant beside the demo, on this machine alone."""

    url: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoNotes:
    """demo.json: how programs reach the running demo."""

    url: str
    token: str
    mqtt_host: str
    mqtt_tls_port: int
    """For programs on this machine, which may come as often as they like under the account below."""
    mqtt_device_port: int
    """For devices: a client's id is its user name there, so a second client of one account pushes out the first."""
    mqtt_port: int
    ca_file: str
    mqtt_backend_username: str
    mqtt_backend_password: str
    database_url: str
    https_port: int
    """Where devices register."""
    registration_key: str
    dashboard: bool
    """Whether the backend shows the dashboard at `url`."""
    home_assistant: HassNotes | None = None
    """Only beside `make demo-ha`."""

    @classmethod
    def of(cls, store: Store, token: str, registration_key: str) -> DemoNotes:
        """Take the facts from what runs."""
        broker = store.broker
        return cls(
            url=f"http://localhost:{store.settings.http_port}",
            token=token,
            mqtt_host="localhost",
            mqtt_tls_port=broker.inner_tls_port,
            mqtt_device_port=broker.tls_port,
            mqtt_port=broker.port,
            ca_file=str(broker.ca_file.absolute()),
            mqtt_backend_username=broker.username,
            mqtt_backend_password=broker.password,
            database_url=store.database_url,
            https_port=store.settings.https_port,
            registration_key=registration_key,
            dashboard=store.settings.dashboard is not None,
        )

    @property
    def register_url(self) -> str:
        """Where a device registers."""
        return f"https://localhost:{self.https_port}{REGISTER}"

    def write(self, folder: Path) -> None:
        """Write demo.json (0600), whole or not at all."""
        write_private(folder / "demo.json", json.dumps(asdict(self), indent=2) + "\n")


def kept_token(folder: Path) -> str | None:
    """Give the token of an earlier run."""
    with suppress(OSError):
        return (folder / "token").read_text(encoding="ascii").strip() or None
    return None


async def make_token(settings: Settings) -> str:
    """Make an admin token and keep it (0600)."""
    async with bootstrap.open_access(settings) as access:
        _, secret = await access.create(TOKEN_NAME, (Scope.ADMIN,))
    write_private(settings.plantops_data.absolute() / "token", secret + "\n")
    return secret
