"""The broker agrees with the database: accounts come, change, go and come back, on Mosquitto 2.0 and 2.1."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from aioplantops.models import DeviceAccess
from plantops.domain import reserved
from plantops.mqtt.broker import INGEST_CLIENT_ID, Broker, LinkLost, PublishRefused
from plantops.mqtt.inner import inner_accounts
from plantops.mqtt.link import Link
from plantops.mqtt.reconcile import Household
from plantops.ops.broker import EmbeddedBroker
from plantops.ops.vault import Vault
from plantops.storage import accounts as store
from plantops.storage.accounts import AccountKind
from structlog.testing import capture_logs

from tests.accounts import Administrator, put, until_applied
from tests.backend.mqtt.conftest import outside, plain
from tests.backend.mqtt.house import House, device, house, until
from tests.servers import running_broker

VAULT = Vault(bytes(32))
BOTH = pytest.mark.parametrize("variable", ["PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20"])


def household(broker: EmbeddedBroker) -> Household:
    """Name the accounts of a running broker as the settings would."""
    inner = inner_accounts(broker.backend_username, broker.backend_password)
    keeper = next(account for account in inner if account.username == reserved.ACCOUNTS)
    administrator = replace(plain(broker), username=keeper.username, password=keeper.password)
    return Household(administrator, inner, frozenset({reserved.DEMO}), VAULT)


@asynccontextmanager
async def keeping(url: str, broker: EmbeddedBroker) -> AsyncIterator[House]:
    """Run a consumer that comes as the backend does and keeps the accounts."""
    login = replace(plain(broker), username=broker.backend_username, password=broker.backend_password)
    async with house(url, login, household(broker)) as running:
        await running.until("active")
        yield running


async def names(broker: EmbeddedBroker) -> set[str]:
    """List the accounts that the broker has, by the demo's account, which disturbs nobody."""
    async with Administrator.open(plain(broker), "test-looks") as accounts:
        return await accounts.names()


@asynccontextmanager
async def inside(broker: Broker, client_id: str) -> AsyncIterator[Link]:
    """Connect, and hear nothing."""
    async with Link.open(broker, client_id, lambda *_: None) as link:
        yield link


async def refused(broker: Broker, client_id: str) -> bool:
    """Tell whether a login is refused."""
    try:
        async with inside(broker, client_id):
            return False
    except LinkLost:
        return True


@BOTH
async def test_an_account_comes_changes_and_goes_with_its_row(
    embedded_database: str, tmp_path: Path, variable: str, device_id: str
) -> None:
    async with running_broker(tmp_path, variable) as broker, keeping(embedded_database, broker) as running:
        first = await put(running.store, VAULT, device_id)
        await until_applied(running.store)
        async with inside(outside(broker, device_id, first), device_id) as link:
            second = await put(running.store, VAULT, device_id)
            with pytest.raises(LinkLost):
                async with asyncio.timeout(60):
                    await link.until_lost()
        await until_applied(running.store)
        assert await refused(outside(broker, device_id, first), device_id)
        async with inside(outside(broker, device_id, second), device_id) as link:
            begun = time.monotonic()
            await put(running.store, VAULT, device_id, state=DeviceAccess.REVOKED, password=second)
            with pytest.raises(LinkLost):
                async with asyncio.timeout(60):
                    await link.until_lost()
            print(f"a revoked device was thrown off after {time.monotonic() - begun:.3f} s")  # noqa: T201
        assert await refused(outside(broker, device_id, second), device_id)
        await put(running.store, VAULT, device_id, state=DeviceAccess.ACTIVE, password=second)
        await until_applied(running.store)
        assert not await refused(outside(broker, device_id, second), device_id)


async def test_a_pending_device_waits_outside(embedded_database: str, tmp_path: Path, device_id: str) -> None:
    async with (
        running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker,
        keeping(embedded_database, broker) as running,
    ):
        password = await put(running.store, VAULT, device_id, state=DeviceAccess.PENDING)
        await until_applied(running.store)
        assert await refused(outside(broker, device_id, password), device_id)
        await put(running.store, VAULT, device_id, password=password)
        await until_applied(running.store)
        assert not await refused(outside(broker, device_id, password), device_id)


@BOTH
async def test_a_broker_that_lost_its_accounts_gets_them_back(
    embedded_database: str, tmp_path: Path, variable: str, device_id: str
) -> None:
    async with running_broker(tmp_path, variable) as broker, keeping(embedded_database, broker) as running:
        crowd = [f"{device_id}-{number}" for number in range(30)]
        passwords = {name: await put(running.store, VAULT, name) for name in crowd}
        await put(running.store, VAULT, f"{device_id}-gone", state=DeviceAccess.REVOKED)
        await until_applied(running.store)
        before = await names(broker)
        assert set(crowd) <= before
        (tmp_path / "broker/state/dynamic-security.json").unlink()
        old = broker.pid
        assert old is not None
        os.kill(old, signal.SIGKILL)
        await until(lambda: broker.pid not in {old, None})
        await running.until("active")

        async def all_back() -> bool:
            return await names(broker) == before

        await until(all_back)
        assert not await refused(outside(broker, crowd[-1], passwords[crowd[-1]]), crowd[-1])


async def test_comparing_disturbs_nobody_whose_account_is_as_it_should_be(
    embedded_database: str, tmp_path: Path, device_id: str
) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:
        async with keeping(embedded_database, broker) as running:
            password = await put(running.store, VAULT, device_id)
            await until_applied(running.store)
        async with inside(outside(broker, device_id, password), device_id) as link:
            with capture_logs() as logs:
                async with keeping(embedded_database, broker):
                    await until(lambda: any(line["event"] == "accounts_compared" for line in logs))
            await link.publish(f"plantops/{device_id}/telemetry", b"{}")


async def test_accounts_that_the_database_does_not_know_are_removed_and_foreign_ones_stay(
    embedded_database: str, tmp_path: Path, device_id: str
) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:
        async with Administrator.open(plain(broker), "test-makes") as accounts:
            await accounts.ensure_device(device_id)
            await accounts._ask({"command": "createClient", "username": "zigbee", "password": "theirs"})
        async with keeping(embedded_database, broker):

            async def gone() -> bool:
                return device_id not in await names(broker)

            await until(gone)
            inner = {"backend", "backend-stock", "backend-accounts", "health", "demo"}
            assert await names(broker) == {*inner, "zigbee"}


async def test_a_row_that_cannot_be_an_account_disturbs_no_other(
    embedded_database: str, tmp_path: Path, device_id: str
) -> None:
    async with (
        running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker,
        keeping(embedded_database, broker) as running,
    ):
        with capture_logs() as logs:
            await put(running.store, VAULT, "a/b")
            await put(running.store, VAULT, "sly", kind=AccountKind.STOCK, prefix="plantops/other")
            await put(running.store, Vault(bytes(31) + b"x"), "sealed")
            password = await put(running.store, VAULT, device_id)
            wrong = {"a/b", "sly", "sealed"}

            def told() -> dict[str, str]:
                return {line["account"]: line["problem"] for line in logs if line["event"] == "account_not_made"}

            await until(lambda: told().keys() == wrong)

            async def made() -> bool:
                return {row.username for row in await store.to_apply(running.store)} == wrong

            await until(made)
        assert not await refused(outside(broker, device_id, password), device_id)
        problems = told()
        assert "no device id" in problems["a/b"]
        assert "belongs to others" in problems["sly"]
        assert "ENCRYPTION_KEY" in problems["sealed"]


@BOTH
async def test_the_inner_accounts_are_refused_outside(tmp_path: Path, variable: str) -> None:
    async with running_broker(tmp_path, variable) as broker:
        for account in inner_accounts(broker.backend_username, broker.backend_password):
            door = outside(broker, account.username, account.password)
            inner = replace(plain(broker), username=account.username, password=account.password)
            if account.username != reserved.HEALTH:  # bound to its own name; it may read the uptime, and that is all
                assert await refused(door, account.client_id), account.username
            assert not await refused(inner, account.client_id), account.username
            assert await refused(inner, f"{account.client_id}x"), account.username


@BOTH
async def test_a_device_outside_is_always_itself(tmp_path: Path, variable: str, device_id: str) -> None:
    async with running_broker(tmp_path, variable) as broker:
        async with Administrator.open(plain(broker), "test-makes") as accounts:
            password = await accounts.ensure_device(device_id)
        backend = replace(plain(broker), username=broker.backend_username, password=broker.backend_password)
        async with inside(backend, INGEST_CLIENT_ID) as session:
            # The name that it gives is not listened to outside, and refused inside: the backend's session stays.
            assert not await refused(outside(broker, device_id, password), INGEST_CLIENT_ID)
            assert await refused(replace(plain(broker), username=device_id, password=password), INGEST_CLIENT_ID)
            assert await session.subscribe(["plantops/+/status"]) == []


@BOTH
async def test_home_assistants_account_follows_the_stock_nodes(
    embedded_database: str, tmp_path: Path, variable: str, device_id: str
) -> None:
    command = f"attic/{device_id}/switch/pump/command"

    async def may_command(broker: EmbeddedBroker, password: str) -> bool:
        async with inside(outside(broker, reserved.HOME_ASSISTANT, password), reserved.HOME_ASSISTANT) as link:
            try:
                await link.publish(command, b"ON")
            except PublishRefused:
                return False
            return await link.subscribe([f"attic/{device_id}/#"]) == []

    async with running_broker(tmp_path, variable) as broker, keeping(embedded_database, broker) as running:
        password = await put(running.store, VAULT, reserved.HOME_ASSISTANT, kind=AccountKind.HOME_ASSISTANT)
        await until_applied(running.store)
        assert not await may_command(broker, password)
        node = await put(running.store, VAULT, device_id, kind=AccountKind.STOCK, prefix=f"attic/{device_id}")
        await until_applied(running.store)
        assert await may_command(broker, password)
        async with inside(outside(broker, device_id, node), device_id) as link:
            await link.publish(f"attic/{device_id}/sensor/soil/state", b"42")
        revoked = DeviceAccess.REVOKED
        await put(running.store, VAULT, device_id, kind=AccountKind.STOCK, state=revoked, prefix=f"attic/{device_id}")
        await until_applied(running.store)
        assert not await may_command(broker, password)


async def test_an_administrator_who_is_refused_is_told_and_the_telemetry_flows(
    embedded_database: str, tmp_path: Path, device_id: str
) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:
        right = household(broker)
        wrong = replace(right, administrator=replace(right.administrator, password="wrong"))  # noqa: S106
        login = replace(plain(broker), username=broker.backend_username, password=broker.backend_password)
        async with house(embedded_database, login, wrong) as running:
            await until(lambda: running.consumer.state.problem is not None)
            assert "accounts cannot be changed" in (running.consumer.state.problem or "")
            assert running.consumer.state.role == "active"
            async with device(plain(broker), device_id) as node:
                await node.report([1])
                await node.hear(1)


async def test_a_restored_database_that_counts_on_from_an_earlier_version_is_not_taken_for_the_old_one(
    embedded_database: str, tmp_path: Path, device_id: str
) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:
        async with keeping(embedded_database, broker) as running:
            lost = await put(running.store, VAULT, device_id)
            await until_applied(running.store)
        connection = await asyncpg.connect(embedded_database)
        await connection.execute("DELETE FROM broker_account")
        password = await put(connection, VAULT, device_id)  # version 1 again, with another password
        await connection.close()
        async with keeping(embedded_database, broker) as running:
            await until_applied(running.store)
        assert await refused(outside(broker, device_id, lost), device_id)
        assert not await refused(outside(broker, device_id, password), device_id)
