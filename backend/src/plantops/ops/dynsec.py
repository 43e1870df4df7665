"""The broker's first accounts, written into Mosquitto's dynamic-security file while the broker does not run.

Mosquitto 2.1 also reads the form that 2.0 writes, so that form is written; `for_2_0` turns back what 2.1 rewrote. Every
further account and role is made over MQTT by `mqtt/reconcile.py`.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from plantops.domain import reserved
from plantops.mqtt.difference import Account
from plantops.mqtt.inner import inner_accounts
from plantops.mqtt.roles import DEFAULTS
from plantops.ops.folder import in_words, make_folder, write_private
from plantops.ops.supervision import ServiceFailed

ITERATIONS = 101
"""As Mosquitto 2.0 does it; the passwords have 256 bits, which need no slow hash."""
SALT_BYTES = 12
HASH_BYTES = 64
ENCODED = "$7$"
"""How 2.1 begins a password of the same kind: $7$iterations$salt$hash."""

ACCOUNTS_FILE = "dynamic-security.json"
BOOTSTRAP_FILE = "bootstrap.json"
"""The first accounts alone; `mosquitto/start.sh` takes it when the other file is lost."""
HEALTH_FOLDER = "health"
"""Where XDG_CONFIG_HOME leads `mosquitto_sub` to the login of the health check."""

ADDED = ("allowwildcardsubs",)
"""What 2.1 adds to each role."""

type Entry = dict[str, Any]


def prepare(folder: Path, username: str, secret: str) -> None:
    """Write what the broker needs before it starts into its data folder; accounts that are there stay.

    `username` and `secret` are MQTT_BACKEND_USERNAME and MQTT_BACKEND_PASSWORD. The files belong to the folder's owner
    if we may give them away. Safe to repeat, also while the broker runs. Raises ServiceFailed, in words.
    """
    accounts = inner_accounts(username, secret)
    settle(folder / ACCOUNTS_FILE, accounts)
    settle(folder / BOOTSTRAP_FILE, accounts, anew=True)
    health = next(account for account in accounts if account.username == reserved.HEALTH)
    login = f"-i {health.client_id}\n-u {health.username}\n-P {health.password}\n"
    write_private(make_folder(folder / HEALTH_FOLDER, mode=0o700) / "mosquitto_sub", login)


def settle(file: Path, accounts: Sequence[Account], *, anew: bool = False, for_2_0: bool = False) -> None:
    """Make sure that these accounts are in the file (`anew`: they alone). Raises ServiceFailed for a damaged file."""
    try:
        with in_words(file):
            before = file.read_text(encoding="utf-8") if file.exists() and not anew else ""
        after = with_accounts(before, accounts, for_2_0=for_2_0)
    except (ValueError, TypeError, AttributeError) as error:  # no JSON, or JSON of another shape
        raise ServiceFailed(
            f"{file}, where the broker keeps its accounts, is damaged ({error}): move it away."
        ) from None
    if after != before:
        write_private(file, after)


def with_accounts(content: str, accounts: Sequence[Account], *, for_2_0: bool = False) -> str:
    """Give the file's content with these accounts, their roles and the strict defaults in it; all others stay.

    What is so already is given back as it was. Raises ValueError for a damaged file.
    """
    before: Entry = json.loads(content) if content.strip() else {}
    clients, roles = list(before.get("clients", [])), list(before.get("roles", []))
    if for_2_0:
        clients = list(map(_as_2_0, clients))
    for account in accounts:
        _put(clients, "username", _client(account, _find(clients, "username", account.username)))
        _put(roles, "rolename", {"rolename": account.role.name, "acls": account.role.acls})
    after = {**before, "defaultACLAccess": DEFAULTS, "clients": clients, "roles": roles}
    return content if after == before else json.dumps(after, indent=1)


def _find(entries: Sequence[Entry], key: str, name: str) -> Entry | None:
    return next((entry for entry in entries if entry.get(key) == name), None)


def _put(entries: list[Entry], key: str, wanted: Entry) -> None:
    """Put one entry in its place; it stays as it is when it says the same."""
    there = _find(entries, key, wanted[key])
    if there is None:
        entries.append(wanted)
    elif _gist(there) != _gist(wanted):
        entries[entries.index(there)] = wanted


def _gist(entry: Entry) -> Entry:
    """Leave out what Mosquitto adds when it writes the file itself."""
    acls = [{key: acl.get(key) for key in ("acltype", "topic", "allow")} for acl in entry.get("acls", [])]
    roles = [{"rolename": role.get("rolename")} for role in entry.get("roles", [])]
    rest = {key: value for key, value in entry.items() if key not in ADDED and value not in ("", [], False)}
    return {**rest, "acls": acls, "roles": roles}


def _client(account: Account, there: Entry | None) -> Entry:
    kept = ("password", "salt", "iterations", "encoded_password")
    opens = there is not None and _opens(there, account.password)
    password = {key: there[key] for key in kept if key in there} if there and opens else _hashed(account.password)
    bound = {"clientid": account.client_id} if account.client_id else {}
    return {"username": account.username, **bound, **password, "roles": [{"rolename": account.role.name}]}


def _as_2_0(client: Entry) -> Entry:
    """Write a password that 2.1 wrote as 2.0 does, which knows no other form."""
    encoded = str(client.get("encoded_password", ""))
    if not encoded.startswith(ENCODED):
        return client
    iterations, salt, key = encoded.removeprefix(ENCODED).split("$")
    rest = {name: value for name, value in client.items() if name != "encoded_password"}
    return {**rest, "password": key, "salt": salt, "iterations": int(iterations)}


def _hashed(password: str) -> Entry:
    salt = secrets.token_bytes(SALT_BYTES)
    key = _derive(password, salt, ITERATIONS)
    return {"password": b64encode(key).decode(), "salt": b64encode(salt).decode(), "iterations": ITERATIONS}


def _derive(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations, HASH_BYTES)


def _opens(account: Entry, password: str) -> bool:
    """Tell whether the password fits the account as it stands, in the form of 2.0 or of 2.1."""
    encoded = str(account.get("encoded_password", ""))
    try:
        if encoded.startswith(ENCODED):
            iterations, salt, key = encoded.removeprefix(ENCODED).split("$")
        else:
            iterations, salt, key = account["iterations"], account["salt"], account["password"]
        return hmac.compare_digest(_derive(password, b64decode(salt), int(iterations)), b64decode(key))
    except KeyError, TypeError, ValueError:
        return False
