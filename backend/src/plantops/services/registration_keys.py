"""The keys that let new devices in: made, listed and revoked here, and judged when a device shows one."""

import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from aioplantops.errors import Invalid, RegistrationKeyInvalid, RegistrationKeyNotFound
from aioplantops.models import Page
from aioplantops.registration import RegistrationKey

from plantops.ops.logs import Clock
from plantops.storage import registration as store
from plantops.storage.pool import Connection, Database
from plantops.storage.registration import KeyRow

from .access import digest

BEGINNING = "plantops_reg_"
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: nothing that looks like something else, because people type it into firmware."""
LENGTH = 24
"""120 random bits."""
KEY = re.compile(f"{BEGINNING}[{LETTERS}]{{{LENGTH}}}")
MISREAD = str.maketrans("ilo", "110")

RETRY = timedelta(minutes=10)
"""So long after its first use a key for one device is still good for that device: answers get lost."""

KEYS_SHOWN = 1_000
"""More than anybody has; the command line lists so many."""


def spell(typed: str) -> str:
    """Read a key as a person may have typed it: capitals, blanks at the ends, `O` for `0`, `l` for `1`."""
    lowered = typed.strip().lower()
    if not lowered.startswith(BEGINNING):
        return lowered
    return BEGINNING + lowered.removeprefix(BEGINNING).translate(MISREAD)


class RegistrationKeys:
    """The key board."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Take the store and the clock (aware UTC)."""
        self._database = database
        self._clock = clock

    async def create(
        self, name: str, *, once: bool = False, expires_at: datetime | None = None
    ) -> tuple[RegistrationKey, str]:
        """Make a key; the secret is told now and never again. Raises Invalid when it would have expired already."""
        now = self._clock()
        if expires_at is not None and expires_at <= now:
            raise Invalid("The key would have expired already.", errors=({"where": "expires_at", "why": "is past"},))
        secret = BEGINNING + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        key = RegistrationKey(id=uuid4(), name=name, once=once, created_at=now, expires_at=expires_at)
        async with self._database.acquire("add_registration_key") as connection:
            await store.add_key(connection, key, digest(secret))
        return key, secret

    async def page(self, count: int, after: UUID | None = None) -> Page[RegistrationKey]:
        """List keys from the oldest on, useless ones too."""
        async with self._database.acquire("list_registration_keys") as connection:
            found = await store.keys(connection, after, count + 1)
        items = found[:count]
        return Page[RegistrationKey](items=items, next=str(items[-1].id) if len(found) > count else None)

    async def list(self) -> tuple[RegistrationKey, ...]:
        """List the keys, for the command line."""
        return (await self.page(KEYS_SHOWN)).items

    async def find(self, wanted: str) -> RegistrationKey:
        """Find a key by id, or by name when only one is called so. Raises RegistrationKeyNotFound."""
        async with self._database.acquire("find_registration_key") as connection:
            try:
                key_id = UUID(wanted)
            except ValueError:
                called = await store.keys_called(connection, wanted)
            else:
                called = tuple(filter(None, [await store.key_by_id(connection, key_id)]))
        if len(called) > 1:
            ids = ", ".join(str(key.id) for key in called)
            raise RegistrationKeyNotFound(f"Several keys are called {wanted!r}; name one by its id: {ids}.")
        if not called:
            raise RegistrationKeyNotFound
        return called[0]

    async def is_good(self, secret: str) -> bool:
        """Tell whether any number of devices may still come in with a key."""
        async with self._database.acquire("find_registration_key") as connection:
            row = await store.key_by_hash(connection, digest(spell(secret)))
        if row is None or row.key.revoked_at is not None or row.key.once:
            return False
        return row.key.expires_at is None or row.key.expires_at > self._clock()

    async def revoke(self, key_id: UUID) -> None:
        """Make a key worthless at once; devices that registered with it stay. Raises RegistrationKeyNotFound."""
        async with self._database.transaction("revoke_registration_key") as connection:
            if await store.key_by_id(connection, key_id) is None:
                raise RegistrationKeyNotFound
            await store.revoke_key(connection, key_id, self._clock())


async def judge(connection: Connection, secret: str, hardware_id: str, now: datetime) -> RegistrationKey:
    """Give the key that a device shows. Raises RegistrationKeyInvalid, saying what is wrong with it."""
    spelt = spell(secret)
    row = await store.key_by_hash(connection, digest(spelt)) if KEY.fullmatch(spelt) else None
    if row is None:
        raise RegistrationKeyInvalid("This registration key is unknown; look for a typing error.")
    if row.key.revoked_at is not None:
        raise RegistrationKeyInvalid(f"The registration key “{row.key.name}” was revoked.")
    if row.key.once and row.first_used_at is not None:
        _may_retry(row, hardware_id, now)
    elif row.key.expires_at is not None and row.key.expires_at <= now:
        raise RegistrationKeyInvalid(f"The registration key “{row.key.name}” has expired.")
    return row.key


def _may_retry(row: KeyRow, hardware_id: str, now: datetime) -> None:
    """Let the one device ask again for a while, also when the key has expired meanwhile."""
    if row.key.first_used_by != hardware_id:
        raise RegistrationKeyInvalid(
            f"The registration key “{row.key.name}” was good for one device, and another one used it."
        )
    if row.first_used_at is not None and row.first_used_at + RETRY < now:
        raise RegistrationKeyInvalid(f"The registration key “{row.key.name}” is used up: it was good for one time.")
