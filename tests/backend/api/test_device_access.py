"""What people do about devices: keys that let them in, approval, throwing out and letting in again."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.errors import (
    BrokerAccountsExternal,
    DeviceNotFound,
    DeviceRevoked,
    Invalid,
    LoginBlocked,
    NoBrokerAccount,
    RegistrationKeyInvalid,
    RegistrationKeyNotFound,
)
from aioplantops.history import PostedReading, ReadingsPost
from aioplantops.models import DeviceAccess, Scope
from plantops.services.accounts import Terms

from tests.backend.api.conftest import NOBODY_APPLIES, House, open_house
from tests.backend.api.registering import MAC, asking, counted, key, said
from tests.servers import DatabaseServer


async def test_wrong_keys_are_refused_with_the_reason(house: House, client: PlantOpsClient) -> None:
    async def refused(secret: str, why: str, mac: str = MAC) -> None:
        with pytest.raises(RegistrationKeyInvalid, match=why):
            await client.register(said(secret, mac))
        house.clock.ahead += timedelta(hours=2)  # nobody is blocked

    await refused("plantops_reg_" + "x" * 24, "unknown")
    await refused("' OR 1=1 --", "unknown")
    await refused(house.tokens[Scope.ADMIN], "unknown")
    brief = await key(client, name="brief", expires_at=house.clock() + timedelta(minutes=10))
    house.clock.ahead += timedelta(minutes=10)
    await refused(brief, "“brief” has expired")
    gone = await key(client, name="gone")
    (made,) = [one async for one in client.registration_keys() if one.name == "gone"]
    await client.revoke_registration_key(made.id)
    await refused(gone, "“gone” was revoked")
    with pytest.raises(RegistrationKeyNotFound):
        await client.revoke_registration_key(uuid4())
    with pytest.raises(Invalid, match="expired already"):
        await key(client, expires_at=house.clock())


async def test_a_key_for_one_device_is_good_for_it_alone_and_for_its_retries(
    house: House, client: PlantOpsClient
) -> None:
    once = await key(client, name="one", once=True, expires_at=house.clock() + timedelta(minutes=1))
    first = await client.register(said(once))
    with pytest.raises(RegistrationKeyInvalid, match="another one used it"):
        await client.register(said(once, "a4cf12000001"))
    house.clock.ahead += timedelta(minutes=9)
    again = await client.register(said(once))
    assert again.device_id == first.device_id
    assert again.mqtt_password != first.mqtt_password
    house.clock.ahead += timedelta(minutes=2)
    with pytest.raises(RegistrationKeyInvalid, match="used up"):
        await client.register(said(once))
    racing = await key(client, once=True)
    # With the two above these are five wrong ones, as many as are let pass.
    macs = [f"a4cf120001{number:02x}" for number in range(4)]
    done = await asyncio.gather(*(client.register(said(racing, mac)) for mac in macs), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["DeviceCredentials", *["RegistrationKeyInvalid"] * 3]


async def test_a_flood_of_wrong_keys_locks_out_the_guesser_and_nobody_with_a_key(
    house: House, client: PlantOpsClient
) -> None:
    secret = await key(client)
    outcomes = []
    for number in range(12):
        try:
            await client.register(said(f"plantops_reg_{number:024}"))
        except (RegistrationKeyInvalid, LoginBlocked) as error:
            outcomes.append(error.code)
    assert outcomes == ["registration_key_invalid"] * 5 + ["login_blocked"] * 7
    assert (await client.register(said(secret))).status is DeviceAccess.ACTIVE
    assert await counted(house) == {"registration_key_invalid": 5, "login_blocked": 7, "new": 1}


async def test_a_device_waits_for_approval_where_people_approve(embedded_server: DatabaseServer) -> None:
    terms = Terms(manual_approval=True, apply_seconds=0.1)
    async with embedded_server.migrated() as url, open_house(url, terms=terms) as house, asking(house) as client:
        secret = await key(client)
        told = await client.register(said(secret))
        assert told.status is DeviceAccess.PENDING
        assert (await client.device(told.device_id)).access is DeviceAccess.PENDING
        approved = await client.approve(told.device_id)
        assert approved.access is DeviceAccess.ACTIVE
        assert await client.approve(told.device_id) == approved
        assert await client.register(said(secret)) == told.model_copy(update={"status": DeviceAccess.ACTIVE})
        house.clock.ahead = timedelta(minutes=2)
        again = await client.register(said(secret))
        assert again.status is DeviceAccess.PENDING, "a key and a MAC address are no person"


async def test_what_was_thrown_out_stays_out_until_it_is_restored(house: House, client: PlantOpsClient) -> None:
    secret = await key(client)
    told = await client.register(said(secret))
    assert (await client.revoke_device(told.device_id)).access is DeviceAccess.REVOKED
    for ask in (client.register(said(secret)), client.register(said(await key(client), name="other"))):
        with pytest.raises(DeviceRevoked):
            await ask
    with pytest.raises(DeviceRevoked):
        await client.approve(told.device_id)
    with pytest.raises(DeviceRevoked):
        await client.renew_credentials(told.device_id)
    assert (await client.restore_device(told.device_id)).access is DeviceAccess.ACTIVE
    assert await client.register(said(secret)) == told, "the password is the one that it had"
    renewed = await client.renew_credentials(told.device_id)
    assert renewed == told.model_copy(update={"mqtt_password": renewed.mqtt_password})
    assert renewed.mqtt_password != told.mqtt_password
    async with house.database.acquire() as connection:
        assert await connection.fetchval("SELECT version FROM broker_account") == 4


async def test_who_has_no_account_cannot_lose_it(client: PlantOpsClient) -> None:
    await client.post_readings(ReadingsPost(device_id="balcony", readings=(PostedReading(c="temperature", v=20.0),)))
    assert (await client.device("balcony")).access is None
    for act in (client.approve, client.revoke_device, client.restore_device, client.renew_credentials):
        with pytest.raises(NoBrokerAccount):
            await act("balcony")
        with pytest.raises(DeviceNotFound):
            await act("nobody")


async def test_a_broker_of_ones_own_is_left_alone(embedded_server: DatabaseServer) -> None:
    terms = Terms(managed=False)
    async with embedded_server.migrated() as url, open_house(url, terms=terms) as house, asking(house) as client:
        secret = await key(client)
        with pytest.raises(BrokerAccountsExternal):
            await client.register(said(secret))
        with pytest.raises(BrokerAccountsExternal):
            await client.revoke_device("plant-3fa2c1")


async def test_replicas_agree(embedded_server: DatabaseServer) -> None:
    async with (
        embedded_server.migrated() as url,
        open_house(url, terms=NOBODY_APPLIES) as one,
        open_house(url, terms=NOBODY_APPLIES) as other,
        asking(one) as here,
        asking(other) as there,
    ):
        secret = await key(here)
        told = await asyncio.gather(*(client.register(said(secret)) for client in (here, there) * 3))
        assert len({one.mqtt_password for one in told}) == 1
        await here.revoke_device(told[0].device_id)
        with pytest.raises(DeviceRevoked):
            await there.register(said(secret))
