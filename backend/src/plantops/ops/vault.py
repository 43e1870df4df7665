"""The strongbox: what must be kept secret but told again lies in the database sealed, by a key that does not lie there.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for each seal. A sealed value is

    1 byte version | 4 bytes key id | 12 bytes nonce | ciphertext with its 16-byte tag

The key id (the beginning of the key's SHA-256) tells which key opens it, so keys can be changed one value at a time.
`purpose` says what a value is and whose; one that was moved to another row does not open there.
"""

import secrets
from collections.abc import Sequence
from hashlib import sha256

from aioplantops.errors import PlantOpsError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
VERSION = b"\x01"
ID_BYTES = 4
NONCE_BYTES = 12
_HEAD_BYTES = len(VERSION) + ID_BYTES + NONCE_BYTES


class CannotOpen(PlantOpsError):
    """A stored secret does not open with ENCRYPTION_KEY, nor with a key of ENCRYPTION_KEYS_OLD."""

    code = "cannot_open"


def key_id(key: bytes) -> bytes:
    """Give what tells a key from others without telling the key."""
    return sha256(key).digest()[:ID_BYTES]


class Vault:
    """Seals with the current key; opens with that and with earlier ones."""

    def __init__(self, key: bytes, old: Sequence[bytes] = ()) -> None:
        """Take keys of 32 bytes. Raises ValueError for one of another length."""
        if any(len(one) != KEY_BYTES for one in (key, *old)):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self.current = key_id(key)
        """The id of the key that seals."""
        self._ciphers = {key_id(one): AESGCM(one) for one in (*old, key)}

    def seal(self, text: str, purpose: str) -> bytes:
        """Seal a text for one purpose, e.g. ``broker_account:plant-3fa2c1``."""
        head = VERSION + self.current
        nonce = secrets.token_bytes(NONCE_BYTES)
        return head + nonce + self._ciphers[self.current].encrypt(nonce, text.encode(), head + purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """Open what was sealed for this purpose. Raises CannotOpen: another key, another purpose, or damaged."""
        head, nonce = sealed[: len(VERSION) + ID_BYTES], sealed[len(VERSION) + ID_BYTES : _HEAD_BYTES]
        cipher = self._ciphers.get(head.removeprefix(VERSION))
        if cipher is None or not head.startswith(VERSION) or len(nonce) != NONCE_BYTES:
            raise CannotOpen
        try:
            return cipher.decrypt(nonce, sealed[_HEAD_BYTES:], head + purpose.encode()).decode()
        except InvalidTag, ValueError:
            raise CannotOpen from None

    @staticmethod
    def key_of(sealed: bytes) -> bytes:
        """Give the id of the key that sealed a value."""
        return sealed[len(VERSION) : len(VERSION) + ID_BYTES]

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether it was sealed with the current key."""
        return sealed.startswith(VERSION + self.current)
