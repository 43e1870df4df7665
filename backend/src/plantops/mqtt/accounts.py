"""Who may come to the broker: makes accounts and roles through Mosquitto's dynamic security, over MQTT.

Desired state: each act may be repeated. Works on Mosquitto 2.0 and 2.1.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import batched, chain
from typing import Any, Never, Self

from aioplantops.errors import Unavailable

from plantops.mqtt import roles
from plantops.mqtt.broker import ACCOUNTS_CLIENT_ID, Broker, LinkLost
from plantops.mqtt.difference import Account, Client, Command, There, entries, to_remove, to_settle
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet
from plantops.mqtt.roles import Role

ANSWER_SECONDS = 10.0
PAGE = 200
"""Accounts or roles that one answer lists: below the size of message that a broker lets through."""
COMMANDS_EACH = 20
"""Commands that one message carries: Mosquitto 2.0 writes its whole file for each and hears nobody meanwhile."""
MISSING = re.compile("not found", re.IGNORECASE)


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
    async def open(cls, administrator: Broker, client_id: str = ACCOUNTS_CLIENT_ID) -> AsyncIterator[Self]:
        """Connect as an account that may use `$CONTROL`. Raises LinkLost, AccountsRefused."""
        accounts = cls()
        async with Link.open(administrator, client_id, accounts._receive) as link:
            if await link.subscribe([f"{roles.CONTROL}/response"]):
                raise AccountsRefused(f"{administrator.username} may not administer the accounts of the broker.")
            accounts._link = link
            yield accounts

    async def until_lost(self) -> Never:
        """Wait until the connection is lost, then raise LinkLost."""
        if self._link is None:
            raise LinkLost
        await self._link.until_lost()

    async def settle(self, accounts: Iterable[Account], there: There) -> dict[str, str]:
        """Make accounts as they should be, `there` being what the broker has; give what it refused, by user name."""
        plan = [(account.username, command) for account in accounts for command in to_settle(account, there)]
        return await self._carry_out(plan)

    async def remove(self, *usernames: str) -> None:
        """Make sure that there are no such accounts, nor roles of their own; their clients are disconnected."""
        there = await self.look_at([Account(name, "", Role(""), "") for name in usernames])
        plan = [(name, command) for name in usernames for command in to_remove(name, there)]
        for problem in (await self._carry_out(plan)).values():
            raise AccountsRefused(problem)

    async def _carry_out(self, plan: Sequence[tuple[str, Command]]) -> dict[str, str]:
        """Send commands, many in a message; give what the broker refused, by whose command it was."""
        refused: dict[str, str] = {}
        for some in batched(plan, COMMANDS_EACH, strict=False):
            answers = await self._send([command for _, command in some])
            for (username, command), answer in zip(some, answers, strict=True):
                if "error" in answer and not _is_gone(command, answer):
                    refused.setdefault(username, f"The broker refused {command['command']}: {answer['error']}.")
        return refused

    async def look(self) -> There:
        """See all accounts and roles."""
        clients = await self._list("listClients", "clients")
        found = await self._list("listRoles", "roles")
        return _there(clients, found)

    async def look_at(self, accounts: Collection[Account]) -> There:
        """See some accounts and their roles."""
        ask = [{"command": "getClient", "username": account.username} for account in accounts]
        clients = [answer["client"] for answer in await self._find(ask)]
        names = {account.role.name for account in accounts} | {
            name for client in clients for name in Client.of(client).roles
        }
        found = await self._find([{"command": "getRole", "rolename": name} for name in sorted(names) if name])
        return _there(clients, [answer["role"] for answer in found])

    async def _list(self, command: str, what: str) -> list[Command]:
        found: list[Command] = []
        while True:
            page = {"command": command, "verbose": True, "count": PAGE, "offset": len(found)}
            (data,) = await self._ask(page)
            found += (some := data.get(what, []))
            if len(some) < PAGE:
                return found

    async def _find(self, commands: Sequence[Command]) -> list[Command]:
        """Ask for single things; leave out those that are not there."""
        answers = list(chain.from_iterable([await self._send(some) for some in batched(commands, PAGE, strict=False)]))
        for command, answer in zip(commands, answers, strict=True):
            if "error" in answer and not MISSING.search(str(answer["error"])):
                raise AccountsRefused(f"The broker refused {command['command']}: {answer['error']}.")
        return [answer["data"] for answer in answers if "error" not in answer]

    async def lock_down(self) -> None:
        """Allow nothing that no role allows."""
        acls = [{"acltype": kind, "allow": allow} for kind, allow in roles.DEFAULTS.items()]
        await self._ask({"command": "setDefaultACLAccess", "acls": acls})

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
                    await self._link.publish(roles.CONTROL, json.dumps({"commands": marked}).encode())
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


def _there(clients: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> There:
    return There(
        {str(client["username"]): Client.of(client) for client in clients},
        {str(role["rolename"]): entries(role.get("acls")) for role in found},
    )


def _is_gone(command: Command, answer: Command) -> bool:
    """Tell whether something could not be deleted because it is not there."""
    return command["command"].startswith("delete") and MISSING.search(str(answer["error"])) is not None
