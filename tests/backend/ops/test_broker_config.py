"""The production broker's own files, on Mosquitto 2.0 and 2.1: who gets in where, and what is kept."""

import asyncio
import os
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from plantops.domain import reserved
from plantops.mqtt import roles
from plantops.mqtt.broker import ACCOUNTS_CLIENT_ID, INGEST_CLIENT_ID, STOCK_CLIENT_ID, Broker, LinkLost
from plantops.mqtt.inner import inner_accounts
from plantops.mqtt.link import Link
from plantops.ops import dynsec
from plantops.ops.broker_config import PRODUCTION, PRODUCTION_2_0, render
from plantops.ops.supervision import finish

from tests.accounts import Administrator
from tests.backend.ops.programs import until
from tests.production_broker import SOURCE, ProductionBroker, production_broker
from tests.servers import named, running_broker, unique_device

VARIABLES = ["PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20"]
BOTH = pytest.mark.parametrize("variable", VARIABLES)


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=VARIABLES)
async def production(request: pytest.FixtureRequest, run_folder: Path) -> AsyncIterator[ProductionBroker]:
    """Run it once for all tests here."""
    folder = run_folder / f"production-{request.param.lower()}"
    folder.mkdir(mode=0o755)
    async with production_broker(folder, request.param) as broker:
        yield broker


@asynccontextmanager
async def client(broker: Broker, client_id: str) -> AsyncIterator[Link]:
    async with Link.open(broker, client_id, lambda *_: None) as link:
        yield link


async def gets_in(broker: Broker, client_id: str) -> bool:
    """Tell whether a login is let in."""
    try:
        async with client(broker, client_id):
            return True
    except LinkLost:
        return False


async def device(broker: ProductionBroker) -> tuple[str, str]:
    """Make a device's account; give its name and its password."""
    name = unique_device()
    async with Administrator.open(broker.inner(reserved.ACCOUNTS)) as accounts:
        return name, await accounts.ensure_device(name)


def test_the_files_are_what_the_one_source_gives() -> None:
    for layout, name in ((PRODUCTION, "mosquitto.conf"), (PRODUCTION_2_0, "mosquitto-2.0.conf")):
        assert (SOURCE / name).read_text() == render(layout), f"write render({layout.version}) into mosquitto/{name}"


async def test_each_inner_account_comes_in_inside_under_its_own_client_id_only(production: ProductionBroker) -> None:
    for account in inner_accounts(reserved.BACKEND, production.secret):
        for tls in (False, True):
            door = production.inner(account.username, tls=tls)
            assert await gets_in(door, account.client_id), account.username
            assert not await gets_in(door, f"{account.client_id}x"), account.username


async def test_the_inner_accounts_are_refused_outside(production: ProductionBroker) -> None:
    for account in inner_accounts(reserved.BACKEND, production.secret):
        if account.username != reserved.HEALTH:  # bound to its own name; it may read the uptime and nothing else
            door = production.outer(account.username, account.password)
            for client_id in (account.client_id, account.username, "any"):
                assert not await gets_in(door, client_id), account.username


async def test_a_device_is_itself_under_every_name_and_cannot_touch_the_backends_session(
    production: ProductionBroker,
) -> None:
    name, password = await device(production)
    async with client(production.inner(reserved.BACKEND), INGEST_CLIENT_ID) as backend:
        assert await gets_in(production.outer(name, password), INGEST_CLIENT_ID)
        assert not await gets_in(production.door(production.port, name, password), INGEST_CLIENT_ID)
        assert not await gets_in(production.door(production.port, name, password), "plant-000000")
        await backend.publish(f"plantops/{name}/command", b"{}")  # was not thrown out


async def test_nobody_comes_in_without_a_name_or_with_a_wrong_password(production: ProductionBroker) -> None:
    for port, tls in (
        (production.port, False),
        (production.health_port, False),
        (production.inner_tls_port, True),
        (production.tls_port, True),
    ):
        assert not await gets_in(production.door(port, None, None, tls=tls), "anybody")
        assert not await gets_in(production.door(port, reserved.BACKEND, "wrong", tls=tls), INGEST_CLIENT_ID)
        assert not await gets_in(production.door(port, "nobody", "wrong", tls=tls), "nobody")


async def test_only_certificates_of_our_own_authority_and_tls_1_2_are_taken(
    production: ProductionBroker, tmp_path: Path
) -> None:
    name, password = await device(production)
    good = production.outer(name, password)
    assert await gets_in(good, name)
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as foreign:
        with pytest.raises(LinkLost, match="does not fit"):
            async with client(replace(good, ca_file=foreign.ca_file), name):
                pass
    with pytest.raises(LinkLost, match=r"TLS|reset"):  # plain words at the port for TLS, and the other way round
        async with client(replace(good, port=production.port), name):
            pass
    assert not await gets_in(replace(good, use_tls=False, ca_file=None, host="127.0.0.1"), name)
    for port in (production.tls_port, production.inner_tls_port):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(str(production.ca_file))
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = old.minimum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await asyncio.open_connection("localhost", port, ssl=old)


async def test_the_health_check_of_the_container_works(production: ProductionBroker) -> None:
    program = named("PLANTOPS_MOSQUITTO_CLIENTS") / "mosquitto_sub"
    asked: list[str | Path] = [
        program,
        "-h",
        "127.0.0.1",
        "-p",
        str(production.health_port),
        "-t",
        "$SYS/broker/uptime",
        "-C",
        "1",
    ]
    login = {"XDG_CONFIG_HOME": str(production.data / "health")}
    said = await finish([*asked, "-W", "10"], name="mosquitto_sub", folder=production.data, env=login)
    assert "seconds" in said


async def test_the_health_account_hears_the_uptime_and_nothing_else(production: ProductionBroker) -> None:
    others = ["plantops/+/status", "#", "$SYS/#", "$CONTROL/#", roles.DROPPED]
    async with client(production.inner(reserved.HEALTH), reserved.HEALTH) as link:
        assert await link.subscribe([roles.UPTIME]) == []
        assert await link.subscribe(others) == others


@BOTH
async def test_a_lost_file_of_accounts_begins_with_the_first_ones(tmp_path: Path, variable: str) -> None:
    async with production_broker(tmp_path, variable) as production:
        await _loses_its_accounts(production)


async def _loses_its_accounts(production: ProductionBroker) -> None:
    name, password = await device(production)
    (production.data / "dynamic-security.json").unlink()
    child = production.service.child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    await until(lambda: production.service.child not in (child, None) and production.service.up.is_set())
    assert not await gets_in(production.outer(name, password), name)
    assert await gets_in(production.inner(reserved.ACCOUNTS), ACCOUNTS_CLIENT_ID)
    assert await gets_in(production.inner(reserved.STOCK_READER), STOCK_CLIENT_ID)


@BOTH
async def test_preparing_again_leaves_what_the_broker_wrote(tmp_path: Path, variable: str) -> None:
    async with production_broker(tmp_path, variable) as production:
        name, password = await device(production)
        file = production.data / "dynamic-security.json"
        before = file.read_bytes()
        dynsec.prepare(production.data, reserved.BACKEND, production.secret)
        assert file.read_bytes() == before
        dynsec.prepare(production.data, reserved.BACKEND, "another password")
        assert file.read_bytes() != before
        assert name in file.read_text()
        assert await gets_in(production.outer(name, password), name)
