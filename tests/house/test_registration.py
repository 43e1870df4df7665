"""From an unknown board to stored readings: HTTPS, the database, the broker and its accounts, all of them real."""

import asyncio
import json
import ssl
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from aioplantops.client import PlantOpsClient
from aioplantops.errors import CannotConnect, DeviceRevoked, TlsRequired
from aioplantops.models import DeviceAccess
from aioplantops.registration import DeviceRegister
from plantops.api.listening import tls_context
from plantops.ops import certificates
from plantops.settings import SettingsInvalid
from virtualgarden.link import Account, Link, Word

from tests.house.reception import Reception, alone, is_let_in, reception, settings_for, until_thrown_off
from tests.servers import running_broker

MAC = "a4cf123fa2c1"
BOTH = pytest.mark.parametrize("variable", ["PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20"])


async def report(account: Account, seq: int) -> None:
    """Send one reading and wait until it is safe."""
    topic = f"plantops/{account.name}/telemetry"
    batch = {"boot": 7, "seq": seq, "readings": [{"c": "temperature", "t": time.time(), "v": 20.0 + seq}]}
    async with Link.open(account) as link:
        await link.subscribe([(f"{topic}/ack", 0)])
        await link.publish(Word(topic, json.dumps(batch).encode(), qos=1))
        async for word in link.words():
            ack = json.loads(word.payload)
            assert (ack["seq"], ack["stored"]) == (seq, 1)
            return


@BOTH
async def test_a_board_comes_in_reports_is_thrown_out_and_comes_back(
    embedded_database: str, tmp_path: Path, variable: str
) -> None:
    async with alone(embedded_database, tmp_path, variable) as house:
        secret = await house.key()
        told = await house.register(secret, MAC, name="basil", friendly_name="Basil node")
        assert (told.mqtt_host, told.mqtt_port) == ("localhost", house.broker.tls_port)
        await report(house.account(told), 1)
        device = await house.client.device("basil")
        assert [channel.latest.value for channel in device.channels if channel.latest] == [21.0]

        async with Link.open(house.account(told)) as link:
            assert await house.register(secret, MAC) == told, "the answer was lost"
            await link.publish(Word("plantops/basil/status", b"online", qos=1))
            renewed = await house.client.renew_credentials("basil")
            await until_thrown_off(link)
        assert not await is_let_in(house.account(told))
        await report(house.account(renewed), 2)

        async with Link.open(house.account(renewed)) as link:
            await house.client.revoke_device("basil")
            await until_thrown_off(link)
        assert not await is_let_in(house.account(renewed))
        with pytest.raises(DeviceRevoked):
            await house.register(secret, MAC)
        await house.client.restore_device("basil")
        await report(house.account(renewed), 3)


async def test_one_board_says_nothing_for_another_and_nobody_else_comes_in(
    embedded_database: str, tmp_path: Path
) -> None:
    async with alone(embedded_database, tmp_path) as house:
        secret = await house.key()
        basil, mint = [await house.register(secret, f"a4cf1200000{n}") for n in (1, 2)]
        stranger = Account(house.account(mint).broker, basil.device_id, mint.mqtt_password)
        assert not await is_let_in(stranger)
        assert not await is_let_in(Account(stranger.broker, "plant-000009", secret))
        async with Link.open(house.account(mint)) as link:
            batch = {"readings": [{"c": "temperature", "v": 99.0}]}
            await link.publish(Word(f"plantops/{basil.device_id}/telemetry", json.dumps(batch).encode(), qos=1))
        await report(house.account(mint), 1)
        assert (await house.client.device(basil.device_id)).channels == ()


async def test_a_board_waits_until_somebody_approves_it(embedded_database: str, tmp_path: Path) -> None:
    async with alone(embedded_database, tmp_path, device_approval="manual") as house:
        told = await house.register(await house.key(), MAC)
        assert told.status is DeviceAccess.PENDING
        assert not await is_let_in(house.account(told))
        await house.client.approve(told.device_id)
        await report(house.account(told), 1)
        async with Link.open(house.account(told)) as link:
            again = await house.register(await house.key(), MAC)
            await until_thrown_off(link)
        assert again.status is DeviceAccess.PENDING, "a key and a MAC address are no person"
        assert [await is_let_in(house.account(one)) for one in (told, again)] == [False, False]


async def test_many_register_at_once_with_two_backends_and_each_is_let_in_at_once(
    embedded_database: str, tmp_path: Path
) -> None:
    async with running_broker(tmp_path, "PLANTOPS_MOSQUITTO") as broker:
        first, second = (settings_for(embedded_database, broker, tmp_path) for _ in range(2))
        async with reception(first, broker) as holder:
            await holder.active.wait()
            async with reception(second, broker) as standby:
                secret = await standby.key()
                macs = [f"a4cf120000{number:02x}" for number in range(20)]
                houses = (holder, standby) * 10
                told = await asyncio.gather(
                    *(house.register(secret, mac) for house, mac in zip(houses, macs, strict=True))
                )
                assert not standby.active.is_set()
                let_in = await asyncio.gather(*(is_let_in(holder.account(one)) for one in told))
                assert let_in == [True] * 20


async def ask_over(house: Reception, trust: ssl.SSLContext, url: str, **headers: str) -> None:
    async with ClientSession(connector=TCPConnector(ssl=trust), headers=headers) as session:
        wish = DeviceRegister(registration_key=await house.key(), hardware_id=MAC)
        await PlantOpsClient(url, None, session).register(wish)


async def test_a_password_never_travels_in_the_clear(embedded_database: str, tmp_path: Path) -> None:
    async with alone(embedded_database, tmp_path) as house:
        plain = f"http://localhost:{house.settings.http_port}"
        right = f"https://localhost:{house.settings.https_port}"
        with pytest.raises(TlsRequired, match=f"{right}/api/v1/devices/register"):
            await ask_over(house, ssl.create_default_context(), plain)
        with pytest.raises(TlsRequired):
            await ask_over(house, ssl.create_default_context(), plain, **{"X-Forwarded-Proto": "https"})
        with pytest.raises(CannotConnect):
            await ask_over(house, ssl.create_default_context(), right)
        trust = ssl.create_default_context(cafile=str(house.broker.ca_file))
        for newest, fits in ((ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_1, False)):
            assert await shakes_hands(trust, newest, house.settings.https_port) is fits


async def shakes_hands(trust: ssl.SSLContext, newest: ssl.TLSVersion, port: int) -> bool:
    """Tell whether the backend speaks a version of TLS, with a client that knows none newer."""
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        trust.minimum_version = ssl.TLSVersion.TLSv1
        trust.maximum_version = newest
    try:
        _, writer = await asyncio.open_connection("localhost", port, ssl=trust)
    except ssl.SSLError, ConnectionError:
        return False
    writer.close()
    return True


def test_certificates_that_do_not_serve_are_told(tmp_path: Path) -> None:
    one, other = (certificates.ensure(tmp_path / name, datetime.now(UTC)) for name in ("one", "other"))
    with pytest.raises(SettingsInvalid, match="belong together"):
        tls_context(one.server_file, None)
    with pytest.raises(SettingsInvalid, match="KEY_VALUES_MISMATCH"):
        tls_context(one.server_file, other.server_key_file)
    with pytest.raises(SettingsInvalid, match="cannot be used"):
        tls_context(one.server_key_file, one.server_file)
