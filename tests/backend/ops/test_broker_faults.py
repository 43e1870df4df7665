"""The broker through kills and restarts: what it acknowledged is there, and nobody is left behind."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from plantops.mqtt.inner import inner_accounts
from plantops.ops import certificates
from plantops.ops.broker import EmbeddedBroker, Mosquitto
from plantops.ops.dynsec import settle
from plantops.ops.folder import FolderBusy
from plantops.ops.supervision import ServiceFailed

from tests.backend.ops.programs import WITH_BROKER, is_gone, permissions, program, until, working_in
from tests.servers import named, running_broker

MESSAGES = 20
BOTH = pytest.mark.parametrize("variable", ["PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20"])


def keeps_session() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 3600
    return properties


def consumer(broker: EmbeddedBroker) -> aiomqtt.Client:
    """Make a client that keeps its session (Mosquitto 2.0 never saves one that was begun with clean start)."""
    return aiomqtt.Client(
        broker.host,
        port=broker.port,
        username=broker.username,
        password=broker.password,
        identifier="consumer",
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
        properties=keeps_session(),
    )


@asynccontextmanager
async def sender(broker: EmbeddedBroker) -> AsyncIterator[aiomqtt.Client]:
    async with aiomqtt.Client(
        broker.host, port=broker.port, username=broker.username, password=broker.password
    ) as client:
        yield client


async def collect(broker: EmbeddedBroker, wanted: int) -> set[bytes]:
    found: set[bytes] = set()
    async with asyncio.timeout(60), consumer(broker) as client:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            found.add(message.payload)
            if len(found) == wanted:
                break
    return found


async def test_what_it_acknowledged_before_its_last_turn_survives_its_death(tmp_path: Path) -> None:
    """Mosquitto answers first and commits at the end of each turn: the last message is in the turn that is lost."""
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:
        async with consumer(broker) as client:
            await client.subscribe("plantops/+/telemetry", qos=1)
        first = broker.pid
        assert first
        async with sender(broker) as client:
            for number in range(MESSAGES):
                await client.publish("plantops/a/telemetry", str(number), qos=1)
            await client.publish("plantops/a/telemetry", "the last", qos=1)
            os.kill(first, signal.SIGKILL)
            with pytest.raises(aiomqtt.MqttError):
                await asyncio.wait_for(anext(aiter(client.messages)), 60)
        await until(lambda: broker.pid not in {first, None})
        assert await collect(broker, MESSAGES) - {b"the last"} == {str(number).encode() for number in range(MESSAGES)}


@BOTH
async def test_queued_messages_and_accounts_survive_a_restart(tmp_path: Path, variable: str) -> None:
    make = json.dumps({"commands": [{"command": "createClient", "username": "node", "password": "secret"}]})
    async with running_broker(tmp_path, variable) as broker:
        async with consumer(broker) as client:
            await client.subscribe("plantops/+/telemetry", qos=1)
        async with sender(broker) as client:
            await client.publish("$CONTROL/dynamic-security/v1", make, qos=1)
            for number in range(MESSAGES):
                await client.publish("plantops/a/telemetry", str(number), qos=1)
        ports = (broker.port, broker.tls_port, broker.password)
    assert working_in(tmp_path) == []
    async with running_broker(tmp_path, variable) as broker:
        assert (broker.port, broker.tls_port, broker.password) == ports
        assert len(await collect(broker, MESSAGES)) == MESSAGES
        async with aiomqtt.Client(broker.host, port=broker.port, username="node", password="secret"):  # noqa: S106
            pass


@BOTH
async def test_a_lost_password_is_made_anew(tmp_path: Path, variable: str) -> None:
    async with running_broker(tmp_path, variable) as broker:
        before = broker.password, broker.backend_password
    (tmp_path / "broker/password").unlink()
    (tmp_path / "broker/demo-password").unlink()
    async with running_broker(tmp_path, variable) as broker:
        assert not {broker.password, broker.backend_password} & set(before)
        async with sender(broker):
            pass


async def test_an_older_broker_takes_over_what_a_newer_one_rewrote(tmp_path: Path) -> None:
    for variable in ("PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20", "PLANTOPS_MOSQUITTO"):
        async with running_broker(tmp_path, variable) as broker, sender(broker) as client:
            command = {"command": "createRole", "rolename": f"by-{variable}"}
            await client.publish("$CONTROL/dynamic-security/v1", json.dumps({"commands": [command]}), qos=1)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_a_backend_that_ends_takes_its_broker_with_it(tmp_path: Path, how: signal.Signals) -> None:
    async with program(WITH_BROKER, tmp_path, named("PLANTOPS_MOSQUITTO")) as backend:
        backend.process.send_signal(how)
        await until(lambda: is_gone(backend.said["pid"]))
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO"):
        pass


async def test_a_second_start_is_refused_naming_the_first(tmp_path: Path) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO"):
        with pytest.raises(FolderBusy, match=str(os.getpid())):
            async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO"):
                pass


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    made = certificates.ensure(tmp_path / "certs", datetime.now(UTC))
    async with EmbeddedBroker.open(tmp_path / "one", certificates=made, binary=named("PLANTOPS_MOSQUITTO")) as first:
        with pytest.raises(ServiceFailed, match="Address already in use"):
            async with EmbeddedBroker.open(
                tmp_path / "two", certificates=made, binary=named("PLANTOPS_MOSQUITTO"), port=first.port
            ):
                pass
    assert working_in(tmp_path) == []


async def test_a_private_folder_stays_private(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    before = permissions(private)
    async with running_broker(private, "PLANTOPS_MOSQUITTO"):
        assert permissions(private) == before
    assert permissions(private) == before


async def test_a_missing_or_foreign_program_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ServiceFailed, match=r"There is no Mosquitto here .*apt install mosquitto"):
        await Mosquitto.find(tmp_path / "mosquitto")
    with pytest.raises(ServiceFailed, match="is not a Mosquitto"):
        await Mosquitto.find(Path("/bin/true"))


def test_damaged_accounts_are_not_thrown_away(tmp_path: Path) -> None:
    file = tmp_path / "dynamic-security.json"
    file.write_text("{damaged")
    with pytest.raises(ServiceFailed, match=r"is damaged .*Expecting.*move it away"):
        settle(file, inner_accounts("backend", "secret"))
    assert file.read_text() == "{damaged"
