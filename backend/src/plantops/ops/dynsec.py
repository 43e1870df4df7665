"""The broker's first account, written into Mosquitto's dynamic-security file while the broker does not run.

Mosquitto 2.1 also reads the form that 2.0 writes, so that form is written. Every further account and role is made
over MQTT by `mqtt/accounts.py`.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from typing import Any

ITERATIONS = 101
"""As Mosquitto 2.0 does it; the password is a random one of 256 bits, which needs no slow hash."""
SALT_BYTES = 12
HASH_BYTES = 64
ROLE = "plantops-backend"
EVERYTHING = ("#", "$CONTROL/dynamic-security/#", "$SYS/#")
NOTHING_BY_DEFAULT = {
    "publishClientSend": False,
    "publishClientReceive": False,
    "subscribe": False,
    "unsubscribe": True,
}


def with_account(content: str, username: str, password: str) -> str:
    """Give the file's content with the backend's account, role and the strict defaults in it; others stay."""
    state: dict[str, Any] = json.loads(content) if content.strip() else {}
    clients = state.setdefault("clients", [])
    account = next((client for client in clients if client.get("username") == username), None)
    if account is None or not _opens(account, password):
        clients[:] = [client for client in clients if client is not account]
        account = {"username": username, **_hashed(password)}
        clients.insert(0, account)
    account["roles"] = [{"rolename": ROLE}]
    roles = state.setdefault("roles", [])
    roles[:] = [_role(), *(role for role in roles if role.get("rolename") != ROLE)]
    state["defaultACLAccess"] = NOTHING_BY_DEFAULT
    return json.dumps(state, indent=1)


def _role() -> dict[str, Any]:
    kinds = ("publishClientSend", "publishClientReceive", "subscribePattern", "unsubscribePattern")
    acls = [{"acltype": kind, "topic": topic, "allow": True} for kind in kinds for topic in EVERYTHING]
    return {"rolename": ROLE, "acls": acls}


def _hashed(password: str) -> dict[str, str | int]:
    salt = secrets.token_bytes(SALT_BYTES)
    key = _derive(password, salt, ITERATIONS)
    return {"password": b64encode(key).decode(), "salt": b64encode(salt).decode(), "iterations": ITERATIONS}


def _derive(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations, HASH_BYTES)


def _opens(account: dict[str, Any], password: str) -> bool:
    """Tell whether the password fits the account as it stands (2.1 rewrites accounts in a form of its own)."""
    try:
        salt, key = b64decode(account["salt"]), b64decode(account["password"])
        return hmac.compare_digest(_derive(password, salt, int(account["iterations"])), key)
    except KeyError, TypeError, ValueError:
        return False
