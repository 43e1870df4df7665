"""The first steps that `serve`, the command line and the demo share: the clock, and the way to the store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from plantops.ops.embedded import EmbeddedPostgres, address_of_running
from plantops.ops.folder import key_file, make_folder
from plantops.ops.vault import KEY_BYTES, Vault
from plantops.services import sealed
from plantops.services.access import Access
from plantops.services.accounts import Accounts, Office, Terms
from plantops.services.bulletin import Bulletin
from plantops.services.registration_keys import RegistrationKeys
from plantops.settings import DeviceApproval, Settings
from plantops.storage.migrate import migrate
from plantops.storage.pool import Database

SHORT_WORK_CONNECTIONS = 2


KEY_FILE = "encryption.key"
"""In PLANTOPS_DATA: the encryption key of an installation that was given none."""


def now() -> datetime:
    """Tell the time, UTC: the only clock of the house, handed to whoever needs one."""
    return datetime.now(UTC)


@asynccontextmanager
async def store_address(settings: Settings) -> AsyncIterator[str]:
    """Give the store's address: DATABASE_URL, or the embedded PostgreSQL, run until the block ends."""
    if settings.database_address is not None:
        yield settings.database_address
        return
    async with EmbeddedPostgres.open(embedded_folder(settings)) as postgres:
        yield postgres.url


def vault(settings: Settings) -> Vault:
    """Open the strongbox: with ENCRYPTION_KEY, else with a key file that is made the first time.

    A key file that is there still opens what it sealed before ENCRYPTION_KEY was set. Raises ServiceFailed when the
    file cannot be used.
    """
    old = [bytes.fromhex(key.get_secret_value()) for key in settings.encryption_keys_old]
    file = settings.plantops_data.absolute() / KEY_FILE
    if settings.encryption_key is None:
        make_folder(file.parent)
        return Vault(key_file(file, KEY_BYTES), old)
    if file.exists():
        old.append(key_file(file, KEY_BYTES))
    return Vault(bytes.fromhex(settings.encryption_key.get_secret_value()), old)


def terms(settings: Settings) -> Terms:
    """Tell on which terms devices get accounts."""
    return Terms(
        managed=settings.manages_accounts,
        manual_approval=settings.device_approval is DeviceApproval.MANUAL,
        backend=settings.mqtt_backend_username,
    )


def embedded_folder(settings: Settings) -> Path:
    """Name the folder of the embedded PostgreSQL."""
    return settings.plantops_data / "postgres"


@asynccontextmanager
async def _reach(settings: Settings) -> AsyncIterator[str]:
    """Give the store's address, also while a backend on this machine runs the embedded PostgreSQL."""
    if settings.database_address is None and (running := address_of_running(embedded_folder(settings))):
        yield running
        return
    async with store_address(settings) as address:
        yield address


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Database]:
    """Open the store, brought up to date, for a short piece of work."""
    async with _reach(settings) as address:
        await migrate(address)
        async with Database.open(address, max_size=SHORT_WORK_CONNECTIONS) as database:
            yield database


@asynccontextmanager
async def open_access(settings: Settings) -> AsyncIterator[Access]:
    """Open what knows the tokens."""
    async with open_store(settings) as database:
        yield Access(database, now)


@asynccontextmanager
async def open_accounts(settings: Settings) -> AsyncIterator[Accounts]:
    """Open what decides who may come to the broker; running backends hear what was decided."""
    bulletin, strongbox = Bulletin(), vault(settings)
    async with open_store(settings) as database:
        await sealed.check(database, strongbox)
        yield Accounts(Office(database, strongbox, terms(settings), bulletin, now))
        await bulletin.publish(database)


@asynccontextmanager
async def open_registration_keys(settings: Settings) -> AsyncIterator[RegistrationKeys]:
    """Open what knows the registration keys."""
    async with open_store(settings) as database:
        yield RegistrationKeys(database, now)
