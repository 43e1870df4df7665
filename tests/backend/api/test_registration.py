"""Devices register, as their makers see it: one request, a name and an account, and what happens to everybody else."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aioplantops.client import PlantOpsClient
from aioplantops.errors import (
    GardenFull,
    Invalid,
    Malformed,
    RateLimited,
    RegistrationKeyInvalid,
    TlsRequired,
)
from aioplantops.history import PostedReading, ReadingsPost
from aioplantops.models import DeviceAccess, DeviceKind
from aioplantops.registration import DeviceCredentials, DeviceRegister
from plantops.api.limits import Rates
from plantops.api.reception import Reception
from plantops.ops import certificates
from plantops.ops.vault import Vault
from plantops.services.registration_keys import KEY
from plantops.services.registry import MOST_DEVICES
from pydantic import ValidationError
from structlog.testing import capture_logs

from tests.backend.api.conftest import House, open_house
from tests.backend.api.registering import HTTPS, MAC, asking, counted, key, said
from tests.servers import DatabaseServer


async def test_a_device_gets_a_name_and_an_account(house: House, client: PlantOpsClient) -> None:
    secret = await key(client)
    assert KEY.fullmatch(secret)
    wish = said(secret, "A4:CF:12:3F:A2:C1", model="plant-node", firmware="0.1.0", friendly_name="Basil node")
    with capture_logs() as logged:
        told = await client.register(wish)
    assert any(line["event"] == "device_registered" for line in logged)
    assert not [word for word in (secret, told.mqtt_password) if word in str(logged)]
    assert told == DeviceCredentials(
        device_id="plant-3fa2c1",
        status=DeviceAccess.ACTIVE,
        mqtt_host="127.0.0.1",
        mqtt_port=8883,
        mqtt_username="plant-3fa2c1",
        mqtt_password=told.mqtt_password,
        topic_prefix="plantops/plant-3fa2c1",
    )
    device = await client.device("plant-3fa2c1")
    assert (device.access, device.kind, device.name) == (DeviceAccess.ACTIVE, DeviceKind.PLANTOPS, "Basil node")
    assert (device.hardware_id, device.model, device.firmware) == (MAC, "plant-node", "0.1.0")
    assert (await client.garden()).devices == (device,)
    async with house.database.acquire() as connection:
        row = await connection.fetchrow("SELECT * FROM broker_account")
        kept = await connection.fetchrow("SELECT * FROM registration_key")
    assert row is not None
    assert told.mqtt_password.encode() not in row["password"]
    assert Vault(bytes(32)).open(row["password"], "broker_account:plant-3fa2c1") == told.mqtt_password
    assert len(told.mqtt_password) == 43
    assert secret not in str(kept)
    assert await counted(house) == {"new": 1}


async def test_a_lost_answer_is_given_again_and_later_the_password_is_another(
    house: House, client: PlantOpsClient
) -> None:
    secret = await key(client)
    first = await client.register(said(secret))
    house.clock.ahead = timedelta(seconds=59)
    assert await client.register(said(secret.upper().replace("PLANTOPS_REG_", "plantops_reg_"))) == first
    house.clock.ahead = timedelta(seconds=61)
    second = await client.register(said(secret, name="another-wish", firmware="0.2.0"))
    assert second.device_id == first.device_id, "a board keeps its name"
    assert second.mqtt_password != first.mqtt_password
    assert (await client.device(first.device_id)).firmware == "0.2.0"
    third = await client.register(said(await key(client, name="other")))
    assert third.mqtt_password != second.mqtt_password, "with another key it is no retry"
    assert await counted(house) == {"new": 1, "repeated": 1, "renewed": 2}
    (used, _) = [one async for one in client.registration_keys()]
    assert (used.used_count, used.first_used_by) == (2, MAC)


async def test_two_at_once_get_one_account(client: PlantOpsClient) -> None:
    secret = await key(client)
    same = await asyncio.gather(*(client.register(said(secret)) for _ in range(6)))
    assert len({told.mqtt_password for told in same}) == 1
    boards = [f"{number:06x}3fa2c1" for number in range(1, 7)]
    others = await asyncio.gather(*(client.register(said(secret, mac)) for mac in boards))
    assert {told.device_id for told in others} == {f"plant-{mac}" for mac in boards}, "six digits were taken"


async def test_names_that_collide_are_made_different(client: PlantOpsClient) -> None:
    secret = await key(client)
    post = ReadingsPost(device_id="balcony", readings=(PostedReading(c="temperature", v=20.0),))
    await client.post_readings(post)
    names = [
        (await client.register(said(secret, f"a4cf1200000{number}", name=wish))).device_id
        for number, wish in enumerate(["basil", "basil", "balcony", "x" * 64, "x" * 64])
    ]
    assert names == ["basil", "basil-000001", "balcony-000002", "x" * 64, "x" * 57 + "-000004"]


async def test_names_of_the_house_are_refused(house: House, client: PlantOpsClient) -> None:
    secret = await key(client)
    names = ("backend", "Backend", "backend-stock", "backend-accounts", "health", "homeassistant", "demo", "plantops-x")
    for name in names:
        with pytest.raises(Invalid, match="keeps for itself"):
            await client.register(said(secret, name=name))
    async with house.database.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM broker_account") == 0


JSON = HTTPS | {"Content-Type": "application/json"}

ODD: tuple[dict[str, Any], ...] = (
    *({"hardware_id": text} for text in ("", "a4cf123fa2c", "a4cf123fa2c1a", "a4:cf-12:3f-a2:c1", "basil", "g" * 12)),
    *({"hardware_id": text} for text in ("0" * 12, "FF:FF:FF:FF:FF:FF", "a4cf123fa2c1\n", "٣" * 12)),
    *({"name": text} for text in ("#", "+", "a/b", "$CONTROL", "plant 1", "", "-x", "x" * 65, "../x", "plänt")),
    *({"model": text} for text in ("", "x" * 121, "a\nb", "\x00")),
    {"admin": True},
)


async def test_what_does_not_fit_is_refused_in_words(house: House) -> None:
    for odd in ODD:
        body = {"registration_key": "x", "hardware_id": MAC, **odd}
        with pytest.raises(ValidationError):
            DeviceRegister.model_validate(body)
        answer = await house.client.post("/api/v1/devices/register", json=body, headers=HTTPS)
        problem = await answer.json()
        assert (answer.status, problem["code"]) == (422, "invalid"), odd
        assert problem["errors"][0]["where"] == next(iter(odd))
        assert "pattern" not in problem["detail"], "nobody who registers a board reads regular expressions"
    assert await counted(house) == {"invalid": len(ODD)}


async def test_registering_has_an_end_for_each_key_and_for_guessers(embedded_server: DatabaseServer) -> None:
    rates = Rates(register=3)
    async with embedded_server.migrated() as url, open_house(url, rates=rates) as house, asking(house) as client:
        first, second = await key(client, name="first"), await key(client, name="second")
        for number in range(3):
            await client.register(said(first, f"a4cf1200000{number}"))
        with pytest.raises(RateLimited):
            await client.register(said(first))
        for _ in range(3):
            with pytest.raises(RegistrationKeyInvalid):
                await client.register(said("guess"))
        with pytest.raises(RateLimited):
            await client.register(said("guess"))
        answer = await house.client.post("/api/v1/devices/register", data=b"x", headers=JSON)
        assert answer.status == 429, "nor may what does not even fit come without end"
        assert (await client.register(said(second))).device_id == "plant-3fa2c1", "from the same address"


async def test_a_full_garden_takes_nobody_new(house: House, client: PlantOpsClient) -> None:
    secret = await key(client)
    known = await client.register(said(secret))
    async with house.database.acquire() as connection:
        await connection.execute(
            "INSERT INTO device (id, kind, name, created_at) "
            "SELECT 'node-' || n, 'plantops', 'node', now() FROM generate_series(2, $1) AS n",
            MOST_DEVICES,
        )
    with pytest.raises(GardenFull):
        await client.register(said(secret, "a4cf12000001"))
    house.clock.ahead = timedelta(minutes=2)
    assert (await client.register(said(secret))).device_id == known.device_id


async def test_without_tls_the_right_address_is_told(embedded_server: DatabaseServer) -> None:
    way = Reception(https_port=9443, mqtt_port=9883, public_host="garden.example")
    async with embedded_server.migrated() as url, open_house(url, way=way) as house:
        async with asking(house, **{"X-Forwarded-Proto": "http", "Host": "192.0.2.7:8000"}) as client:
            secret = await key(client)
            with pytest.raises(TlsRequired, match=r"https://192\.0\.2\.7:9443/api/v1/devices/register"):
                await client.register(said(secret))
        async with asking(house, **{"X-Forwarded-Proto": "http", "Host": "[2001:db8::7]:8000"}) as client:
            with pytest.raises(TlsRequired, match=r"https://\[2001:db8::7\]:9443/"):
                await client.register(said(secret))
        assert await counted(house) == {"tls_required": 2}
        async with asking(house, Host="192.0.2.7") as client:
            told = await client.register(said(secret))
        assert (told.mqtt_host, told.mqtt_port) == ("garden.example", 9883)


async def test_a_device_is_told_where_to_go_and_whom_to_trust(embedded_server: DatabaseServer, tmp_path: Path) -> None:
    way = Reception(https_port=9443, mqtt_port=9883, certificates=tmp_path)
    async with embedded_server.migrated() as url, open_house(url, way=way) as house:
        async with asking(house, Host="plantops.local") as client:
            nothing = await client.registration_place()
            assert (nothing.authority, "No authority lies here" in str(nothing.problem)) == (None, True)
            made = certificates.ensure(tmp_path, house.clock(), extra_names=["plantops.local"])
            place = await client.registration_place()
        assert (place.url, place.mqtt_host, place.mqtt_port) == ("https://plantops.local:9443", "plantops.local", 9883)
        assert (place.authority, place.problem) == (certificates.pem_of(made.ca_file), None)
        assert "KEY" not in str(place.authority)
        for host, problem in (("elsewhere.example", "does not name elsewhere"), ("127.0.0.1", "PUBLIC_HOST")):
            async with asking(house, Host=host) as client:
                assert problem in str((await client.registration_place()).problem)


async def test_who_cannot_be_told_where_the_broker_is_changes_nothing(house: House, client: PlantOpsClient) -> None:
    secret = await key(client)
    told = await client.register(said(secret))
    house.clock.ahead = timedelta(minutes=2)
    async with asking(house, Host=":8443") as lost:
        with pytest.raises(Malformed, match="which host"):
            await lost.register(said(secret))
        with pytest.raises(Malformed, match="which host"):
            await lost.register(said(secret, "a4cf12000001"))
        with pytest.raises(Malformed, match="which host"):
            await lost.renew_credentials(told.device_id)
    async with house.database.acquire() as connection:
        assert await connection.fetchval("SELECT array_agg(version) FROM broker_account") == [1]


async def test_the_address_for_registering_is_no_devices_address(house: House) -> None:
    answer = await house.client.get("/api/v1/devices/register", headers=house.bearer())
    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    answer = await house.client.get("/api/v1/devices/registers", headers=house.bearer())
    assert answer.status == 404
