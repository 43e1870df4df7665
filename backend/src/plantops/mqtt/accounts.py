"""Who may come to the broker: makes accounts and roles through Mosquitto's dynamic security, over MQTT.

Desired state: each act may be repeated. Roles change only where they differ; a password is always set anew, which
disconnects the account's client. Works on Mosquitto 2.0 and 2.1.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from aioplantops.errors import Unavailable

from plantops.mqtt import roles
from plantops.mqtt.broker import INGEST_CLIENT_ID, STOCK_CLIENT_ID, Broker, LinkLost
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.mqtt.roles import ENTRY_KEYS, Role

CONTROL = "$CONTROL/dynamic-security/v1"
ANSWER_SECONDS = 10.0
PASSWORD_BYTES = 32
PAGE = 1_000
MISSING = re.compile("not found", re.IGNORECASE)
DEFAULTS = {"publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True}

type Command = dict[str, Any]


class AccountsRefused(Unavailable):
    """The broker refused to change its accounts."""


class Accounts:
    """The broker's accounts, as its administrator sees them."""

    def __init__(self) -> None:
        """Prepare; use `open`."""
        self._link: Link | None = None
        self._busy = asyncio.Lock()
        self._awaited: tuple[str, asyncio.Future[list[Command]]] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, administrator: Broker) -> AsyncIterator[Self]:
        """Connect as an account that may use `$CONTROL`. Raises LinkLost, AccountsRefused."""
        accounts = cls()
        client_id = f"plantops-accounts-{secrets.token_hex(4)}"
        async with Link.open(administrator, client_id, accounts._receive) as link:
            if await link.subscribe([f"{CONTROL}/response"]):
                raise AccountsRefused(f"{administrator.username} may not administer the accounts of the broker.")
            accounts._link = link
            yield accounts

    async def ensure_device(self, device_id: str, password: str | None = None) -> str:
        """Make sure that a device has an account of its own; give its password.

        None makes a new random password, also for an account that exists. Raises ValueError for an impossible id.
        """
        return await self.ensure(device_id, password, roles.device(device_id), client_id=device_id)

    async def ensure_stock_node(
        self, node: str, password: str | None = None, *, prefix: str | None = None, client_id: str | None = None
    ) -> str:
        """Make sure that a stock ESPHome node has an account; `prefix` is its topic_prefix (None: its name)."""
        return await self.ensure(node, password, roles.stock_node(node, prefix or node), client_id=client_id or node)

    async def ensure_backend(self, username: str, password: str) -> None:
        """Make sure that the telemetry session has an account, bound to its client id."""
        await self.ensure(username, password, roles.INGEST, client_id=INGEST_CLIENT_ID)

    async def ensure_stock_reader(self, username: str, password: str) -> None:
        """Make sure that the session for stock nodes has an account, bound to its client id."""
        await self.ensure(username, password, roles.STOCK_READER, client_id=STOCK_CLIENT_ID)

    async def ensure(self, username: str, password: str | None, role: Role, *, client_id: str) -> str:
        """Make sure that an account exists with this password, this one role and this client id."""
        password = password or secrets.token_urlsafe(PASSWORD_BYTES)
        await self._ensure_role(role)
        wanted = {"username": username, "clientid": client_id, "roles": [{"rolename": role.name}]}
        there = await self._find({"command": "getClient", "username": username}, "client")
        if there is None:
            await self._ask({"command": "createClient", **wanted, "password": password})
        else:
            if there.get("clientid") != client_id or _names(there.get("roles")) != {role.name}:
                await self._ask({"command": "modifyClient", **wanted})
            await self._ask({"command": "setClientPassword", "username": username, "password": password})
        return password

    async def _ensure_role(self, role: Role) -> None:
        wanted = {"rolename": role.name, "acls": role.acls}
        there = await self._find({"command": "getRole", "rolename": role.name}, "role")
        if there is None:
            await self._ask({"command": "createRole", **wanted})
        elif _entries(there.get("acls")) != _entries(role.acls):
            await self._ask({"command": "modifyRole", **wanted})

    async def remove(self, username: str) -> None:
        """Make sure that there is no such account, nor the roles that were its own; its client is disconnected."""
        there = await self._find({"command": "getClient", "username": username}, "client")
        if there is None:
            return
        own = [name for name in _names(there.get("roles")) if name.endswith(f"-{username}")]
        commands = [{"command": "deleteRole", "rolename": name} for name in own]
        await self._ask({"command": "deleteClient", "username": username}, *commands)

    async def names(self) -> set[str]:
        """List the user names of all accounts."""
        found: set[str] = set()
        while True:
            command = {"command": "listClients", "verbose": False, "count": PAGE, "offset": len(found)}
            (data,) = await self._ask(command)
            page = data.get("clients", [])
            found.update(page)
            if len(page) < PAGE:
                return found

    async def lock_down(self) -> None:
        """Allow nothing that no role allows."""
        acls = [{"acltype": kind, "allow": allow} for kind, allow in DEFAULTS.items()]
        await self._ask({"command": "setDefaultACLAccess", "acls": acls})

    async def _find(self, command: Command, what: str) -> Command | None:
        """Ask for one thing; None when there is no such thing."""
        (answer,) = await self._send([command])
        if (error := answer.get("error")) is None:
            found: Command = answer.get("data", {}).get(what, {})
            return found
        if MISSING.search(str(error)):
            return None
        raise AccountsRefused(f"The broker refused {command['command']}: {error}.")

    async def _ask(self, *commands: Command) -> list[Command]:
        """Send some commands; give the data of their answers. Raises AccountsRefused with the broker's words."""
        answers = await self._send(commands)
        for command, answer in zip(commands, answers, strict=True):
            if "error" in answer:
                raise AccountsRefused(f"The broker refused {command['command']}: {answer['error']}.")
        return [answer.get("data", {}) for answer in answers]

    async def _send(self, commands: Sequence[Command]) -> list[Command]:
        """Send some commands in one message and wait for its answer: as many, in the same order."""
        if self._link is None:
            raise LinkLost
        async with self._busy:
            mark = secrets.token_hex(8)
            marked = [{**command, "correlationData": f"{mark}-{index}"} for index, command in enumerate(commands)]
            future = asyncio.get_running_loop().create_future()
            self._awaited = (mark, future)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._link.publish(CONTROL, json.dumps({"commands": marked}).encode())
                    answers: list[Command] = await future
            except TimeoutError:
                raise LinkLost("The broker's dynamic security did not answer in time.") from None
            finally:
                self._awaited = None
        expected = [command["correlationData"] for command in marked]
        if [answer.get("correlationData") for answer in answers] != expected:
            raise AccountsRefused(f"The broker answered something else: {answers}.")
        return answers

    def _receive(self, _link: Link, packets: Sequence[Packet]) -> None:
        for packet in packets:
            try:
                answers = json.loads(packet.payload)["responses"]
                mark = str(answers[0].get("correlationData", ""))
            except ValueError, KeyError, IndexError, TypeError, AttributeError:
                continue
            if self._awaited is not None and mark.startswith(self._awaited[0]) and not self._awaited[1].done():
                self._awaited[1].set_result(answers)


def _names(entries: Any) -> set[str]:
    return {str(entry.get("rolename")) for entry in entries or []}


def _entries(acls: Any) -> set[tuple[Any, ...]]:
    return {tuple(entry.get(key) for key in ENTRY_KEYS) for entry in acls or []}
