"""What must be said to the broker so that its accounts are as they should be: wishes against what is there, pure.

Roles change only where they differ, and a password only where its mark does: both disconnect the account's client.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

from plantops.mqtt import roles
from plantops.mqtt.roles import ENTRY_KEYS, Role

type Command = dict[str, Any]
type Entries = frozenset[tuple[Any, ...]]

MARK = "plantops version "
"""How the description of an account begins that PlantOps keeps; the version of its row follows."""
PRINT_DIGITS = 8
"""Enough to tell two passwords apart, and of no use for guessing 256 random bits."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it should be."""

    username: str
    client_id: str
    role: Role
    password: str = field(repr=False)
    mark: str | None = None
    """Tells one password from the next; None: the password is set anew each time, or (`keeps_password`) never."""
    keeps_password: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """An account as the broker has it."""

    client_id: str | None
    roles: frozenset[str]
    mark: str
    disabled: bool
    groups: frozenset[str] = frozenset()
    """Groups may do something, too; no account of ours is in one."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Read the broker's words."""
        names = frozenset(str(entry.get("rolename")) for entry in said.get("roles") or [])
        groups = frozenset(str(entry.get("groupname")) for entry in said.get("groups") or [])
        mark, disabled = said.get("textdescription") or "", said.get("disabled") is True
        return cls(said.get("clientid"), names, mark, disabled, groups)

    @property
    def is_own(self) -> bool:
        """Whether PlantOps made it for a row of the database."""
        return self.mark.startswith(MARK) or any(map(roles.is_own, self.roles))


@dataclass(frozen=True, slots=True)
class There:
    """What the broker has."""

    clients: Mapping[str, Client]
    roles: Mapping[str, Entries]


def mark_of(version: int, password: str) -> str:
    """Mark an account with its version and a print of its password.

    (Versions alone would do, were it not for a restored database, which counts on from an earlier one.)
    """
    return f"{MARK}{version} {sha256(password.encode()).hexdigest()[:PRINT_DIGITS]}"


def entries(acls: Iterable[Mapping[str, Any]] | None) -> Entries:
    """Give the entries of a role in a form that can be compared."""
    return frozenset(tuple(entry.get(key) for key in ENTRY_KEYS) for entry in acls or ())


def to_settle(account: Account, there: There) -> Iterator[Command]:
    """List what brings one account to its wish; nothing when it is so."""
    yield from _role(account.role, there)
    wanted = {
        "username": account.username,
        "clientid": account.client_id,
        "roles": [{"rolename": account.role.name}],
    }
    mark = account.mark or ""
    client = there.clients.get(account.username)
    if client is None:
        yield {"command": "createClient", **wanted, "password": account.password, "textdescription": mark}
        return
    wanted["groups"] = []
    as_wished = client.client_id == account.client_id and client.roles == {account.role.name} and not client.groups
    changes = {} if as_wished else wanted
    if not account.keeps_password and (account.mark is None or client.mark != mark):
        changes = {**wanted, "password": account.password, "textdescription": mark}
    if changes:
        yield {"command": "modifyClient", **changes}
    if client.disabled:
        yield {"command": "enableClient", "username": account.username}


def _role(role: Role, there: There) -> Iterator[Command]:
    wanted = {"rolename": role.name, "acls": role.acls}
    if role.name not in there.roles:
        yield {"command": "createRole", **wanted}
    elif there.roles[role.name] != entries(role.acls):
        yield {"command": "modifyRole", **wanted}


def to_remove(username: str, there: There) -> Iterator[Command]:
    """List what takes one account away, and the role that was its own; nothing when there is none."""
    if (client := there.clients.get(username)) is None:
        return
    yield {"command": "deleteClient", "username": username}
    for name in sorted(client.roles):
        if roles.is_own(name) and name in there.roles:
            yield {"command": "deleteRole", "rolename": name}


def strangers(there: There, wanted: Iterable[str]) -> list[str]:
    """List the accounts that PlantOps made once and that nobody wants any more; other people's are left alone."""
    known = set(wanted)
    return [name for name, client in there.clients.items() if name not in known and client.is_own]
