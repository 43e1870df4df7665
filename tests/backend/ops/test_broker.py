"""The broker: what it lets in, what it keeps, and who it runs as. Every promise on Mosquitto 2.0 and 2.1."""

import asyncio
import json
import os
import ssl
from pathlib import Path

import aiomqtt
import pytest
from plantops.ops.broker import EmbeddedBroker


@pytest.fixture(params=["broker", "broker_20"])
def either_broker(request: pytest.FixtureRequest) -> EmbeddedBroker:
    running: EmbeddedBroker = request.getfixturevalue(request.param)
    return running


def client(broker: EmbeddedBroker, *, tls: bool = True, password: str | None = None) -> aiomqtt.Client:
    context = ssl.create_default_context(cafile=str(broker.ca_file)) if tls else None
    return aiomqtt.Client(
        "localhost" if tls else broker.host,
        port=broker.inner_tls_port if tls else broker.port,
        username=broker.username,
        password=broker.password if password is None else password,
        tls_context=context,
    )


@pytest.mark.parametrize("tls", [True, False])
async def test_the_backend_account_may_do_everything(
    either_broker: EmbeddedBroker, device_id: str, *, tls: bool
) -> None:
    topic = f"plantops/{device_id}/telemetry"
    async with client(either_broker, tls=tls) as mqtt:
        await mqtt.subscribe("#", qos=1)
        await mqtt.publish(topic, b"hello", qos=1)
        async with asyncio.timeout(60):
            async for message in mqtt.messages:
                if message.topic.value == topic:
                    break
        assert message.payload == b"hello"


async def test_a_wrong_password_and_nobody_are_refused(either_broker: EmbeddedBroker) -> None:
    for password in ("wrong", ""):
        with pytest.raises(aiomqtt.MqttError):
            async with client(either_broker, tls=False, password=password):
                pass


async def test_the_accounts_can_be_changed_over_mqtt(either_broker: EmbeddedBroker) -> None:
    answers = "$CONTROL/dynamic-security/v1/response"
    async with client(either_broker) as mqtt:
        await mqtt.subscribe(answers, qos=1)
        await mqtt.publish("$CONTROL/dynamic-security/v1", b'{"commands":[{"command":"getDefaultACLAccess"}]}', qos=1)
        async with asyncio.timeout(60):
            message = await anext(mqtt.messages)
    assert isinstance(message.payload, bytes)
    acls = json.loads(message.payload)["responses"][0]["data"]["acls"]
    assert {acl["acltype"] for acl in acls if acl["allow"]} == {"unsubscribe"}


async def test_old_tls_is_refused(either_broker: EmbeddedBroker) -> None:
    context = ssl.create_default_context(cafile=str(either_broker.ca_file))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    _, writer = await asyncio.open_connection("localhost", either_broker.tls_port, ssl=context)
    writer.close()
    await writer.wait_closed()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(str(either_broker.ca_file))
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        await asyncio.open_connection("localhost", either_broker.tls_port, ssl=context)


def test_it_does_not_run_as_root(either_broker: EmbeddedBroker) -> None:
    assert Path(f"/proc/{either_broker.pid}").stat().st_uid != 0


def test_secrets_are_private(either_broker: EmbeddedBroker) -> None:
    around = either_broker.ca_file.parent.parent
    private = [
        around / "broker/password",
        around / "broker/demo-password",
        around / "certs/ca.key",
        around / "certs/server.key",
    ]
    private += [around / "broker/state/dynamic-security.json", around / "broker/state/server.key"]
    assert {file.stat().st_mode & 0o777 for file in private} == {0o600}
    assert os.access(either_broker.ca_file, os.R_OK)
