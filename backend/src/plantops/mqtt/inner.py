"""The backend's own accounts at the broker: what each may do, to which client id it is bound, and its password.

One secret, MQTT_BACKEND_PASSWORD, is kept; the passwords of the other accounts follow from it (HKDF-SHA256, RFC 5869),
so that whoever prepares the broker and whoever connects agree without a word. On the outer listener the user name is
taken as the client id, which fits none of these (but `health`, which may do next to nothing): they are refused there.
"""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plantops.domain import reserved
from plantops.mqtt import roles
from plantops.mqtt.broker import ACCOUNTS_CLIENT_ID, INGEST_CLIENT_ID, STOCK_CLIENT_ID
from plantops.mqtt.difference import Account

KEY_BYTES = 32


def password_of(account: str, secret: str) -> str:
    """Derive the password of an inner account from the backend's."""
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=account.encode()).derive(secret.encode())
    return urlsafe_b64encode(key).rstrip(b"=").decode()


def inner_accounts(backend: str, secret: str) -> tuple[Account, ...]:
    """List the inner accounts; `backend` and `secret` are MQTT_BACKEND_USERNAME and MQTT_BACKEND_PASSWORD."""
    derived = (
        (reserved.STOCK_READER, STOCK_CLIENT_ID, roles.STOCK_READER),
        (reserved.ACCOUNTS, ACCOUNTS_CLIENT_ID, roles.ACCOUNTS),
        (reserved.HEALTH, reserved.HEALTH, roles.HEALTH),
    )
    return (
        Account(backend, INGEST_CLIENT_ID, roles.INGEST, secret, keeps_password=True),
        *(Account(name, ident, role, password_of(name, secret), keeps_password=True) for name, ident, role in derived),
    )


def demo_account(password: str) -> Account:
    """Give the demo's account, which may do everything and is bound to no client id."""
    return Account(reserved.DEMO, "", roles.EVERYTHING, password, keeps_password=True)
