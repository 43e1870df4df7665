"""How nodes get their accounts: over HTTPS, with a registration key, as real boards do; what they are told they keep.

A node that the broker refuses again and again registers anew: its password was changed, or the broker forgot it.
"""

import json
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aiohttp import ClientSession, TCPConnector
from aioplantops.client import PlantOpsClient
from aioplantops.errors import PlantOpsError
from aioplantops.models import DeviceAccess
from aioplantops.registration import DeviceCredentials, DeviceRegister
from pydantic import ValidationError

from virtualgarden.config import RegistrationConfig
from virtualgarden.link import Account, Broker, LinkLost, Refused
from virtualgarden.nodes import NodeKind

REFUSALS = 2
"""So often in a row the broker must refuse an account before the node asks for another."""
FIRMWARE = "virtual"

type Complain = Callable[[str, str], None]
"""Takes a node's name and why it could not register."""


@dataclass(slots=True)
class Papers:
    """One node's account, and how it gets another."""

    registrar: Registrar
    kind: NodeKind
    refusals: int = 0

    @property
    def wish(self) -> Account:
        """The name that the node hopes for, as long as it has no account."""
        return Account(self.registrar.broker, self.kind.device_id)

    async def __aenter__(self) -> None:
        """Show the account to the broker: `async with papers:` around a connection."""

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Count how often in a row the broker did not take it."""
        self.refusals = self.refusals + 1 if isinstance(error, Refused) else 0

    async def show(self) -> Account:
        """Give the node's account, registering where there is none or it does not serve. Raises LinkLost."""
        kept = self.registrar.kept(self.kind)
        if kept is None or (self.refusals >= REFUSALS and kept.status is not DeviceAccess.PENDING):
            kept = await self.registrar.register(self.kind)
            self.refusals = 0
        return Account(self.registrar.broker, kept.mqtt_username, kept.mqtt_password)


@dataclass
class Registrar:
    """The registering of all nodes, and the file in which they keep what they were told."""

    config: RegistrationConfig
    broker: Broker
    file: Path | None
    """None: what they are told is forgotten at the end."""
    complain: Complain = field(default=lambda _node, _why: None)

    @cached_property
    def _told(self) -> dict[str, DeviceCredentials]:
        """What the nodes were told, by hardware id."""
        with suppress(OSError, ValueError, ValidationError):
            if self.file is not None:
                notes = json.loads(self.file.read_bytes())
                return {mac: DeviceCredentials.model_validate(told) for mac, told in notes.items()}
        return {}

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.config.ca_file) if self.config.ca_file else None)

    def kept(self, kind: NodeKind) -> DeviceCredentials | None:
        """Give what a node was told."""
        return self._told.get(kind.mac)

    async def register(self, kind: NodeKind) -> DeviceCredentials:
        """Register a node and keep what it is told. Raises LinkLost, after complaining."""
        wish = DeviceRegister(
            registration_key=self.config.key.get_secret_value(),
            hardware_id=kind.mac,
            model=kind.model,
            firmware=FIRMWARE,
            name=kind.device_id,
            friendly_name=kind.name,
        )
        try:
            async with ClientSession(connector=TCPConnector(ssl=self._trust)) as session:
                told = await PlantOpsClient(self.config.url, None, session).register(wish)
        except PlantOpsError as error:
            self.complain(kind.device_id, error.detail)
            raise LinkLost(f"{kind.device_id}: {error.detail}") from error
        self._told[kind.mac] = told
        self._write()
        return told

    def _write(self) -> None:
        """Write everything down, whole or not at all, for nobody else to read."""
        if self.file is None:
            return
        fresh = self.file.with_name(f"{self.file.name}.new")
        text = json.dumps({mac: told.model_dump(mode="json") for mac, told in self._told.items()}, indent=1)
        with suppress(OSError):  # a full disk must not end the garden; then it registers again at the next start
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(self.file)
