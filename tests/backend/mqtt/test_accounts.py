"""Accounts on real brokers: each may do its own, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from plantops.mqtt import roles
from plantops.mqtt.accounts import AccountsRefused
from plantops.mqtt.broker import INGEST_CLIENT_ID, STOCK_CLIENT_ID, Broker, LinkLost, PublishRefused
from plantops.mqtt.difference import Account
from plantops.mqtt.link import Link
from plantops.mqtt.packets import Packet

from tests.accounts import Administrator

FILTERS = ("plantops/+/telemetry", "plantops/+/status", "plantops/+/info", "plantops/+/command/result")
PASSWORD = "a password"  # noqa: S105 - of a broker that ends with the test


class Post:
    """Keeps what a client receives."""

    def __init__(self) -> None:
        self.packets: asyncio.Queue[Packet] = asyncio.Queue()

    def __call__(self, _link: Link, packets: list[Packet]) -> None:
        """Take what came."""
        for packet in packets:
            self.packets.put_nowait(packet)

    async def next(self) -> Packet:
        """Wait for the next one."""
        async with asyncio.timeout(60):
            return await self.packets.get()


@asynccontextmanager
async def client(broker: Broker, username: str, password: str, client_id: str | None = None) -> AsyncIterator[Link]:
    login = replace(broker, username=username, password=password)
    async with Link.open(login, client_id or username, Post()) as link:
        yield link


async def test_a_device_gets_a_password_that_opens(administrator: Broker, device_id: str) -> None:
    async with Administrator.open(administrator) as accounts:
        password = await accounts.ensure_device(device_id)
        assert len(password) >= 40
        assert device_id in await accounts.names()
    async with client(administrator, device_id, password):
        pass


async def test_ensuring_twice_rotates_the_password_or_keeps_the_one_given(
    administrator: Broker, device_id: str
) -> None:
    async with Administrator.open(administrator) as accounts:
        first = await accounts.ensure_device(device_id)
        second = await accounts.ensure_device(device_id)
        assert first != second
        with pytest.raises(LinkLost):
            async with client(administrator, device_id, first):
                pass
        assert await accounts.ensure_device(device_id, "the-same") == "the-same"
        assert await accounts.ensure_device(device_id, "the-same") == "the-same"
    async with client(administrator, device_id, "the-same"):
        pass


async def test_an_account_is_bound_to_its_client_id(administrator: Broker, device_id: str) -> None:
    async with Administrator.open(administrator) as accounts:
        password = await accounts.ensure_device(device_id)
    with pytest.raises(LinkLost):
        async with client(administrator, device_id, password, INGEST_CLIENT_ID):
            pass


async def test_a_device_speaks_and_hears_its_own_tree_only(administrator: Broker, device_id: str) -> None:
    async with Administrator.open(administrator) as accounts:
        password = await accounts.ensure_device(device_id)
    other = f"{device_id}x"
    async with client(administrator, device_id, password) as link:
        for leaf in ("telemetry", "status", "info", "command/result"):
            await link.publish(f"plantops/{device_id}/{leaf}", b"x")
        for topic in (
            f"plantops/{other}/telemetry",
            f"plantops/{device_id}/telemetry/ack",
            f"plantops/{device_id}/command",
            f"homeassistant/sensor/{other}/x/config",
            "$CONTROL/dynamic-security/v1",
        ):
            with pytest.raises(PublishRefused):
                await link.publish(topic, b"{}")
        assert await link.subscribe([f"plantops/{device_id}/telemetry/ack", f"plantops/{device_id}/command"]) == []
        foreign = [f"plantops/{other}/command", "plantops/+/command", "plantops/#", "#", f"plantops/{device_id}/#"]
        assert await link.subscribe(foreign) == foreign


async def test_a_removed_device_is_sent_away(administrator: Broker, device_id: str) -> None:
    async with Administrator.open(administrator) as accounts:
        password = await accounts.ensure_device(device_id)
        async with client(administrator, device_id, password) as link:
            lost = asyncio.create_task(link.until_lost())
            await accounts.remove(device_id)
            with pytest.raises(LinkLost):
                async with asyncio.timeout(60):
                    await lost
        await accounts.remove(device_id)
        assert device_id not in await accounts.names()
    with pytest.raises(LinkLost):
        async with client(administrator, device_id, password):
            pass


async def test_ensuring_what_is_so_already_disturbs_nobody(administrator: Broker, device_id: str) -> None:
    async with Administrator.open(administrator) as accounts:
        password = await accounts.ensure_device(device_id)
        async with client(administrator, device_id, password) as link:
            so_already = Account(device_id, device_id, roles.device(device_id), password, keeps_password=True)
            assert await accounts.settle([so_already], await accounts.look()) == {}
            await link.publish(f"plantops/{device_id}/telemetry", b"{}")


async def test_an_account_gains_nothing_by_a_group(administrator: Broker, device_id: str) -> None:
    group = f"{device_id}-group"
    async with Administrator.open(administrator) as accounts:
        account = Account(device_id, device_id, roles.device(device_id), PASSWORD, "plantops version 1")
        assert await accounts.settle([account], await accounts.look_at([account])) == {}
        await accounts.settle([replace(account, username=group, role=roles.EVERYTHING)], await accounts.look())
        try:
            await accounts._ask(
                {"command": "createGroup", "groupname": group, "roles": [{"rolename": roles.EVERYTHING.name}]},
                {"command": "addGroupClient", "groupname": group, "username": device_id},
            )
            async with client(administrator, device_id, PASSWORD) as link:
                await link.publish("plantops/another/status", b"online")
            assert await accounts.settle([account], await accounts.look_at([account])) == {}
            async with client(administrator, device_id, PASSWORD) as link:
                with pytest.raises(PublishRefused):
                    await link.publish("plantops/another/status", b"online")
        finally:
            await accounts._ask({"command": "deleteGroup", "groupname": group})
            await accounts.remove(device_id, group)


async def test_the_telemetry_session_may_do_its_work(administrator: Broker, device_id: str) -> None:
    name = f"backend-{device_id}"
    async with Administrator.open(administrator) as accounts:
        await accounts.ensure(name, PASSWORD, roles.INGEST, client_id=INGEST_CLIENT_ID)
        device_password = await accounts.ensure_device(device_id)
        try:
            login = replace(administrator, username=name, password=PASSWORD)
            post = Post()
            async with Link.open(login, INGEST_CLIENT_ID, post) as link:
                assert await link.subscribe(FILTERS) == []
                await link.publish(f"plantops/{device_id}/command", b"{}")
                async with client(administrator, device_id, device_password) as node:
                    await node.publish(f"plantops/{device_id}/telemetry", b"42")
                packet = await post.next()
                while packet.topic != f"plantops/{device_id}/telemetry":
                    packet = await post.next()
                assert packet.payload == b"42"
        finally:
            await accounts.remove(name)


async def test_the_reader_of_stock_nodes_hears_them_and_says_nothing(administrator: Broker, device_id: str) -> None:
    name = f"reader-{device_id}"
    async with Administrator.open(administrator) as accounts:
        await accounts.ensure(name, PASSWORD, roles.STOCK_READER, client_id=STOCK_CLIENT_ID)
        node_password = await accounts.ensure_stock_node(device_id, prefix=f"house/{device_id}")
        post = Post()
        async with Link.open(replace(administrator, username=name, password=PASSWORD), STOCK_CLIENT_ID, post) as link:
            topic = f"house/{device_id}/sensor/soil/state"
            assert await link.subscribe(["+/+/sensor/+/state", f"any/{device_id}/topic"], qos=0) == []
            async with client(administrator, device_id, node_password) as node:
                await node.publish(topic, b"42.0")
                await node.publish(f"homeassistant/sensor/{device_id}/soil/config", b"", retain=True)
                await node.publish(f"esphome/discover/{device_id}", b"", retain=True)
                assert await node.subscribe([f"house/{device_id}/switch/pump/command"]) == []
                with pytest.raises(PublishRefused):
                    await node.publish("house/other/sensor/soil/state", b"1")
            while (heard := await post.next()).topic != topic:
                pass  # what other tests left retained on this broker
            assert heard.payload == b"42.0"
            with pytest.raises(PublishRefused):
                await link.publish(topic, b"1")
        await accounts.remove(name)


async def test_who_is_no_administrator_is_told_so(administrator: Broker, device_id: str) -> None:
    async with Administrator.open(administrator) as accounts:
        password = await accounts.ensure_stock_node(device_id, client_id=f"{device_id}-any")
    login = replace(administrator, username=device_id, password=password)
    with pytest.raises(LinkLost):
        async with Administrator.open(login):
            pass


async def test_impossible_names_are_refused_before_the_broker_hears_them(administrator: Broker) -> None:
    async with Administrator.open(administrator) as accounts:
        for name in ("", "a/b", "+", "#", "x" * 65):
            with pytest.raises(ValueError, match="no device id"):
                await accounts.ensure_device(name)


async def test_the_brokers_words_are_passed_on(administrator: Broker) -> None:
    async with Administrator.open(administrator) as accounts:
        with pytest.raises(AccountsRefused, match="deleteClient"):
            await accounts._ask({"command": "deleteClient", "username": "nobody-here"})
        await accounts.lock_down()
