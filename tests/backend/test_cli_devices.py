"""Registration keys and devices on the command line, as a person types it, beside a backend that keeps the broker."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from aioplantops.errors import Invalid
from aioplantops.registration import DeviceRegister
from plantops import bootstrap
from plantops.ops.metrics import Metrics
from plantops.services.accounts import Accounts, Office, Terms
from plantops.services.bulletin import Bulletin
from plantops.services.registration import Registration
from plantops.settings import Settings
from plantops.storage.pool import Database
from plantops.storage.pubsub import CHANNEL

from tests.backend.services.listening import until
from tests.backend.test_cli import plantops

MAC = "a4cf123fa2c1"
ACTS = {"approve": "active", "revoke": "revoked", "restore": "active"}
"""What people do about a device, and how it is then."""
AT_ONCE = """
CREATE FUNCTION at_once() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.applied_version := NEW.version; RETURN NEW; END $$;
CREATE TRIGGER at_once BEFORE INSERT OR UPDATE ON broker_account FOR EACH ROW EXECUTE FUNCTION at_once();
"""
"""What the holder of the lease does a moment later: take note of every account."""


@pytest.fixture
async def data(embedded_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a data folder on a database whose accounts reach their broker at once."""
    monkeypatch.setenv("DATABASE_URL", embedded_database)
    monkeypatch.setenv("MQTT_BACKEND_PASSWORD", "of no broker")
    monkeypatch.setenv("PUBLIC_HOST", "garden.example")
    connection = await asyncpg.connect(embedded_database)
    await connection.execute(AT_ONCE)
    await connection.close()
    return tmp_path


async def register(data: Path, url: str, secret: str, terms: Terms) -> str:
    """Let a board register; give its id."""
    async with Database.open(url) as database:
        settings = Settings(plantops_data=data)
        office = Office(database, bootstrap.vault(settings), terms, Bulletin(), bootstrap.now)
        reception = Registration(office, Accounts(office), Metrics())
        wish = DeviceRegister(registration_key=secret, hardware_id=MAC, friendly_name="Basil node")
        return (await reception.register(wish, "192.0.2.1")).account.username


async def state(url: str) -> str:
    """Tell the state of the one account."""
    async with Database.open(url) as database, database.acquire() as connection:
        return str(await connection.fetchval("SELECT state FROM broker_account"))


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[list[str]]:
    """Hear what is told to the running backends."""
    heard: list[str] = []
    connection = await asyncpg.connect(url)
    await connection.add_listener(CHANNEL, lambda *said: heard.append(str(said[-1])))
    try:
        yield heard
    finally:
        await connection.close()


async def test_a_key_is_made_listed_and_revoked(data: Path) -> None:
    begun = datetime.now(UTC)
    code, secret, words = await plantops(data, "registration-key", "create", "balcony", "--once", "--expires", "10m")
    assert (code, bool(re.fullmatch(r"plantops_reg_\w{24}\n", secret))) == (0, True)
    end = re.search(r"good for one device, until (\S+ \S+) UTC", words)
    assert end is not None, words
    expires_at = datetime.fromisoformat(f"{end[1]}Z")
    assert timedelta(minutes=-1) < expires_at - begun - timedelta(minutes=10) <= datetime.now(UTC) - begun
    _, listed, _ = await plantops(data, "registration-key", "list")
    assert "balcony" in listed
    assert secret.strip() not in listed
    code, said, _ = await plantops(data, "registration-key", "revoke", "balcony")
    assert (code, said) == (0, "Registration key 'balcony' is revoked; the devices that came in with it stay.\n")
    code, _, complaint = await plantops(data, "registration-key", "revoke", "balcony")
    assert (code, complaint) == (1, "plantops: There is no such registration key.\n")
    code, _, complaint = await plantops(data, "registration-key", "create", "--expires", "99999999999w")
    assert (code, "give a date" in complaint) == (2, True)


async def test_a_device_waits_is_approved_thrown_out_and_let_in_again(data: Path, embedded_database: str) -> None:
    _, secret, _ = await plantops(data, "registration-key", "create")
    device = await register(data, embedded_database, secret, Terms(manual_approval=True))
    assert device == "plant-3fa2c1"
    _, listed, _ = await plantops(data, "device", "list")
    (line,) = [line for line in listed.splitlines() if device in line]
    assert [part.strip() for part in line.split("│")][2:6] == ["Basil node", "PlantOps node", "pending", MAC]
    assert "plantops device approve ID" in listed
    async with listening(embedded_database) as heard:
        for act, word in ACTS.items():
            assert (await plantops(data, "device", act, device))[0] == 0
            assert await state(embedded_database) == word
        await until(lambda: len(heard) >= len(ACTS))
        assert [said.partition(" ")[2] for said in heard] == [f"devices {device}"] * len(ACTS)
    code, yaml, _ = await plantops(data, "device", "credentials", device)
    assert (code, f"topic_prefix: plantops/{device}" in yaml) == (0, True)
    code, _, complaint = await plantops(data, "device", "revoke", "nobody")
    assert (code, complaint) == (1, "plantops: There is no such device.\n")


async def test_a_stock_node_and_home_assistant_get_accounts(data: Path) -> None:
    code, yaml, _ = await plantops(data, "device", "add", "hallway", "--prefix", "home/hallway")
    password = re.search(r'password: "(.{43})"', yaml)
    assert (code, password is not None) == (0, True)
    assert yaml.startswith("mqtt:\n  broker: garden.example\n  port: 8883\n  username: hallway\n")
    assert yaml.endswith("  client_id: hallway\n  topic_prefix: home/hallway\n")
    code, _, complaint = await plantops(data, "device", "add", "hallway")
    assert (code, "There is an account “hallway” already" in complaint) == (1, True)
    accounts = [(await plantops(data, "homeassistant-account"))[1] for _ in range(2)]
    assert "username: homeassistant" in accounts[0]
    assert accounts[0] != accounts[1], "each time another password"
    code, said, _ = await plantops(data, "homeassistant-account", "--revoke")
    assert (code, said) == (0, "Home Assistant may not come to the broker any more.\n")


async def test_names_and_prefixes_that_belong_to_others_are_refused(data: Path, embedded_database: str) -> None:
    async with Database.open(embedded_database) as database:
        office = Office(database, bootstrap.vault(Settings(plantops_data=data)), Terms(), Bulletin(), bootstrap.now)
        accounts = Accounts(office)
        for name, prefix, complaint in (
            ("homeassistant", None, "keeps for itself"),
            ("a/b", None, "letters, digits"),
            ("attic", "plantops/hallway", "belongs to others"),
            ("attic", "home/#", "is no topic prefix"),
            ("plantops", None, "belongs to others"),
        ):
            with pytest.raises(Invalid, match=complaint):
                await accounts.add_stock(name, prefix)
        assert await accounts.list() == []


async def test_a_broker_of_ones_own_is_left_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_ACCOUNTS", "external")
    code, _, complaint = await plantops(data, "device", "add", "hallway")
    assert (code, "make them at the broker itself" in complaint) == (1, True)
