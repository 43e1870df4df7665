"""BROKER_ACCOUNTS=external: a broker of the user's own, with a password file and without dynamic security."""

import asyncio
import hashlib
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from aioplantops.health import Health
from aioplantops.models import Scope
from plantops.bootstrap import now
from plantops.mqtt.broker import Broker
from plantops.mqtt.link import Link
from plantops.ops.broker import Mosquitto
from plantops.ops.folder import make_folder, write_private
from plantops.ops.supervision import Child
from plantops.services.access import Access
from plantops.storage.pool import Database

from tests.servers import PATIENCE_SECONDS, free_port, named

PASSWORD = "of their own"  # noqa: S105 - of a broker that ends with the test
BATCH = b'{"boot": 1, "seq": 1, "readings": [{"c": "temperature", "t": 1795000000, "v": 21.5}]}'


def hashed(password: str) -> str:
    """Write a password as `mosquitto_passwd` does, in the form that 2.0 reads too."""
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"$7$101${b64encode(salt).decode()}${b64encode(key).decode()}"


@asynccontextmanager
async def their_broker(folder: Path, variable: str) -> AsyncIterator[int]:
    """Run a plain Mosquitto with a password file until the block ends; give its port."""
    mosquitto, port = await Mosquitto.find(named(variable)), free_port()
    root = make_folder(folder / "theirs", mode=0o755)
    passwords = root / "passwords"
    write_private(passwords, "".join(f"{name}:{hashed(PASSWORD)}\n" for name in ("theirs", "node")), mode=0o644)
    configuration = f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
    write_private(root / "mosquitto.conf", configuration, mode=0o644)
    command = [str(mosquitto.binary), "-c", str(root / "mosquitto.conf")]
    async with Child.run(command, name="their Mosquitto", folder=root, log=root.parent / "broker.log") as child:
        await child.ready(lambda: listens(port), within=20)
        yield port


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def backend(folder: Path, settings: dict[str, str]) -> AsyncIterator[str]:
    """Run the backend as a process of its own; give its address."""
    port = free_port()
    environment = {**os.environ, **settings, "HTTP_PORT": str(port), "PLANTOPS_DATA": str(folder / "data")}
    with (folder / "backend.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "plantops", "serve", env=environment, stdout=log, stderr=log
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def healthy(session: aiohttp.ClientSession, url: str) -> Health:
    """Wait until the backend is connected with its broker."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                async with session.get(f"{url}/api/health") as answer:
                    health = Health.model_validate_json(await answer.read())
            except aiohttp.ClientConnectionError:
                health = None
            if health is not None and health.ingest.mqtt_connected:
                return health
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("variable", ["PLANTOPS_MOSQUITTO", "PLANTOPS_MOSQUITTO_20"])
async def test_a_broker_of_ones_own_is_used_and_its_accounts_are_left_alone(
    embedded_database: str, tmp_path: Path, variable: str
) -> None:
    async with their_broker(tmp_path, variable) as port, aiohttp.ClientSession() as session:
        settings = {
            "DATABASE_URL": embedded_database,
            "MQTT_HOST": "127.0.0.1",
            "MQTT_PORT": str(port),
            "MQTT_BACKEND_USERNAME": "theirs",
            "MQTT_BACKEND_PASSWORD": PASSWORD,
            "BROKER_ACCOUNTS": "external",
            "ALLOW_PLAIN_REGISTRATION": "true",
        }
        async with backend(tmp_path, settings) as url:
            health = await healthy(session, url)
            assert health.ingest.problem is None
            store = await asyncpg.connect(embedded_database)
            async with Link.open(Broker("127.0.0.1", port, "node", PASSWORD), "node", lambda *_: None) as node:
                await node.publish("plantops/node/telemetry", BATCH)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while not await store.fetchval("SELECT count(*) FROM telemetry"):
                        await asyncio.sleep(0.02)
            await store.close()
            async with Database.open(embedded_database, max_size=1) as database:
                _, token = await Access(database, now).create("test", (Scope.ADMIN,))
            asked = f"{url}/api/v1/devices/node/credentials"
            async with session.post(asked, headers={"Authorization": f"Bearer {token}"}) as answer:
                assert (await answer.json())["code"] == "broker_accounts_external"
    said = (tmp_path / "backend.log").read_text()
    assert "accounts_interrupted" not in said
    assert "stock_interrupted" not in said
